// Package buildcontext tells what a build of a Dockerfile would see, without Docker: which files of
// the context are sent, which of them a COPY or ADD takes, and which of these look like secrets.
// Nothing is built and nothing leaves the folder.
//
// The reference is BuildKit: .dockerignore as its frontend reads it, the walk as fsutil filters
// it, copies as fsutil makes them, links followed as if the context were the root of a file
// system. Of the files that may be sent BuildKit transfers those that some instruction names;
// other builders send all. Begin with Open, or with In where several Dockerfiles share a folder.
package buildcontext

import (
	"io/fs"
	"path"
	"sync"
)

// Root opens contexts that lie in one folder, and walks none of them twice.
type Root struct {
	files fs.FS

	mu    sync.Mutex
	trees map[string]*tree // by folder and file of patterns
}

// In gives the contexts below files, which is what os.Root.FS gives, so that no link leads out.
func In(files fs.FS) *Root { return &Root{files: files, trees: map[string]*tree{}} }

// Open gives the context in a folder, for the Dockerfile whose list of patterns counts; both are
// slash paths within files, and "." is its top. An empty dockerfile means that only .dockerignore
// is looked for. Nothing is read before it is asked for.
func Open(files fs.FS, folder, dockerfile string) *Context { return In(files).Open(folder, dockerfile) }

// Open is the function Open for a folder that several Dockerfiles share.
func (r *Root) Open(folder, dockerfile string) *Context {
	if dockerfile != "" {
		dockerfile = path.Clean(dockerfile)
	}
	return &Context{root: r, folder: path.Clean(folder), dockerfile: dockerfile}
}

// Context is the build context of one Dockerfile. Its methods may be called concurrently.
type Context struct {
	root               *Root
	folder, dockerfile string

	reading sync.Once
	ignore  Ignore
	walking sync.Once
	tree    *tree

	mu      sync.Mutex // guards matcher
	matcher *matcher
}

// Folder is the context's folder, as it was given.
func (c *Context) Folder() string { return c.folder }

// walked walks the folder once.
func (c *Context) walked() *tree {
	c.walking.Do(func() {
		c.read()
		key := c.folder + "\x00" + c.ignore.File
		c.root.mu.Lock()
		known := c.root.trees[key]
		if known == nil {
			known = &tree{files: c.root.files, folder: c.folder}
			c.root.trees[key] = known
		}
		c.root.mu.Unlock()
		known.once.Do(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			known.walk(c.matcher)
		})
		c.tree = known
	})
	return c.tree
}

// Sent gives all files that a build may send, in the order of a walk.
func (c *Context) Sent() Set {
	t := c.walked()
	set := Set{tree: t, in: make([]bool, len(t.entries))}
	for i, e := range t.entries {
		if !e.isDir() {
			set.add(i, e)
		}
	}
	return set
}

// Unread lists at most 50 folders of the context that cannot be read, where a build would stop.
func (c *Context) Unread() []Unread { return c.walked().unread }

// Cut says what of the context was too much to look at; "" if nothing was.
func (c *Context) Cut() string { return c.walked().cut }

// Unread is a folder that could not be read.
type Unread struct {
	Path, Reason string
}
