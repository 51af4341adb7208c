package running

import (
	"cmp"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/imagefact"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// likeness is whether what runs is what a name says.
type likeness int

const (
	same likeness = iota
	unsure
	differs
)

// compare holds what runs against the facts of the name. That digests differ proves something only
// where all digests of the image were read, as from a registry; and where it is one of several
// platforms what runs may be another one, unless its node is of this one.
func (u use) compare(l live, named []*inventory.Subject) likeness {
	best := unsure
	for _, s := range named {
		if slices.Contains(imagefact.Digests(s), l.digest) {
			return same
		}
		if s.Root.Get("from").Text() != "registry" || s.Root.Get("digest").Text() == "" || s.Root.Get("configDigest").Text() == "" {
			continue
		}
		if _, arch := platformOf(s); s.Root.Get("index").Text() == "" || l.arch != "" && l.arch == arch {
			best = differs
		}
	}
	return best
}

// moved fails if a container runs another image than its tag names now: what was signed and scanned
// is not what runs, and the next start changes what runs.
func moved(in assessment.Input) []assessment.Verdict {
	u, skip := useOf(in)
	named := []*inventory.Subject(nil)
	if u.name != "" {
		named = u.model.facts.Find(u.name)
	}
	switch {
	case len(named) == 0 && skip != nil:
		return skip
	case u.ref.Digest != "":
		return assessment.Skipped("the container names a digest, which cannot move")
	case len(u.live) == 0:
		return assessment.Skipped("no running container of it was seen")
	case len(named) == 0:
		return assessment.Skipped("what " + u.name + " names now was not read")
	}
	var verdicts []assessment.Verdict
	told := map[string]bool{}
	for _, l := range u.live {
		likeness := u.compare(l, named)
		if likeness == same || told[l.digest] {
			continue
		}
		told[l.digest] = true
		now := named[0]
		digest := short(cmp.Or(now.Root.Get("index").Text(), now.Root.Get("digest").Text(), now.Root.Get("configDigest").Text(), "unknown"))
		if likeness == differs {
			verdicts = append(verdicts, failed(u.node, "%s runs %s, but %s now is %s", title(in), short(l.digest), u.name, digest)...)
			continue
		}
		verdicts = append(verdicts, unknown(u.node, "%s runs %s; whether that is %s, which was read as %s, is not known: read it from its registry for the platform of the node", title(in), short(l.digest), u.name, digest)...)
	}
	if len(verdicts) == 0 {
		return passed("what runs is what %s names", u.name)
	}
	return verdicts
}
