package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// report counts a verdict and keeps it as a finding if it is one.
func (w *worker) report(i int, verdict assessment.Verdict, element *document.Node) {
	w.counts[i].Add(verdict.Outcome)
	w.judged = w.judged || verdict.Outcome != assessment.NotApplicable
	quiet := verdict.Outcome == assessment.Pass || verdict.Outcome == assessment.NotApplicable
	if quiet && !w.plan.options.KeepAll {
		return
	}
	if verdict.Node == nil {
		verdict.Node = element
	}
	w.findings = append(w.findings, w.finding(w.plan.rules[i], verdict))
}

func (w *worker) finding(r *rule, verdict assessment.Verdict) *assessment.Finding {
	c, s, f := r.control, w.subject, w.newFinding()
	*f = assessment.Finding{
		Control: c.ID, Title: c.Title, Outcome: verdict.Outcome, Severity: c.Severity, Risk: c.Risk, Team: c.Team,
		Message: verdict.Message, Fix: c.Fix, Maps: c.Maps,
		Subject: assessment.Subject{Kind: s.Kind, APIVersion: s.APIVersion, Namespace: s.Namespace,
			Name: s.Name, Container: verdict.Container, File: s.Source.File, Cluster: s.Source.Cluster},
		Location: w.location(verdict),
		Node:     verdict.Node,
		Object:   s,
	}
	if f.Message == "" {
		f.Message = c.Title
	}
	f.Fingerprint = w.fingerprint(c.ID, verdict)
	f.Evidence = w.evidence(verdict, c.Sensitive)
	return f
}

// newFinding takes the next finding of a slab: findings are many and live to the end of the run.
func (w *worker) newFinding() *assessment.Finding {
	if len(w.slab) == 0 {
		w.slab = make([]assessment.Finding, 64)
	}
	f := &w.slab[0]
	w.slab = w.slab[1:]
	return f
}

// spot is what all findings at one value share.
type spot struct {
	path              string
	line, column, end int
	evidence          *assessment.Evidence
}

// spotOf describes a value once for each object.
func (w *worker) spotOf(n *document.Node) *spot {
	if known := w.spots[n]; known != nil {
		return known
	}
	s := &spot{path: n.Path()}
	s.line, s.column = lineOf(n)
	s.end = max(s.line, n.EndLine())
	if w.spots == nil {
		w.spots = map[*document.Node]*spot{}
	}
	w.spots[n] = s
	return s
}

// evidence is the excerpt for a verdict; nil for those that need none.
func (w *worker) evidence(verdict assessment.Verdict, sensitive bool) *assessment.Evidence {
	switch {
	case verdict.Outcome == assessment.Pass || verdict.Outcome == assessment.NotApplicable:
		return nil
	case sensitive || w.subject.Kind == "Secret":
		return w.excerpts.of(verdict.Node, true, w.plan.options.Mask)
	}
	s := w.spotOf(verdict.Node)
	if s.evidence == nil {
		s.evidence = w.excerpts.of(verdict.Node, false, w.plan.options.Mask)
	}
	return s.evidence
}

// location gives the place that people edit; for rendered text its template, and the value that
// decided it if that is known.
func (w *worker) location(verdict assessment.Verdict) assessment.Location {
	s := w.spotOf(verdict.Node)
	path := s.path
	if verdict.Missing != "" {
		path = joinMissing(path, verdict.Missing)
	}
	at := assessment.Location{File: w.subject.Source.File, Line: s.line, Column: s.column, EndLine: s.end, Path: path}
	if w.subject.Source.Origin == nil {
		return at
	}
	template, value := w.subject.Source.Origin.Locate(s.line, path)
	return assessment.Location{File: template.File, Line: template.Line, Column: template.Column,
		EndLine: max(template.Line, template.EndLine), Path: path, Value: value, Rendered: s.line}
}

// lineOf is the line where people look for a value: that of its key if it has one.
func lineOf(n *document.Node) (line, column int) {
	if n.KeyLine > 0 {
		return int(n.KeyLine), int(n.KeyColumn)
	}
	return int(n.Line), int(n.Column)
}

func joinMissing(path, missing string) string {
	if path == "" || strings.HasPrefix(missing, "[") {
		return path + missing
	}
	return path + "." + missing
}

// fingerprint stays the same when lines move or elements change their order, and differs between
// two findings of one control on one subject. The file is part of it, since overlays give one
// object several times.
func (w *worker) fingerprint(id string, verdict assessment.Verdict) string {
	s, key := w.subject, w.keyBytes[:0]
	for _, part := range [...]string{id, s.Source.File, s.Kind, s.Namespace, s.Name, verdict.Container} {
		key = append(append(key, part...), 0)
	}
	key = append(appendSteady(key, verdict.Node, s.APIVersion == inventory.FactVersion), 0)
	key = append(key, verdict.Missing...)
	w.keyBytes = key
	sum := sha256.Sum256(key)
	if w.prints == nil {
		w.prints = map[[sha256.Size]byte]int{}
	}
	if w.prints[sum]++; w.prints[sum] > 1 {
		sum = sha256.Sum256(strconv.AppendInt(append(key, 0), int64(w.prints[sum]), 10))
	}
	return hex.EncodeToString(sum[:16])
}

// appendSteady writes a path in which elements of lists go by their name, where they have one; in facts
// by what else tells them from others, since lists there grow and shrink from run to run.
func appendSteady(key []byte, n *document.Node, fact bool) []byte {
	if n == nil || n.Parent() == nil {
		return key
	}
	key = append(appendSteady(key, n.Parent(), fact), 1)
	if n.Key() != "" {
		return append(key, n.Key()...)
	}
	if name := n.Get("name").Text(); name != "" {
		return append(key, name...)
	}
	if text := identity(n); fact && text != "" {
		return append(key, text...)
	}
	return strconv.AppendInt(key, int64(n.Index()), 10)
}

// identity is what an element of a list in a fact is known by; "" if nothing is.
func identity(n *document.Node) string {
	if n.Kind == document.String {
		return n.Text()
	}
	for _, field := range [...]string{"id", "path", "variable", "label", "instruction", "digest"} {
		if text := n.Get(field).Text(); text != "" {
			return text
		}
	}
	return ""
}
