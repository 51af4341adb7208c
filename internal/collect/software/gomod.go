package software

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// readGoMod reads go.mod: what is required, with what replaces it. The go command chose these
// versions, since it writes indirect requirements too.
func readGoMod(s *source) {
	m := goMod{replaced: map[string]goModule{}}
	block := ""
	l := s.lines()
	for l.next() {
		line, _, _ := strings.Cut(string(l.text), "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == ")":
			block = ""
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		case block != "":
			m.line(s, l.number, block, words)
		default:
			m.line(s, l.number, words[0], words[1:])
		}
	}
	for _, one := range m.required {
		for _, key := range []string{one.path + "@" + one.version, one.path} {
			if with, found := m.replaced[key]; found {
				one = with
				break
			}
		}
		if one.version != "" { // else it is a folder
			s.add(software.Package{Type: software.Go, Name: one.path, Version: one.version, Declared: true})
		}
	}
}

type goModule struct{ path, version string }

type goMod struct {
	required []goModule
	replaced map[string]goModule // by path, or path@version
}

func (m *goMod) line(s *source, number int, verb string, words []string) {
	for i, word := range words {
		words[i] = strings.Trim(word, "\"`")
	}
	switch verb {
	case "require":
		if len(words) < 2 {
			s.fail(number, "requires a module without a version: it was passed over")
			return
		}
		m.required = append(m.required, goModule{words[0], words[1]})
	case "replace":
		arrow := slices.Index(words, "=>")
		if arrow < 1 || arrow+1 >= len(words) {
			s.fail(number, "replaces no module: it was passed over")
			return
		}
		with := goModule{path: words[arrow+1]}
		if arrow+2 < len(words) {
			with.version = words[arrow+2]
		}
		m.replaced[strings.Join(words[:arrow], "@")] = with
	}
}
