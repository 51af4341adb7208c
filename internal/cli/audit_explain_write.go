package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/kubeproof/kubeproof/internal/engine/audit"
)

// explainedPolicy is what is told of one policy, and its JSON form.
type explainedPolicy struct {
	File     string              `json:"file"`
	Key      string              `json:"key,omitempty"` // of the ConfigMap that holds it
	Name     string              `json:"name,omitempty"`
	Rules    []explainedRule     `json:"rules"`
	Requests []explainedRequests `json:"requests"`
}

type explainedRule struct {
	Number     int      `json:"number"`
	Line       int      `json:"line"`
	Level      string   `json:"level"`
	OmitStages []string `json:"omitStages,omitempty"` // those of the policy too
	// Never is true if no request can reach the rule; TakenBy are the earlier rules that take all
	// of its requests.
	Never   bool  `json:"never,omitempty"`
	TakenBy []int `json:"takenBy,omitempty"`
}

type explainedRequests struct {
	Verbs             []string `json:"verbs"`
	Target            string   `json:"target"`
	Actors            []string `json:"actors"`
	Level             string   `json:"level"`
	Rule              int      `json:"rule"` // 0: none matches
	Line              int      `json:"line,omitempty"`
	Wanted            string   `json:"wanted,omitempty"`
	Met               *bool    `json:"met,omitempty"`
	OmitStages        []string `json:"omitStages,omitempty"`
	OmitManagedFields bool     `json:"omitManagedFields,omitempty"`
	everybody         bool
}

// writeExplained writes every policy with the sample requests, or with one event if it is given.
func writeExplained(out io.Writer, format string, policies []*audit.Found, tries []audit.Tries, event *audit.Event) error {
	var all []explainedPolicy
	for _, found := range policies {
		told := explainedPolicy{File: found.Subject.Source.File, Name: found.Subject.Name, Rules: explainRules(found), Requests: []explainedRequests{}}
		if found.Key != nil {
			told.Key = found.Key.Key()
		}
		if event != nil {
			told.Requests = append(told.Requests, explainEvent(found.Policy, *event))
		} else {
			told.Requests = append(told.Requests, explainTries(found.Policy, tries)...)
		}
		all = append(all, told)
	}
	if format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(all)
	}
	for i, told := range all {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := told.table(out); err != nil {
			return err
		}
	}
	return nil
}

func explainRules(found *audit.Found) []explainedRule {
	all := []explainedRule{}
	for i := range found.Rules {
		rule := &found.Rules[i]
		told := explainedRule{Number: rule.Number, Line: int(rule.Node.Line), Level: rule.Level.String(), OmitStages: found.Omitted(rule)}
		shadow := found.Shadow(rule)
		told.Never = shadow.Decided && shadow.Witness == nil
		for _, by := range shadow.By {
			told.TakenBy = append(told.TakenBy, by.Number)
		}
		all = append(all, told)
	}
	return all
}

func explainEvent(policy *audit.Policy, event audit.Event) explainedRequests {
	decision := policy.Evaluate(event)
	target := event.Path
	if target == "" {
		sample := audit.Sample{Verb: event.Verb, Group: event.Group, Resource: event.Resource, Sub: event.Sub}
		place := audit.Place{Namespace: event.Namespace, Name: event.Name}
		if event.Resource == "namespaces" { // which are in themselves
			place.Namespace = ""
		}
		target = sample.Target() + place.String()
	}
	told := explainedRequests{Verbs: []string{event.Verb}, Target: target, Actors: []string{event.User}, Level: decision.Level.String(),
		OmitStages: decision.OmitStages, OmitManagedFields: decision.OmitManagedFields}
	told.setRule(decision.Rule)
	return told
}

func explainTries(policy *audit.Policy, tries []audit.Tries) []explainedRequests {
	var all []explainedRequests
	for _, t := range tries {
		for _, e := range policy.Explain(t.Samples, t.Actors) {
			met := t.Met(e.Level)
			told := explainedRequests{Verbs: e.Verbs, Target: e.Target + e.At, Level: e.Level.String(), Wanted: t.Wanted(), Met: &met}
			for _, actor := range e.Actors {
				told.Actors = append(told.Actors, actor.ID)
			}
			told.everybody = len(e.Actors) == len(t.Actors)
			told.setRule(e.Rule)
			all = append(all, told)
		}
	}
	return all
}

func (r *explainedRequests) setRule(rule *audit.Rule) {
	if rule != nil {
		r.Rule, r.Line = rule.Number, int(rule.Node.Line)
	}
}

func (p *explainedPolicy) table(out io.Writer) error {
	place := p.File
	if p.Key != "" {
		place += ", ConfigMap " + p.Name + ", " + p.Key
	}
	fmt.Fprintf(out, "%s: %s, the first that matches decides\n\n", place, counted(len(p.Rules), "rule"))
	rules := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rules, "RULE\tLINE\tLEVEL\tNOTE")
	for _, rule := range p.Rules {
		fmt.Fprintf(rules, "%d\t%d\t%s\t%s\n", rule.Number, rule.Line, rule.Level, rule.note())
	}
	if err := rules.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	requests := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(requests, "WANTED\tLEVEL\tRULE\tLINE\tREQUEST\tBY")
	for _, r := range p.Requests {
		fmt.Fprintf(requests, "%s\t%s\t%s\t%s\t%s %s\t%s\n", r.note(), r.Level, number(r.Rule), number(r.Line), verbs(r.Verbs), r.Target, r.by())
	}
	if err := requests.Flush(); err != nil || len(p.Requests) == 1 {
		return err
	}
	_, err := fmt.Fprintln(out, "\nwrite is "+strings.Join(writing, ", "))
	return err
}

// writing are the verbs that change objects; a table calls them together "write".
var writing = []string{"create", "update", "patch", "delete", "deletecollection"}

func verbs(all []string) string {
	text := strings.Join(all, ",")
	return strings.Replace(text, strings.Join(writing, ","), "write", 1)
}

// by names the callers where not every one that was tried is meant.
func (r explainedRequests) by() string {
	if r.everybody {
		return "everybody"
	}
	return strings.Join(r.Actors, ", ")
}

func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func (r explainedRule) note() string {
	var notes []string
	switch {
	case len(r.TakenBy) > 0:
		notes = append(notes, "never decides: taken by rule "+strings.Trim(fmt.Sprint(r.TakenBy), "[]"))
	case r.Never:
		notes = append(notes, "never decides: no request can match it")
	}
	for _, stage := range r.OmitStages {
		if stage != "RequestReceived" { // which only doubles what the later stages say
			notes = append(notes, "without "+stage)
		}
	}
	return cmp.Or(strings.Join(notes, "; "), "-")
}

// note says whether the level is one that the controls want; else which they do.
func (r explainedRequests) note() string {
	switch {
	case r.Met == nil:
		return "-"
	case *r.Met:
		return "ok"
	}
	return r.Wanted
}
