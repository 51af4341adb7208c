package download

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// request is what the words of a command that fetches say.
type request struct {
	addresses []token
	// files are where the addresses are saved, in the same order; fewer if not all are named.
	files []string
	// named is true if the rest is saved under the names in the addresses, in folder.
	named    bool
	folder   string
	insecure *document.Node
	asks     bool
}

// file is where the n-th address is saved; "" if it is printed.
func (r *request) file(n int) string {
	switch {
	case n < len(r.files):
		if name := r.files[n]; name != "-" && name != "/dev/stdout" && name != "/dev/null" {
			return path.Join(r.folder, name)
		}
		return ""
	case r.named:
		return path.Join(r.folder, base(r.addresses[n].text))
	}
	return ""
}

// option is one option of a command with its value; operands have no name.
type option struct {
	name, value string
	node        *document.Node
}

// options takes the words of a command apart: valued are the letters of short options that take a
// value, long the long ones. twins are letters that stand in pairs, as n in wget -nv.
func options(words []token, valued string, long map[string]bool, twins string) []option {
	var all []option
	for i := 0; i < len(words); i++ {
		word := words[i]
		next := func() string {
			if i+1 >= len(words) {
				return ""
			}
			i++
			return words[i].text
		}
		switch text := word.text; {
		case strings.HasPrefix(text, "--"):
			name, value, found := strings.Cut(text[2:], "=")
			if !found && long[name] {
				value = next()
			}
			all = append(all, option{"--" + name, value, word.node})
		case len(text) > 1 && text[0] == '-':
			all = short(all, word, valued, twins, next)
		default:
			all = append(all, option{"", text, word.node})
		}
	}
	return all
}

// short adds the letters of a word such as -fsSLo.
func short(all []option, word token, valued, twins string, next func() string) []option {
	text := word.text
	for at := 1; at < len(text); at++ {
		letter := text[at : at+1]
		switch {
		case strings.Contains(twins, letter) && at+1 < len(text):
			all = append(all, option{"-" + text[at:at+2], "", word.node})
			at++
		case strings.Contains(valued, letter):
			value := text[at+1:]
			if value == "" {
				value = next()
			}
			return append(all, option{"-" + letter, value, word.node})
		default:
			all = append(all, option{"-" + letter, "", word.node})
		}
	}
	return all
}

// set makes a set of the words of a text.
func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(words) {
		all[word] = true
	}
	return all
}
