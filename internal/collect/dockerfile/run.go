package dockerfile

import (
	"path"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/kubeproof/kubeproof/internal/document"
)

// run is the node of RUN: its mounts, and the commands that it calls.
func (s *step) run(c *instructions.RunCommand) {
	s.mounts(c)
	s.flag("exec", !c.PrependShell)
	if !c.PrependShell {
		s.list("words", s.exact(c.CmdLine))
		s.fields.text("shell", shellName(c.CmdLine))
		s.list("commands", s.execCommands(c.CmdLine))
		return
	}
	line := strings.Join(c.CmdLine, " ")
	source := s.rest(line)
	interpreter := s.interpreter()
	if len(c.Files) > 0 {
		source, interpreter = s.withHeredocs(source, c.Files, interpreter)
	}
	s.fields.text("shell", interpreter)
	if !isShell(interpreter) {
		return // python and the like: their texts are programs, in which secrets are looked for
	}
	s.list("commands", s.shellCommands(source))
}

func (s *step) mounts(c *instructions.RunCommand) {
	// The expander fills in variables; a mount that it cannot read is told by the builder.
	if err := c.Expand(s.expand.words(s.in.known)); err != nil {
		s.fail(s.st.text.begin.Line, "mount: %v", reasonOf(err))
		return
	}
	var nodes []*document.Node
	for _, mount := range instructions.GetMounts(c) {
		m := fields{at: s.fields.at}
		m.text("type", string(mount.Type))
		m.text("target", mount.Target)
		m.text("source", mount.Source)
		m.text("id", mount.CacheID)
		if mount.Env != nil {
			m.text("env", *mount.Env)
		}
		if mount.From != "" {
			m.text("from", mount.From)
			if i := s.stage(mount.From, len(s.stages)-1); i >= 0 {
				m.number("stage", i)
				s.in.takesFrom = append(s.in.takesFrom, i)
			}
		}
		nodes = append(nodes, m.tree())
	}
	s.list("mounts", nodes)
	if network := instructions.GetNetwork(c); network != "" && network != "default" {
		s.fields.text("network", network)
	}
	if security := instructions.GetSecurity(c); security != "" && security != "sandbox" {
		s.fields.text("security", security)
	}
}

// interpreter is the shell that reads what stands in shell form.
func (s *step) interpreter() string {
	switch {
	case len(s.in.shell) > 0:
		return shellName(s.in.shell)
	case s.in.windows:
		return "cmd"
	}
	return "sh"
}

// shellName is the program without its folder and ending: sh, bash, powershell, python3.
func shellName(words []string) string {
	if len(words) == 0 {
		return ""
	}
	name := strings.ToLower(path.Base(strings.ReplaceAll(words[0], `\`, "/")))
	return strings.TrimSuffix(name, ".exe")
}

func isShell(name string) bool {
	switch name {
	case "sh", "bash", "ash", "dash", "zsh", "ksh", "mksh", "busybox", "powershell", "pwsh", "cmd":
		return true
	}
	return false
}

func isPowerShell(name string) bool { return name == "powershell" || name == "pwsh" }

// withHeredocs puts the texts of heredocs behind the line, as the shell gets them. A line that is
// nothing but one heredoc is a script: that text alone is run, by what its first line names.
func (s *step) withHeredocs(line *text, files []instructions.ShellInlineFile, interpreter string) (*text, string) {
	whole := &text{string: line.string, file: s.file, parts: line.parts, begin: line.begin}
	alone := len(files) == 1 && strings.Count(strings.TrimSpace(line.string), " ") == 0 && strings.HasPrefix(strings.TrimSpace(line.string), "<<")
	if alone {
		whole = &text{file: s.file, begin: line.begin}
	}
	var nodes []*document.Node
	for _, file := range files {
		start := s.fields.at.Line
		if len(s.st.heredocs) > 0 {
			start = s.st.heredocs[0]
		}
		nodes = append(nodes, s.heredoc(file.Name, file.Data))
		if !alone {
			whole.string += "\n"
		}
		whole.addLines(file.Data, start)
		if !alone {
			whole.string += file.Name + "\n"
		}
	}
	s.list("heredocs", nodes)
	if alone {
		if named := shebang(whole.string); named != "" {
			interpreter = named
		}
	}
	return whole, interpreter
}

// addLines adds a text whose lines stand one below the other from a line of the file on. Leading
// tabs may have been taken from them.
func (t *text) addLines(content string, start int) {
	for line := range strings.Lines(content) {
		at := 0
		if start <= len(t.file) {
			at = max(0, strings.Index(t.file[start-1], strings.TrimRight(line, "\r\n")))
		}
		t.add(line, min(start, len(t.file)), at)
		start++
	}
}

// shebang is the program that a script names in its first line; "" if it names none.
func shebang(script string) string {
	first, _, _ := strings.Cut(script, "\n")
	rest, found := strings.CutPrefix(first, "#!")
	if !found {
		return ""
	}
	words := strings.Fields(rest)
	if len(words) > 1 && path.Base(words[0]) == "env" {
		words = words[1:]
		if words[0] == "-S" && len(words) > 1 {
			words = words[1:]
		}
	}
	return shellName(words)
}
