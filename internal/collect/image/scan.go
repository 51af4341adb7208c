package image

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// mostLine is how long a line is judged as a whole, in bytes. Longer ones, as JSON without line
// breaks, are judged in pieces, so that a hostile one costs no more than others.
const mostLine = 4 << 10

// scan finds secrets in a text like secret.Scan, with long lines in pieces.
func scan(name, text string) []secret.Hit {
	if !hasLongLine(text) {
		return secret.Scan(name, text)
	}
	var pieces strings.Builder
	var lines []int // by number of the piece, from 0
	number := 0
	for line := range strings.Lines(text) {
		number++
		for line != "" {
			piece := line[:cutAt(line)]
			line = line[len(piece):]
			pieces.WriteString(piece)
			if !strings.HasSuffix(piece, "\n") {
				pieces.WriteByte('\n')
			}
			lines = append(lines, number)
		}
	}
	hits := secret.Scan(name, pieces.String())
	for at := range hits {
		hits[at].Line = lines[hits[at].Line-1]
	}
	return hits
}

func hasLongLine(text string) bool {
	for len(text) > mostLine {
		end := strings.IndexByte(text, '\n')
		if end < 0 || end > mostLine {
			return true
		}
		text = text[end+1:]
	}
	return false
}

// cutAt gives the length of a piece: where something ends, if that is near.
func cutAt(line string) int {
	if len(line) <= mostLine {
		return len(line)
	}
	if at := strings.LastIndexAny(line[mostLine-512:mostLine], ",; }"); at >= 0 {
		return mostLine - 512 + at + 1
	}
	return mostLine
}
