package secret

import (
	"regexp"
	"strings"
)

// entryName and entryValue find the two halves of an env entry that stands on one line, in YAML
// or JSON, also in JSON within a text. The second half is what stands before the value, and the
// value with its quotes.
var (
	entryName  = regexp.MustCompile(`\bname\\*["']?\s*:\s*\\*["']?([A-Za-z0-9_.-]+)`)
	entryValue = regexp.MustCompile(`(\bvalue\\*["']?\s*:\s*)(\\+".*?\\+"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}\]"'][^,}\]]*)`)
)

// maskEntries masks every value: of a line on which a name: is that of a secret, as in
// {name: DB_PASSWORD, value: x}. Which value belongs to which name is not looked at.
func maskEntries(line string) string {
	if !strings.Contains(line, "value") || !strings.Contains(line, "name") {
		return line
	}
	secret := false
	for _, found := range entryName.FindAllStringSubmatch(line, -1) {
		secret = secret || judgeKey(found[1]) != notSecret
	}
	if !secret {
		return line
	}
	return entryValue.ReplaceAllStringFunc(line, func(entry string) string {
		parts := entryValue.FindStringSubmatch(entry)
		quote := parts[2][:len(parts[2])-len(strings.TrimLeft(parts[2], `\"'`))]
		value := strings.Trim(parts[2], `\"' `)
		if shown(value) {
			return entry
		}
		return parts[1] + quote + hidden + quote
	})
}
