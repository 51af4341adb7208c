package secret

import "strings"

// hidden stands where a secret stood.
const hidden = "***"

// mostPasses is how often a line is masked until nothing changes; a line that still changes is
// hidden as a whole.
const mostPasses = 8

// Mask replaces the secrets in one line of source by ***: tokens of known shapes anywhere,
// passwords in addresses and commands, and whatever stands after a name such as password:. It
// hides more readily than Detect tells. Only one line is known: in an env entry, whose name
// stands on another line, value: is masked if it looks drawn. Mask(Mask(line)) is Mask(line).
func Mask(line string) string {
	for range mostPasses {
		masked := maskOnce(line)
		if masked == line {
			return line
		}
		line = masked
	}
	return hidden
}

func maskOnce(line string) string {
	line = maskTokens(line)
	line = maskAddresses(line)
	if start, end, _, ok := findFlag(line); ok {
		line = line[:start] + hidden + line[end:]
	}
	line = maskEntries(maskPairs(line))
	if start, end := redisValue(line); end > 0 && line[start:end] != hidden && !IsReference(line[start:end]) {
		line = line[:start] + hidden + line[end:]
	}
	return maskBare(line)
}

func maskTokens(line string) string {
	for at := 0; ; {
		start, end, _ := findToken(line, at)
		if end == 0 {
			return line
		}
		line = line[:start] + hidden + line[end:]
		at = start + len(hidden)
	}
}

func maskAddresses(line string) string {
	for at := 0; ; {
		start, end, _ := findAddress(line, at)
		if end == 0 {
			return line
		}
		line = line[:start] + hidden + line[end:]
		at = start + len(hidden)
	}
}

func maskPairs(line string) string {
	if !mentions(line) {
		return line
	}
	for at := 0; ; {
		p, next := nextPair(line, at)
		if next == 0 {
			return line
		}
		at = next
		end := p.end
		if p.leads && !p.quoted {
			end = len(strings.TrimRight(line, " \t\r\n"))
		}
		if value := line[p.start:end]; !shown(value) {
			line = line[:p.start] + hidden + line[end:]
			at = p.start + len(hidden)
		}
	}
}

// shown tells values under a secret's name that a reader should see, as they are no secrets.
func shown(value string) bool {
	value = strings.TrimRight(strings.TrimSpace(value), ",;")
	switch value {
	case "", hidden, "{", "[", "|", ">", "|-", ">-", "|+", ">+", "{}", "[]", "''", `""`, "null", "~":
		return true
	}
	return isSwitch(value) || IsReference(value) || isPath(value)
}

// maskBare masks lines that are nothing but base64, as the inside of a key is, and values that
// look drawn under the key value, which env entries have.
func maskBare(line string) string {
	text := strings.TrimSpace(line)
	if len(text) >= 40 && base64Std.run(text, 0) == len(text) && !isName(text) {
		return strings.Replace(line, text, hidden, 1)
	}
	value, ok := valueOf(text, "value")
	if ok && len(value) >= 12 && IsRandom(value) && !harmless(value) {
		return strings.Replace(line, value, hidden, 1)
	}
	return line
}
