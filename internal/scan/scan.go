// Package scan turns an inventory into an assessment: it judges, applies exceptions and the
// baseline, and adds up. Every door (command line, server, agent) goes through Assess.
package scan

import (
	"context"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/acceptance"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Request says how to assess.
type Request struct {
	// Controls are the controls to run, with severities as the user wants them.
	Controls []*control.Control
	// Known are all controls there are, chosen or not: exceptions for those that did not run
	// are not called unused.
	Known    []*control.Control
	Config   *config.Config
	Engine   engine.Options
	Baseline *Baseline
	// Today decides which exceptions have expired.
	Today time.Time
}

// Prepare makes the plan of a request, so that a wrong parameter is found before anything is read.
func Prepare(r Request) (*engine.Plan, error) {
	options := r.Engine
	options.Values = r.Config.Values(r.Controls)
	options.Skip = skipper(r.Config)
	return engine.New(r.Controls, options)
}

// Assess judges the inventory by the plan that Prepare made of the same request. The error is
// that of an ended context.
func Assess(ctx context.Context, plan *engine.Plan, r Request, inv *inventory.Inventory) (*assessment.Assessment, error) {
	result, err := plan.Judge(ctx, inv)
	if err != nil {
		return nil, err
	}
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: inv.Targets, Controls: result.Controls,
		Findings: result.Findings, Errors: inv.Errors, Gaps: inv.Gaps}
	a.Errors = append(a.Errors, flaws(inv)...)
	left := leftOut(r)
	a.Notices = acceptance.Apply(a.Findings, inv.Subjects, r.Config.Exceptions, left, r.Today)
	a.Notices = append(a.Notices, r.Baseline.mark(a.Findings, left)...)
	moveAccepted(a)
	a.Summary = summarize(a, inv, result.Judged, readBy(r.Controls))
	tidy(a)
	return a, nil
}

// readBy are the kinds that the controls read beside what they judge.
func readBy(controls []*control.Control) map[string]bool {
	kinds := map[string]bool{}
	for _, c := range controls {
		for _, kind := range c.Check.Reads {
			kinds[kind] = true
		}
	}
	return kinds
}

// flaws are those of all subjects, but for the objects of which the collector has told already
// that something in them was lost.
func flaws(inv *inventory.Inventory) []inventory.Error {
	told := map[string][]int{}
	for _, e := range inv.Errors {
		if e.Lost {
			told[e.File] = append(told[e.File], e.Line)
		}
	}
	var all []inventory.Error
	for _, s := range inv.Subjects {
		if !slices.ContainsFunc(told[s.Source.File], func(line int) bool { return int(s.Root.Line) <= line && line <= s.EndLine }) {
			all = append(all, s.Flaws()...)
		}
	}
	return all
}

// leftOut are the ids of the controls that this run left out.
func leftOut(r Request) map[string]bool {
	left := make(map[string]bool, len(r.Known))
	for _, c := range r.Known {
		left[c.ID] = true
	}
	for _, c := range r.Controls {
		delete(left, c.ID)
	}
	return left
}

// skipper gives the test for rules under paths; nil if there are none.
func skipper(c *config.Config) func(file string, one *control.Control) bool {
	if len(c.Paths) == 0 {
		return nil
	}
	type skip struct {
		matches func(string) bool
		exclude []string
	}
	skips := make([]skip, len(c.Paths))
	for i, rule := range c.Paths {
		skips[i] = skip{acceptance.Glob(rule.Path).MatchString, rule.Exclude}
	}
	return func(file string, one *control.Control) bool {
		for _, s := range skips {
			for _, word := range s.exclude {
				if one.Is(word) && s.matches(file) {
					return true
				}
			}
		}
		return false
	}
}
