package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/shelf"
)

// accessSource is a scan that kept what it saw, from which the list of who has access can be taken.
type accessSource struct {
	Environment, Scan, Label string
	Made                     time.Time
}

// accessSources are the newest scans of the review that kept what they saw.
func (v *visit) accessSources() ([]accessSource, error) {
	newest, err := v.s.Journal.NewestHeads(v.Context(), 0)
	if err != nil {
		return nil, err
	}
	var all []accessSource
	for _, one := range newest {
		label, environment := placeOfScan(one.Source)
		if !strings.HasPrefix(one.Source, v.plan+"/") || !slices.Contains(v.state.Plans[v.plan].Environments, environment) {
			continue
		}
		kept, err := v.keepsInventory(one.ID)
		if err != nil {
			return nil, err
		}
		if kept {
			all = append(all, accessSource{environment, one.ID, label, one.Made})
		}
	}
	return all, nil
}

// beginAccess begins an access review with the subjects that a scan saw.
func (v *visit) beginAccess() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.plan == "" {
		return errNoPlan
	}
	id := v.PostForm.Get("scan")
	sources, err := v.accessSources()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(sources, func(one accessSource) bool { return one.Scan == id })
	if at < 0 {
		return v.tell("/access", "Choose a scan that kept what it saw. There may be a newer one since you opened the page.", true)
	}
	from := sources[at]
	found, err := v.s.Shelf.Find(v.Context(), v.plan+"/"+from.Environment+"/"+from.Label, id)
	var broken *shelf.BrokenError
	if errors.As(err, &broken) {
		return v.tell("/access", sentence(broken.Error()), true)
	}
	if err != nil {
		return err
	}
	action := accessOf(found.Seen, v.plan, from)
	told := fmt.Sprintf("Begun: %s to confirm, %d of them machines.", count(action.Count, "subject"), action.Machines)
	if gaps := found.Seen.GapsOf(ask.RightsKinds...); len(gaps) > 0 {
		told += fmt.Sprintf(" The list is not whole: the scan could not read every %s (%s).", gaps[0].Kind, gaps[0].Reason)
	}
	return v.act("/access#"+from.Environment, told, func(w *journal.Work) error { return w.Do(action) })
}

// accessOf lists who has rights, without Kubernetes' own and the platform's.
func accessOf(seen *ask.Seen, plan string, from accessSource) *review.BeginAccess {
	action := seen.Subjects(false).Access()
	action.Plan, action.Environment = plan, from.Environment
	action.Source = fmt.Sprintf("scan of %s, %s", from.Label, from.Made.UTC().Format("2006-01-02 15:04 UTC"))
	return action
}
