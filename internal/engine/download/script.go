package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Scripts finds what is fetched and run without a check: curl ... | sh and the like.
// Scope object:Dockerfile.
func Scripts(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	all := fetches(dockerfile.Of(in).Stages)
	for _, f := range all {
		runner := f.runs()
		if runner == nil || f.asks || checkedBy(f, all) == strong {
			continue
		}
		verdicts = append(verdicts, assessment.Failed("RUN hands "+f.told()+" to "+runner.name+", unchecked", f.at))
	}
	return verdicts
}

// runner is what runs a script.
type runner struct{ name string }

// runs is what runs the script that is fetched; nil if nothing does.
func (f *fetch) runs() *runner {
	for _, c := range f.behind() {
		if readsScript(c) {
			return &runner{c.Name}
		}
	}
	if f.command == nil {
		return nil
	}
	if f.in.Shell == "powershell" || f.in.Shell == "pwsh" || f.in.Shell == "cmd" {
		return f.invoked()
	}
	return f.runLater()
}

// readsScript reports whether a command runs what it gets from a pipe or from $(...).
func readsScript(c *dockerfile.Command) bool {
	switch {
	case isShell(c.Name):
		return takesScript(c, "c")
	case strings.HasPrefix(c.Name, "python") || c.Name == "perl" || c.Name == "ruby" || c.Name == "node" || c.Name == "php" || c.Name == "nodejs":
		return takesScript(c, "ce")
	case c.Name == "eval" || c.Name == "source" || c.Name == ".":
		return len(c.Words) > 1 && isPrinted(c.Word(1))
	}
	return false
}

func isShell(name string) bool {
	switch name {
	case "sh", "bash", "ash", "dash", "zsh", "ksh":
		return true
	}
	return false
}

// takesScript reports whether an interpreter reads its script from standard input, or is given one
// that another command prints. inline are the letters of options whose value is a script.
func takesScript(c *dockerfile.Command, inline string) bool {
	for i := 1; i < len(c.Words); i++ {
		word := c.Word(i)
		switch {
		case word == "-" || word == "-s" || word == "--" || word == "/dev/stdin" || word == "/proc/self/fd/0":
			return true
		case strings.HasPrefix(word, "--") || word == "-o" || strings.HasPrefix(word, "+"):
			if word == "-o" {
				i++
			}
		case len(word) > 1 && word[0] == '-':
			if word[1] != '-' && strings.ContainsAny(word[len(word)-1:], inline) {
				return isPrinted(c.Word(i + 1))
			}
			if !isShell(c.Name) && word != "-u" && word != "-S" {
				return false // perl -pe, python -m json.tool
			}
			if strings.Contains(word, "s") && isShell(c.Name) {
				return true
			}
		default:
			return isPrinted(word)
		}
	}
	return true
}

// isPrinted reports whether a word is what another command prints.
func isPrinted(word string) bool {
	return strings.HasPrefix(word, "$(") || strings.HasPrefix(word, "`") || strings.HasPrefix(word, "<(")
}

// runLater is what runs the file that was saved: a shell that is given it, or its own name.
func (f *fetch) runLater() *runner {
	name := base(f.file)
	if len(name) < 2 || isUnpackedName(name) {
		return nil
	}
	for _, c := range f.after() {
		switch {
		case isInterpreter(c.Name) && base(scriptOf(c)) == name:
			return &runner{c.Name}
		case c.Name == name && strings.Contains(c.Word(0), "/") && isScript(name):
			return &runner{"the shell"}
		}
	}
	return nil
}

func isUnpackedName(name string) bool {
	switch extension(name) {
	case ".jar", ".phar", ".zip", ".gz", ".xz", ".bz2", ".tgz", ".deb", ".rpm":
		return true
	}
	return false
}

func isInterpreter(name string) bool {
	return isShell(name) || strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pypy") || name == "perl" || name == "ruby" || name == "node" || name == "php" ||
		name == "source" || name == "."
}

// isScript tells names of scripts and installers.
func isScript(name string) bool {
	switch extension(name) {
	case ".sh", ".bash", ".run", ".bin", ".py", ".pl", ".rb":
		return true
	}
	return false
}

// scriptOf is the script that an interpreter is given; "" if there is none.
func scriptOf(c *dockerfile.Command) string {
	for i := 1; i < len(c.Words); i++ {
		word := c.Word(i)
		switch {
		case word == "-c" || word == "-m" || word == "-e":
			return ""
		case word == "-o" || word == "-O" || word == "+o":
			i++
		case !strings.HasPrefix(word, "-"):
			return word
		}
	}
	return ""
}

// invoked looks for Invoke-Expression in an instruction of PowerShell whose fetch is printed.
func (f *fetch) invoked() *runner {
	if f.file != "" && !strings.Contains(strings.ToLower(textOf(f.command)), "downloadstring") {
		return nil
	}
	for _, c := range f.in.Commands {
		for _, word := range split(tokens(c)) {
			if name := strings.ToLower(word.text); name == "iex" || name == "invoke-expression" {
				return &runner{"Invoke-Expression"}
			}
		}
	}
	return nil
}

// textOf are the words of a command in one line.
func textOf(c *dockerfile.Command) string {
	var b strings.Builder
	for i, word := range c.Words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word.Text())
	}
	return b.String()
}
