package assessment

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Failed is a failure whose guilty value is the one at path below n. Where that is absent the
// verdict names what is missing below the deepest value above it, as CEL failures do.
func Failed(message string, n *document.Node, path ...string) Verdict {
	return At(Fail, message, n, path...)
}

// At is a verdict of any outcome placed as Failed places failures.
func At(outcome Outcome, message string, n *document.Node, path ...string) Verdict {
	verdict := Verdict{Outcome: outcome, Message: message, Node: n}
	for i, key := range path {
		next := verdict.Node.Get(key)
		if next == nil {
			verdict.Missing = missingPath(path[i:])
			break
		}
		verdict.Node = next
	}
	return verdict
}

// Skipped is the result of a check that does not apply; the message says why.
func Skipped(message string) []Verdict {
	return []Verdict{{Outcome: NotApplicable, Message: message}}
}

// missingPath writes keys as document paths are written.
func missingPath(keys []string) string {
	var path strings.Builder
	for _, key := range keys {
		switch {
		case strings.ContainsAny(key, ".[]/\" "):
			path.WriteString(`["` + key + `"]`)
		case path.Len() > 0:
			path.WriteString("." + key)
		default:
			path.WriteString(key)
		}
	}
	return path.String()
}
