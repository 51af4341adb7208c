package install

import (
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// action is what a call of a package manager does.
type action int

const (
	other   action = iota
	install        // packages, or what a file of the project names
	update         // its lists of what there is
	upgrade        // what is installed already
	remove
	clean // its caches
)

// call is one call of a package manager.
type call struct {
	*dockerfile.Command
	grammar *grammar
	// program is the manager as messages name it: apt-get, pip3.
	program string
	action  action
	// verb is the word that says what to do, or the program where none does.
	verb     *document.Node
	options  []option
	packages []pkg
	// grouped is true if it installs groups of packages.
	grouped bool
	// opaque is true if an unknown variable may hold options.
	opaque bool
	// order counts the calls of a Dockerfile.
	order int
}

// option is one option, with its value where it has one.
type option struct {
	name, value string
	node        *document.Node
}

// word is a part of a command's word: variables may hold several.
type word struct {
	text string
	node *document.Node
}

var (
	pipName    = regexp.MustCompile(`^pip[0-9.]*$`)
	pythonName = regexp.MustCompile(`^(python|pypy)[0-9.]*$`)
	// optionNames are variables that hold options rather than packages.
	optionNames = regexp.MustCompile(`(?i)opt|flag|arg|param|_yes|quiet`)
)

// read gives the call that a command is; nil if it calls no package manager.
func read(c *dockerfile.Command) *call {
	name, words := c.Name, c.Words
	if len(words) == 0 {
		return nil
	}
	words = words[1:]
	switch {
	case pipName.MatchString(name):
		return parse(c, managers["pip"], name, words)
	case pythonName.MatchString(name):
		for i, w := range words {
			if w.Text() == "-m" && i+1 < len(words) && words[i+1].Text() == "pip" {
				return parse(c, managers["pip"], "pip", words[i+2:])
			}
			if !strings.HasPrefix(w.Text(), "-") {
				return nil
			}
		}
		return nil
	}
	g := managers[strings.TrimSuffix(name, ".cmd")]
	if g == nil {
		return nil
	}
	return parse(c, g, name, words)
}

// parse tells the options of a call from its verb and its packages.
func parse(c *dockerfile.Command, g *grammar, program string, words []*document.Node) *call {
	k := &call{Command: c, grammar: g, program: program, verb: c.Words[0]}
	rest := k.split(words)
	if g.always != other {
		k.action = g.always
	} else if g.byOption != nil {
		g.byOption(k, len(rest) > 0)
	} else {
		rest = k.findVerb(rest)
	}
	if g.compose != nil {
		rest = g.compose(rest)
	}
	if k.grouped || k.grammar.family == "zypper" && k.has("-t", "--type") {
		k.packages = groups(rest)
		return k
	}
	for _, w := range rest {
		k.packages = append(k.packages, g.pkg(w))
	}
	return k
}

// groups are the sets of packages that some words name, which may have spaces.
func groups(words []word) []pkg {
	var all []pkg
	for i, w := range words {
		if i > 0 && words[i-1].node == w.node {
			all[len(all)-1].name += " " + w.text
			continue
		}
		all = append(all, pkg{node: w.node, name: w.text, kind: group})
	}
	return all
}

// findVerb reads the action and gives the words behind its verb, which may be two words.
func (k *call) findVerb(rest []word) []word {
	for len(rest) > 0 && isUnknown(rest[0].text) {
		k.opaque, rest = true, rest[1:]
	}
	if len(rest) == 0 {
		if !k.has("--version", "-v", "--help", "-h") {
			k.action = k.grammar.verbs[""]
		}
		return nil
	}
	if len(rest) > 1 {
		if act, found := k.grammar.verbs[rest[0].text+" "+rest[1].text]; found {
			k.action, k.verb, k.grouped = act, rest[1].node, rest[0].text == "group"
			return rest[2:]
		}
	}
	k.action, k.verb, k.grouped = k.grammar.verbs[rest[0].text], rest[0].node, rest[0].text == "groupinstall"
	return rest[1:]
}

// split takes the options out and gives the other words.
func (k *call) split(words []*document.Node) []word {
	var rest []word
	for i := 0; i < len(words); i++ {
		parts := k.parts(words[i])
		for j := 0; j < len(parts); j++ {
			text := parts[j].text
			switch {
			case text == "--" && k.grammar.ends:
				return rest
			case text == "--":
			case len(text) > 1 && text[0] == '-':
				if !k.option(parts[j]) {
					continue
				}
				last := &k.options[len(k.options)-1]
				if j+1 < len(parts) {
					if k.takes(last.name, parts[j+1].text) {
						j++
						last.value = parts[j].text
					}
				} else if i+1 < len(words) && k.takes(last.name, words[i+1].Text()) {
					i++
					last.value = words[i].Text()
				}
			default:
				if isUnknown(text) && optionNames.MatchString(text) {
					k.opaque = true
				}
				rest = append(rest, parts[j])
			}
		}
	}
	return rest
}

// parts are the words that the shell makes of a word: a variable may hold several, a brace too.
func (k *call) parts(n *document.Node) []word {
	text := n.Text()
	if strings.ContainsAny(text, " \t\n") && k.grammar.splits && !strings.ContainsAny(text, "$`<>=(") {
		var parts []word
		for _, field := range strings.Fields(text) {
			parts = append(parts, word{field, n})
		}
		return parts
	}
	if strings.Contains(text, "{") && !strings.Contains(text, "$") {
		var parts []word
		for _, one := range braces(text, 0) {
			parts = append(parts, word{one, n})
		}
		return parts
	}
	return []word{{text, n}}
}

// option notes an option; true if its value is the next word.
func (k *call) option(w word) bool {
	text := w.text
	if strings.HasPrefix(text, "--") || !k.grammar.bundled {
		name, value, found := strings.Cut(text, "=")
		k.options = append(k.options, option{name, value, w.node})
		return !found && (k.grammar.valued[name] || k.grammar.booleans)
	}
	for i := 1; i < len(text); i++ {
		o := option{"-" + text[i:i+1], "", w.node}
		rest := text[i+1:]
		if k.grammar.valued[o.name] || strings.HasPrefix(rest, "=") {
			o.value = strings.TrimPrefix(rest, "=")
			k.options = append(k.options, o)
			return rest == ""
		}
		k.options = append(k.options, o)
	}
	return false
}

// takes reports whether an option takes a word as its value: a switch only true and false.
func (k *call) takes(name, next string) bool {
	return k.grammar.valued[name] || next == "true" || next == "false"
}

// has reports whether one of some options is given.
func (k *call) has(names ...string) bool {
	return k.find(names...) != nil
}

func (k *call) find(names ...string) *option {
	for i := range k.options {
		for _, name := range names {
			if k.options[i].name == name {
				return &k.options[i]
			}
		}
	}
	return nil
}

// sets reports whether an option such as -o A=B or --setopt=A=B sets a key, and to what.
func (k *call) sets(key string) (string, bool) {
	for _, o := range k.options {
		name, value, found := strings.Cut(o.value, "=")
		if found && strings.EqualFold(name, key) {
			return strings.ToLower(value), true
		}
	}
	return "", false
}

// isUnknown reports whether a word is, or holds, what only the build knows.
func isUnknown(text string) bool { return strings.ContainsAny(text, "$`") }

// braces expands {a,b} as bash does. Words of too many are left as they are.
func braces(text string, depth int) []string {
	open := strings.IndexByte(text, '{')
	if open < 0 || depth > 4 {
		return []string{text}
	}
	end := strings.IndexByte(text[open:], '}')
	if end < 0 || !strings.Contains(text[open:open+end], ",") || strings.Contains(text[open+1:open+end], "{") {
		return []string{text}
	}
	var all []string
	for _, choice := range strings.Split(text[open+1:open+end], ",") {
		all = append(all, braces(text[:open]+choice+text[open+end+1:], depth+1)...)
	}
	return all
}
