package secret

import "strings"

// keyClass is how much the name of a value speaks for a secret.
type keyClass uint8

const (
	notSecret keyClass = iota
	passwordKey
	secretKey
	tokenKey
	apiKey
	cryptoKey
	credentialKey
)

// what names the kind of secret in a message.
func (c keyClass) what() string {
	switch c {
	case passwordKey:
		return "a password"
	case tokenKey:
		return "a token"
	case apiKey:
		return "an API key"
	case cryptoKey:
		return "a secret key"
	case credentialKey:
		return "credentials"
	}
	return "a secret"
}

const (
	longestKey = 120 // longer names are sentences
	mostWords  = 20
)

// judgeKey takes a name apart into words (DB_PASSWORD, dbPassword, db.password) and judges by
// the last of them: what follows password in PASSWORD_POLICY or TOKEN_URL is not the password.
func judgeKey(key string) keyClass {
	key = key[strings.LastIndexByte(key, '/')+1:] // the name after an annotation's domain
	if len(key) < 2 || len(key) > longestKey {
		return notSecret
	}
	var buffer [longestKey]byte
	var words [mostWords][]byte
	count := splitWords(key, &buffer, &words)
	for count > 0 && isDecoration(words[count-1]) {
		count--
	}
	if count == 0 {
		return notSecret
	}
	before := words[:count-1]
	class := judgeWord(words[count-1], before)
	if class == notSecret {
		return notSecret
	}
	for _, word := range before {
		if isDenial(word) {
			return notSecret
		}
	}
	return class
}

// splitWords cuts at signs and where case changes, lowers the case and drops digits at the end
// of words.
func splitWords(key string, buffer *[longestKey]byte, words *[mostWords][]byte) int {
	count, start := 0, -1
	end := func(at int) {
		if start >= 0 && count < mostWords {
			word := buffer[start:at]
			for len(word) > 0 && digits.has(word[len(word)-1]) {
				word = word[:len(word)-1]
			}
			if len(word) > 0 {
				words[count] = word
				count++
			}
		}
		start = -1
	}
	for i := 0; i < len(key); i++ {
		c := key[i]
		switch {
		case !alnum.has(c):
			end(i)
			continue
		case upper.has(c):
			follows := i > 0 && (lower | digits).has(key[i-1])
			begins := i > 0 && i+1 < len(key) && upper.has(key[i-1]) && lower.has(key[i+1])
			if follows || begins {
				end(i)
			}
			c += 'a' - 'A'
		}
		buffer[i] = c
		if start < 0 {
			start = i
		}
	}
	end(len(key))
	return count
}

// isDecoration tells words after the noun that do not change what the value is.
func isDecoration(word []byte) bool {
	switch string(word) {
	case "value", "val", "plain", "plaintext", "cleartext", "raw", "base", "b", "encoded", "prod", "production", "dev",
		"staging", "stage", "default", "old", "new", "current", "previous", "primary", "secondary", "json":
		return true
	}
	return false
}

// isDenial tells words before the noun that make it something else: a switch, a bound, a public part.
func isDenial(word []byte) bool {
	switch string(word) {
	case "no", "use", "uses", "enable", "enabled", "enables", "disable", "disabled", "allow", "allowed", "require", "required",
		"requires", "is", "has", "skip", "should", "show", "hide", "generate", "create", "existing", "rotate", "reset", "forgot",
		"validate", "verify", "check", "ignore", "max", "min", "with", "want", "public", "publishable", "truststore", "trust",
		"mask", "mount", "automount", "auto", "expire", "revoke", "store", "pull", "placeholder", "example", "input", "form", "label":
		return true
	}
	return false
}

// judgeWord judges the noun of a name by itself and the word before it.
func judgeWord(word []byte, before [][]byte) keyClass {
	last := ""
	if len(before) > 0 {
		last = string(before[len(before)-1])
	}
	switch string(word) {
	case "password", "passwd", "passwort", "passphrase", "kennwort", "pw", "requirepass", "masterauth", "dbpass", "userpass",
		"rootpass", "adminpass", "ldappass", "smtppass", "mailpass", "mysqlpass", "redispass", "mongopass", "sqlpass", "pgpass":
		return passwordKey
	case "pwd":
		if len(before) == 0 || last == "old" {
			return notSecret // the shell's working directory
		}
		return passwordKey
	case "pass":
		if last == "proxy" || last == "fastcgi" || last == "uwsgi" || last == "grpc" || last == "scgi" || last == "memcached" || last == "first" || last == "by" {
			return notSecret // nginx
		}
		return passwordKey
	case "secret", "clientsecret", "appsecret", "jwtsecret":
		return secretKey
	case "token", "authtoken", "accesstoken", "bottoken", "apitoken", "bearer":
		if last == "next" || last == "page" || last == "continue" || last == "stop" || last == "eos" || last == "bos" || last == "pad" {
			return notSecret
		}
		return tokenKey
	case "apikey", "appkey":
		return apiKey
	case "secretkey", "privatekey", "encryptionkey", "signingkey", "accesskey", "masterkey", "authkey":
		return cryptoKey
	case "credential", "credentials", "creds", "dockerconfigjson", "dockercfg":
		return credentialKey
	case "key":
		return judgeKeyOf(last)
	case "authorization":
		return credentialKey
	}
	return judgeEnding(word)
}

// judgeKeyOf tells which keys are secret: an API key is, a sort key is not.
func judgeKeyOf(owner string) keyClass {
	switch owner {
	case "api", "app", "application", "webhook", "license", "subscription", "integration", "ingestion":
		return apiKey
	case "secret", "private", "encryption", "encrypt", "signing", "sign", "auth", "access", "account", "storage", "master",
		"jwt", "session", "cookie", "hmac", "aes", "crypto", "shared", "symmetric", "deploy", "server", "admin", "host",
		"erlang", "data", "security", "service", "ssh", "rsa", "internal", "cipher":
		return cryptoKey
	}
	return notSecret
}

// judgeEnding knows words run together, as PGPASSWORD and rootpassword.
func judgeEnding(word []byte) keyClass {
	for _, ending := range [...]struct {
		text  string
		class keyClass
	}{{"password", passwordKey}, {"passwd", passwordKey}, {"passphrase", passwordKey}, {"apikey", apiKey}, {"secretkey", cryptoKey}} {
		if at := len(word) - len(ending.text); at > 0 && string(word[at:]) == ending.text {
			if string(word[:at]) == "no" {
				return notSecret // NOPASSWD of sudoers
			}
			return ending.class
		}
	}
	return notSecret
}
