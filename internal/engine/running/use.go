package running

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/engine/imagefact"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// use is the image of a container.
type use struct {
	model *model
	node  *document.Node // where the container names it
	name  string         // as the container names it
	ref   image.Reference
	live  []live
	facts []*inventory.Subject // of what runs, as far as that is known; of what the name says else
}

// useOf finds the image of the container judged, or says why it is not judged.
func useOf(in assessment.Input) (use, []assessment.Verdict) {
	u := use{model: modelOf(in.Index), node: in.Element.Get("image")}
	u.name = u.node.Text()
	if u.name == "" {
		return u, assessment.Skipped("the container names no image")
	}
	if u.model.facts.Empty() {
		return u, u.unread()
	}
	var err error
	if u.ref, err = image.Parse(u.name); err != nil {
		return u, assessment.Skipped("the image is a placeholder, or no valid reference")
	}
	u.live = u.model.of(in.Subject, in.Container.Name, u.name, u.ref)
	system, arch := wanted(in.Subject.Pod.Spec)
	for _, l := range u.live {
		u.facts = append(u.facts, ofPlatform(u.model.facts.Digest(l.digest), system, cmp.Or(l.arch, arch))...)
	}
	if u.facts = distinct(u.facts); len(u.facts) > 0 {
		return u, nil
	}
	named := ofPlatform(u.model.facts.Find(u.name), system, arch)
	switch {
	case len(named) == 0:
		return u, u.unread()
	case u.anotherRuns(named):
		return u, assessment.Skipped("the image that runs was not read, since " + u.name + " now names another one: container-image-moved tells it")
	}
	u.facts = named
	return u, nil
}

// anotherRuns reports whether all that runs is surely another image than the tag names now.
func (u use) anotherRuns(named []*inventory.Subject) bool {
	return len(u.live) > 0 && !slices.ContainsFunc(u.live, func(l live) bool { return u.compare(l, named) != differs })
}

func (u use) unread() []assessment.Verdict {
	return assessment.Skipped("image " + u.name + " was not read: add image:" + u.name + ", or --images")
}

func distinct(all []*inventory.Subject) []*inventory.Subject {
	var kept []*inventory.Subject
	for _, s := range all {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// wanted is the platform that a pod asks for; "" for any.
func wanted(pod *document.Node) (system, arch string) {
	selector := pod.Get("nodeSelector")
	return cmp.Or(pod.Get("os", "name").Text(), selector.Get("kubernetes.io/os").Text()), selector.Get("kubernetes.io/arch").Text()
}

// ofPlatform keeps the images of a platform; all if none is of it, since that of it was not read.
func ofPlatform(facts []*inventory.Subject, system, arch string) []*inventory.Subject {
	var kept []*inventory.Subject
	for _, s := range facts {
		hasSystem, hasArch := platformOf(s)
		if (system == "" || hasSystem == "" || hasSystem == system) && (arch == "" || hasArch == "" || hasArch == arch) {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return facts
	}
	return kept
}

// platformOf takes linux/arm64/v8 apart.
func platformOf(s *inventory.Subject) (system, arch string) {
	system, arch, _ = strings.Cut(s.Root.Get("platform").Text(), "/")
	arch, _, _ = strings.Cut(arch, "/")
	return system, arch
}

// labels tell several facts of one image apart: by their platforms, else by their digests.
func labels(facts []*inventory.Subject) []string {
	var platforms, digests []string
	for _, s := range facts {
		platforms = append(platforms, cmp.Or(s.Root.Get("platform").Text(), s.Name))
		digest := s.Name
		if known := imagefact.Digests(s); len(known) > 0 {
			digest = short(known[len(known)-1])
			if manifest := s.Root.Get("digest").Text(); manifest != "" {
				digest = short(manifest)
			}
		}
		digests = append(digests, digest)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(platforms)))) < len(facts) {
		return digests
	}
	return platforms
}

// short cuts a digest as docker shows it, after sha256: and twelve digits.
func short(digest string) string {
	if algorithm, hash, found := strings.Cut(digest, ":"); found && len(hash) > 12 {
		return algorithm + ":" + hash[:12]
	}
	return digest
}
