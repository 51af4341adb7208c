package server

import (
	"fmt"
	"net/http"
	"time"
)

// Schedule makes scans by itself, at their times. It is safe for concurrent use.
type Schedule interface {
	// Planned are the scans that it makes, in the order in which they were written down.
	Planned() []Planned
	// RunNow has the scan of a name made as soon as its turn comes. The error says why it is not.
	RunNow(name string) error
}

// Planned is a scan that is made again and again.
type Planned struct {
	Name, Review, Environment string
	// When says how often, in words, as "every 24h at 02:30 UTC".
	When string
	// Next is when it is due, zero while it runs; Last when it last ended, zero if it never did.
	Next, Last time.Time
	Running    bool
	// Wrong says what was wrong the last time; "" if it was recorded.
	Wrong string
	// Elsewhere says that another server makes it.
	Elsewhere bool
}

// Source is what findings of its scans are told apart by.
func (p Planned) Source() string { return p.Review + "/" + p.Environment + "/" + p.Name }

// planned are the scans of the review that is looked at.
func (v *visit) planned() []Planned {
	if v.s.Schedule == nil {
		return nil
	}
	var all []Planned
	for _, one := range v.s.Schedule.Planned() {
		if one.Review == v.plan {
			all = append(all, one)
		}
	}
	return all
}

// scanNow has one of them made out of its turn.
func (v *visit) scanNow() error {
	if err := v.form(); err != nil {
		return err
	}
	name := v.PostForm.Get("name")
	for _, one := range v.planned() {
		if one.Name != name {
			continue
		}
		if err := v.s.Schedule.RunNow(name); err != nil {
			return v.tell("/scans", sentence(err.Error()), true)
		}
		v.s.Log.Info("scan asked for", "name", name, "person", v.person.ID)
		return v.tell("/scans", fmt.Sprintf("The scan of %s begins as soon as its turn comes. Open this page again to see what came of it.", name), false)
	}
	return problem(http.StatusNotFound, "There is no such scan", "No scan of this name is made by schedule in this review: see `kubeproof serve --schedule`.")
}
