package dossier

import (
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Item is an item of a checklist as it stands.
type Item struct {
	ID        string             `json:"id"`
	Checklist string             `json:"checklist"`
	Section   string             `json:"section"`
	Text      string             `json:"text"`
	Parent    string             `json:"parent,omitempty"`
	State     review.ItemState   `json:"state"`
	Reason    string             `json:"reason"`
	Weight    int                `json:"weight"` // 1 to 10, its share of the risk-weighted score
	Assess    []checklist.Method `json:"assess"`
	// Machine is what scans show of what controls judge; absent if no control judges it.
	Machine  *assessment.ItemResult `json:"machine,omitempty"`
	Controls []string               `json:"controls"`
	// Open is what no control looks at yet though a machine could.
	Open      string   `json:"open,omitempty"`
	Questions []string `json:"questions"`
	// Declared is what was said of the item itself: that it does not apply.
	Declared *Answer `json:"declared,omitempty"`
	// Evidence is that of its answers, each piece once.
	Evidence []string `json:"evidence"`
	// Exceptions are all that were asked for; AcceptedUntil is the last day of the one that holds.
	Exceptions    []string `json:"exceptions"`
	AcceptedUntil string   `json:"acceptedUntil,omitempty"`
	Discussion    []Remark `json:"discussion,omitempty"`
}

// gatherer puts the document together.
type gatherer struct {
	*Dossier
	state *review.State
	// used are the keys of answers that a piece of evidence is attached to.
	used map[string][]string
}

// Gather puts all names, texts and decisions of a review in.
func Gather(d *Dossier) *Document {
	view := d.View
	g := &gatherer{Dossier: d, state: view.State, used: map[string][]string{}}
	document := &Document{Schema: Schema, Kubeproof: d.Version, Score: score(view.Score),
		Review: Review{ID: view.Plan.ID, Title: view.About.Title, Scope: view.About.Scope, Environments: list(view.Plan.Environments),
			At: view.Now.UTC(), Settings: view.Plan.Settings}}
	g.lists(document)
	for _, asked := range view.Asked {
		document.Questions = append(document.Questions, g.question(asked))
	}
	document.Questions = list(document.Questions)
	document.Evidence = g.evidence()
	document.Exceptions = g.exceptions()
	document.Frameworks = g.frameworks()
	document.Access = g.access()
	document.Scans = g.scans()
	document.NotAssessed = g.gaps(document)
	document.Attention = g.attention(document)
	document.Ledger = g.ledger()
	document.link()
	return document
}

// link gives sections their items.
func (d *Document) link() {
	items := map[string]*Item{}
	for _, item := range d.Items {
		items[item.ID] = item
	}
	for l := range d.Checklists {
		for s := range d.Checklists[l].Sections {
			section := &d.Checklists[l].Sections[s]
			section.items = nil
			for _, id := range section.Items {
				section.items = append(section.items, items[id])
			}
		}
	}
}

// list gives an empty list where there is none: JSON writes [] and not null.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func (g *gatherer) lists(document *Document) {
	document.Checklists, document.Items = []List{}, []*Item{}
	for _, view := range g.View.Lists {
		one := List{ID: view.List.ID, Title: view.List.Title, Source: view.List.Source, Score: score(view.Score)}
		for _, item := range g.View.Items {
			if item.List == view.List {
				document.Items = append(document.Items, g.item(item))
			}
		}
		for _, section := range view.Sections {
			one.Sections = append(one.Sections, Section{Name: section.Name, Score: score(section.Score), Items: ids(section.Items)})
		}
		document.Checklists = append(document.Checklists, one)
	}
}

func (g *gatherer) item(view *review.ItemView) *Item {
	from := view.Item
	item := &Item{ID: from.ID, Checklist: view.List.ID, Section: from.Section, Text: from.Text, Parent: from.Parent,
		State: view.State, Reason: view.Reason, Weight: view.Weight, Assess: list(from.Assess), Machine: view.Machine,
		Controls: list(from.Controls), Open: from.Open, Questions: []string{}, Evidence: []string{}, Exceptions: []string{}}
	for _, asked := range view.Questions {
		item.Questions = append(item.Questions, asked.Question.ID)
		item.attach(asked.Answer)
	}
	// Evidence may be at the item itself, whether or not it was said not to apply.
	own := g.state.Answers[review.IDOf(g.View.Plan.ID, from.ID)]
	item.attach(own)
	if own != nil {
		item.Declared = g.answer(own, nil)
	}
	item.Discussion = g.discussion(from.ID)
	for _, exception := range g.View.Exceptions {
		if exception.Item == from.ID {
			item.Exceptions = append(item.Exceptions, exception.ID)
		}
	}
	if view.Exception != nil {
		item.AcceptedUntil = view.Exception.Until(g.View.Now)
	}
	return item
}

func (i *Item) attach(answer *review.Answer) {
	if answer == nil {
		return
	}
	for _, attached := range answer.Attached {
		if !slices.Contains(i.Evidence, attached.Evidence) {
			i.Evidence = append(i.Evidence, attached.Evidence)
		}
	}
}

func (g *gatherer) person(id string) *Person {
	if id == "" {
		return nil
	}
	return &Person{ID: id, Name: g.state.NameOf(id)}
}

func (g *gatherer) signed(by string, at time.Time) Signed { return Signed{g.person(by), at.UTC()} }

func (g *gatherer) decision(d *review.Decision) *Decision {
	if d == nil {
		return nil
	}
	return &Decision{Signed: g.signed(d.By, d.At), Approved: d.Approved, Note: g.state.Note(d), Snapshot: d.Snapshot, Signer: d.Signer}
}

// today is the day of the report.
func (g *gatherer) today() string { return g.View.Now.UTC().Format(review.Day) }
