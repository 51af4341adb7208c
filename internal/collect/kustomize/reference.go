package kustomize

import (
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// use is what a kustomization does with something that it names.
type use uint8

const (
	resource  use = iota // objects, or another kustomization
	component            // a folder
	setting              // YAML that is no object of its own: patches, CRDs, configurations
	plugin               // settings of a generator, transformer or validator
	data                 // content of a ConfigMap or Secret
	variables            // lines KEY=VALUE for a ConfigMap or Secret
)

// reference is one thing that a kustomization names.
type reference struct {
	node     *document.Node
	file     string // where node stands
	use      use
	target   string // path below the root; "" if it stands in the kustomization itself or was refused
	isFolder bool
	refused  bool // it is left out of the build
}

// fields are those of a kustomization that name files or folders.
var fields = []struct {
	name  string
	below []string // fields of the elements; nil if the elements themselves are names
	use   use
}{
	{"resources", nil, resource},
	{"bases", nil, resource},
	{"components", nil, component},
	{"crds", nil, setting},
	{"configurations", nil, setting},
	{"generators", nil, plugin},
	{"transformers", nil, plugin},
	{"validators", nil, plugin},
	{"patchesStrategicMerge", nil, setting},
	{"patches", []string{"path"}, setting},
	{"patchesJson6902", []string{"path"}, setting},
	{"replacements", []string{"path"}, setting},
	{"configMapGenerator", []string{"files"}, data},
	{"configMapGenerator", []string{"envs", "env"}, variables},
	{"secretGenerator", []string{"files"}, data},
	{"secretGenerator", []string{"envs", "env"}, variables},
}

// findReferences lists all that the kustomization names, in the order of fields, and looks at it.
func (f *file) findReferences(t *Tree) {
	for _, known := range fields {
		for _, element := range f.field(known.name).Children() {
			if known.below == nil {
				f.refer(t, element, known.use)
				continue
			}
			for _, name := range known.below {
				f.referAll(t, field(element, name), known.use)
			}
		}
	}
	f.referAll(t, field(f.field("openapi"), "path"), setting)
	for _, name := range []string{"helmCharts", "helmChartInflationGenerator"} {
		for _, chart := range f.field(name).Children() {
			f.refuse(t, &reference{node: chart, file: f.path}, "charts of %s are not rendered within a build: scan the chart itself with chart:PATH", name)
		}
	}
}

// referAll takes one name or a list of them.
func (f *file) referAll(t *Tree, at *document.Node, use use) {
	switch {
	case at == nil:
	case at.Kind == document.List:
		for _, element := range at.Children() {
			f.refer(t, element, use)
		}
	default:
		f.refer(t, at, use)
	}
}

func (f *file) refer(t *Tree, at *document.Node, use use) {
	if at.Kind != document.String {
		return // kustomize says what is wrong with it
	}
	f.add(t, &reference{node: at, use: use, file: f.path})
}

// add looks at a reference and keeps it, refused or not.
func (f *file) add(t *Tree, ref *reference) {
	name := ref.node.Text()
	if ref.use == data {
		if _, after, cut := strings.Cut(name, "="); cut {
			name = after
		}
	}
	switch {
	case remote(name, ref.use) || remote(ref.node.Text(), ref.use):
		f.refuse(t, ref, "%q is fetched from the network, which a scan never does: copy it into the folder", ref.node.Text())
	case (ref.use == setting || ref.use == plugin) && isInline(name):
		f.references = append(f.references, ref)
		if ref.use == plugin {
			documents, problems := document.Read([]byte(name), t.options.Limits)
			f.checkPlugin(t, ref, f.path, documents, problems)
		}
	default:
		f.lookAt(t, ref, name)
	}
}

// isInline reports whether an entry is YAML itself and not the name of a file.
func isInline(entry string) bool {
	if !strings.ContainsAny(entry, "\n{[") {
		return false
	}
	documents, _ := document.Read([]byte(entry), document.DefaultLimits)
	return len(documents) > 0 && documents[0].Root.Kind != document.String
}

// kustomize fetches files by these schemes, and clones what looks like the address of a
// repository. Both patterns are wider than kustomize's own.
var (
	remoteFile       = regexp.MustCompile(`(?i)^\s*https?:`)
	remoteRepository = regexp.MustCompile(`(?i)^\s*(git::|(https?|ssh|file|git|ftp|oci|s3|gs|gh|hg):|[a-z][a-z0-9-]*@|github\.com[/:])`)
)

func remote(name string, use use) bool {
	switch use {
	case resource, component, plugin:
		return remoteRepository.MatchString(name) || !strings.Contains(name, "\n") && strings.Contains(name, "://")
	}
	return remoteFile.MatchString(name)
}

// lookAt finds out what a local name leads to.
func (f *file) lookAt(t *Tree, ref *reference, name string) {
	if path.IsAbs(name) {
		f.refuse(t, ref, "%q is an absolute path: write it relative to the kustomization", name)
		return
	}
	real, err := t.real(path.Join(f.folder, name))
	if err == nil {
		var info os.FileInfo
		if info, err = os.Stat(real); err == nil {
			ref.target, _ = t.relative(real)
			ref.isFolder = info.IsDir()
		}
	}
	switch {
	case outside(f.folder, name):
		ref.target = ""
		f.refuse(t, ref, "%q lies outside of the folder that is scanned: scan the folder that holds both", name)
	case err != nil:
		f.refuse(t, ref, "%q cannot be read: %v: correct the path", name, withoutPath(err))
	case ref.isFolder && ref.use == plugin:
		f.refuse(t, ref, "settings of plugins are not built from a folder: name the file of %q", name)
	case ref.isFolder && ref.use != resource && ref.use != component:
		f.refuse(t, ref, "%q is a folder where a file is wanted: name the file", name)
	case !ref.isFolder && ref.use == component:
		f.refuse(t, ref, "component %q is a file: name its folder", name)
	default:
		f.references = append(f.references, ref)
		f.readReference(t, ref)
	}
}

// outside reports whether a path leaves the root by its name alone.
func outside(folder, name string) bool {
	joined := path.Join("/root", folder, name)
	return joined != "/root" && !strings.HasPrefix(joined, "/root/")
}

// readReference reads the YAML that a build would read, so that what is broken is known with its line.
func (f *file) readReference(t *Tree, ref *reference) {
	if ref.isFolder || ref.use == data || ref.use == variables {
		return
	}
	read := t.text(ref.target)
	if ref.use == plugin {
		f.checkPlugin(t, ref, ref.target, read.documents, read.problems)
		return
	}
	for _, problem := range read.problems {
		if problem.Lost {
			f.errors = append(f.errors, t.problem(ref.target, problem))
			ref.refused = true
		}
	}
}

func (f *file) refuse(t *Tree, ref *reference, format string, args ...any) {
	ref.refused = true
	f.references = append(f.references, ref)
	e := t.fail(f, ref.node, format, args...)
	e.File = t.Show(ref.file)
	f.errors = append(f.errors, e)
}
