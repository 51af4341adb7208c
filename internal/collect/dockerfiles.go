package collect

import (
	"bytes"
	"path"

	"github.com/kubeproof/kubeproof/internal/collect/dockerfile"
	"github.com/kubeproof/kubeproof/internal/collect/walk"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// isDockerfile tells Dockerfiles by their names, and what the user named or piped by its first
// instruction too.
func isDockerfile(t text) bool {
	return walk.IsDockerfile(path.Base(t.show)) || t.named && dockerfile.Looks(t.bytes)
}

// readDockerfile reads a Dockerfile with the build context that lies beside it.
func (r *run) readDockerfile(t text) part {
	content, problem := document.Decode(t.bytes)
	if problem != nil {
		content = t.bytes
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return failed(t.show, "it holds NUL bytes, so it is no Dockerfile: name another file")[0]
	}
	source := &inventory.Source{Target: t.target, File: t.show, Text: content}
	context := &contextReader{text: t}
	subject, errs := dockerfile.Read(source, dockerfile.Options{Target: r.options.BuildTarget, Observed: r.options.Image.observed(), Context: context.look})
	p := part{show: t.show, errors: append(errs, context.errors...), files: 1, documents: 1}
	if subject != nil {
		p.subjects = []*inventory.Subject{subject}
	}
	return p
}
