package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
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

func (w *worker) finding(r *rule, verdict assessment.Verdict) assessment.Finding {
	c, s := r.control, w.subject
	f := assessment.Finding{
		Control: c.ID, Title: c.Title, Outcome: verdict.Outcome, Severity: c.Severity, Risk: c.Risk, Team: c.Team,
		Message: verdict.Message, Fix: c.Fix, Maps: c.Maps,
		Subject: assessment.Subject{Kind: s.Kind, APIVersion: s.APIVersion, Namespace: s.Namespace,
			Name: s.Name, Container: verdict.Container, File: s.Source.File},
		Location: w.location(verdict),
		Node:     verdict.Node,
		Object:   s,
	}
	if f.Message == "" {
		f.Message = c.Title
	}
	f.Fingerprint = w.fingerprint(c.ID, verdict)
	if verdict.Outcome != assessment.Pass && verdict.Outcome != assessment.NotApplicable {
		f.Evidence = w.excerpts.of(verdict.Node, c.Sensitive || s.Kind == "Secret", w.plan.options.Mask)
	}
	return f
}

// location gives the place that people edit; for rendered text its template, and the value that
// decided it if that is known.
func (w *worker) location(verdict assessment.Verdict) assessment.Location {
	n := verdict.Node
	line, column := lineOf(n)
	path := n.Path()
	if verdict.Missing != "" {
		path = joinMissing(path, verdict.Missing)
	}
	at := assessment.Location{File: w.subject.Source.File, Line: line, Column: column,
		EndLine: max(line, n.EndLine()), Path: path}
	if w.subject.Source.Origin == nil {
		return at
	}
	template, value := w.subject.Source.Origin.Locate(line, path)
	return assessment.Location{File: template.File, Line: template.Line, Column: template.Column,
		EndLine: max(template.Line, template.EndLine), Path: path, Value: value, Rendered: line}
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
	key = append(appendSteady(key, verdict.Node), 0)
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

// appendSteady writes a path in which elements of lists go by their name, where they have one.
func appendSteady(key []byte, n *document.Node) []byte {
	if n == nil || n.Parent() == nil {
		return key
	}
	key = append(appendSteady(key, n.Parent()), 1)
	if n.Key() != "" {
		return append(key, n.Key()...)
	}
	if name := n.Get("name").Text(); name != "" {
		return append(key, name...)
	}
	return strconv.AppendInt(key, int64(n.Index()), 10)
}
