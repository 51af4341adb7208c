package collect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/kubeproof/kubeproof/internal/collect/compose"
	"github.com/kubeproof/kubeproof/internal/collect/manifest"
	"github.com/kubeproof/kubeproof/internal/collect/walk"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// foreign is the reason for which documents of other tools are counted.
const foreign = "not a Kubernetes object"

// text is one text to be read, with what surrounds it.
type text struct {
	target string
	show   string
	bytes  []byte
	named  bool
	// files is the folder that Compose files may look into, and name the text's path there;
	// nil for standard input.
	files fs.FS
	name  string
	// contexts are the build contexts below files, if several Dockerfiles share them.
	contexts *contexts
}

// readText reads the objects and Compose services of a text, or the Dockerfile that it is.
func (r *run) readText(t text) part {
	if isDockerfile(t) {
		return r.readDockerfile(t)
	}
	source := &inventory.Source{Target: t.target, File: t.show, Text: t.bytes}
	result := manifest.Read(source, manifest.Options{
		Namespace: r.options.Namespace, Templates: r.options.Templates, Limits: r.options.Limits, Named: t.named})
	p := part{show: t.show, subjects: result.Subjects, errors: result.Errors, files: 1, documents: result.Documents}
	others := 0
	for _, found := range result.Foreign {
		if !compose.Recognise(t.show, found.Root) {
			others++
			continue
		}
		subjects, errs := compose.Subjects(found, source, t.files, t.name)
		p.subjects = append(p.subjects, subjects...)
		p.errors = append(p.errors, errs...)
	}
	if others > 0 || result.Unread {
		p.skipped = map[string]int{foreign: max(1, others)}
	}
	return p
}

// readFile reads a file that a folder holds. files is the folder as Compose files may see it,
// and name the path in it.
func (r *run) readFile(target string, at walk.Place, files fs.FS, name string, shared *contexts) part {
	content, release, err := r.bytes(at.Path)
	defer release()
	if err != nil {
		return failed(at.Show, "read: "+walk.Reason(err))[0]
	}
	return r.readText(text{target: target, show: at.Show, bytes: content, files: files, name: name, contexts: shared})
}

// readNamed reads a file that the user named, and what it includes if it is a Compose file.
func (r *run) readNamed(target string) []part {
	folder, show := filepath.Dir(target), filepath.ToSlash(target)
	root, err := os.OpenRoot(folder)
	if err != nil {
		return failed(show, "open: "+walk.Reason(err))
	}
	defer root.Close()
	content, release, err := r.bytes(target)
	defer release()
	if err != nil {
		return failed(show, "read: "+walk.Reason(err))
	}
	t := text{target: target, show: show, bytes: content, named: true, files: root.FS(), name: filepath.Base(target)}
	parts := []part{r.readText(t)}
	seen := map[string]bool{t.name: true}
	for queue := included(content, t.name, r.options.Limits); len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if seen[name] || len(seen) > mostIncluded {
			continue
		}
		seen[name] = true
		if content, err := fs.ReadFile(regular{t.files}, name); err == nil { // else the including file says it
			parts = append(parts, r.readText(text{target: target, show: path.Join(path.Dir(show), name), bytes: content, named: true, files: t.files, name: name}))
			queue = append(queue, included(content, name, r.options.Limits)...)
		}
	}
	return parts
}

// mostIncluded is how many files one Compose file may include, those of included ones too.
const mostIncluded = 200

func included(content []byte, name string, limits document.Limits) []string {
	if !bytes.Contains(content, []byte("include")) {
		return nil
	}
	var all []string
	documents, _ := document.Read(content, limits)
	for _, found := range documents {
		if compose.Recognise(name, found.Root) {
			all = append(all, compose.Included(found.Root, name)...)
		}
	}
	return all
}

// regular opens only regular files, so that a pipe holds nothing up.
type regular struct{ fs.FS }

// Open opens a regular file.
func (r regular) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(r.FS, name); err != nil || !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return r.FS.Open(name)
}

// readStdin reads standard input.
func (r *run) readStdin(target string) []part {
	if r.options.Stdin == nil {
		return failed("-", "it is empty: pipe manifests into it")
	}
	content, err := limited(r.options.Stdin, r.options.Limits.FileBytes)
	if err != nil {
		return failed("-", "read: "+err.Error())
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return failed("-", "it is empty: pipe manifests into it")
	}
	return []part{r.readText(text{target: target, show: "-", bytes: content, named: true})}
}

// large is held while a large file is read, so that workers do not hold many at once.
var large sync.Mutex

const largeBytes = 2 << 20

// bytes reads a file that is not larger than the limit. release is called when what was read
// is no longer needed.
func (r *run) bytes(name string) (content []byte, release func(), err error) {
	release = func() {}
	// Without blocking, so that a pipe that has come in the file's place does not hold the run.
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, release, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, release, err
	case info.Mode()&fs.ModeNamedPipe != 0 && fromShell(name): // kubeproof scan <(helm template ...)
		content, err = limited(file, r.options.Limits.FileBytes)
		return content, release, err
	case !info.Mode().IsRegular():
		return nil, release, errors.New("it is not a regular file: pipe it into `kubeproof scan -`")
	case info.Size() > int64(r.options.Limits.FileBytes):
		return nil, release, tooLarge(info.Size(), r.options.Limits.FileBytes)
	case info.Size() > largeBytes:
		large.Lock()
		release = large.Unlock
	}
	content, err = limited(file, r.options.Limits.FileBytes)
	return content, release, err
}

// fromShell is true for the pipes that shells make for <(...).
func fromShell(name string) bool {
	return strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}

func limited(from io.Reader, limit int) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(from, int64(limit)+1))
	if err == nil && len(content) > limit {
		return nil, tooLarge(int64(len(content)), limit)
	}
	return content, err
}

func tooLarge(size int64, limit int) error {
	return fmt.Errorf("it is larger than the limit of %d MiB (%d MiB): split it", limit>>20, size>>20)
}
