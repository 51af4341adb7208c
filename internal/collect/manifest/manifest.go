// Package manifest turns YAML and JSON texts into subjects: every Kubernetes object of every
// document, the elements of lists too, each with its place in the text. What is no Kubernetes
// object is handed back. Begin with Read.
package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say how texts become subjects. Limits must be set.
type Options struct {
	// Namespace is that of namespaced objects that name none; "" means "default".
	Namespace string
	// Templates are further places of pod templates by kind, as for inventory.NewSubject.
	Templates map[string][]string
	Limits    document.Limits
	// Named is true if the user asked for this very text, so that nothing in it is left
	// out without an error.
	Named bool
}

// Result is what one text gave.
type Result struct {
	Subjects []*inventory.Subject
	Errors   []inventory.Error
	// Documents counts what was read, objects or not.
	Documents int
	// Foreign are the documents that are no Kubernetes objects.
	Foreign []document.Document
	// Unread is true if the text cannot be read and does not look like Kubernetes, so that
	// it gives neither errors nor documents.
	Unread bool
}

// Read reads all objects of source.Text, which it turns into UTF-8. Whatever cannot be read
// is an error with its line; the rest is read all the same.
func Read(source *inventory.Source, options Options) Result {
	if text, problem := document.Decode(source.Text); problem == nil {
		source.Text = text
	}
	documents, problems := document.Read(source.Text, options.Limits)
	r := &reader{source: source, options: options}
	for _, found := range documents {
		r.result.Documents++
		if r.document(found) {
			r.objects = append(r.objects, found)
		} else {
			r.result.Foreign = append(r.result.Foreign, found)
		}
	}
	if !options.Named && len(r.objects) == 0 && foreignJSON(source, problems) {
		return Result{Unread: true}
	}
	for _, problem := range problems {
		if problem.Lost || r.inObject(problem.Line) {
			r.problem(problem)
		}
	}
	slices.SortStableFunc(r.result.Errors, func(a, b inventory.Error) int { return a.Line - b.Line })
	return r.result
}

type reader struct {
	source  *inventory.Source
	options Options
	objects []document.Document
	result  Result
}

// document adds the objects of a document; false if it holds none.
func (r *reader) document(found document.Document) bool {
	kind, apiVersion := found.Root.Get("kind"), found.Root.Get("apiVersion")
	switch {
	case kind == nil && apiVersion == nil, kustomizeGroup(apiVersion):
		return false
	case kind == nil || apiVersion == nil:
		if metadata := found.Root.Get("metadata"); metadata == nil || metadata.Kind != document.Map {
			return false
		}
		r.incomplete(kind, found.Root)
	case kind.Kind != document.String || apiVersion.Kind != document.String:
		r.fail(found.Root, true, "kind and apiVersion must be strings, here they are %s and %s: quote them", kind.Kind, apiVersion.Kind)
	case kind.Text() == "":
		r.fail(found.Root, true, "kind is empty, so the object is not judged: write it")
	default:
		r.object(kind.Text(), apiVersion.Text(), found.Root, found.EndLine)
	}
	return true
}

// kustomizeGroup is true for the settings of kustomize, which no cluster knows.
func kustomizeGroup(apiVersion *document.Node) bool {
	return strings.HasPrefix(apiVersion.Text(), "kustomize.config.k8s.io/")
}

func (r *reader) incomplete(kind, root *document.Node) {
	if kind == nil {
		r.fail(root, true, "object names no kind, so it is not judged: add it")
		return
	}
	r.fail(root, true, "object of kind %s names no apiVersion, so it is not judged: add it", kind.Text())
}

func (r *reader) object(kind, apiVersion string, root *document.Node, endLine int) {
	items := root.Get("items")
	if kind == "List" || strings.HasSuffix(kind, "List") && items != nil {
		r.list(kind, apiVersion, items)
		return
	}
	s := inventory.NewTypedSubject(kind, apiVersion, root, r.source, endLine, r.options.Namespace, r.options.Templates)
	r.result.Subjects = append(r.result.Subjects, s)
	r.result.Errors = append(r.result.Errors, s.Misshapen(r.options.Templates)...)
}

// problem reports what document.Read met.
func (r *reader) problem(problem document.Problem) {
	message := problem.Message
	if problem.Lost && bytes.Contains(r.source.Text, []byte("{{")) {
		message += " (if this is a template of a Helm chart, scan the chart's folder)"
	}
	r.result.Errors = append(r.result.Errors, inventory.Error{
		Target: r.source.Target, File: r.source.File, Line: problem.Line, Column: problem.Column,
		Message: message, Lost: problem.Lost,
	})
}

func (r *reader) fail(at *document.Node, lost bool, format string, args ...any) {
	r.result.Errors = append(r.result.Errors, inventory.Error{
		Target: r.source.Target, File: r.source.File, Line: int(at.Line), Column: int(at.Column),
		Message: fmt.Sprintf(format, args...), Lost: lost,
	})
}

// inObject reports whether the line belongs to a Kubernetes object: what is doubtful in other
// texts is nobody's concern here.
func (r *reader) inObject(line int) bool {
	for _, object := range r.objects {
		if object.Line <= line && line <= object.EndLine {
			return true
		}
	}
	return false
}

// foreignJSON is true for JSON files with comments and the like that have nothing to do with
// Kubernetes, as tsconfig.json. A broken file cannot be applied, so nothing hides in it.
func foreignJSON(source *inventory.Source, problems []document.Problem) bool {
	if path.Ext(source.File) != ".json" || bytes.Contains(source.Text, []byte("apiVersion")) {
		return false
	}
	for _, problem := range problems {
		if problem.Lost {
			return true
		}
	}
	return false
}
