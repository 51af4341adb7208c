package sbom

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// deepestComponent is how deep components may stand in components.
const deepestComponent = 50

func (d *cdxDocument) collect(c *collection) {
	id, version := "", ""
	for _, one := range d.Components { // other tools name the distribution as a component
		if one.Type == "operating-system" {
			id, version = strings.ToLower(one.Name), one.Version
		}
	}
	for i := range d.Components {
		d.Components[i].collect(c, 1)
	}
	for i := range c.packages {
		p := &c.packages[i]
		if p.Type.OfSystem() && (p.Distribution == "" || p.Distribution == id) && p.DistributionVersion == "" {
			p.Distribution, p.DistributionVersion = id, version
		}
	}
}

func (component *cdxComponent) collect(c *collection, depth int) {
	if depth > deepestComponent {
		c.leave(component.Name, "nested too deep")
		return
	}
	for i := range component.Components {
		component.Components[i].collect(c, depth+1)
	}
	switch component.Type {
	case "file", "operating-system", "container", "data", "device", "firmware", "platform", "cryptographic-asset", "machine-learning-model":
		return // no packages
	}
	if component.PURL == "" {
		if component.Type == "library" || component.Type == "framework" {
			c.leave(component.Name, "which has none")
		}
		return
	}
	p, err := software.ParsePURL(component.PURL)
	if err != nil {
		c.leave(component.Name, err.Error())
		return
	}
	trueName(&p, component.Name)
	component.properties(&p)
	for _, one := range component.Licenses {
		p.Licenses = append(p.Licenses, one.text()...)
	}
	c.add(p, component.places(p.Declared))
}

func (l cdxLicense) text() []string {
	switch {
	case l.Expression != "":
		return []string{l.Expression}
	case l.License != nil && l.License.ID+l.License.Name != "":
		return []string{l.License.ID + l.License.Name}
	}
	return nil
}

// properties reads those of this program, and what two other tools say of the source package and the
// place.
func (component *cdxComponent) properties(p *software.Package) {
	values := map[string]string{}
	for _, one := range component.Properties {
		values[one.Name] = one.Value
	}
	set := func(to *string, names ...string) {
		for _, name := range names {
			if value := values[name]; value != "" {
				*to = value
				return
			}
		}
	}
	set(&p.Source, propertySource, "aquasecurity:trivy:SrcName")
	set(&p.SourceVersion, propertySourceVersion, "aquasecurity:trivy:SrcVersion")
	set(&p.Path, "aquasecurity:trivy:FilePath", "syft:location:0:path")
	if release := values["aquasecurity:trivy:SrcRelease"]; release != "" && values[propertySourceVersion] == "" {
		p.SourceVersion += "-" + release
	}
	if epoch := values["aquasecurity:trivy:SrcEpoch"]; epoch != "" && epoch != "0" && values[propertySourceVersion] == "" {
		p.SourceVersion = epoch + ":" + p.SourceVersion
	}
	p.Path = strings.TrimPrefix(p.Path, "/")
	p.Declared = values[propertyDeclared] == "true"
	if p.Source == p.Name {
		p.Source = ""
	}
	if p.SourceVersion == p.Version {
		p.SourceVersion = ""
	}
}

// places reads the occurrences that are this program's.
func (component *cdxComponent) places(declared bool) []place {
	if component.Evidence == nil {
		return nil
	}
	var all []place
	for _, one := range component.Evidence.Occurrences {
		at := place{Path: strings.TrimPrefix(one.Location, "/"), Declared: declared}
		if text, found := strings.CutPrefix(one.Context, "layer "); found {
			number, _, ofLock := strings.Cut(text, ", declared")
			at.Layer, _ = strconv.Atoi(number)
			at.Declared = ofLock
		}
		all = append(all, at)
	}
	return all
}
