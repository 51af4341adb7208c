package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// probe is a value that is taken for a secret under every name of one, and under no other.
const probe = "q7Zk2mPx9RtV4bNw8cJd"

// namesSecret reports whether a name is that of a secret, whatever its value.
func namesSecret(name string) bool {
	found, ok := secret.Detect(name, probe)
	return ok && !found.Default
}

// quotes are taken away by shells.
var quotes = strings.NewReplacer(`"`, "", "'", "", `\`, "")

// written reports whether a text stands in the source as it is, apart from quotes. What does not was
// filled in from a variable, and is told where that is set.
func written(file *dockerfile.File, at *document.Node) bool {
	source := file.Subject.Source
	if source == nil || at.Line < 1 || at.Column < 1 {
		return true
	}
	lines := strings.Split(string(source.Text), "\n")
	if int(at.Line) > len(lines) || int(at.Column) > len(lines[at.Line-1]) {
		return true
	}
	text, _, _ := strings.Cut(at.Text(), "\n")
	return strings.HasPrefix(quotes.Replace(lines[at.Line-1][at.Column-1:]), quotes.Replace(text))
}
