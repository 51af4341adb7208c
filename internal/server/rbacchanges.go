package server

import (
	"errors"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/server/shelf"
	"github.com/kubeproof/kubeproof/internal/store"
)

// mostEarlier is how many earlier scans are offered to be compared with.
const mostEarlier = 20

// changesPage is which rights were gained and lost between two scans of a cluster.
type changesPage struct {
	*onCluster
	Earlier []store.ScanRow
	Than    store.ScanRow // the earlier scan
	Why     string        // why nothing is compared
	// EarlierUnseen is what the earlier scan did not see: what was gained may have been there.
	EarlierUnseen []string
	Rows          rows
	Changes       []changeView
}

// changeView is what one subject gained and lost, by where it holds.
type changeView struct {
	Subject      ask.Subject
	Gained, Lost []scopeView
}

type scopeView struct {
	Where string
	Lines []ask.RightLine
}

func (v *visit) rbacChanges() error {
	c, err := v.onCluster(rbacTabs, ask.RightsKinds...)
	if err != nil {
		return err
	}
	page := changesPage{onCluster: c}
	if c.Ready() {
		if err := v.compareScans(&page); err != nil {
			return err
		}
	}
	return v.show("rbac_changes.html", "Changes of rights", page)
}

// compareScans compares with the scan before, or with that which is asked for.
func (v *visit) compareScans(page *changesPage) (err error) {
	q := v.URL.Query()
	if page.Earlier, err = v.s.Shelf.Before(v.Context(), page.row.Scan, mostEarlier); err != nil {
		return err
	}
	with := escape.Clip(q.Get("with"), 200)
	if len(page.Earlier) == 0 && with == "" {
		page.Why = "There is no earlier scan of this cluster to compare with."
		return nil
	}
	if with == "" {
		with = page.Earlier[0].ID
	}
	before, err := v.s.Shelf.Find(v.Context(), page.Source, with)
	var broken *shelf.BrokenError
	switch {
	case errors.Is(err, shelf.ErrUnknown):
		page.Why = "There is no such scan of this cluster. Choose another one."
		return nil
	case errors.Is(err, shelf.ErrNone):
		page.Why = "Of the earlier scan there is no inventory: it was handed in without one, or it was removed because of its age. Choose another one."
	case errors.As(err, &broken):
		page.Why = "The inventory of the earlier scan cannot be read. " + sentence(broken.Error()) + "."
	}
	if page.Than = before.Scan; page.Why != "" {
		return nil
	}
	if err != nil {
		return err
	}
	page.EarlierUnseen = before.Unseen(ask.RightsKinds...)
	changes := ask.CompareRights(before.Seen, page.seen, false).Changes
	page.Rows = rowsOf(q.Get("page"), len(changes), subjectsOnPage)
	for _, change := range changes[page.Rows.From:page.Rows.To] {
		page.Changes = append(page.Changes, changeView{change.Subject, scopesOf(change.Gained), scopesOf(change.Lost)})
	}
	return nil
}

func scopesOf(rights []ask.Right) []scopeView {
	var all []scopeView
	for _, in := range ask.ByScope(rights) {
		all = append(all, scopeView{scopeName(in.Namespace), ask.RightLines(in.Rights)})
	}
	return all
}

// scopeName says where rights hold.
func scopeName(namespace string) string {
	if namespace == "" {
		return "the whole cluster"
	}
	return "namespace " + namespace
}
