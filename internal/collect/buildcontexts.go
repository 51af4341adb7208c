package collect

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/buildcontext"
	"github.com/kubeproof/kubeproof/internal/collect/dockerfile"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// contextReader finds the build context of a Dockerfile among the files that lie with it.
type contextReader struct {
	text   text
	errors []inventory.Error
}

// look gives facts about the context that the sources of a Dockerfile lie in, and tells what its instructions
// take from there.
func (r *contextReader) look(sources []string) (*document.Node, dockerfile.Taker) {
	if r.text.files == nil || len(sources) == 0 {
		return nil, nil // nothing lies with it, or what lies there does not matter
	}
	all := r.text.contexts
	if all == nil {
		all = newContexts(r.text.files)
	}
	folder, certain := all.told(r.text.name)
	if !certain {
		folder, certain = buildcontext.Guess(r.text.files, r.text.name, sources)
	}
	context := all.Open(folder, r.text.name)
	if certain {
		r.tell(context)
	}
	return aboutContext(context, certain), func(at document.At, take dockerfile.Take) *document.Node {
		return takenTree(at, context.Take(take.Sources, take.Exclude, take.Parents))
	}
}

// tell gives what of the context could not be used.
func (r *contextReader) tell(c *buildcontext.Context) {
	ignore := c.Ignore()
	for _, problem := range ignore.Problems {
		r.errors = append(r.errors, inventory.Error{File: r.shown(ignore.File), Line: problem.Line, Message: problem.Message})
	}
	if cut := c.Cut(); cut != "" {
		r.lose(cut)
	}
	if unread := c.Unread(); len(unread) > 0 {
		first, others := unread[0], ""
		if n := len(unread) - 1; n > 0 {
			others = fmt.Sprintf(", nor were %d more", n)
		}
		r.lose(fmt.Sprintf("the folder %q was not read, where a build stops%s: %s", first.Path, others, first.Reason))
	}
}

// lose tells why files of the context are not known.
func (r *contextReader) lose(why string) {
	r.errors = append(r.errors, inventory.Error{File: r.text.show, Lost: true, Message: "not all of the build context was looked at: " + why})
}

// shown is a file of the folder as people see it beside the Dockerfile.
func (r *contextReader) shown(file string) string {
	if below, found := strings.CutSuffix(r.text.show, r.text.name); found {
		return below + file
	}
	return file
}

func aboutContext(c *buildcontext.Context, certain bool) *document.Node {
	top := document.At{Line: 1, Column: 1}
	sent, ignore := c.Sent(), c.Ignore()
	fields := []document.Field{
		{Key: "folder", Value: document.PlacedText(top, c.Folder())},
		{Key: "certain", Value: document.PlacedBool(top, certain)},
		{Key: "files", Value: document.PlacedInt(top, sent.Files)},
		{Key: "bytes", Value: document.PlacedInt(top, int(sent.Bytes))},
		{Key: "sensitive", Value: sensitiveTree(top, sent)},
	}
	if ignore.File != "" {
		fields = append(fields, document.Field{Key: "ignore", Value: document.PlacedMap(top,
			document.Field{Key: "file", Value: document.PlacedText(top, ignore.File)},
			document.Field{Key: "patterns", Value: document.PlacedInt(top, len(ignore.Patterns))})})
	}
	if cut := c.Cut(); cut != "" {
		fields = append(fields, document.Field{Key: "cut", Value: document.PlacedText(top, cut)})
	}
	return document.PlacedMap(top, fields...)
}

func takenTree(at document.At, taken buildcontext.Taken) *document.Node {
	fields := []document.Field{
		{Key: "files", Value: document.PlacedInt(at, taken.Files)},
		{Key: "bytes", Value: document.PlacedInt(at, int(taken.Bytes))},
		{Key: "sensitive", Value: sensitiveTree(at, taken.Set)},
	}
	if taken.Whole {
		fields = append(fields, document.Field{Key: "whole", Value: document.PlacedBool(at, true)})
	}
	if len(taken.Missing) > 0 {
		fields = append(fields, document.Field{Key: "missing", Value: textList(at, taken.Missing)})
	}
	return document.PlacedMap(at, fields...)
}

func textList(at document.At, texts []string) *document.Node {
	nodes := make([]*document.Node, len(texts))
	for i, text := range texts {
		nodes[i] = document.PlacedText(at, text)
	}
	return document.PlacedList(at, nodes)
}

// sensitiveTree lists what in a set of files looks like a secret; nil if nothing does.
func sensitiveTree(at document.At, set buildcontext.Set) *document.Node {
	found := set.Sensitive()
	if len(found.List) == 0 {
		return nil
	}
	nodes := make([]*document.Node, len(found.List))
	for i, s := range found.List {
		nodes[i] = document.PlacedMap(at, document.Field{Key: "path", Value: document.PlacedText(at, s.Path)},
			document.Field{Key: "what", Value: document.PlacedText(at, s.What)},
			document.Field{Key: "likely", Value: document.PlacedBool(at, s.Likely)})
	}
	return document.PlacedList(at, nodes)
}
