package secret

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// InManifest finds Secret objects in files that hold the secret itself. What was encrypted by
// SOPS, references and placeholders are fine, as are values that a chart draws by chance each
// time it is rendered, and the parts of a Secret that are public (user names, certificates).
// Secrets of a cluster are where they belong. Scope object:Secret.
func InManifest(in assessment.Input) []assessment.Verdict {
	root := in.Element
	if in.Subject.Source.File == "" || root.Get("sops") != nil || root.Get("type").Text() == "helm.sh/release.v1" {
		return nil
	}
	var verdicts []assessment.Verdict
	for _, value := range root.Get("data").Children() {
		if what := inData(value); what != "" && !isDrawn(in.Subject.Source.Origin, value) {
			verdicts = append(verdicts, fail(value, "data key %q holds %s, only encoded", value.Key(), what))
		}
	}
	for _, value := range root.Get("stringData").Children() {
		if what := secretValue(value.Key(), value.Text()); what != "" && !isDrawn(in.Subject.Source.Origin, value) {
			verdicts = append(verdicts, fail(value, "stringData key %q holds %s", value.Key(), what))
		}
	}
	return verdicts
}

// inData tells what a value under data holds; one that is not base64 counts as it stands.
func inData(value *document.Node) string {
	text := value.Text()
	if isReference(text) {
		return ""
	}
	if decoded, err := decodeData(text); err == nil {
		text = decoded
	}
	return secretValue(value.Key(), text)
}

// secretValue tells what a value of a Secret holds; "" if it may stand in a file. Whoever made
// it a Secret said that it is one, so only what is plainly harmless is left out.
func secretValue(key, value string) string {
	value = strings.TrimSpace(value)
	if len(value) < shortest || isReference(value) || isPlaceholder(value) || isPublic(value) {
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

// isDrawn tells values that a chart's template made up: they stand in no values file, and the
// next rendering gives others.
func isDrawn(origin inventory.Origin, value *document.Node) bool {
	if origin == nil {
		return false
	}
	template, decided := origin.Locate(int(value.Line), value.Path())
	if decided != nil || !strings.Contains("/"+template.File, "/templates/") {
		return false
	}
	text := value.Text()
	if decoded, err := decodeData(text); err == nil && isPrintable(decoded) {
		text = decoded
	}
	return isRandom(text)
}
