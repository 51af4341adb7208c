package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// fetch is one file that an instruction takes from the network.
type fetch struct {
	in *dockerfile.Instruction
	// command fetches it and index is its place among those of the instruction; nil and 0 for ADD.
	command *dockerfile.Command
	index   int
	// at is the word with the address.
	at      *document.Node
	address string
	// file is where it is saved; "" where it is printed.
	file string
	// insecure is the word that switches the check of certificates off; nil where it is on.
	insecure *document.Node
	// asks is true for requests that fetch no file: uploads, headers only.
	asks bool
}

// fetches lists what the instructions of some stages take from the network, in their order.
func fetches(stages []*dockerfile.Stage) []*fetch {
	var all []*fetch
	dockerfile.Each(stages, func(i *dockerfile.Instruction) {
		switch i.Name {
		case "ADD":
			all = append(all, added(i)...)
		case "RUN":
			for index, c := range i.Commands {
				all = append(all, run(i, c, index)...)
			}
		}
	})
	return all
}

// added are the addresses that ADD fetches; Git repositories are another matter.
func added(i *dockerfile.Instruction) []*fetch {
	var all []*fetch
	for _, source := range i.Get("sources").Children() {
		if address := source.Text(); isWeb(address) && !isRepository(address) {
			all = append(all, &fetch{in: i, at: source, address: address, file: base(address)})
		}
	}
	return all
}

// run is what a command fetches.
func run(i *dockerfile.Instruction, c *dockerfile.Command, index int) []*fetch {
	words := tokens(c)
	if len(words) == 0 {
		return nil
	}
	var found *request
	switch name := c.Name; {
	case i.Shell == "powershell" || i.Shell == "pwsh" || i.Shell == "cmd" && name != "curl":
		found = windows(i, index, words)
	case name == "curl":
		found = curl(words[1:])
	case name == "wget" || name == "wget2":
		found = wget(words[1:])
	case name == "aria2c" || name == "axel":
		found = aria(words[1:])
	}
	if found == nil {
		return nil
	}
	var all []*fetch
	for n, at := range found.addresses {
		f := &fetch{in: i, command: c, index: index, at: at.node, address: at.text, insecure: found.insecure, asks: found.asks}
		if f.file = found.file(n); f.file == "" {
			f.file = f.savedBehind()
		}
		if strings.ContainsAny(f.address, "./:$") && !isLocal(f.address) {
			all = append(all, f)
		}
	}
	return all
}

// behind are the commands that read, one through the other, what the command prints.
func (f *fetch) behind() []*dockerfile.Command {
	if f.command == nil || f.command.Pipeline == 0 {
		return nil
	}
	var all []*dockerfile.Command
	for _, c := range f.in.Commands {
		if c.Pipeline == f.command.Pipeline && c.Step > f.command.Step {
			all = append(all, c)
		}
	}
	return all
}

// savedBehind is the file that what is printed goes into: by >, or by tee or > at the end of a pipe.
func (f *fetch) savedBehind() string {
	for _, c := range append([]*dockerfile.Command{f.command}, f.behind()...) {
		for _, file := range c.Get("writes").Children() {
			if name := file.Text(); name != "/dev/null" && !strings.HasPrefix(name, "&") {
				return name
			}
		}
		if c.Name == "tee" {
			for _, word := range arguments(c) {
				if !strings.HasPrefix(word.Text(), "-") {
					return word.Text()
				}
			}
		}
	}
	return ""
}

// after lists the commands that run behind the fetch in its instruction, and those of later RUN
// instructions of the stage.
func (f *fetch) after() []*dockerfile.Command {
	var all []*dockerfile.Command
	if f.command != nil {
		all = append(all, f.in.Commands[f.index+1:]...)
	}
	for _, i := range f.later() {
		all = append(all, i.Commands...)
	}
	return all
}

// later are the RUN instructions of the stage behind that of the fetch.
func (f *fetch) later() []*dockerfile.Instruction {
	var all []*dockerfile.Instruction
	behind := false
	for _, i := range f.in.Stage.Instructions {
		if behind && i.Name == "RUN" {
			all = append(all, i)
		}
		behind = behind || i == f.in || i.Trigger == f.in
	}
	return all
}

// token is a word of a command, and the value that it stands in.
type token struct {
	text string
	node *document.Node
}

func tokens(c *dockerfile.Command) []token {
	all := make([]token, len(c.Words))
	for i, word := range c.Words {
		all[i] = token{word.Text(), word}
	}
	return all
}

// arguments are the words of a command behind its name.
func arguments(c *dockerfile.Command) []*document.Node { return c.Words[min(1, len(c.Words)):] }
