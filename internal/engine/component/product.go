package component

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Step is how far a component is from being proven: a bare "installed" says little.
type Step int

// The steps.
const (
	Absent     Step = iota
	Present         // its kinds, images or workloads are there
	Running         // all that should run is ready; on every node where it must
	Configured      // it has at least one object that makes it do its work
)

// Product is one component that clusters have for a purpose.
type Product struct {
	Name     string
	Category Category
	// Groups are the API groups of its own objects.
	Groups []string
	// Images are ends of image repositories, without registry or tag: "falcosecurity/falco".
	Images []string
	// Names are names of its workloads; a star stands for anything.
	Names []string
	// EveryNode is true for what works only where it runs.
	EveryNode bool
	// Proof tells, where the component runs, what keeps it from doing its work; "" for nothing.
	// Nil means that its objects do not show it.
	Proof func(*seen) string
}

// Category is what a component is for.
type Category string

// The categories.
const (
	LogShipper        Category = "log shipper"
	RuntimeSecurity   Category = "runtime security monitor"
	Monitoring        Category = "monitoring system"
	ImageVerification Category = "verifier of image signatures"
	ImageScanner      Category = "image scanner"
	SecretStore       Category = "external secret store"
	SealedSecret      Category = "encryption of secrets for Git"
	CertificateIssuer Category = "certificate issuer"
	Backup            Category = "backup"
	GitOps            Category = "GitOps controller"
	PrivilegedAccess  Category = "privileged access gateway"
	ChaosTesting      Category = "chaos testing tool"
	Canary            Category = "progressive delivery controller"
	Objectives        Category = "declaration of service level objectives"
	PolicyEngine      Category = "policy engine"
	NodeMetrics       Category = "exporter of node metrics"
	PatchAgent        Category = "patch agent"
)

// seen is what an inventory shows of a product.
type seen struct {
	index     *inventory.Index
	product   *Product
	workloads []*inventory.Subject
	objects   []*inventory.Subject
}

// place is where products may be seen: prepared once for all of them.
type place struct {
	workloads []workload
	objects   map[string][]*inventory.Subject // by API group, those that carry no Pods
}

// workload is one with the repositories of its containers' images.
type workload struct {
	*inventory.Subject
	repositories []string
}

func placeOf(index *inventory.Index) *place {
	return inventory.Derived(index, "component.place", func(index *inventory.Index) *place {
		p := &place{objects: map[string][]*inventory.Subject{}}
		for _, s := range index.Tops() {
			w := workload{Subject: s}
			for _, container := range s.Pod.Containers() {
				if container.Role == inventory.Main || container.Role == inventory.Sidecar {
					w.repositories = append(w.repositories, repositoryOf(container.Node.Get("image").Text()))
				}
			}
			p.workloads = append(p.workloads, w)
		}
		for _, s := range index.All() {
			if s.Pod == nil {
				p.objects[s.Group()] = append(p.objects[s.Group()], s)
			}
		}
		return p
	})
}

// find looks for a product among the workloads and objects of the inventory.
func find(index *inventory.Index, p *Product) *seen {
	s := &seen{index: index, product: p}
	in := placeOf(index)
	for _, w := range in.workloads {
		if p.runs(w) {
			s.workloads = append(s.workloads, w.Subject)
		}
	}
	for _, group := range p.Groups {
		s.objects = append(s.objects, in.objects[group]...)
	}
	return s
}

// runs reports whether a workload is part of the product, by its images or, for images from a
// mirror that renames, by its name.
func (p *Product) runs(w workload) bool {
	for _, name := range p.Names {
		if matches(name, w.Name) {
			return true
		}
	}
	for _, repository := range w.repositories {
		for _, image := range p.Images {
			if repository == image || strings.HasSuffix(repository, "/"+image) {
				return true
			}
		}
	}
	return false
}

func matches(pattern, text string) bool {
	matched, err := path.Match(pattern, text)
	return err == nil && matched
}

// repositoryOf is an image's name without tag and digest.
func repositoryOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if at := strings.LastIndexByte(image, ':'); at > strings.LastIndexByte(image, '/') {
		image = image[:at]
	}
	return image
}

// kinds gives the product's objects of a kind.
func (s *seen) kinds(kind string) []*inventory.Subject {
	var found []*inventory.Subject
	for _, object := range s.objects {
		if object.Kind == kind {
			found = append(found, object)
		}
	}
	return found
}
