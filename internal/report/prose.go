package report

import "strings"

// paragraph is a piece of the catalogue's text: a block of code, or spans of text.
type paragraph struct {
	Block string
	Spans []span
}

type span struct {
	Text string
	Code bool
}

// prose reads the little Markdown that the catalogue uses: paragraphs, blocks between fences or
// indented by four spaces, and code between backticks. All else stays text.
func prose(text string) []paragraph {
	var all []paragraph
	var lines []string
	fenced := false
	flush := func() {
		if fenced || allIndented(lines) {
			all = appendBlock(all, lines)
		} else if len(lines) > 0 {
			all = append(all, paragraph{Spans: spans(strings.Join(strings.Fields(strings.Join(lines, " ")), " "))})
		}
		lines = nil
	}
	for line := range strings.Lines(strings.TrimSpace(safeLines(text)) + "\n") {
		line = strings.TrimRight(line, " \n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			flush()
			fenced = !fenced
		case line == "" && !fenced:
			flush()
		case !fenced && len(lines) > 0 && indented4(line) != indented4(lines[len(lines)-1]):
			flush()
			lines = append(lines, line)
		default:
			lines = append(lines, line)
		}
	}
	flush()
	return all
}

func indented4(line string) bool { return strings.HasPrefix(line, "    ") }

func allIndented(lines []string) bool {
	for _, line := range lines {
		if !indented4(line) {
			return false
		}
	}
	return len(lines) > 0
}

// appendBlock adds code without the indentation that all its lines share.
func appendBlock(all []paragraph, lines []string) []paragraph {
	if len(lines) == 0 {
		return all
	}
	shared := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (shared < 0 || n < shared) {
			shared = n
		}
	}
	for i, line := range lines {
		lines[i] = line[min(max(shared, 0), len(line)):]
	}
	return append(all, paragraph{Block: strings.Join(lines, "\n")})
}

func spans(text string) []span {
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 {
		return []span{{Text: text}}
	}
	var all []span
	for i, part := range parts {
		if part != "" {
			all = append(all, span{Text: part, Code: i%2 == 1})
		}
	}
	return all
}
