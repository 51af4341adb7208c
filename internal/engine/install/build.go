package install

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// build is a Dockerfile with its calls of package managers.
type build struct {
	*dockerfile.File
	// calls are those of all stages in their order.
	calls []*call
	// byRun and byCommand find them.
	byRun     map[*dockerfile.Instruction][]*call
	byCommand map[*dockerfile.Command]*call
	// image are the stages whose layers are in the image.
	image []*dockerfile.Stage
	gone  removals
	// texts are all texts of each stage that may hold configuration, in small letters.
	texts map[*dockerfile.Stage]string
	// said are answers of says, which every call of a file asks for anew.
	said sync.Map
}

// question is one that says answers.
type question struct {
	stage *dockerfile.Stage
	words string
}

// of gives the Dockerfile that a check of the scope object:Dockerfile judges.
func of(in assessment.Input) *build {
	return inventory.Derived(in.Index, "install.builds", func(index *inventory.Index) map[*inventory.Subject]*build {
		all := map[*inventory.Subject]*build{}
		for _, s := range index.Kind(inventory.FactDockerfile) {
			all[s] = readBuild(dockerfile.Of(assessment.Input{Index: index, Subject: s}))
		}
		return all
	})[in.Subject]
}

func readBuild(f *dockerfile.File) *build {
	b := &build{File: f, image: f.Production(), byRun: map[*dockerfile.Instruction][]*call{}, byCommand: map[*dockerfile.Command]*call{},
		texts: map[*dockerfile.Stage]string{}}
	dockerfile.EachCommand(f.Stages, func(c *dockerfile.Command) {
		if k := read(c); k != nil {
			k.order = len(b.calls)
			b.calls = append(b.calls, k)
			b.byRun[c.In], b.byCommand[c] = append(b.byRun[c.In], k), k
		}
	})
	b.gone = b.removals()
	for _, s := range f.Stages {
		b.texts[s] = textOf(s)
	}
	return b
}

// reaches reports whether a stage's layers are in the image.
func (b *build) reaches(s *dockerfile.Stage) bool { return slices.Contains(b.image, s) }

// installs gives every call that installs packages in stages that reach the image, or in all.
func (b *build) installs(all bool, visit func(*call)) {
	for _, k := range b.calls {
		if k.action == install && (all || b.reaches(k.In.Stage)) {
			visit(k)
		}
	}
}

// runs gives every RUN that calls a package manager, with its calls.
func (b *build) runs(stages []*dockerfile.Stage, visit func(*dockerfile.Instruction, []*call)) {
	dockerfile.Each(stages, func(i *dockerfile.Instruction) {
		if calls := b.byRun[i]; len(calls) > 0 {
			visit(i, calls)
		}
	})
}

// stays reports whether a package that a call installs is in the image: no later call takes it away.
func (b *build) stays(k *call, p pkg) bool {
	if p.kind == unknown || p.kind == local || !b.reaches(k.In.Stage) {
		return false
	}
	if v := k.find("-t", "--virtual"); v != nil && k.grammar.family == "apk" && b.removed(k, pkg{name: v.value}) {
		return false
	}
	return !b.removed(k, p) && !marked(k)
}

// marked reports whether apt-mark auto in the same RUN hands what was installed to autoremove.
func marked(k *call) bool {
	return slices.ContainsFunc(k.In.Commands, func(c *dockerfile.Command) bool {
		return c.Name == "apt-mark" && c.Word(1) == "auto"
	})
}

// chain are a stage and those that it is built on.
func chain(s *dockerfile.Stage) []*dockerfile.Stage {
	var all []*dockerfile.Stage
	for ; s != nil; s = s.Parent {
		all = append(all, s)
	}
	return all
}

// says reports whether a stage, or one that it is built on, holds one of some words in small
// letters: in a command, what it is fed, a heredoc, a variable or a file that is copied.
func (b *build) says(s *dockerfile.Stage, words ...string) bool {
	asked := question{s, strings.Join(words, "\x00")}
	if known, found := b.said.Load(asked); found {
		return known.(bool)
	}
	answer := b.search(s, words)
	b.said.Store(asked, answer)
	return answer
}

func (b *build) search(s *dockerfile.Stage, words []string) bool {
	for _, stage := range chain(s) {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(b.texts[stage], w) }) {
			return true
		}
	}
	return false
}

func textOf(s *dockerfile.Stage) string {
	var text strings.Builder
	add := func(words ...string) {
		for _, w := range words {
			text.WriteString(w)
		}
		text.WriteByte('\n')
	}
	list := func(nodes *document.Node) {
		for _, n := range nodes.Children() {
			add(n.Text())
		}
	}
	pairs := func(nodes *document.Node) {
		for _, pair := range nodes.Children() {
			add(pair.Get("name").Text(), "=", pair.Get("value").Text())
		}
	}
	dockerfile.Each([]*dockerfile.Stage{s}, func(i *dockerfile.Instruction) {
		for _, c := range i.Commands {
			list(c.Get("words"))
			add(c.Get("input").Text())
			pairs(c.Get("env"))
			list(c.Get("writes"))
		}
		pairs(i.Get("pairs"))
		for _, h := range i.Get("heredocs").Children() {
			add(h.Get("text").Text())
		}
		add(i.Get("destination").Text())
		list(i.Get("sources"))
	})
	return strings.ToLower(text.String())
}

// mounted reports whether a cache or a file system in memory is mounted over a folder in a RUN.
func mounted(i *dockerfile.Instruction, folders ...string) bool {
	for _, m := range i.Get("mounts").Children() {
		kind := m.Get("type").Text()
		if kind != "cache" && kind != "tmpfs" && kind != "bind" {
			continue
		}
		for _, folder := range folders {
			if covers(m.Get("target").Text(), folder) {
				return true
			}
		}
	}
	return false
}

// covers reports whether a path, which may end in *, holds a folder or all that is in it.
func covers(p, folder string) bool {
	p = strings.TrimRight(p, "/")
	for strings.Contains(path.Base(p), "*") && strings.Contains(p, "/") {
		p = path.Dir(p)
	}
	return p == folder || p == "" || strings.HasPrefix(folder, p+"/")
}
