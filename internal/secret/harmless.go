package secret

import "strings"

// harmless tells values that are no secret whatever they stand under: references to where the
// secret is, paths, addresses, switches, durations, hashes, public keys, sentences.
func harmless(value string) bool {
	return len(value) < shortest || isSwitch(value) || IsReference(value) || isPlaceholder(value) || isPath(value) ||
		isHash(value) || isPublic(value) || isMeasure(value) || strings.Contains(value, "://") ||
		strings.ContainsAny(value, " \t\n\r") || value[0] == '{' && strings.IndexByte(value, '}') < 0 || noLetterOrDigit(value)
}

func isSwitch(value string) bool {
	if len(value) > 14 {
		return false
	}
	switch strings.ToLower(value) {
	case "true", "false", "yes", "off", "null", "nil", "none", "enabled", "disabled", "enable", "disable", "required", "optional",
		"always", "never", "auto", "string", "text", "password()", "undefined", "prompt", "plain", "basic", "digest", "bearer",
		"md5", "scram-sha-256", "scram-sha-1", "sha256", "allow", "deny", "empty", "unset", "not-set", "notset", "n/a", "nan",
		"ignore", "ignored", "unused", "not-used", "generate", "generated", "random", "object", "boolean", "integer", "hidden",
		"files", "compat", "sss", "winbind": // where nsswitch.conf looks for accounts
		return true
	}
	return false
}

// IsReference tells values that name a secret kept elsewhere or are filled in later: variables,
// templates, secret stores, and what only the holder of a key can read.
func IsReference(value string) bool {
	switch {
	case strings.Contains(value, "${"), strings.Contains(value, "$("), strings.Contains(value, "{{"), strings.Contains(value, "}}"),
		strings.Contains(value, "<%"), strings.Contains(value, "%{"), strings.Contains(value, "#{"), strings.Contains(value, "(("),
		strings.Contains(value, "%s"), strings.Contains(value, "%v"), strings.Contains(value, "%q"),
		strings.Contains(value, "`"):
		return true
	case value == "":
		return false
	}
	last := value[len(value)-1]
	switch value[0] {
	case '$':
		return len(value) > 1 && (alnum|under|dash|dot).run(value, 1) == len(value)-1
	case '<':
		return last == '>'
	case '%':
		return len(value) > 2 && last == '%'
	case '[':
		return last == ']'
	case '_':
		return len(value) > 4 && strings.HasPrefix(value, "__") && strings.HasSuffix(value, "__")
	case '@':
		return len(value) > 2 && last == '@' || strings.HasPrefix(value, "@Microsoft.KeyVault(")
	case '{':
		return strings.HasPrefix(value, "{cipher}") || strings.Contains(value, "}") && (word|dot).run(value, 1) == len(value)-2
	case '!':
		return strings.HasPrefix(value, "!vault") || strings.HasPrefix(value, "!reference")
	}
	return storedElsewhere(value)
}

var stores = []string{
	"vault:", "ref+", "op://", "secretref:", "secretRef:", "secret:", "secrets.", "secret/", "sm://", "gcp:", "gsm:", "awssm:", "aws-sm:",
	"aws:", "arn:", "ssm:", "azurekeyvault", "keyvault", "akv:", "file:", "env:", "env.", "bao:", "conjur:", "doppler:", "infisical:",
	"kv/", "process.env", "os.environ", "os.getenv", "System.getenv", "ENV[", "ENC[", "ENC(", "ansible-vault", "$ANSIBLE_VAULT", "kms:",
	"from_secret", "credentials(", "configmap:", "k8s:", "kubernetes:", "keyring:", "projects/",
}

func storedElsewhere(value string) bool {
	for _, store := range stores {
		if strings.HasPrefix(value, store) {
			return true
		}
	}
	// Ciphertext of AWS KMS and of Sealed Secrets begins with the same bytes always.
	return len(value) > 100 && (strings.HasPrefix(value, "AQI") || strings.HasPrefix(value, "AQE")) ||
		len(value) > 200 && (strings.HasPrefix(value, "AgA") || strings.HasPrefix(value, "AgB") || strings.HasPrefix(value, "AgC"))
}

// isPlaceholder tells values that somebody must replace before anything works.
func isPlaceholder(value string) bool {
	if oneByte(value) {
		return true
	}
	if len(value) > 80 {
		return false
	}
	if value == "PASSWORD" || value == "SECRET" || value == "TOKEN" || value == "PASS" {
		return true
	}
	text := strings.ToLower(value)
	for _, part := range []string{"your-", "your_", "replace", "placeholder", "redacted", "xxx", "***", "insert-", "insert_", "todo",
		"fixme", "fill-", "fill_", "tbd", "dummy", "goes-here", "goes_here", "-here", "_here", "masked", "omitted", "examplekey", "obfuscated", "..."} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return strings.HasPrefix(text, "your") || strings.HasPrefix(text, "<") ||
		len(text) > 4 && strings.HasPrefix(text, "**") && strings.HasSuffix(text, "**")
}

// isFake tells tails of tokens that stand in documentation: hardly any different characters,
// rows of x, words such as example.
func isFake(tail string) bool {
	if distinct(tail) < 7 {
		return true
	}
	text := strings.ToLower(tail[:min(len(tail), 200)])
	for _, part := range []string{"xxxx", "example", "your", "abcdefghij", "1234567890", "0123456789", "placeholder", "redacted", "dummy", "....", "fake"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func isPath(value string) bool {
	switch {
	case strings.HasPrefix(value, "./"), strings.HasPrefix(value, "../"), strings.HasPrefix(value, "~/"), strings.HasPrefix(value, `\\`):
		return true
	case len(value) > 3 && value[1] == ':' && value[2] == '\\':
		return true
	case value[0] == '/':
		return len(value) < 24 || isName(value)
	}
	dotAt := strings.LastIndexByte(value, '.')
	if dotAt <= 0 || len(value)-dotAt > 12 {
		return false
	}
	switch value[dotAt+1:] {
	case "pem", "key", "crt", "cert", "cer", "txt", "json", "yaml", "yml", "jks", "p12", "pfx", "properties", "conf", "cfg", "env", "sh",
		"token", "jwt", "toml", "ini", "xml", "pub", "gpg", "asc", "kubeconfig", "html", "js", "ts", "py", "php":
		return true
	}
	return false
}

// isHash tells digests and hashed passwords, which cannot be used as they stand.
func isHash(value string) bool {
	for _, prefix := range []string{"sha1:", "sha256:", "sha384:", "sha512:", "sha256-", "sha384-", "sha512-", "md5:", "$2a$", "$2b$", "$2y$", "$apr1$", "$argon2",
		"$6$", "$5$", "$1$", "$y$", "{SSHA", "{SHA", "{bcrypt}", "{MD5}", "{CRYPT}", "pbkdf2", "SCRAM-SHA-256$", "scrypt:"} {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return strings.Contains(value, ":$2y$") || strings.Contains(value, ":$apr1$") || strings.Contains(value, ":{SHA}")
}

func isPublic(value string) bool {
	return strings.HasPrefix(value, "ssh-") || strings.HasPrefix(value, "ecdsa-sha2-") || strings.HasPrefix(value, "-----BEGIN CERT") ||
		strings.HasPrefix(value, "-----BEGIN PUBLIC") || strings.HasPrefix(value, "LS0tLS1CRUdJTiBDRVJU") || strings.HasPrefix(value, "age1") ||
		strings.HasPrefix(value, "pk_live_") || strings.HasPrefix(value, "pk_test_")
}

// isUnit tells units of time and size; other letters between numbers are those of a key in base 16.
func isUnit(text string) bool {
	switch strings.ToLower(text) {
	case "ns", "us", "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hour", "hours",
		"d", "day", "days", "w", "week", "weeks", "y", "year", "years", "b", "k", "kb", "ki", "kib", "mb", "mi", "mib", "g", "gb", "gi", "gib",
		"t", "tb", "ti", "tib", "v", "x", "rc", "px", "hz":
		return true
	}
	return false
}

// isMeasure tells durations, sizes and versions: a number and its unit.
func isMeasure(value string) bool {
	if !digits.has(value[0]) || len(value) > 12 {
		return false
	}
	at, letters := 0, 0
	for at < len(value) {
		numbers := (digits | dot).run(value, at)
		if numbers == 0 {
			return false
		}
		at += numbers
		unit := (lower | upper).run(value, at)
		if unit > 0 && !isUnit(value[at:at+unit]) {
			return false
		}
		letters += unit
		at += unit
	}
	return letters > 0 || strings.IndexByte(value, '.') >= 0
}
