package oscal

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// builder gathers what a document refers to while it is put together.
type builder struct {
	Input
	state *review.State
	space [16]byte
	// people are those who are referred to; resources what observations rest on, by their ids.
	people    map[string]bool
	resources map[string]resource
	// observations, their ids by item, and the risks with theirs.
	observations []observation
	observedFor  map[string][]string
	risks        []risk
	risksFor     map[string][]string
	known        map[string]bool
}

// newBuilder takes UUIDs from the ledger's first key and the plan: two ledgers share none.
func newBuilder(d Input) *builder {
	b := &builder{Input: d, state: d.View.State, people: map[string]bool{}, resources: map[string]resource{},
		observedFor: map[string][]string{}, risksFor: map[string][]string{}, known: map[string]bool{}}
	first := ""
	if len(b.state.Keys) > 0 {
		first = b.state.Keys[0]
	}
	b.space = named(root, first+"\n"+d.View.Plan.ID)
	return b
}

// uuid is the one of a thing of ours, the same in each document.
func (b *builder) uuid(kind, id string) string { return uuidText(named(b.space, kind+"\n"+id)) }

// moment is the time of the document.
func (b *builder) moment() string { return moment(b.View.Now) }

func (b *builder) title() string { return b.View.About.Title }

// party refers to a person.
func (b *builder) party(id string) string {
	b.people[id] = true
	return b.uuid("party", id)
}

func (b *builder) origins(person string) []origin {
	return []origin{{Actors: []actor{{Type: "party", UUID: b.party(person)}}}}
}

// tool is the program as the origin of what machines see.
func (b *builder) tool() []origin {
	return []origin{{Actors: []actor{{Type: "tool", UUID: b.uuid("component", "kubeproof")}}}}
}

func (b *builder) parties() []party {
	var all []party
	for _, id := range slices.Sorted(maps.Keys(b.people)) {
		all = append(all, party{UUID: b.party(id), Type: "person", Name: line(b.state.NameOf(id)), Props: props(prop("person-id", id))})
	}
	return all
}

func (b *builder) metadata(title string) metadata {
	meta := metadata{Title: titled(title), LastModified: b.moment(), Version: b.moment(), OSCALVersion: b.Version,
		Props: props(b.ledgerProps()...), Remarks: noted(b.View.About.Scope)}
	meta.Roles = append(meta.Roles, role{"administrator", "Administrator"}, role{"contributor", "Contributor"}, role{"reviewer", "Reviewer"}, role{"owner", "Owner of what is to be done"})
	return meta
}

// ledgerProps say where the signed log stood: with them a document proves later that it was not
// rewritten.
func (b *builder) ledgerProps() []property {
	all := []property{prop("ledger-entries", strconv.FormatInt(b.state.Size, 10))}
	if checkpoint, err := ledger.ParseCheckpoint(b.Checkpoint); err == nil {
		all = append(all, prop("ledger-origin", checkpoint.Origin), prop("ledger-size", strconv.FormatInt(checkpoint.Size, 10)), prop("ledger-root", checkpoint.Root.String()))
	}
	return all
}

func (b *builder) backMatter() *backMatter {
	if len(b.resources) == 0 {
		return nil
	}
	matter := &backMatter{}
	for _, id := range slices.Sorted(maps.Keys(b.resources)) {
		matter.Resources = append(matter.Resources, b.resources[id])
	}
	return matter
}

// planResource is the plan of the assessment, which OSCAL wants to be imported: the review itself.
func (b *builder) planResource() string {
	id := b.uuid("resource", "plan")
	b.resources["a plan"] = resource{UUID: id, Title: titled("Plan of the review " + b.title()),
		Description: prose(fmt.Sprintf("Checklists: %v. Environments: %v.", b.View.Plan.Checklists, b.View.Plan.Environments)), Props: props(prop("plan-id", b.View.Plan.ID))}
	return id
}

// evidenceResource is a piece of evidence, with its file's digest; the file stands in the ledger's
// bundle.
func (b *builder) evidenceResource(from *review.Evidence) string {
	id, about := b.uuid("resource", "evidence "+from.ID), b.state.AboutOf(from)
	label := about.Title
	if label == "" {
		label = from.ID
	}
	one := resource{UUID: id, Title: titled(label), Description: noted(about.Note),
		Props: props(prop("evidence-id", from.ID), prop("evidence-kind", string(from.Kind)), prop("file-name", about.Name), prop("content-digest", from.Digest))}
	switch {
	case sha256Hex.MatchString(about.SHA256):
		one.Rlinks = []rlink{fileLink(about.SHA256, from.Media)}
	case page(about.URL) != "":
		one.Rlinks = []rlink{{Href: page(about.URL)}}
	case about.URL != "":
		one.Props = append(one.Props, props(prop("address", about.URL))...)
	}
	b.resources["evidence "+from.ID] = one
	return id
}

// scanResource is the report of a scan.
func (b *builder) scanResource(scan *review.Scan) string {
	id, about := b.uuid("resource", "scan "+scan.ID), b.state.ScannedOf(scan)
	one := resource{UUID: id, Title: titled("Scan of " + about.Name), Props: props(prop("scan-id", scan.ID), prop("scan-version", about.Version))}
	if sha256Hex.MatchString(about.SHA256) {
		one.Rlinks = []rlink{fileLink(about.SHA256, "application/json")}
	}
	b.resources["scan "+scan.ID] = one
	return id
}

// fileLink is a file by its place in a bundle of the ledger.
func fileLink(sum, media string) rlink {
	one := rlink{Href: "files/sha256/" + sum, Hashes: []fileHash{{Algorithm: "SHA-256", Value: sum}}}
	if media != "" {
		one.Media = line(media)
	}
	return one
}
