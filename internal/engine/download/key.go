package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Keys finds signing keys that anybody on the way, or anybody who makes a key, can replace: fetched
// without TLS, or asked of a key server by a short id. Scope object:Dockerfile.
func Keys(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	all := fetches(file.Stages)
	for _, f := range all {
		if f.isPlain() && !f.asks && (f.isKeyBehind() || f.kind() == key && (f.in.Name == "ADD" || f.file != "")) && checkedBy(f, all) != strong {
			verdicts = append(verdicts, assessment.Failed("the key "+f.told()+" is fetched without encryption", f.at))
		}
	}
	dockerfile.EachCommand(file.Stages, func(c *dockerfile.Command) {
		for _, g := range keyWords(c) {
			verdicts = append(verdicts, assessment.Failed(g.message, g.node))
		}
	})
	return verdicts
}

func keyWords(c *dockerfile.Command) []guilty {
	var all []guilty
	asks := false
	for _, word := range arguments(c) {
		text := word.Text()
		switch c.Name {
		case "apt-key", "gpg", "gpg2":
			if text == "--recv-keys" || text == "--recv-key" || text == "--recv" {
				asks = true
			} else if asks && isShortID(text) {
				all = append(all, guilty{word, "the key " + text + " is asked for by a short id, which others can have too"})
			}
			if (text == "--fetch-keys" || strings.HasPrefix(text, "http://")) && isPlainKey(text) {
				all = append(all, guilty{word, "the key " + named(text) + " is fetched without encryption"})
			}
		case "rpm":
			if has(c, "--import") && isPlainKey(text) {
				all = append(all, guilty{word, "the key " + named(text) + " is fetched without encryption"})
			}
		}
	}
	return all
}

func isPlainKey(address string) bool {
	return (strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "ftp://")) && !isLocal(address) && !isPrivate(host(address))
}

// isShortID tells ids of 32 bits; a whole fingerprint has 40 digits.
func isShortID(text string) bool {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "0x"), "0X")
	return len(text) == 8 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// AptKey finds apt-key, whose keys may sign for every repository. Scope object:Dockerfile.
func AptKey(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.EachCommand(dockerfile.Of(in).Stages, func(c *dockerfile.Command) {
		if c.Name == "apt-key" && has(c, "add", "adv", "import") && !hasKeyring(c) {
			verdicts = append(verdicts, assessment.Failed("apt-key adds a key that may then sign for every repository", first(c)))
		}
	})
	return verdicts
}

func hasKeyring(c *dockerfile.Command) bool {
	for _, word := range c.Words {
		if strings.HasPrefix(word.Text(), "--keyring") {
			return true
		}
	}
	return false
}

// first is the command's own name.
func first(c *dockerfile.Command) *document.Node {
	if len(c.Words) > 0 {
		return c.Words[0]
	}
	return c.Node
}
