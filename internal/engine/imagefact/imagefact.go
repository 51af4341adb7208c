// Package imagefact finds the facts of a container image by the name or the digest that workloads and
// Dockerfiles give it, and tells as whom it starts. Begin with Of.
package imagefact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Facts are the ContainerImage facts of an inventory by what they are called.
type Facts struct {
	byName   map[string][]*inventory.Subject // registry/repository:tag
	byDigest map[string][]*inventory.Subject // of manifest, index or configuration
}

// Of gives the facts of the images in an inventory, sorted once a run.
func Of(index *inventory.Index) *Facts {
	return inventory.Derived(index, "imagefact.Of", func(index *inventory.Index) *Facts {
		f := &Facts{byName: map[string][]*inventory.Subject{}, byDigest: map[string][]*inventory.Subject{}}
		for _, s := range index.Kind(inventory.FactImage) {
			f.add(s)
		}
		return f
	})
}

// Empty reports whether no image was read.
func (f *Facts) Empty() bool { return len(f.byName)+len(f.byDigest) == 0 }

// Find gives the facts of the image that a reference names: by its digest if it has one, else by its
// registry, repository and tag as docker completes them. Several are those of several platforms, or
// of several places that call different images by one name. A text that is no reference names none.
func (f *Facts) Find(reference string) []*inventory.Subject {
	ref, err := image.Parse(reference)
	if err != nil {
		return nil
	}
	if ref.Digest != "" {
		return f.Digest(ref.Digest)
	}
	return once(f.byName[tagged(ref)])
}

// Digest gives the facts of the image with a digest, as in sha256:0a1b: that of its manifest, of the index
// that holds it, or of its configuration, since runtimes tell any of them.
func (f *Facts) Digest(digest string) []*inventory.Subject { return once(f.byDigest[digest]) }

func (f *Facts) add(s *inventory.Subject) {
	names := map[string]bool{}
	for _, text := range namesOf(s) {
		// What was asked for by digest says nothing of the tag beside it.
		if ref, err := image.Parse(text); err == nil && ref.Digest == "" {
			names[tagged(ref)] = true
		}
	}
	for name := range names {
		f.byName[name] = append(f.byName[name], s)
	}
	digests := Digests(s)
	slices.Sort(digests)
	for _, digest := range slices.Compact(digests) {
		f.byDigest[digest] = append(f.byDigest[digest], s)
	}
}

// namesOf are the references of a fact. Those of archives and layouts may be mere tags, and its
// own name is then that of a file; neither names an image.
func namesOf(s *inventory.Subject) []string {
	from := s.Root.Get("from").Text()
	stored := from != "" && from != "registry"
	var names []string
	if ref := s.Root.Get("reference"); ref.Get("repository").Text() != "" && ref.Get("tag").Text() != "" {
		names = append(names, cmp.Or(ref.Get("registry").Text(), "docker.io")+"/"+ref.Get("repository").Text()+":"+ref.Get("tag").Text())
	}
	for _, n := range s.Root.Get("references").Children() {
		if text := n.Text(); !stored || strings.ContainsAny(text, ":/") {
			names = append(names, text)
		}
	}
	if !stored {
		names = append(names, strings.TrimPrefix(s.Root.Get("metadata", "name").Text(), "docker://"))
	}
	return names
}

// tagged is a reference without digest, with the tag that docker takes where it has none.
func tagged(ref image.Reference) string { return ref.Name() + ":" + cmp.Or(ref.Tag, "latest") }

// Digests are the digests of a fact that were read: of the index, the manifest, the configuration.
func Digests(s *inventory.Subject) []string {
	var all []string
	for _, field := range []string{"index", "digest", "configDigest"} {
		if digest := s.Root.Get(field).Text(); digest != "" {
			all = append(all, digest)
		}
	}
	return all
}

// once leaves out an image that was read twice; what a registry holds says more than a copy of it.
func once(all []*inventory.Subject) []*inventory.Subject {
	if len(all) < 2 {
		return all
	}
	var kept []*inventory.Subject
	for _, s := range all {
		config := s.Root.Get("configDigest").Text()
		at := slices.IndexFunc(kept, func(k *inventory.Subject) bool {
			return config != "" && k.Root.Get("configDigest").Text() == config
		})
		switch {
		case at < 0:
			kept = append(kept, s)
		case s.Root.Get("from").Text() == "registry" && kept[at].Root.Get("from").Text() != "registry":
			kept[at] = s
		}
	}
	return kept
}
