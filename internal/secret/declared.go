package secret

import "strings"

// Declared tells what a value holds that somebody declared to be secret, as the keys of a Secret
// object are, in words that complete "holds ..."; "" if it may stand in a file. Whoever declared
// it said that it is one, so only what is plainly harmless is left out.
func Declared(key, value string) string {
	value = strings.TrimSpace(value)
	if len(value) < shortest || IsReference(value) || isPlaceholder(value) || isPublic(value) {
		return ""
	}
	if found, ok := Detect(key, value); ok {
		return found.What
	}
	lines := strings.IndexByte(value, '\n') >= 0
	if lines && strings.Contains(value, "-----BEGIN") && !strings.Contains(value, "PRIVATE KEY") {
		return "" // certificates after some text
	}
	if lines && isSettings(key) {
		return "" // its lines were read, and none of them is a secret
	}
	if isPublicPart(key) || !lines && (isSwitch(value) || isMeasure(value) || isPath(value) || isHash(value) || isVariable(value) ||
		isNumber(value) && len(value) < 6 || strings.Contains(value, "://") || strings.Contains(value, "-----BEGIN")) {
		return ""
	}
	return "a value"
}

// isPublicPart tells keys of a Secret that go with the secret and are none themselves.
func isPublicPart(key string) bool {
	var buffer [longestKey]byte
	var words [mostWords][]byte
	if len(key) > longestKey {
		return false
	}
	count := splitWords(key, &buffer, &words)
	if count == 0 {
		return false
	}
	for _, word := range words[:count] {
		if string(word) == "username" {
			return true
		}
	}
	last := words[count-1]
	if len(last) > 4 && string(last[len(last)-4:]) == "name" {
		return true
	}
	switch string(last) {
	case "user", "username", "login", "host", "hostname", "port", "database", "dbname", "db", "name", "namespace", "email", "mail", "type",
		"url", "uri", "endpoint", "address", "server", "region", "bucket", "crt", "cert", "ca", "pub", "id", "project", "domain", "realm",
		"issuer", "provider", "engine", "schema", "role", "enabled", "ttl", "version", "path", "file", "description", "organization", "org", "usr",
		"mtime", "cipher", "kdf", "size", "expiry", "expires":
		return true
	}
	return false
}

// isSettings tells keys that are the names of settings files, which go into a Secret whole
// because a line of them may hold one.
func isSettings(key string) bool {
	switch strings.ToLower(key[strings.LastIndexByte(key, '.')+1:]) {
	case "yaml", "yml", "ini", "conf", "cfg", "cnf", "toml", "properties", "xml", "alloy", "river", "hcl", "sh", "sql":
		return true
	}
	return false
}
