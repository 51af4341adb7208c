// Package compose turns Compose files into subjects: one of kind ComposeProject for the file as
// it is written, and one of kind ComposeService for each service as it would run, with what it
// extends and with variables filled in from defaults and the .env file beside it. The
// environment of this process is never used, nothing is fetched, and nothing outside of the
// folder that is scanned is read. Begin with Recognise and Subjects.
package compose

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Kinds of the subjects; their APIVersion is "compose", and they live in no namespace.
const (
	ProjectKind = "ComposeProject"
	ServiceKind = "ComposeService"
	apiVersion  = "compose"
)

// Recognise reports whether a document is a Compose file, by the file's name (its path will do)
// or, where the name says nothing, by what stands in it. Kubernetes objects never are.
func Recognise(name string, root *document.Node) bool {
	if root == nil || root.Kind != document.Map || root.Get("apiVersion") != nil || root.Get("kind") != nil {
		return false
	}
	services := root.Get("services")
	if isComposeName(path.Base(name)) {
		return services != nil && services.Kind == document.Map || services == nil && root.Get("include") != nil
	}
	return onlyComposeFields(root) && looksLikeServices(services)
}

// isComposeName knows compose.yaml, docker-compose.yml, docker-compose.prod.yaml, shop.compose.yml and the like.
func isComposeName(name string) bool {
	name = strings.ToLower(name)
	stem, isYAML := strings.CutSuffix(name, ".yaml")
	if !isYAML {
		stem, isYAML = strings.CutSuffix(name, ".yml")
	}
	return isYAML && (stem == "compose" || strings.HasPrefix(stem, "compose.") || strings.HasPrefix(stem, "docker-compose") ||
		strings.HasSuffix(stem, ".compose") || strings.HasPrefix(stem, "compose-"))
}

// onlyComposeFields keeps values files of charts out, which may have a field services too.
func onlyComposeFields(root *document.Node) bool {
	for _, field := range root.Children() {
		switch field.Key() {
		case "version", "name", "services", "networks", "volumes", "secrets", "configs", "include", "models":
		default:
			if !strings.HasPrefix(field.Key(), "x-") {
				return false
			}
		}
	}
	return true
}

// looksLikeServices wants every service to be a map that says where its image comes from.
func looksLikeServices(services *document.Node) bool {
	if services == nil || services.Kind != document.Map || services.Len() == 0 {
		return false
	}
	for _, service := range services.Children() {
		image := service.Get("image")
		if service.Kind != document.Map || image == nil && service.Get("build") == nil && service.Get("extends") == nil ||
			image != nil && image.Kind != document.String {
			return false
		}
	}
	return true
}

// Subjects gives the subjects of a Compose file that Recognise knows. files is the folder that is
// scanned, as os.Root.FS gives it so that links do not lead out of it, and name the file's path
// in it with forward slashes: there the .env file and what services extend are looked for.
// Nil files means that nothing but the document can be read (standard input).
//
// Local files that include names are not read here, since they are Compose files of their own:
// Included lists them for callers that were given one file only. Services of every profile are
// judged. What could not be resolved is an error, and the rest is judged without it.
func Subjects(doc document.Document, source *inventory.Source, files fs.FS, name string) ([]*inventory.Subject, []inventory.Error) {
	p := &project{files: files, source: source, opened: map[string]*document.Node{}}
	p.variables = p.readVariables(path.Join(path.Dir(name), ".env"))
	subjects := []*inventory.Subject{p.subject(ProjectKind, projectName(doc.Root, name), doc.Root, doc.EndLine)}
	p.include(doc.Root, name)
	services := doc.Root.Get("services").Children()
	for i, service := range services {
		if service.Kind != document.Map {
			p.fail(service, true, "service %q is no map (%s), so it is not judged: correct it", service.Key(), service.Kind)
			continue
		}
		end := service.EndLine()
		if i+1 < len(services) && services[i+1].KeyLine > service.KeyLine {
			end = max(end, int(services[i+1].KeyLine)-1)
		}
		whole := p.extended(place{file: name, root: doc.Root}, service)
		whole = whole.Rewrite(p.expand)
		subjects = append(subjects, p.subject(ServiceKind, service.Key(), whole, end))
	}
	return subjects, p.errors
}

// project is one Compose file while it is read.
type project struct {
	files     fs.FS
	source    *inventory.Source
	variables variables
	opened    map[string]*document.Node // other files by path; nil if unreadable
	copied    int                       // values taken over by extends
	expanded  int                       // bytes that variables gave
	errors    []inventory.Error
}

func (p *project) subject(kind, name string, root *document.Node, end int) *inventory.Subject {
	return &inventory.Subject{Kind: kind, APIVersion: apiVersion, Name: name, Root: root, Source: p.source, EndLine: end}
}

// projectName is the name that the file gives, else that of its folder as Compose has it, else
// the file's own.
func projectName(root *document.Node, name string) string {
	if given := root.Get("name").Text(); given != "" {
		return given
	}
	if folder := path.Base(path.Dir(name)); folder != "." && folder != "/" {
		return strings.ToLower(folder)
	}
	return path.Base(name)
}

// mostErrors bounds what is told of one file.
const mostErrors = 50

func (p *project) fail(at *document.Node, lost bool, format string, args ...any) {
	if len(p.errors) >= mostErrors {
		return
	}
	line, column := at.KeyLine, at.KeyColumn
	if line == 0 {
		line, column = at.Line, at.Column
	}
	p.errors = append(p.errors, inventory.Error{Target: p.source.Target, File: p.source.File, Line: int(line), Column: int(column),
		Message: fmt.Sprintf(format, args...), Lost: lost})
}
