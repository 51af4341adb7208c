package demo

import (
	"bytes"
	"context"
	"strings"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// accessReviews plans three: one that was finished in time, the next of the same environment, begun
// lately, and one that was left lying.
func (m *maker) accessReviews() {
	m.begun(&organisation[0], 140, 1)
	m.begun(&organisation[0], 6, 2)
	m.begun(&organisation[1], 48, 3)
}

// begun plans an access review and that one in so many of its subjects stays undecided; with 1 none does.
func (m *maker) begun(c *cluster, ago, undecided int) {
	id := Review + "/" + c.environment
	m.at(m.ago(ago, 6), "robin", func(w *journal.Work) error {
		return w.Do(whoHasAccess(see(c, m.options.Seed, weeks-1-ago/7, m.clock), c))
	})
	m.at(m.ago(ago-2, 3), "kim", func(w *journal.Work) error {
		begun := w.State.Access[id]
		subjects := w.State.SubjectsOf(begun).Subjects
		for place, subject := range subjects {
			if undecided > 1 && place%undecided == 0 {
				continue
			}
			action := &review.ConfirmAccess{ID: id, Place: place, Keep: true}
			if strings.HasPrefix(subject.Name, "old.") || subject.Name == "support" {
				action.Keep, action.Reason = false, "Left the company in the spring: the platform team takes it away, ticket 4711."
			}
			if err := w.Do(action); err != nil {
				return err
			}
		}
		return nil
	})
}

// whoHasAccess lists the subjects that bindings name, without those of Kubernetes itself.
func whoHasAccess(inv *inventory.Inventory, c *cluster) *review.BeginAccess {
	action := ask.Of(inv).Subjects(false).Access()
	action.Plan, action.Environment, action.Source = Review, c.environment, "cluster:"+c.name
	return action
}

// exports plans that somebody takes reports with them.
func (m *maker) exports(ctx context.Context) {
	controls := review.Controls{}
	for _, one := range m.options.Controls {
		controls[one.ID] = one
	}
	for _, days := range []int{61, 12} {
		m.at(m.ago(days, 1), "", func(*journal.Work) error {
			d := &dossier.Dossier{Version: m.options.Version}
			if err := m.journal.ReadSigned(ctx, func(state *review.State, checkpoint []byte) (err error) {
				d.View, err = state.View(Review, m.options.Library, controls, m.clock)
				d.Checkpoint, d.Signer = checkpoint, state.Keys[len(state.Keys)-1]
				return err
			}); err != nil {
				return err
			}
			var text bytes.Buffer
			if err := dossier.Write("json", &text, d); err != nil {
				return err
			}
			return m.journal.Export(ctx, "alex", Review, d.Checkpoint, []journal.Report{{Name: "report.json", Data: text.Bytes()}})
		})
	}
}
