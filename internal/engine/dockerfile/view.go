// Package dockerfile judges Dockerfiles: what they build on, install, download, copy and leave
// behind, who runs what, and what of it reaches the image. A Dockerfile is a tree that the
// collector made (docs/dockerfiles.md); File is a view of it with names. Begin with Of.
package dockerfile

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// File is a Dockerfile.
type File struct {
	Subject *inventory.Subject
	Stages  []*Stage
	// Final is the stage that is built.
	Final *Stage
	// Context is what is known of the build context; nil if nothing is.
	Context *document.Node
}

// Stage is one FROM with its instructions.
type Stage struct {
	*document.Node
	Index int
	Name  string
	// Image is the image that FROM names, with variables filled in; "" if it is another stage.
	Image string
	// Base is the image at the end of the chain of stages, Unresolved the variables in it that have
	// no value; both are empty in a fragment, which has no FROM.
	Base       string
	Unresolved []string
	Fragment   bool
	Windows    bool
	Parent     *Stage
	// Final is the stage that is built; Inherited ones give it their layers; Used ones it needs.
	Final, Inherited, Used bool
	Instructions           []*Instruction
}

// Instruction is one instruction.
type Instruction struct {
	*document.Node
	Stage *Stage
	// Name is in capitals. Of ONBUILD, Trigger is the instruction that builds on the image run.
	Name     string
	Trigger  *Instruction
	Shell    string
	User     string // who runs it; "" for that of the base image
	Words    []*document.Node
	Commands []*Command
}

// Command is a program that an instruction calls.
type Command struct {
	*document.Node
	In   *Instruction
	Name string // without its folder
	// Words are the program and its arguments as the shell sees them.
	Words []*document.Node
	// Pipeline numbers the pipes of an instruction from 1, 0 is none; Step counts in one.
	Pipeline, Step int
}

// Of gives the Dockerfile that a check of the scope object:Dockerfile judges.
func Of(in assessment.Input) *File {
	return all(in.Index)[in.Subject]
}

// all are the Dockerfiles of an inventory.
func all(index *inventory.Index) map[*inventory.Subject]*File {
	return inventory.Derived(index, "dockerfile.all", func(index *inventory.Index) map[*inventory.Subject]*File {
		files := map[*inventory.Subject]*File{}
		for _, s := range index.Kind(inventory.FactDockerfile) {
			files[s] = view(s)
		}
		return files
	})
}

func view(s *inventory.Subject) *File {
	f := &File{Subject: s, Context: s.Root.Get("context")}
	for _, node := range s.Root.Get("stages").Children() {
		f.Stages = append(f.Stages, f.stage(node))
	}
	for _, stage := range f.Stages {
		if stage.Final {
			f.Final = stage
		}
	}
	if f.Final == nil { // a tree that no collector made
		f.Final = &Stage{Node: s.Root, Fragment: true}
	}
	return f
}

func (f *File) stage(n *document.Node) *Stage {
	from, base := n.Get("from"), n.Get("base")
	s := &Stage{Node: n, Index: int(n.Get("index").Int64()), Name: n.Get("name").Text(), Image: from.Get("image").Text(),
		Base: base.Get("image").Text(), Unresolved: texts(base.Get("unresolved")), Windows: base.Get("windows").Bool(),
		Fragment: n.Get("fragment").Bool(), Final: n.Get("final").Bool(), Inherited: n.Get("inherited").Bool(), Used: n.Get("used").Bool()}
	if parent := from.Get("stage"); parent != nil && int(parent.Int64()) < len(f.Stages) && parent.Int64() >= 0 {
		s.Parent = f.Stages[parent.Int64()]
	}
	for _, node := range n.Get("instructions").Children() {
		s.Instructions = append(s.Instructions, instruction(s, node))
	}
	return s
}

func instruction(s *Stage, n *document.Node) *Instruction {
	i := &Instruction{Node: n, Stage: s, Name: n.Get("instruction").Text(), Shell: n.Get("shell").Text(), User: n.Get("user").Text(),
		Words: n.Get("words").Children()}
	for _, node := range n.Get("commands").Children() {
		i.Commands = append(i.Commands, &Command{Node: node, In: i, Name: node.Get("name").Text(), Words: node.Get("words").Children(),
			Pipeline: int(node.Get("pipeline").Int64()), Step: int(node.Get("step").Int64())})
	}
	if trigger := n.Get("trigger"); trigger != nil {
		i.Trigger = instruction(s, trigger)
	}
	return i
}

func texts(list *document.Node) []string {
	var all []string
	for _, node := range list.Children() {
		all = append(all, node.Text())
	}
	return all
}

// Production lists the stages whose layers are in the image, the first one first.
func (f *File) Production() []*Stage {
	var stages []*Stage
	for s := f.Final; s != nil; s = s.Parent {
		stages = append([]*Stage{s}, stages...)
	}
	return stages
}

// Each gives every instruction of some stages in their order, those of ONBUILD as what they trigger.
func Each(stages []*Stage, visit func(*Instruction)) {
	for _, s := range stages {
		for _, i := range s.Instructions {
			if i.Trigger != nil {
				i = i.Trigger
			}
			visit(i)
		}
	}
}

// EachCommand gives every command of the RUN instructions of some stages.
func EachCommand(stages []*Stage, visit func(*Command)) {
	Each(stages, func(i *Instruction) {
		if i.Name != "RUN" {
			return
		}
		for _, c := range i.Commands {
			visit(c)
		}
	})
}

// Word is the text of the command's word at an index; "" if it has fewer.
func (c *Command) Word(i int) string {
	if i >= len(c.Words) {
		return ""
	}
	return c.Words[i].Text()
}

// Via reports whether the command is called through a program such as sudo.
func (c *Command) Via(name string) bool {
	for _, via := range c.Get("via").Children() {
		if via.Text() == name {
			return true
		}
	}
	return false
}
