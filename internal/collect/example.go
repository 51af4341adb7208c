package collect

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing/fstest"

	"github.com/kubeproof/kubeproof/internal/collect/component"
	"github.com/kubeproof/kubeproof/internal/collect/dockerfile"
	"github.com/kubeproof/kubeproof/internal/collect/walk"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// composeServices recognises a Compose file, whose name an example does not have.
var composeServices = regexp.MustCompile(`(?m)^services:`)

// Example reads the text of a control's example as a scan reads a file of its kind, or several: a
// line "-- NAME --" begins the next one, and all lie in one folder. Only what was lost is an error.
func Example(content []byte) ([]*inventory.Subject, []inventory.Error) {
	r := &run{options: Options{Limits: document.DefaultLimits}}
	var subjects []*inventory.Subject
	var lost []inventory.Error
	sections := sectionsOf(string(content))
	files := filesOf(sections)
	for _, s := range sections {
		if !walk.IsManifest(s.name) && !walk.IsDockerfile(s.name) {
			continue
		}
		p := r.readText(text{target: "example", show: s.name, name: s.name, bytes: []byte(s.text), named: true, files: files})
		subjects = append(subjects, p.subjects...)
		for _, e := range p.errors {
			if e.Lost {
				lost = append(lost, e)
			}
		}
	}
	inventory.ResolveOwners(subjects)
	return append(subjects, component.Derive(subjects)...), lost
}

// filesOf is the folder of an example; nil where it is one file, of whose folder nothing is known.
func filesOf(sections []section) fs.FS {
	if len(sections) < 2 {
		return nil
	}
	files := fstest.MapFS{}
	for _, s := range sections {
		files[s.name] = &fstest.MapFile{Data: []byte(strings.TrimLeft(s.text, "\n"))}
	}
	return files
}

// section is one file of an example. Its text begins with as many empty lines as stand before it, so
// that its lines are those of the example.
type section struct{ name, text string }

func sectionsOf(content string) []section {
	var all []section
	current := section{name: exampleName(content)}
	for i, line := range strings.SplitAfter(content, "\n") {
		name, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- ")
		if name, ends := strings.CutSuffix(name, " --"); found && ends && fs.ValidPath(path.Clean(name)) {
			if strings.TrimSpace(current.text) != "" {
				all = append(all, current)
			}
			current = section{name: path.Clean(name), text: strings.Repeat("\n", i+1)}
			continue
		}
		current.text += line
	}
	return append(all, current)
}

// exampleName is the name of a file of the kind that a text is of.
func exampleName(content string) string {
	switch {
	case dockerfile.Looks([]byte(content)):
		return "Dockerfile"
	case composeServices.MatchString(content):
		return "compose.yaml"
	}
	return "example.yaml"
}
