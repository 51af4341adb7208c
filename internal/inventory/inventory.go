// Package inventory holds what was seen: the subjects that controls judge, where each came
// from, and what could not be read. Collectors fill it, the engine only reads it.
// Begin with Inventory.
package inventory

import (
	"github.com/kubeproof/kubeproof/internal/document"
)

// Inventory is everything that the targets of one run gave.
type Inventory struct {
	Targets  []Target
	Subjects []*Subject
	Errors   []Error
	// Gaps are what a cluster did not show: what needs it is unknown, never a pass.
	Gaps []Gap
}

// Target is what the user pointed at.
type Target struct {
	Kind string `json:"kind"` // path, stdin, chart, kustomize, ...
	Name string `json:"name"` // as the user wrote it
	// Files and Documents count what was read; Subjects what can be judged.
	Files     int `json:"files"`
	Documents int `json:"documents"`
	// About describes a cluster in a line: its version, platform and size.
	About string `json:"about,omitempty"`
	// Skipped counts files that were left out on purpose, by reason.
	Skipped map[string]int `json:"skipped,omitempty"`
}

// Subject is one object. Namespace is resolved: "default" where a namespaced object names none.
type Subject struct {
	Kind, APIVersion, Namespace, Name string
	Root                              *document.Node
	Source                            *Source
	// EndLine is the last line of the object in its file.
	EndLine int
	// Pod finds the pod template; nil if the object carries none.
	Pod *Pod
	// Owner is the workload of the inventory that made this object, at the top of the chain of
	// owners; nil if nothing did. What is owned is judged through its owner.
	Owner *Subject
	// Told is what was said of secrets that the object held before it was saved.
	Told []Told
}

// Source is one text that subjects were read from.
type Source struct {
	Target string // the target's name
	File   string // path as shown to people, with forward slashes; "-" for standard input
	Text   []byte
	// Cluster is the context of the live cluster that the object was read from; "" for files.
	Cluster string
	// Bundle names the chart, with its value set, or the overlay that rendered the text: what is
	// applied together; "" for manifests that are applied as they are.
	Bundle string
	// Origin translates places of rendered text into places of the files that people edit; nil
	// where the text is what people edit.
	Origin Origin
}

// Origin knows from which lines a rendered text came.
type Origin interface {
	// Locate gives the place in the source for a line of the rendered text (from 1) and the
	// path of the value there. Value is set if a values file decided it.
	Locate(line int, path string) (template Place, value *Place)
}

// Place is where something stands in a file. Line and Column count from 1; 0 is unknown.
type Place struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	EndLine int    `json:"endLine,omitempty"`
	Path    string `json:"path,omitempty"`
}

// Error is something that could not be assessed. It makes the exit code 3.
type Error struct {
	Target  string `json:"target"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	// Lost is true if something was not read; false if it was read and is only doubtful.
	Lost bool `json:"lost"`
}
