package sbom

import (
	"encoding/json"

	"github.com/kubeproof/kubeproof/internal/software"
)

func (d *spdxDocument) collect(c *collection) {
	names := map[string]string{}
	for _, one := range d.Licenses {
		names[one.ID] = one.Name
	}
	described := map[string]bool{}
	for _, one := range d.Relationships {
		if one.Type == "DESCRIBES" && one.Element == d.ID {
			described[one.Related] = true
		}
	}
	for i := range d.Packages {
		if p := &d.Packages[i]; !described[p.ID] || len(described) > 1 {
			p.collect(c, names)
		}
	}
}

func (given *spdxPackage) collect(c *collection, names map[string]string) {
	url := ""
	for _, one := range given.References {
		if one.Type == "purl" && url == "" {
			url = one.Locator
		}
	}
	switch given.Purpose {
	case "CONTAINER", "OPERATING_SYSTEM", "FILE", "DEVICE", "FIRMWARE":
		return // no packages
	}
	if url == "" {
		c.leave(given.Name, "which has none")
		return
	}
	p, err := software.ParsePURL(url)
	if err != nil {
		c.leave(given.Name, err.Error())
		return
	}
	trueName(&p, given.Name)
	for _, license := range []string{given.Declared, given.Concluded} {
		if license != "" && license != nothing && license != "NONE" && p.Licenses == nil {
			if name := names[license]; name != "" {
				license = name
			}
			p.Licenses = []string{license}
		}
	}
	var more found
	for _, one := range given.Annotations {
		if one.Annotator == annotator {
			_ = json.Unmarshal([]byte(one.Comment), &more) // what is not ours is as good as nothing
		}
	}
	if more.Source != "" || more.SourceVersion != "" {
		p.Source, p.SourceVersion = more.Source, more.SourceVersion
	}
	c.add(p, more.Places)
}
