package acceptance

import (
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Apply marks the failures that a rule or an acceptance in a file covers on the given day, in
// place. It gives a notice for everything refused, expired or matching nothing, but for the
// controls that were left out: nothing is known of what they would have found.
func Apply(findings []*assessment.Finding, subjects []*inventory.Subject, rules []Rule, leftOut map[string]bool, today time.Time) []assessment.Notice {
	a := &applier{today: today.Format(time.DateOnly), leftOut: leftOut}
	for _, rule := range rules {
		a.entries = append(a.entries, &entry{file: rule.File, line: rule.Line, expires: rule.Expires, rule: rule,
			about: rule.Control, exception: assessment.Exception{Reason: rule.Reason, Owner: rule.Owner, Expires: rule.Expires,
				Source: fmt.Sprintf("%s:%d", rule.File, rule.Line)}})
	}
	general := a.entries
	local := a.collect(subjects)
	for i := range findings {
		if findings[i].Outcome != assessment.Fail {
			continue
		}
		a.try(findings[i], general)
		if source := findings[i].Object; source != nil {
			a.try(findings[i], local[source.Source])
		}
		if findings[i].Outcome == assessment.Fail {
			tryHadolint(findings[i])
		}
	}
	return append(a.notices, a.left()...)
}

// entry is one exception wherever it is written, with whether it was of use.
type entry struct {
	file      string
	line      int
	about     string
	where     string // the object, if there is no file
	expires   string
	rule      Rule
	directive *directive
	exception assessment.Exception
	used      bool
	// inherited ones were copied from the workload that made the object; only that is told of them.
	inherited bool
}

type applier struct {
	today   string
	leftOut map[string]bool
	entries []*entry
	notices []assessment.Notice
}

// collect reads the acceptances in files, by source.
func (a *applier) collect(subjects []*inventory.Subject) map[*inventory.Source][]*entry {
	local := map[*inventory.Source][]*entry{}
	seen := map[*inventory.Source]bool{}
	for _, s := range subjects {
		if !seen[s.Source] {
			seen[s.Source] = true
			a.keep(local, s, commentsIn(s.Source.Text))
		}
		a.keep(local, s, annotationsOf(s))
	}
	return local
}

// keep adds what was found in the source of a subject, or on the subject itself.
func (a *applier) keep(local map[*inventory.Source][]*entry, s *inventory.Subject, found []directive) {
	source := s.Source
	for i := range found {
		d := &found[i]
		inherited := d.object != nil && s.Owner != nil
		if d.refused != nil {
			if !inherited {
				a.notices = append(a.notices, assessment.Notice{Kind: assessment.ExceptionRefused,
					File: source.File, Line: d.line, Message: on(s) + d.refused.Error()})
			}
			continue
		}
		e := &entry{file: source.File, line: d.line, about: d.control, expires: d.expires, directive: d, where: on(s), inherited: inherited,
			exception: assessment.Exception{Reason: d.reason, Expires: d.expires, Source: fmt.Sprintf("%s:%d", source.File, d.line)}}
		if source.Cluster != "" {
			e.exception.Source = "annotation in cluster " + source.Cluster
		}
		a.entries = append(a.entries, e)
		local[source] = append(local[source], e)
	}
}

// on names an object of a live cluster, which no file and line do.
func on(s *inventory.Subject) string {
	switch {
	case s.Source.Cluster == "":
		return ""
	case s.Namespace != "":
		return s.Kind + " " + s.Namespace + "/" + s.Name + ": "
	}
	return s.Kind + " " + s.Name + ": "
}

// try marks the finding accepted by the first entry that covers it and has not expired.
func (a *applier) try(f *assessment.Finding, entries []*entry) {
	for _, e := range entries {
		if !e.covers(f) {
			continue
		}
		e.used = true // also where another one has accepted it already
		if f.Outcome == assessment.Fail && e.expires >= a.today {
			f.Outcome, f.Exception = assessment.Accepted, &e.exception
		}
	}
}

func (e *entry) covers(f *assessment.Finding) bool {
	if e.directive != nil {
		return e.directive.covers(f.Control, f.Node)
	}
	return e.rule.covers(f)
}

// left gives a notice for each exception that is of no use any more.
func (a *applier) left() []assessment.Notice {
	var notices []assessment.Notice
	for _, e := range a.entries {
		if a.leftOut[e.about] || e.inherited {
			continue
		}
		notice := assessment.Notice{File: e.file, Line: e.line}
		switch {
		case e.expires < a.today:
			notice.Kind = assessment.ExceptionExpired
			notice.Message = e.where + fmt.Sprintf("acceptance of %s expired on %s: mend what it covers, or renew it", e.about, e.expires)
		case !e.used:
			notice.Kind = assessment.ExceptionUnused
			notice.Message = e.where + fmt.Sprintf("acceptance of %s matches no finding: remove it", e.about)
		default:
			continue
		}
		notices = append(notices, notice)
	}
	return notices
}
