package dockerfile

import (
	"maps"
	"path"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/kubeproof/kubeproof/internal/document"
)

// stage is one FROM with what follows it.
type stage struct {
	at       document.At
	name     string
	written  string // the image as FROM names it
	image    string // with its variables filled in; "" where it is another stage
	imageAt  document.At
	platform string
	// unresolved are variables in the image's name that have no value.
	unresolved []string
	parent     *stage
	fragment   bool
	ignores    []string // hadolint's rules that are switched off for FROM

	known   variables
	user    *setting
	workdir *setting
	shell   []string
	windows bool

	instructions []*fields
	takesFrom    []int // stages that it copies from
	final, used  bool
	inherited    bool
}

// setting is a value that lasts to the end of a stage, and where it was set.
type setting struct {
	value string
	at    document.At
}

func (s *stage) add(instruction *fields) { s.instructions = append(s.instructions, instruction) }

// from begins a stage.
func (r *reading) from(st *statement, from *instructions.Stage) {
	image, unresolved := r.expand.word(from.BaseName, r.forImages())
	platform, _ := r.expand.word(from.Platform, r.forImages())
	words := finder{in: st.text, at: len("FROM")}
	s := &stage{at: st.text.begin, name: from.Name, written: from.BaseName, image: image, platform: platform, unresolved: unresolved,
		imageAt: words.find(from.BaseName), ignores: ignoresIn(st.comments), known: variables{}, windows: isWindows(image, platform) || strings.Contains(path.Base(r.source.File), "windows")}
	if i := r.named(image); i >= 0 {
		s.parent, s.image = r.stages[i], ""
		s.inherit(r.stages[i])
	}
	r.stages = append(r.stages, s)
}

// named finds an earlier stage by its name; FROM takes no numbers.
func (r *reading) named(name string) int {
	if i := r.stage(name, len(r.stages)); i >= 0 && strings.EqualFold(r.stages[i].name, name) {
		return i
	}
	return -1
}

func (s *stage) inherit(from *stage) {
	s.known = maps.Clone(from.known)
	s.user, s.workdir, s.shell, s.windows = from.user, from.workdir, from.shell, from.windows
}

// isWindows tells images of Windows by their platform or their name, since their shell is another one.
func isWindows(image, platform string) bool {
	return strings.HasPrefix(platform, "windows") || strings.Contains(image, "windows") || strings.Contains(image, "nanoserver")
}

// root is the stage at the end of the chain of FROM, whose image is not made by this file.
func (s *stage) root() *stage {
	for s.parent != nil {
		s = s.parent
	}
	return s
}

// reach marks the stage that is built, those whose layers it has, and those that it takes from.
func (r *reading) reach() {
	if len(r.stages) == 0 {
		return
	}
	target := r.stages[r.target()]
	target.final = true
	for s := target; s != nil; s = s.parent {
		s.inherited = true
	}
	r.use(target)
}

func (r *reading) use(s *stage) {
	if s == nil || s.used {
		return
	}
	s.used = true
	r.use(s.parent)
	for _, i := range s.takesFrom {
		r.use(r.stages[i])
	}
}

func (r *reading) stageTree(i int, s *stage) *document.Node {
	t := fields{at: s.at}
	t.number("index", i)
	t.text("name", s.name)
	t.texts("ignores", s.ignores)
	t.flag("fragment", s.fragment)
	t.flag("final", s.final)
	t.flag("inherited", s.inherited)
	t.flag("used", s.used)
	if !s.fragment {
		t.add("from", r.fromTree(s))
		t.add("base", r.baseTree(s))
	}
	t.setting("user", s.user)
	t.setting("workdir", s.workdir)
	instructions := make([]*document.Node, len(s.instructions))
	for i, fields := range s.instructions {
		instructions[i] = fields.tree()
	}
	t.add("instructions", document.PlacedList(s.at, instructions))
	return t.tree()
}

func (r *reading) fromTree(s *stage) *document.Node {
	from := fields{at: s.imageAt}
	from.text("written", s.written)
	from.text("image", s.image)
	from.text("platform", s.platform)
	from.texts("unresolved", s.unresolved)
	if s.parent != nil {
		for i := range r.stages {
			if r.stages[i] == s.parent {
				from.number("stage", i)
			}
		}
	}
	return from.tree()
}

func (r *reading) baseTree(s *stage) *document.Node {
	root := s.root()
	if root.fragment {
		return nil
	}
	base := fields{at: s.imageAt}
	base.text("image", root.image)
	base.texts("unresolved", root.unresolved)
	base.flag("windows", root.windows)
	return base.tree()
}
