package secret

import "strings"

// IsRandom tells values that look drawn rather than named: at least eight characters that are
// not all words, numbers and their joints. Entropy alone does not tell the two apart at the
// lengths that secrets have: "kubernetes.io/service-account-token" has more of it than many keys.
func IsRandom(value string) bool {
	if bare, found := strings.CutPrefix(value, "base64:"); found {
		value = bare
	}
	if len(value) < 8 || distinct(value) < 6 || isName(value) {
		return false
	}
	if digits.run(value, 0) >= 4 && len(value) > 7 && value[4] == '-' && value[7] == '-' {
		return false // a date
	}
	for i := 0; i < len(value); i++ {
		if c := value[i]; c <= ' ' || c > '~' || strings.IndexByte(`,;|()[]{}<>'"\`, c) >= 0 {
			return false
		}
	}
	return true
}

// isName reports whether every part between signs is a word, a number, or a word with a number
// at its end, as in "my-app-v2", "Bearer", "camelCaseName" or "us-east-1.example.org".
func isName(value string) bool {
	for at := 0; at < len(value); {
		part := alnum.run(value, at)
		if part == 0 {
			at++
			continue
		}
		if !isWordy(value[at : at+part]) {
			return false
		}
		at += part
	}
	return true
}

func isWordy(part string) bool {
	if len(part) <= 4 {
		return true
	}
	letters := (upper | lower).run(part, 0)
	if letters == 0 {
		return digits.run(part, 0) == len(part) && len(part) < 12
	}
	rest := digits.run(part, letters)
	if letters+rest != len(part) || rest > 4 {
		return false
	}
	return isPronounceable(part[:letters])
}

// isPronounceable tells words by their vowels, their runs of consonants and their use of
// capitals. Words in one case may be any length; each hump of camelCase has two letters or more.
func isPronounceable(text string) bool {
	vowels, consonants, longest, humps := 0, 0, 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if upper.has(c) {
			if i > 0 && lower.has(text[i-1]) {
				humps++
			}
			c += 'a' - 'A'
		}
		if strings.IndexByte("aeiouy", c) >= 0 {
			vowels, consonants = vowels+1, 0
			continue
		}
		consonants++
		longest = max(longest, consonants)
	}
	if humps > 0 && len(text)/(humps+1) < 4 {
		return false
	}
	return longest <= 5 && (vowels*6 >= len(text) || vowels > 0 && len(text) < 10)
}

// isMixed reports whether text has upper and lower case letters and digits.
func isMixed(text string) bool {
	var seen charset
	for i := 0; i < len(text); i++ {
		seen |= classes[text[i]] & alnum
	}
	return seen == alnum
}

// distinct counts the different bytes of text.
func distinct(text string) int {
	var seen [4]uint64
	count := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if bit := uint64(1) << (c % 64); seen[c/64]&bit == 0 {
			seen[c/64] |= bit
			count++
		}
	}
	return count
}

func oneByte(text string) bool {
	for i := 1; i < len(text); i++ {
		if text[i] != text[0] {
			return false
		}
	}
	return true
}

func isNumber(text string) bool { return digits.run(text, 0) == len(text) }

func noLetterOrDigit(text string) bool {
	for i := 0; i < len(text); i++ {
		if alnum.has(text[i]) || text[i] > '~' {
			return false
		}
	}
	return true
}

// IsPrintable reports whether text is all visible ASCII, spaces and line breaks: decoded data that
// is not was no text before it was encoded.
func IsPrintable(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// isVariable tells names of environment variables.
func isVariable(value string) bool {
	return (upper|digits|under).run(value, 0) == len(value) && strings.IndexByte(value, '_') > 0 && isName(value)
}

// namesSomething tells values under a password's key that name where the password is: a
// property, a Secret, or a path in a store.
func namesSomething(value string) bool {
	for _, ending := range []string{"-secret", "-secrets", "-credentials", "-creds", "-secret-name"} {
		if strings.HasSuffix(value, ending) {
			return true
		}
	}
	if strings.IndexByte(value, '/') > 0 {
		return isName(value)
	}
	if strings.IndexByte(value, '.') > 0 && (upper|lower|dot|under|dash).run(value, 0) == len(value) {
		return isName(value)
	}
	return false
}
