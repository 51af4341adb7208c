// Package oscal writes a review as OSCAL, the form in which assessments are exchanged: Results gives
// assessment results, POAM a plan of action and milestones. OSCAL is an exporter here and no model: a
// document is made anew from a view each time, and the same view gives the same bytes. The structs hold
// only what is written; the tests check them against the official schemas. Begin with Results; what
// stands for what is told at findings, observations and risks.
package oscal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/review"
)

// Input is what is written.
type Input struct {
	// View is the review as it stands at the time of the document.
	View *review.View
	// Checkpoint is the signed note of the ledger at that time; nil if there is none.
	Checkpoint []byte
	// Version is that of OSCAL, one of Versions; "" for DefaultVersion.
	Version string
	// Program is Kubeproof's own version; "" leaves it out.
	Program string
}

// DefaultVersion is the version of OSCAL that is written if none is asked for.
const DefaultVersion = "1.1.3"

// Versions are those of OSCAL that can be written, the oldest first.
var Versions = []string{DefaultVersion, "1.2.2"}

// ErrNothingToDo says that no item needs a plan: OSCAL knows no plan of action without items.
var ErrNothingToDo = errors.New("write plan of action: no item is partly, not satisfied, contradicted, accepted or stale: there is nothing to plan")

// Results writes the assessment results of a review.
func Results(d Input) ([]byte, error) {
	b, err := build(d)
	if err != nil {
		return nil, fmt.Errorf("write assessment results: %w", err)
	}
	document := &assessmentResults{UUID: b.uuid("results", b.moment()), Metadata: b.metadata("Results of the review " + b.title()),
		ImportAP: reference{Href: "#" + b.planResource()}, LocalDefinitions: b.objectives(), Results: []result{b.result()}}
	document.Metadata.Parties, document.BackMatter = b.parties(), b.backMatter()
	return encode(map[string]any{"assessment-results": document})
}

// POAM writes the plan of action and milestones of a review; ErrNothingToDo if no item needs one.
func POAM(d Input) ([]byte, error) {
	b, err := build(d)
	if err != nil {
		return nil, fmt.Errorf("write plan of action: %w", err)
	}
	document := b.poam()
	if len(document.Items) == 0 {
		return nil, ErrNothingToDo
	}
	return encode(map[string]any{"plan-of-action-and-milestones": document})
}

func build(d Input) (*builder, error) {
	if d.Version == "" {
		d.Version = DefaultVersion
	}
	if !slices.Contains(Versions, d.Version) {
		return nil, fmt.Errorf("version %q of OSCAL is unknown: use %s", d.Version, strings.Join(Versions, " or "))
	}
	b := newBuilder(d)
	b.observe()
	b.takeRisks()
	return b, nil
}

// encode writes JSON in which what a terminal or a browser might obey is escaped.
func encode(document any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("write OSCAL: %w", err)
	}
	return out.Bytes(), nil
}
