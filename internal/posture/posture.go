// Package posture tells from the scans of clusters how these stand: by topic, with what was not seen,
// which mendings help most, and what is better or worse in another scan. It reads nothing itself and
// takes everything for unknown that a scan did not show. Begin with TopicsOf and Compare.
package posture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// Source is where scans come from, as they are handed in: a cluster or another target, under a label, in
// an environment of a review.
type Source struct{ Review, Environment, Label string }

// ParseSource reads the name of a source, as the store has it. What has no such form is all label.
func ParseSource(name string) Source {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 3 {
		return Source{Label: name}
	}
	return Source{parts[0], parts[1], parts[2]}
}

// String is the name of the source.
func (s Source) String() string {
	if s.Review == "" && s.Environment == "" {
		return s.Label
	}
	return s.Review + "/" + s.Environment + "/" + s.Label
}

// Standing is how a control stands in one scan.
type Standing string

// The standings, the worst first.
const (
	Failing    Standing = "failing"
	Unknown    Standing = "unknown" // nothing fails, but something could not be judged
	Accepted   Standing = "accepted"
	Well       Standing = "well"
	NotApplied Standing = "not applicable"
	Unseen     Standing = "not seen" // it did not run, or saw nothing that it judges
)

// standings are all, the worst first.
var standings = []Standing{Failing, Unknown, Accepted, Well, NotApplied, Unseen}

// StandingOf tells how a control with such outcomes stands.
func StandingOf(n assessment.Counts) Standing {
	switch {
	case n.Fail > 0:
		return Failing
	case n.Unknown+n.Error > 0:
		return Unknown
	case n.Accepted > 0:
		return Accepted
	case n.Pass > 0:
		return Well
	case n.NotApplicable > 0:
		return NotApplied
	}
	return Unseen
}

// Control is a control with what it gave in a scan.
type Control struct {
	ID, Title string
	Topic     string
	Severity  control.Severity
	Risk      int
	Outcomes  assessment.Counts
	Standing  Standing
}

// Topic is a topic of the catalogue, with how its controls stand in a scan.
type Topic struct {
	Name string
	// Controls are those that gave something, the worst first. The numbers count those that gave nothing too.
	Controls []Control
	Failing, Unknown, Accepted,
	Well, NotApplied, Unseen int
}

// Judged counts the controls that gave pass, fail, accepted, unknown or error.
func (t *Topic) Judged() int { return t.Failing + t.Unknown + t.Accepted + t.Well }

// Level is how dark the topic is on a map, from 0 to 4: by the share of judged controls that fail or
// are unknown.
func (t *Topic) Level() int {
	bad := t.Failing + t.Unknown
	if bad == 0 {
		return 0
	}
	return min(4, 1+4*bad/t.Judged())
}

// Elsewhere is the topic of controls that the catalogue does not have: those of users, or of another version.
const Elsewhere = "other controls"

// TopicsOf sorts what the controls of a scan gave into topics, by name: those of the catalogue, and in the
// end those that it does not have.
func TopicsOf(outcomes map[string]assessment.Counts, catalogue map[string]*control.Control) []Topic {
	byName := map[string]*Topic{}
	put := func(c Control) {
		topic := byName[c.Topic]
		if topic == nil {
			topic = &Topic{Name: c.Topic}
			byName[c.Topic] = topic
		}
		topic.add(c)
	}
	for id, known := range catalogue {
		n := outcomes[id]
		put(Control{id, known.Title, known.Topic, known.Severity, known.Risk, n, StandingOf(n)})
	}
	for id, n := range outcomes {
		if catalogue[id] == nil {
			put(Control{ID: id, Topic: Elsewhere, Outcomes: n, Standing: StandingOf(n)})
		}
	}
	topics := make([]Topic, 0, len(byName))
	for _, topic := range byName {
		slices.SortFunc(topic.Controls, worse)
		topics = append(topics, *topic)
	}
	slices.SortFunc(topics, func(a, b Topic) int {
		return cmp.Or(rankOf(a.Name == Elsewhere)-rankOf(b.Name == Elsewhere), strings.Compare(a.Name, b.Name))
	})
	return topics
}

func rankOf(last bool) int {
	if last {
		return 1
	}
	return 0
}

func (t *Topic) add(c Control) {
	if c.Standing != Unseen {
		t.Controls = append(t.Controls, c)
	}
	*map[Standing]*int{Failing: &t.Failing, Unknown: &t.Unknown, Accepted: &t.Accepted, Well: &t.Well, NotApplied: &t.NotApplied, Unseen: &t.Unseen}[c.Standing]++
}

// worse orders controls: by standing, then by severity and risk, then by how many fail.
func worse(a, b Control) int {
	return cmp.Or(slices.Index(standings, a.Standing)-slices.Index(standings, b.Standing), b.Severity.Rank()-a.Severity.Rank(), b.Risk-a.Risk,
		b.Outcomes.Fail-a.Outcomes.Fail, strings.Compare(a.ID, b.ID))
}

// Worst gives the controls of all topics that fail or are unknown, the worst first: by severity, risk and
// how many fail; most of them at most.
func Worst(topics []Topic, most int) (all []Control) {
	for i := range topics {
		for _, one := range topics[i].Controls {
			if one.Standing == Failing || one.Standing == Unknown {
				all = append(all, one)
			}
		}
	}
	slices.SortFunc(all, worse)
	return all[:min(len(all), most)]
}
