package install

import (
	"path"
	"slices"
	"strings"

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
	// image are the stages whose layers are in the image.
	image []*dockerfile.Stage
	// rendered is all text of these stages that may hold configuration.
	texts map[*dockerfile.Stage][]string
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
	b := &build{File: f, image: f.Production(), texts: map[*dockerfile.Stage][]string{}}
	dockerfile.EachCommand(f.Stages, func(c *dockerfile.Command) {
		if k := read(c); k != nil {
			k.order = len(b.calls)
			b.calls = append(b.calls, k)
		}
	})
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

// in gives the calls of one instruction.
func (b *build) in(i *dockerfile.Instruction) []*call {
	var all []*call
	for _, k := range b.calls {
		if k.In == i {
			all = append(all, k)
		}
	}
	return all
}

// runs gives every RUN that calls a package manager, with its calls.
func (b *build) runs(stages []*dockerfile.Stage, visit func(*dockerfile.Instruction, []*call)) {
	dockerfile.Each(stages, func(i *dockerfile.Instruction) {
		if calls := b.in(i); len(calls) > 0 {
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

func (b *build) removed(k *call, p pkg) bool {
	for _, later := range b.calls[k.order+1:] {
		if later.action != remove || !b.reaches(later.In.Stage) {
			continue
		}
		for _, r := range later.packages {
			// what a variable holds may be it
			if r.kind == unknown && later.In == k.In || r.name == p.name {
				return true
			}
			if matched, err := path.Match(r.name, p.name); err == nil && matched {
				return true
			}
		}
	}
	return false
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
// letters: in a command, what it is fed, a heredoc or a variable.
func (b *build) says(s *dockerfile.Stage, words ...string) bool {
	for _, stage := range chain(s) {
		texts, found := b.texts[stage]
		if !found {
			texts = textsOf(stage)
		}
		for _, text := range texts {
			if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
				return true
			}
		}
	}
	return false
}

func textsOf(s *dockerfile.Stage) []string {
	var all []string
	add := func(n *document.Node) { all = append(all, strings.ToLower(n.Text())) }
	dockerfile.Each([]*dockerfile.Stage{s}, func(i *dockerfile.Instruction) {
		for _, c := range i.Commands {
			for _, w := range c.Words {
				add(w)
			}
			add(c.Get("input"))
			for _, pair := range c.Get("env").Children() {
				all = append(all, strings.ToLower(pair.Get("name").Text()+"="+pair.Get("value").Text()))
			}
			for _, file := range c.Get("writes").Children() {
				add(file)
			}
		}
		for _, pair := range i.Get("pairs").Children() {
			all = append(all, strings.ToLower(pair.Get("name").Text()+"="+pair.Get("value").Text()))
		}
		for _, h := range i.Get("heredocs").Children() {
			add(h.Get("text"))
		}
		if i.Name == "COPY" || i.Name == "ADD" {
			add(i.Get("destination"))
			for _, source := range i.Get("sources").Children() {
				add(source)
			}
		}
	})
	return all
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
