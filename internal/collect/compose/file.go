package compose

import (
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// mostFileBytes bounds a file that a service extends.
const mostFileBytes = 4 << 20

// read reads a regular file of the scanned folder; false if it is not there, is too large or
// leads out of the folder.
func (p *project) read(name string, most int64) ([]byte, bool) {
	info, err := fs.Stat(p.files, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > most {
		return nil, false
	}
	file, err := p.files.Open(name)
	if err != nil {
		return nil, false
	}
	defer file.Close() // read only
	text, err := io.ReadAll(io.LimitReader(file, most))
	return text, err == nil
}

// open gives the root of another Compose file; nil if it cannot be read, which is told once.
func (p *project) open(at *document.Node, name string) *document.Node {
	if root, known := p.opened[name]; known {
		return root
	}
	p.opened[name] = nil
	text, ok := p.read(name, mostFileBytes)
	if !ok {
		p.fail(at, true, "cannot read %q, so what it gives is not judged: check that it is a file within the scanned folder, and scan that folder", name)
		return nil
	}
	documents, problems := document.Read(text, document.DefaultLimits)
	if len(documents) == 0 {
		reason := "it is empty"
		if len(problems) > 0 {
			reason = problems[0].Message
		}
		p.fail(at, true, "cannot read %q: %s", name, reason)
		return nil
	}
	p.opened[name] = documents[0].Root
	return documents[0].Root
}

// locate gives the path of a file named beside another one; false, and told, if it is not a file
// of the scanned folder.
func (p *project) locate(at *document.Node, beside, name string) (string, bool) {
	found := path.Join(path.Dir(beside), name)
	switch {
	case IsRemote(name):
		p.fail(at, true, "%q is not fetched, so what it gives is not judged: copy it into the folder", name)
	case p.files == nil:
		p.fail(at, true, "%q stands in another file, which cannot be read here: scan the folder", name)
	case strings.IndexByte(name, '$') >= 0:
		p.fail(at, true, "%q depends on a variable, so what it gives is not judged: write the path out", name)
	case path.IsAbs(name) || !fs.ValidPath(found):
		p.fail(at, true, "%q is outside of the scanned folder, so what it gives is not judged: scan the folder that holds both", name)
	default:
		return found, true
	}
	return "", false
}

// IsRemote reports whether an include or extends names something to be fetched: a Git
// repository, an OCI artifact or an address.
func IsRemote(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "git@") || strings.HasPrefix(name, "github.com/") || strings.HasPrefix(name, "oci:")
}

// include refuses remote includes and tells of local ones that are not there.
func (p *project) include(root *document.Node, name string) {
	for _, node := range included(root) {
		if found, ok := p.locate(node, name, node.Text()); ok {
			p.open(node, found)
		}
	}
}

// Included lists the local files that a Compose file includes, as paths in the folder that name
// is a path in. Files outside of that folder and remote ones are left out.
func Included(root *document.Node, name string) []string {
	var files []string
	for _, node := range included(root) {
		found := path.Join(path.Dir(name), node.Text())
		if text := node.Text(); !IsRemote(text) && !path.IsAbs(text) && strings.IndexByte(text, '$') < 0 && fs.ValidPath(found) {
			files = append(files, found)
		}
	}
	return files
}

// included lists the values that name files, from the short form and from the long one, where
// path is a string or a list.
func included(root *document.Node) []*document.Node {
	var nodes []*document.Node
	for _, entry := range root.Get("include").Children() {
		if entry.Kind == document.Map {
			entry = entry.Get("path")
		}
		switch {
		case entry == nil:
		case entry.Kind == document.String:
			nodes = append(nodes, entry)
		case entry.Kind == document.List:
			for _, element := range entry.Children() {
				if element.Kind == document.String {
					nodes = append(nodes, element)
				}
			}
		}
	}
	return nodes
}
