package secret

import "strings"

// Hit is a secret in a text of several lines.
type Hit struct {
	Line int    // from 1
	Key  string // the name that it stands under; "" where its shape alone told
	Finding
}

// MostHits bounds what is told of one text: after that many the text as a whole is the problem.
const MostHits = 20

// Scan finds secrets in the text of a file line by line: properties, .env, INI, JSON, YAML, XML,
// scripts. The file's name tells programs from settings; "" is a setting. One secret is told of
// each line, at most 20 of a file.
func Scan(name, text string) []Hit { return scan(name, text, MostHits) }

func scan(name, text string, most int) []Hit {
	reader := textReader{how: modeOf(name, text)}
	var hits []Hit
	number := 0
	for at := 0; at < len(text) && len(hits) < most; {
		number++
		end := strings.IndexByte(text[at:], '\n')
		next := len(text)
		if end >= 0 {
			next = at + end + 1
		}
		line := strings.TrimSpace(text[at:next])
		if found, ok := reader.line(line, text[at:]); ok {
			found.Line = number
			hits = append(hits, found)
		}
		at = next
	}
	return hits
}

// modeOf tells programs by the ending of the file's name or its first line.
func modeOf(name, text string) mode {
	if dotAt := strings.LastIndexByte(name, '.'); dotAt >= 0 {
		switch strings.ToLower(name[dotAt+1:]) {
		case "py", "js", "mjs", "ts", "tsx", "jsx", "go", "rb", "pl", "php", "lua", "java", "groovy", "kt", "scala", "cs", "rs", "c", "cpp",
			"html", "htm", "md", "rst", "tpl", "tmpl", "star", "rego", "jsonnet", "libsonnet", "cue", "swift", "ps1", "psm1", "css", "svg":
			return code
		}
	}
	if first, _, _ := strings.Cut(text[:min(len(text), 200)], "\n"); strings.HasPrefix(first, "#!") {
		for _, program := range []string{"python", "perl", "ruby", "node", "php", "lua"} {
			if strings.Contains(first, program) {
				return code
			}
		}
	}
	return loose
}

// textReader reads lines in order; some need what stood before.
type textReader struct {
	how   mode
	name  string // of a "name: X" whose "value: Y" may follow
	block string // key of a block scalar whose first line follows
}

// line judges a line; rest is the text from there on, for what goes on over several lines.
func (r *textReader) line(line, rest string) (Hit, bool) {
	name, block := r.name, r.block
	r.block = ""
	if line == "" {
		return Hit{}, false
	}
	if block != "" {
		if found, ok := keyed(block, line); ok {
			return Hit{Key: block, Finding: found}, true
		}
	}
	if strings.Contains(line, "-----BEGIN ") {
		rest = strings.TrimLeft(rest, " \t")
		start, end, what := findToken(rest[:min(len(rest), len(line)+400)], 0)
		return Hit{Finding: Finding{What: what}}, end > 0 && start < len(line)
	}
	how := r.how
	if isComment(line) {
		how = prose
	}
	if found, ok := inLine(line, how); ok {
		return Hit{Key: keyOf(line), Finding: found}, true
	}
	if how != loose {
		return Hit{}, false
	}
	r.remember(line)
	if value, ok := valueOf(line, "value"); ok && name != "" {
		found, ok := keyed(name, value)
		return Hit{Key: name, Finding: found}, ok
	}
	return Hit{}, false
}

func isComment(line string) bool {
	switch line[0] {
	case '#', ';', '*':
		return true
	}
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "--") && !strings.Contains(line, "=") || strings.HasPrefix(line, "<!--")
}

// remember keeps what the next line needs: the name of an environment variable in a manifest
// within the text, or the key of a block scalar.
func (r *textReader) remember(line string) {
	if value, ok := valueOf(line, "name"); ok {
		r.name = value
		return
	}
	key, value, found := strings.Cut(line, ":")
	if _, isValue := valueOf(line, "value"); !isValue {
		r.name = ""
	}
	if value = strings.TrimSpace(value); found && (value == "|" || value == ">" || value == "|-" || value == ">-" || value == "|+" || value == ">+") {
		r.block = strings.Trim(key, "- \"'")
	}
}

// valueOf gives the value of a YAML or JSON line with that key.
func valueOf(line, key string) (string, bool) {
	line = strings.TrimLeft(line, "-{ \"'")
	rest, found := strings.CutPrefix(line, key)
	if !found {
		return "", false
	}
	rest, found = strings.CutPrefix(strings.TrimLeft(rest, "\"' "), ":")
	if !found {
		return "", false
	}
	return strings.Trim(rest, "\"', \t"), true
}

// keyOf names the secret's key on the line, as far as it has one.
func keyOf(line string) string {
	if p, next := nextPair(line, 0); next > 0 {
		return p.key
	}
	return ""
}
