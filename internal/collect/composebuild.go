package collect

import (
	"io/fs"
	"path"
	"sync"

	"github.com/kubeproof/kubeproof/internal/collect/buildcontext"
	"github.com/kubeproof/kubeproof/internal/collect/compose"
	"github.com/kubeproof/kubeproof/internal/document"
)

// contexts are the build contexts below a folder, which its Dockerfiles share: each is walked once, and each
// Compose file read once for what it builds.
type contexts struct {
	*buildcontext.Root
	files fs.FS

	mutex  sync.Mutex
	builds map[string][]build // by Compose file
}

func newContexts(files fs.FS) *contexts {
	return &contexts{Root: buildcontext.In(files), files: files, builds: map[string][]build{}}
}

// build is what a service of a Compose file builds, as paths below the folder.
type build struct{ dockerfile, context string }

var composeNames = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}

// told gives the context that a Compose file in the Dockerfile's folder or above it names for a Dockerfile; false if none
// does.
func (c *contexts) told(dockerfile string) (string, bool) {
	for folder := path.Dir(dockerfile); ; folder = path.Dir(folder) {
		for _, name := range composeNames {
			for _, b := range c.buildsOf(path.Join(folder, name)) {
				if b.dockerfile == dockerfile {
					return b.context, true
				}
			}
		}
		if folder == "." || folder == "/" {
			return "", false
		}
	}
}

// mostComposeBytes bounds a Compose file that is read for its builds.
const mostComposeBytes = 1 << 20

func (c *contexts) buildsOf(name string) []build {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	known, read := c.builds[name]
	if read {
		return known
	}
	c.builds[name] = nil
	info, err := fs.Stat(c.files, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > mostComposeBytes {
		return nil
	}
	text, err := fs.ReadFile(c.files, name)
	if err != nil {
		return nil
	}
	documents, _ := document.Read(text, document.DefaultLimits)
	for _, d := range documents {
		if compose.Recognise(name, d.Root) {
			c.builds[name] = append(c.builds[name], buildsIn(d.Root, path.Dir(name))...)
		}
	}
	return c.builds[name]
}

// buildsIn reads build: FOLDER, and build: {context: FOLDER, dockerfile: FILE}. What lies elsewhere, or depends on
// variables, matches no Dockerfile here.
func buildsIn(root *document.Node, folder string) []build {
	var all []build
	for _, service := range root.Get("services").Children() {
		from, dockerfile := service.Get("build").Text(), "Dockerfile"
		if node := service.Get("build", "context"); node != nil {
			from = node.Text()
		}
		if node := service.Get("build", "dockerfile"); node != nil {
			dockerfile = node.Text()
		}
		if from == "" && service.Get("build", "dockerfile") == nil {
			continue
		}
		context := path.Join(folder, from)
		if fs.ValidPath(context) {
			all = append(all, build{path.Join(context, dockerfile), context})
		}
	}
	return all
}
