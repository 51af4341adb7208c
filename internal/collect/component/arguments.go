package component

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// word is one word of a command line and the value that it stands in.
type word struct {
	text string
	at   *document.Node
}

// flag is one setting of a command line.
type flag struct {
	name, value string
	at          *document.Node
}

// accumulating are the flags of lists that Kubernetes' components join when they are given twice
// (StringSlice and map flags of spf13/pflag); of others the last counts.
var accumulating = []string{
	"enable-admission-plugins", "disable-admission-plugins", "authorization-mode", "tls-cipher-suites",
	"feature-gates", "api-audiences", "runtime-config", "service-account-issuer", "service-account-key-file",
}

// flagsOf reads flags from words: --name=value, --name value, and --name alone, which means true.
// Names may be written with one dash, as etcd's, and with underscores, which count as dashes.
func flagsOf(words []word) []flag {
	var all []flag
	for i := 0; i < len(words); i++ {
		text := words[i].text
		if len(text) < 2 || text[0] != '-' || text == "--" {
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(text, "-"), "=")
		found := flag{strings.ReplaceAll(name, "_", "-"), value, words[i].at}
		if !given {
			found.value = "true"
			if i+1 < len(words) && !strings.HasPrefix(words[i+1].text, "-") {
				i++
				found.value = words[i].text
			}
		}
		all = append(all, found)
	}
	return all
}

// flagMap joins flags to a map that stands at place, in the order in which they were first given.
func flagMap(place *document.Node, flags []flag) *document.Node {
	at := map[string]int{}
	var joined []flag
	for _, f := range flags {
		i, twice := at[f.name]
		switch {
		case !twice:
			at[f.name] = len(joined)
			joined = append(joined, f)
		case slices.Contains(accumulating, f.name):
			f.value = joined[i].value + "," + f.value
			joined[i] = f
		default:
			joined[i] = f
		}
	}
	fields := make([]document.Field, len(joined))
	for i, f := range joined {
		fields[i] = document.Field{Key: f.name, Value: document.Make(f.value).At(f.at, nil)}
	}
	return document.Compose(place, fields)
}

// commandLine gives the words of a container: command and args joined, and the script of a shell
// split into words, as far as that can be done without running it.
func commandLine(container *document.Node) []word {
	var words []word
	for _, list := range []string{"command", "args"} {
		for _, node := range container.Get(list).Children() {
			words = append(words, word{node.Text(), node})
		}
	}
	if len(words) < 3 || !slices.Contains(shells, base(words[0].text)) {
		return words
	}
	for i := 1; i < len(words)-1; i++ {
		if strings.HasPrefix(words[i].text, "-") && strings.HasSuffix(words[i].text, "c") {
			return append(slices.Clone(words[:i+1]), scriptWords(words[i+1])...)
		}
	}
	return words
}

var shells = []string{"sh", "bash", "ash", "dash"}

// scriptWords splits a shell script into words without their quotes. The end of a command is an
// empty word; a line that ends in a backslash goes on.
func scriptWords(script word) []word {
	var words []word
	text := strings.ReplaceAll(script.text, "\\\n", " ")
	for line := range strings.Lines(text) {
		for _, field := range strings.Fields(line) {
			end := strings.HasSuffix(field, ";") || field == "&&" || field == "||" || field == "|" || field == "&"
			if field = strings.Trim(field, `;"'&|`); field != "" {
				words = append(words, word{strings.NewReplacer(`"`, "", `'`, "").Replace(field), script.at})
			}
			if end {
				words = append(words, word{"", script.at})
			}
		}
		words = append(words, word{"", script.at})
	}
	return words
}

// base is the last part of a path; it leaves what is no path as it is.
func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
