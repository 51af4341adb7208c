// Package saved keeps an inventory in a file, so that it can be assessed elsewhere: the same
// findings, without the cluster and without a secret. A file is lines of JSON: a header, then one
// object on each line. Begin with Write and Read.
package saved

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Schema names the format.
const Schema = "kubeproof.dev/inventory/v1"

// header is the first line.
type header struct {
	Schema   string             `json:"schema"`
	Targets  []inventory.Target `json:"targets"`
	Gaps     []inventory.Gap    `json:"gaps,omitempty"`
	Errors   []inventory.Error  `json:"errors,omitempty"`
	Subjects int                `json:"subjects"`
}

// line is one object.
type line struct {
	Kind       string           `json:"kind"`
	APIVersion string           `json:"apiVersion,omitempty"`
	Namespace  string           `json:"namespace,omitempty"`
	Name       string           `json:"name,omitempty"`
	Target     string           `json:"target"`
	File       string           `json:"file,omitempty"`
	Cluster    string           `json:"cluster,omitempty"`
	Bundle     string           `json:"bundle,omitempty"`
	EndLine    int              `json:"endLine,omitempty"`
	Pod        string           `json:"pod,omitempty"`   // path of the pod template
	Under      []string         `json:"under,omitempty"` // keys that lead to the object in its document
	Told       []inventory.Told `json:"told,omitempty"`
	Places     []int32          `json:"places,omitempty"`
	Object     json.RawMessage  `json:"object"`
}

// Write writes the inventory. Secret values are left out: those of Secrets, and every value at
// which one of the findings stands; findings are those of the controls that look for secrets, and
// what they say is kept instead of the value.
func Write(w io.Writer, inv *inventory.Inventory, findings []*assessment.Finding) error {
	out := bufio.NewWriterSize(w, 64<<10)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(header{Schema, inv.Targets, inv.Gaps, inv.Errors, len(inv.Subjects)}); err != nil {
		return fmt.Errorf("write inventory: %w", err)
	}
	hidden := secretsOf(findings)
	for _, s := range inv.Subjects {
		if err := encoder.Encode(lineOf(s, hidden[s])); err != nil {
			return fmt.Errorf("write inventory: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write inventory: %w", err)
	}
	return nil
}

// secrets are those of one object: where they stand, and what was said of them.
type secrets struct {
	nodes map[*document.Node]bool
	told  []inventory.Told
}

func secretsOf(findings []*assessment.Finding) map[*inventory.Subject]*secrets {
	all := map[*inventory.Subject]*secrets{}
	for _, f := range findings {
		if f.Node == nil || f.Object == nil || f.Outcome == assessment.Pass || f.Outcome == assessment.NotApplicable {
			continue
		}
		of := all[f.Object]
		if of == nil {
			of = &secrets{nodes: map[*document.Node]bool{}}
			all[f.Object] = of
		}
		of.nodes[f.Node] = true
		path := f.Node.Path()
		missing := strings.TrimPrefix(strings.TrimPrefix(f.Location.Path, path), ".")
		told := inventory.Told{Control: f.Control, Outcome: string(f.Outcome), Message: f.Message, Path: path, Missing: missing, Container: f.Subject.Container}
		if f.Node.Root() != f.Object.Root.Root() { // a line of a value
			told.Line, told.Column = int(f.Node.Line), int(f.Node.Column)
		}
		of.told = append(of.told, told)
	}
	return all
}

func lineOf(s *inventory.Subject, hidden *secrets) line {
	l := line{Kind: s.Kind, APIVersion: s.APIVersion, Namespace: s.Namespace, Name: s.Name, Target: s.Source.Target,
		File: s.Source.File, Cluster: s.Source.Cluster, Bundle: s.Source.Bundle, EndLine: s.EndLine, Under: s.Root.Keys(), Places: s.Root.Places(), Told: s.Told}
	if s.Source.Origin != nil {
		l.EndLine = 0
		inSource(l.Places, s.Source.Origin)
	}
	if s.Pod != nil && !inventory.CarriesPod(s.Kind) {
		l.Pod = s.Pod.Template.Path()
	}
	if hidden != nil {
		l.Told = append(l.Told, hidden.told...)
	}
	var texts *cover
	if s.Kind == inventory.FactDockerfile {
		texts = coverOf(s.Root, hidden)
	}
	l.Object = s.Root.AppendJSON(nil, func(n *document.Node) string {
		switch {
		case texts != nil && isAddress(n):
			return texts.text(n)
		case hidden != nil && within(n, hidden.nodes), s.Kind == "Secret" && isData(n):
			return concealed(n)
		case texts != nil:
			return texts.text(n)
		}
		return ""
	})
	return l
}

// within reports whether a scalar stands at or below one of the nodes.
func within(n *document.Node, nodes map[*document.Node]bool) bool {
	if n.Kind == document.Map || n.Kind == document.List {
		return false
	}
	for at := n; at != nil; at = at.Parent() {
		if nodes[at] {
			return true
		}
	}
	return false
}

// isData reports whether a value is an entry of data or stringData of a Secret.
func isData(n *document.Node) bool {
	parent := n.Parent()
	return parent != nil && (parent.Key() == "data" || parent.Key() == "stringData") && parent.Parent() != nil && parent.Parent().Parent() == nil
}

// inSource turns places of a rendered text into lines of the file that people edit.
func inSource(places []int32, origin inventory.Origin) {
	for i := 0; i+1 < len(places); i += 2 {
		template, _ := origin.Locate(int(places[i]), "")
		places[i], places[i+1] = int32(template.Line), int32(template.Column)
	}
}
