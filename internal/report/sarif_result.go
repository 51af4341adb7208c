package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

type (
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Kind         string             `json:"kind"`
		Level        string             `json:"level"`
		Message      sarifMessage       `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints,omitempty"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   sarifResultExtra   `json:"properties"`
	}
	sarifLocation struct {
		ID       *int           `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifMessage  `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int           `json:"startLine"`
		StartColumn int           `json:"startColumn,omitempty"`
		EndLine     int           `json:"endLine,omitempty"`
		Snippet     *sarifMessage `json:"snippet,omitempty"`
	}
	sarifLogical struct {
		Name     string `json:"name"`
		FullName string `json:"fullyQualifiedName"`
		Kind     string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifResultExtra struct {
		Outcome  string `json:"outcome"`
		Severity string `json:"severity"`
		Risk     int    `json:"risk"`
		Path     string `json:"path,omitempty"`
		Fix      string `json:"fix,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level      string          `json:"level"`
		Message    sarifMessage    `json:"message"`
		Locations  []sarifLocation `json:"locations,omitempty"`
		Associated *sarifReference `json:"associatedRule,omitempty"`
	}
	sarifReference struct {
		ID string `json:"id"`
	}
)

func (r *Report) sarifResult(f *assessment.Finding, rule int, compared bool) sarifResult {
	result := sarifResult{
		RuleID: f.Control, RuleIndex: rule, Kind: sarifKind(f.Outcome), Level: "none",
		Message:    sarifMessage{Text: sarifText(firstOf(f.Message, f.Title, f.Control))},
		Locations:  []sarifLocation{sarifWhere(f)},
		Properties: sarifResultExtra{Outcome: string(f.Outcome), Severity: string(f.Severity), Risk: f.Risk, Path: f.Location.Path, Fix: fixLine(f.Fix)},
	}
	if result.Kind == "fail" {
		result.Level = sarifLevel(f.Severity)
	}
	if f.Fingerprint != "" {
		// Not as primaryLocationLineHash: GitHub's upload computes that itself and warns of another.
		result.Fingerprints = map[string]string{"kubeproof/v1": f.Fingerprint}
	}
	if compared && result.Kind == "fail" {
		result.Baseline = "new"
		if f.Baseline {
			result.Baseline = "unchanged"
		}
	}
	if f.Outcome == assessment.Accepted {
		result.Suppressions = []sarifSuppression{suppression(f)}
	}
	if v := f.Location.Value; v != nil && v.File != "" {
		id := 1
		result.Related = []sarifLocation{{ID: &id, Physical: physical(v.File, v.Line, v.Column, 0), Message: &sarifMessage{Text: "decided by this value"}}}
	}
	return result
}

func sarifWhere(f *assessment.Finding) sarifLocation {
	at := sarifLocation{Logical: []sarifLogical{{
		Name: f.Subject.Name, FullName: strings.TrimSpace(fullName(f.Subject)), Kind: "resource",
	}}}
	if name := firstOf(f.Location.File, f.Subject.File); name != "" {
		at.Physical = physical(name, f.Location.Line, f.Location.Column, f.Location.EndLine)
	} else {
		// GitHub refuses results without a file: the object's place in the cluster stands for one.
		s := f.Subject
		at.Physical = physical(path.Join("cluster", s.Cluster, s.Namespace, s.Kind, s.Name), 1, 0, 0)
	}
	if f.Evidence != nil && at.Physical.Region != nil {
		for _, line := range f.Evidence.Lines {
			if line.Guilty && line.Number == f.Location.Line {
				at.Physical.Region.Snippet = &sarifMessage{Text: line.Text}
			}
		}
	}
	return at
}

func physical(file string, line, column, endLine int) *sarifPhysical {
	p := &sarifPhysical{Artifact: sarifArtifact{URI: fileURI(file)}}
	if line > 0 {
		p.Region = &sarifRegion{StartLine: line, StartColumn: column}
		if endLine > line {
			p.Region.EndLine = endLine
		}
	}
	return p
}

// fileURI is a path as a relative URI reference, or a file URI if it is absolute.
func fileURI(file string) string {
	if file == "-" {
		return "stdin"
	}
	file = path.Clean(strings.ReplaceAll(file, `\`, "/"))
	if path.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: file}).String()
	}
	// A first part with a colon would read as a scheme; String then writes "./" before it.
	return (&url.URL{Path: file}).String()
}

// suppression tells of an exception: written beside the object in its file, or in a configuration.
func suppression(f *assessment.Finding) sarifSuppression {
	s := sarifSuppression{Kind: "external", Status: "accepted"}
	if f.Exception != nil {
		s.Justification = exceptionText(f)
		if f.Location.File != "" && strings.Contains(f.Exception.Source, f.Location.File) {
			s.Kind = "inSource"
		}
	}
	return s
}

// sarifInvocation tells of what was not assessed. The run was successful if nothing was lost.
func (r *Report) sarifInvocation(findings []*assessment.Finding, left int) sarifInvocation {
	invocation := sarifInvocation{Successful: true}
	for _, e := range r.problems() {
		n := sarifNotification{Level: "warning", Message: sarifMessage{Text: sarifText(firstOf(e.Message, "not read"))}}
		if e.Lost && !e.gap {
			n.Level = "error"
			invocation.Successful = false
		}
		if e.File != "" {
			n.Locations = []sarifLocation{{Physical: physical(e.File, e.Line, e.Column, 0)}}
		}
		invocation.Notifications = append(invocation.Notifications, n)
	}
	for _, note := range r.Assessment.Notices {
		n := sarifNotification{Level: "note", Message: sarifMessage{Text: sarifText(note.Message)}}
		if note.File != "" {
			n.Locations = []sarifLocation{{Physical: physical(note.File, note.Line, 0, 0)}}
		}
		invocation.Notifications = append(invocation.Notifications, n)
	}
	for _, f := range findings {
		if f.Outcome == assessment.Error {
			invocation.Successful = false
			invocation.Notifications = append(invocation.Notifications, sarifNotification{
				Level: "error", Message: sarifMessage{Text: sarifText(fullName(f.Subject) + ": " + f.Message)},
				Locations: []sarifLocation{sarifWhere(f)}, Associated: &sarifReference{ID: f.Control},
			})
		}
	}
	if left > 0 {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{Level: "warning", Message: sarifMessage{Text: fmt.Sprintf(
			"%d less severe results are left out, because code scanning takes %d: write JSON for all", left, sarifMost)}})
	}
	return invocation
}

// sarifText is scanned text as a message: "[text](target)" in it would be a link (SARIF 2.1.0
// §3.11.6).
func sarifText(text string) string { return strings.ReplaceAll(safe(text), "](", "] (") }

// sarifKind gives the kind of a result (SARIF 2.1.0 §3.27.9). "open" is what the specification
// has for a rule that could not be decided.
func sarifKind(o assessment.Outcome) string {
	switch o {
	case assessment.Pass:
		return "pass"
	case assessment.NotApplicable:
		return "notApplicable"
	case assessment.Unknown, assessment.Error:
		return "open"
	}
	return "fail"
}

func sarifLevel(s control.Severity) string {
	switch s {
	case control.Critical, control.High:
		return "error"
	case control.Medium:
		return "warning"
	}
	return "note"
}

func problemSeverity(s control.Severity) string {
	if level := sarifLevel(s); level != "note" {
		return level
	}
	return "recommendation"
}

// securitySeverity is the number that GitHub turns into a word: from 9.0 critical, from 7.0 high,
// from 4.0 medium, above 0 low. The risk places a control within the band of its severity.
func securitySeverity(s control.Severity, risk int) string {
	bands := map[control.Severity][2]float64{
		control.Critical: {9.0, 10.0}, control.High: {7.0, 8.9}, control.Medium: {4.0, 6.9}, control.Low: {0.1, 3.9},
	}
	band, known := bands[s]
	if !known {
		return ""
	}
	return fmt.Sprintf("%.1f", min(max(float64(risk), band[0]), band[1]))
}

// indented writes JSON with two spaces, without escaping for HTML.
func indented(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
