package evidence

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// rounds bounds how often a text is searched anew after masking: once for what masking left, once to prove it.
const rounds = 100

// clean looks for secrets: it masks their lines, or refuses the file and says where they stand.
func (t *Taken) clean(redact bool) error {
	hits := secret.Scan(t.Name, string(t.Data))
	if len(hits) == 0 {
		return nil
	}
	if !redact {
		return fmt.Errorf("attach %s: %s: take them out, or let them be masked with --redact", t.Name, places(hits))
	}
	lines := strings.Split(string(t.Data), "\n")
	masked := map[int]bool{}
	for range rounds {
		if !t.pass(lines, masked) {
			t.Data, t.Redacted = []byte(strings.Join(lines, "\n")), len(masked)
			return nil
		}
	}
	return fmt.Errorf("attach %s: it is full of secrets: take them out", t.Name)
}

// pass goes once through the lines, masks those with secrets, and reports whether there were any. A
// search finds at most secret.MostHits, so the next one begins behind the last hit.
func (t *Taken) pass(lines []string, masked map[int]bool) (found bool) {
	text, first := strings.Join(lines, "\n"), 0
	for {
		hits := secret.Scan(t.Name, text)
		if len(hits) == 0 {
			return found
		}
		for _, hit := range hits {
			at := first + hit.Line - 1
			lines[at] = mask(lines[at], masked[at])
			masked[at] = true
		}
		found = true
		for range hits[len(hits)-1].Line {
			_, text, _ = strings.Cut(text, "\n")
			first++
		}
	}
}

// mask takes the secret out of a line; a line in which masking left one goes as a whole.
func mask(line string, again bool) string {
	if bare := secret.Mask(line); !again && bare != line {
		return bare
	}
	return "[redacted]"
}

// places tells what was found where, without the values.
func places(hits []secret.Hit) string {
	const most = 5
	var parts []string
	for _, hit := range hits[:min(len(hits), most)] {
		parts = append(parts, fmt.Sprintf("line %d holds %s", hit.Line, hit.What))
	}
	if len(hits) > most {
		parts = append(parts, fmt.Sprintf("and %d more", len(hits)-most))
	}
	return strings.Join(parts, ", ")
}
