package kustomize

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	kresource "sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// building is held during a build: kustomize keeps the schema it uses in a global variable.
var building sync.Mutex

// run lets kustomize build. A build that takes too long is left behind.
func (t *Tree) run(ctx context.Context, top *file, r *reached) (resmap.ResMap, error) {
	if t.stuck {
		return nil, errors.New("an earlier build has not come to its end")
	}
	ctx, cancel := context.WithTimeout(ctx, t.options.Timeout)
	defer cancel()
	if ctx.Err() != nil {
		return nil, t.late(ctx)
	}
	type outcome struct {
		objects resmap.ResMap
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		building.Lock()
		defer building.Unlock()
		defer func() {
			if caught := recover(); caught != nil {
				done <- outcome{err: fmt.Errorf("kustomize stopped: %v", caught)}
			}
		}()
		folder := filepath.Join(t.root, filepath.FromSlash(top.folder))
		options := krusty.MakeDefaultOptions()
		if !t.options.Strict {
			options.LoadRestrictions = types.LoadRestrictionsNone // disk has its own
		}
		objects, err := krusty.MakeKustomizer(options).Run(disk{t, r.served}, folder)
		done <- outcome{objects, err}
	}()
	select {
	case result := <-done:
		return result.objects, result.err
	case <-ctx.Done():
		t.stuck = true
		return nil, t.late(ctx)
	}
}

// late says why a build was not waited for.
func (t *Tree) late(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("it took longer than %s: build a smaller part", t.options.Timeout.Round(time.Second))
	}
	return errors.New("the run was stopped")
}

// subjects writes what was built as one text and reads it as manifests are read.
func (t *Tree) subjects(top *file, r *reached, objects resmap.ResMap, errs *[]inventory.Error) ([]*inventory.Subject, error) {
	source := &inventory.Source{Target: t.options.Target, File: t.Show(top.path), Bundle: t.Show(top.path)}
	at := &origin{tree: t, top: top, files: r.files}
	var text bytes.Buffer
	line := 1
	for _, object := range objects.Resources() {
		made, err := t.made(top, object)
		if err != nil {
			return nil, err
		}
		encoded, err := object.AsYAML()
		if err != nil {
			return nil, err
		}
		if text.Len() > 0 {
			text.WriteString("---\n")
			line++
		}
		text.Write(encoded)
		made.first = line
		line += bytes.Count(encoded, []byte{'\n'})
		made.last = line - 1
		at.objects = append(at.objects, made)
	}
	source.Text, source.Origin = text.Bytes(), at
	limits := t.options.Limits
	limits.FileBytes = max(limits.FileBytes, text.Len())
	documents, problems := document.Read(source.Text, limits)
	for _, problem := range problems {
		if problem.Lost {
			*errs = append(*errs, t.fail(top, nil, "what kustomize built cannot be read: %s", problem.Message))
		}
	}
	return t.read(source, at, documents, errs), nil
}

func (t *Tree) read(source *inventory.Source, at *origin, documents []document.Document, errs *[]inventory.Error) []*inventory.Subject {
	var subjects []*inventory.Subject
	for _, found := range documents {
		if made := at.object(found.Line); made != nil {
			made.root = found.Root
		}
		s := inventory.NewSubject(found.Root, source, found.EndLine, t.options.Namespace, t.options.Templates)
		subjects = append(subjects, s)
		for _, e := range s.Misshapen(t.options.Templates) {
			place, _ := at.Locate(e.Line, "")
			e.File, e.Line, e.Column = place.File, place.Line, place.Column
			*errs = append(*errs, e)
		}
	}
	return subjects
}

// made finds where an object came from and takes the note of it off the object, unless the
// kustomization itself asks for it.
func (t *Tree) made(top *file, object *kresource.Resource) (*made, error) {
	m := &made{kind: object.GetKind(), name: object.GetName()}
	note, err := object.GetOrigin()
	if err != nil {
		return nil, err
	}
	if note != nil {
		m.configured = note.ConfiguredIn != ""
		m.file = filepath.ToSlash(filepath.Join(filepath.FromSlash(top.folder), note.Path+note.ConfiguredIn))
	}
	asked := slices.ContainsFunc(top.field("buildMetadata").Children(), func(n *document.Node) bool { return n.Text() == originAnnotations })
	if asked {
		return m, nil
	}
	return m, object.SetOrigin(nil)
}
