// Package secret finds secret values in texts with few false alarms, and masks them in what
// reports show: Detect for one key and value, Declared for a value that somebody declared to be
// secret, Scan for the text of a file, Command for the words of a command, Mask for a line of an
// excerpt. Nothing that it tells contains a value. Begin with Detect.
package secret

import "strings"

// Finding says what kind of secret a value is, in words that complete "holds ...".
type Finding struct {
	// What is as "a GitHub token" or "a password"; it never contains the value.
	What string
	// Default is true if the value is one that everybody knows, such as changeme: it works as a
	// password until somebody changes it, so it is a finding, with words of its own.
	Default bool
}

// shortest is the length below which a value is taken for no secret.
const shortest = 3

// Detect reports whether value, standing under key, is a secret in plain text. The key may be
// "" where there is none; then only shapes that speak for themselves count: tokens of known
// providers, private keys, and passwords in addresses, connection strings and command lines.
// References, paths, names, placeholders and hashes are no secrets. Of a value of several
// lines the first secret found is told; Scan gives the lines.
func Detect(key, value string) (Finding, bool) {
	if len(value) < shortest {
		return Finding{}, false
	}
	if strings.IndexByte(value, '\n') >= 0 {
		return detectText(key, value)
	}
	if found, ok := inLine(value, loose); ok {
		return found, true
	}
	return keyed(key, value)
}

// detectText judges a value of several lines; one trailing line break is none.
func detectText(key, value string) (Finding, bool) {
	if trimmed := strings.TrimSpace(value); strings.IndexByte(trimmed, '\n') < 0 {
		return Detect(key, trimmed)
	}
	if hits := scan(key, value, 1); len(hits) > 0 {
		return hits[0].Finding, true
	}
	return Finding{}, false
}

// keyed judges a value by the name that it stands under.
func keyed(key, value string) (Finding, bool) {
	class := judgeKey(key)
	if class == notSecret {
		return Finding{}, false
	}
	value = strings.TrimSpace(value)
	if harmless(value) {
		return Finding{}, false
	}
	if class == passwordKey {
		return judgePassword(value)
	}
	return judgeSecret(class, value)
}

func judgePassword(value string) (Finding, bool) {
	switch {
	case isVariable(value):
		return Finding{}, false
	case isDefault(value):
		return Finding{What: "a well-known default password", Default: true}, true
	case isNumber(value) && len(value) < 6, namesSomething(value):
		return Finding{}, false
	}
	return Finding{What: "a password"}, true
}

// judgeSecret judges values of keys such as token or client_secret, where names of other
// things stand at least as often as secrets: the value itself must look like one.
func judgeSecret(class keyClass, value string) (Finding, bool) {
	switch {
	case isDefaultSecret(value):
		return Finding{What: "a well-known default secret", Default: true}, true
	case IsRandom(value):
		return Finding{What: class.what()}, true
	}
	return Finding{}, false
}
