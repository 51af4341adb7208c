package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// rbacKinds are the kinds without which answers about rights are incomplete.
var rbacKinds = []string{"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}

// rbacSubject is a subject in answers, with what is guessed of it.
type rbacSubject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Who is person (a user or a group of people), machine, everyone (a group that the API server
	// gives to many) or cluster (Kubernetes' own or the platform's).
	Who string `json:"who"`
}

// Who a subject may be, in the order of answers.
const (
	whoEveryone = "everyone"
	whoPerson   = "person"
	whoMachine  = "machine"
	whoCluster  = "cluster"
)

func describeSubject(s rbac.Subject) rbacSubject {
	return rbacSubject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name, Who: whoIs(s)}
}

func whoIs(s rbac.Subject) string {
	switch {
	case s.Everyone():
		return whoEveryone
	case s.Human():
		return whoPerson
	case s.Origin().Foreign():
		return whoCluster
	}
	return whoMachine
}

// rbacObject is a role or a binding in answers, with its place.
type rbacObject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Origin    string `json:"origin,omitempty"`
	Note      string `json:"note,omitempty"`
	Cluster   string `json:"cluster,omitempty"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
}

func describeBinding(m *rbac.Model, g *rbac.Grant, at *document.Node) rbacObject {
	origin := m.Origin(g.Binding)
	o := rbacObject{Kind: g.Binding.Kind, Namespace: g.Binding.Namespace, Name: g.Binding.Name, Origin: string(origin.Maker), Note: origin.Note}
	o.locate(g.Binding, at)
	return o
}

func describeRole(m *rbac.Model, g *rbac.Grant) rbacObject {
	o := rbacObject{Kind: g.RoleKind, Name: g.RoleName}
	if g.RoleKind == "Role" {
		o.Namespace = g.Namespace
	}
	switch {
	case g.Role == nil:
		o.Note = "not seen"
	case g.Role.Default:
		o.Origin, o.Note = string(rbac.BuiltIn), g.Role.Object.Source.Target
	default:
		origin := m.Origin(g.Role.Object)
		o.Origin, o.Note = string(origin.Maker), origin.Note
		o.locate(g.Role.Object, g.Role.Object.Root)
	}
	return o
}

// locate sets the place of a value of an object: in the file that people edit.
func (o *rbacObject) locate(object *inventory.Subject, at *document.Node) {
	if o.Cluster = object.Source.Cluster; o.Cluster != "" || at == nil {
		return
	}
	o.File, o.Line = object.Source.File, int(at.Line)
	if object.Source.Origin != nil {
		template, _ := object.Source.Origin.Locate(o.Line, at.Path())
		o.File, o.Line = template.File, template.Line
	}
}

// String names the object: "ClusterRole edit", "Role shop/own".
func (o rbacObject) String() string {
	if o.Namespace != "" {
		return o.Kind + " " + o.Namespace + "/" + o.Name
	}
	return o.Kind + " " + o.Name
}

// place is where the object stands, for people: "deploy/rbac.yaml:12"; "" in a cluster.
func (o rbacObject) place() string {
	switch {
	case o.File == "":
		return ""
	case o.Line == 0:
		return o.File
	}
	return fmt.Sprintf("%s:%d", o.File, o.Line)
}

// scope says where rights hold.
func scope(namespace string) string {
	if namespace == "" {
		return "cluster"
	}
	return "namespace " + namespace
}

// answer is what a question was answered with.
type answer interface{ write(*lines) error }

// give writes an answer to standard output, as JSON or for people.
func give(streams *Streams, format string, a answer) (err error) {
	if format == "json" {
		err = writeJSON(streams.Out, a)
	} else {
		err = a.write(&lines{out: streams.Out})
	}
	if err != nil {
		return usageError("%v", err)
	}
	return nil
}

// lines collects rows of columns and writes them aligned. Everything in them came from outside.
type lines struct {
	out   io.Writer
	width int // of the terminal; 0 if there is none
	rows  [][]string
	err   error
}

func (l *lines) add(columns ...string) { l.rows = append(l.rows, columns) }

// print writes a line at once, after what was added.
func (l *lines) print(format string, args ...any) {
	l.flush()
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if _, err := fmt.Fprintln(l.out, harmless(text)); l.err == nil {
		l.err = err
	}
}

// flush writes the rows added so far, each column as wide as its widest cell.
func (l *lines) flush() {
	rows := l.rows
	l.rows = nil
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var text strings.Builder
		for i, cell := range row {
			text.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		l.print("%s", text.String())
	}
}

// checkFormat refuses formats that answers do not have, before anything is read.
func checkFormat(format string) error {
	if format != "table" && format != "json" {
		return usageError("format %q is unknown: use table or json", format)
	}
	return nil
}

// counted writes a number with its noun: "1 binding", "2 bindings".
func counted(n int, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "ry"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
