package dossier

import (
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Schema names the form of the JSON report.
const Schema = "kubeproof.dev/review/v1"

// Document is a review with all names, texts and decisions put in: what every format shows, and what
// the JSON report is. Lists refer to each other by id. Days are as 2027-01-31, times in UTC.
type Document struct {
	Schema    string `json:"schema"`
	Kubeproof string `json:"kubeproof,omitempty"` // the version that wrote it
	Review    Review `json:"review"`
	Score     Score  `json:"score"`
	// Attention is what somebody has to look at first, the most urgent first.
	Attention  []Attention  `json:"attention"`
	Checklists []List       `json:"checklists"`
	Items      []*Item      `json:"items"`     // of all checklists, in their order
	Questions  []*Question  `json:"questions"` // each once, in the order in which items name them
	Evidence   []*Evidence  `json:"evidence"`
	Exceptions []*Exception `json:"exceptions"`
	// Frameworks are those that the review chose. What stands there supports a requirement; it never
	// says that anybody complies.
	Frameworks  []Framework `json:"frameworks"`
	Access      []Access    `json:"access"`
	Scans       []Scan      `json:"scans"`
	NotAssessed Gaps        `json:"notAssessed"`
	Ledger      Ledger      `json:"ledger"`
}

// Review says what was reviewed, and when the report was made.
type Review struct {
	ID           string          `json:"id"`
	Title        string          `json:"title"`
	Scope        string          `json:"scope,omitempty"`
	Environments []string        `json:"environments"`
	At           time.Time       `json:"at"`
	Settings     review.Settings `json:"settings"` // in days
}

// Score is how many items are in which state. Only satisfied ones count, of those that apply.
type Score struct {
	review.Score
	Percent         int `json:"percent"`         // satisfied ÷ applicable, rounded down
	WeightedPercent int `json:"weightedPercent"` // the same by weight
}

func score(s review.Score) Score { return Score{s, s.Percent(), s.WeightedPercent()} }

// List is a checklist with its sections.
type List struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Source   string    `json:"source"`
	Score    Score     `json:"score"`
	Sections []Section `json:"sections"`
}

// Section is a part of a checklist.
type Section struct {
	Name  string   `json:"name"`
	Score Score    `json:"score"`
	Items []string `json:"items"`

	items []*Item
}

// All are the items of the section.
func (s Section) All() []*Item { return s.items }

// Person is somebody who acted: the name stands there as long as it was not erased.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"` // the id where the name was erased
}

// String is the name.
func (p *Person) String() string {
	if p == nil {
		return ""
	}
	return p.Name
}

// Signed is who did something, and when.
type Signed struct {
	By *Person   `json:"by"`
	At time.Time `json:"at"`
}

// Decision is a reviewer's word on one revision.
type Decision struct {
	Signed
	Approved bool   `json:"approved"`
	Note     string `json:"note,omitempty"`
	// Snapshot is the SHA-256 of exactly what was approved, Signer the key that signed it.
	Snapshot string `json:"snapshot,omitempty"`
	Signer   string `json:"signer,omitempty"`
}

// Gaps say what the review did not look at. Nothing of it counts as satisfied.
type Gaps struct {
	// Methods are the ways to assess that items name and no scan that counts provided.
	Methods []MethodGap `json:"methods"`
	// Questions are the ids of those that nobody has answered, Waiting those that wait for another.
	Questions []string `json:"questions"`
	Waiting   []string `json:"waiting"`
	// Parts are items of which a machine could see more than any control does yet.
	Parts []Part `json:"parts"`
	// Checklists are those of the review that this version's catalogue does not hold.
	Checklists []string `json:"checklists"`
	// Lost counts what scans found and could not read.
	Lost int `json:"lost"`
}

// MethodGap is a way to assess that no scan provided, with how many items name it.
type MethodGap struct {
	Method checklist.Method `json:"method"`
	About  string           `json:"about"`
	Items  int              `json:"items"`
}

// Part is what no control looks at yet.
type Part struct {
	Item string `json:"item"`
	Open string `json:"open"`
}
