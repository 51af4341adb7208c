package vex

import (
	"net/url"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// Product is what a statement is about: a package, an image, or packages inside of one or the other.
type Product struct {
	Name       string // package URL, digest of an image, or its name
	Components []string
	// Release is the major release of Red Hat Enterprise Linux that the product belongs to; "" if
	// it is of none.
	Release string
}

// Image is the image in which a vulnerable package was found; empty for software in folders.
type Image struct {
	Digests []string // of its manifest, of an index that names it, of its configuration: sha256:...
	Names   []string // registry/repository with a tag or without
}

// Of gives the verdict on a vulnerability, by any of its identifiers, of a package in an image: that of
// the newest statement that applies. Of statements of the same time the one that claims less counts:
// affected before under investigation, fixed, not affected. Nil if none applies.
func (s *Statements) Of(ids []string, p software.Package, image Image) *Verdict {
	if s == nil {
		return nil
	}
	var newest *Statement
	for _, id := range ids {
		for _, one := range s.byID[id] {
			if one.appliesTo(p, image) && (newest == nil || one.outweighs(newest)) {
				newest = one
			}
		}
	}
	if newest == nil {
		return nil
	}
	v := &Verdict{Status: newest.Status, Justification: newest.Justification, Impact: newest.Impact, Author: newest.Author, Source: newest.Source}
	if !newest.Time.IsZero() {
		v.Timestamp = newest.Time.UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	return v
}

var claims = map[Status]int{Affected: 4, UnderInvestigation: 3, Fixed: 2, NotAffected: 1}

func (s *Statement) outweighs(other *Statement) bool {
	if !s.Time.Equal(other.Time) {
		return s.Time.After(other.Time)
	}
	if claims[s.Status] != claims[other.Status] {
		return claims[s.Status] > claims[other.Status]
	}
	return s.Source < other.Source
}

func (s *Statement) appliesTo(p software.Package, image Image) bool {
	for i := range s.Products {
		if s.Products[i].covers(p, image) {
			return true
		}
	}
	return false
}

// covers reports whether the product is the package, or the image that holds it; components then say
// which packages of the image. Components of another package than the image are not looked for: that
// a package is part of another does not show that it is there for it alone.
func (product *Product) covers(p software.Package, image Image) bool {
	if product.Release != "" && (p.Distribution != "rhel" || majorOf(p.DistributionVersion) != product.Release) {
		return false
	}
	if len(product.Components) == 0 {
		return isPackage(product.Name, p) || image.is(product.Name)
	}
	if !image.is(product.Name) {
		return false
	}
	for _, component := range product.Components {
		if isPackage(component, p) {
			return true
		}
	}
	return false
}

func majorOf(version string) string {
	version, _, _ = strings.Cut(version, ".")
	return version
}

// packageURL is one in its parts, by https://github.com/package-url/purl-spec.
type packageURL struct {
	kind, namespace, name, version string
	qualifiers                     url.Values
}

func parseURL(text string) (packageURL, bool) {
	rest, is := strings.CutPrefix(text, "pkg:")
	if !is {
		return packageURL{}, false
	}
	rest, _, _ = strings.Cut(strings.TrimLeft(rest, "/"), "#")
	rest, query, _ := strings.Cut(rest, "?")
	kind, path, found := strings.Cut(rest, "/")
	if !found {
		return packageURL{}, false
	}
	u := packageURL{kind: strings.ToLower(kind)}
	if at := strings.LastIndexByte(path, '@'); at > 0 && !strings.Contains(path[at:], "/") {
		path, u.version = path[:at], unescape(path[at+1:])
	}
	path = strings.Trim(path, "/")
	if at := strings.LastIndexByte(path, '/'); at >= 0 {
		u.namespace, path = unescape(path[:at]), path[at+1:]
	}
	u.name = unescape(path)
	// + stands for itself in qualifiers of package URLs, as in distro=debian-12+1.
	u.qualifiers, _ = url.ParseQuery(strings.ReplaceAll(query, "+", "%2B"))
	if u.kind == "pypi" {
		u.name = strings.ToLower(strings.ReplaceAll(u.name, "_", "-"))
	}
	if u.kind == "rpm" && u.namespace == "redhat" { // its ID in os-release is another
		u.namespace = "rhel"
	}
	return u, u.name != ""
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// isPackage reports whether a package URL of a statement names the package. A version or qualifiers
// that the statement leaves out may be any; arch=source and arch=src name the source package.
func isPackage(name string, p software.Package) bool {
	said, ok := parseURL(name)
	if !ok || said.kind != string(p.Type) {
		return false
	}
	if arch := said.qualifiers.Get("arch"); (arch == "source" || arch == "src") && p.Type.OfSystem() {
		if p.Source != "" {
			p.Name = p.Source
		}
		if p.SourceVersion != "" {
			p.Version = p.SourceVersion
		}
		p.Architecture = arch
	}
	is, ok := parseURL(p.PURL())
	if !ok || said.namespace != is.namespace || said.name != is.name || said.version != "" && said.version != is.version {
		return false
	}
	for key := range said.qualifiers {
		if value := is.qualifiers.Get(key); said.qualifiers.Get(key) != value && (value != "" || narrows[key]) {
			return false
		}
	}
	return true
}

// narrows are the qualifiers that make a package another one; those that tell where to get it or how
// it was made do not.
var narrows = map[string]bool{"arch": true, "distro": true, "epoch": true, "classifier": true, "type": true}

// is reports whether a product's name is that of the image: its digest, or its repository, with the
// tag where one is named.
func (i Image) is(product string) bool {
	u, isURL := parseURL(product)
	if !isURL {
		return i.isNamed(product)
	}
	if u.kind != "oci" && u.kind != "docker" {
		return false
	}
	if strings.Contains(u.version, ":") {
		return i.has(u.version)
	}
	repository := u.qualifiers.Get("repository_url")
	if u.kind == "docker" {
		repository = strings.Trim(u.namespace+"/"+u.name, "/")
	}
	tag := u.qualifiers.Get("tag")
	if tag == "" {
		tag = u.version
	}
	for _, name := range i.Names {
		own, ownTag := splitName(name)
		if tag != "" && tag != ownTag {
			continue
		}
		if repository == "" && own[strings.LastIndexByte(own, '/')+1:] == u.name || repository != "" && familiar(own) == familiar(repository) {
			return true
		}
	}
	return false
}

// isNamed compares a name as docker writes it: with a digest, a tag, or neither.
func (i Image) isNamed(product string) bool {
	if _, digest, found := strings.Cut(product, "@"); found {
		return i.has(digest)
	}
	if strings.HasPrefix(product, "sha256:") || strings.HasPrefix(product, "sha512:") {
		return i.has(product)
	}
	repository, tag := splitName(product)
	for _, name := range i.Names {
		own, ownTag := splitName(name)
		if repository != "" && familiar(own) == familiar(repository) && (tag == "" || tag == ownTag) {
			return true
		}
	}
	return false
}

func (i Image) has(digest string) bool {
	return slices.Contains(i.Digests, digest)
}

// splitName parts a name from its tag; the colon of a registry's port is none.
func splitName(name string) (repository, tag string) {
	name, _, _ = strings.Cut(name, "@")
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		return name[:at], name[at+1:]
	}
	return name, ""
}

// familiar leaves out the registry and folder that docker takes where a name has none.
func familiar(repository string) string {
	for _, prefix := range []string{"index.docker.io/", "docker.io/"} {
		repository = strings.TrimPrefix(repository, prefix)
	}
	return strings.TrimPrefix(repository, "library/")
}
