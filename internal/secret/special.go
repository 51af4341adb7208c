package secret

import (
	"encoding/base64"
	"strings"
)

// matchJWT finds header.payload.signature, all base64url, the first two JSON maps (RFC 7519).
func matchJWT(text string, at int) int {
	if !strings.HasPrefix(text[at:], "eyJ") {
		return 0
	}
	header := word.run(text, at)
	payloadAt := at + header + 1
	if header < 16 || payloadAt >= len(text) || text[payloadAt-1] != '.' || !strings.HasPrefix(text[payloadAt:], "eyJ") {
		return 0
	}
	payload := word.run(text, payloadAt)
	signatureAt := payloadAt + payload + 1
	if payload < 8 || signatureAt >= len(text) || text[signatureAt-1] != '.' {
		return 0
	}
	signature := word.run(text, signatureAt)
	if signature < 16 || isFake(text[signatureAt:signatureAt+signature]) {
		return 0
	}
	decoded, err := base64.RawURLEncoding.DecodeString(text[at : at+header])
	if err != nil || !strings.Contains(string(decoded), `"alg"`) {
		return 0
	}
	return signatureAt + signature - at
}

// longestPEM bounds how much of a private key is read.
const longestPEM = 16 << 10

// matchPEM finds the first line of a private key in PEM, of any kind. Where more text follows,
// it must be the key and not an ellipsis.
func matchPEM(text string, at int) int {
	const begin = "-----BEGIN "
	if !strings.HasPrefix(text[at:], begin) {
		return 0
	}
	label := strings.Index(text[at+len(begin):min(len(text), at+80)], "-----")
	if label < 0 || !strings.Contains(text[at+len(begin):at+len(begin)+label], "PRIVATE KEY") {
		return 0
	}
	end := at + len(begin) + label + len("-----")
	body := text[end:min(len(text), end+longestPEM)]
	if !isKeyBody(body) {
		return 0
	}
	if last := strings.Index(body, "-----END"); last >= 0 {
		if dashes := strings.Index(body[last+len("-----"):], "-----"); dashes >= 0 {
			return end + last + len("-----") + dashes + len("-----") - at
		}
	}
	return end - at
}

// isKeyBody reports whether text after the first line of a PEM block can be a key: nothing
// (only that line is known), or lines of base64 after the headers.
func isKeyBody(text string) bool {
	for text != "" {
		text = strings.TrimLeft(text, " \t\r\n\\\"'")
		// An escaped line break leaves its letter.
		if strings.HasPrefix(text, "n") || strings.HasPrefix(text, "r") {
			text = text[1:]
			continue
		}
		line, rest, _ := strings.Cut(text, "\n")
		if strings.Contains(line, ": ") || strings.HasPrefix(line, "Proc-Type:") {
			text = rest // a header of an encrypted key
			continue
		}
		body := base64Std.run(text, 0)
		if strings.HasPrefix(strings.TrimLeft(text[body:], " \t\r\n"), "...") {
			return false
		}
		return body == 0 && text == "" || body >= 20 && !isFake(text[:min(body, 60)])
	}
	return true
}

func matchPuTTY(text string, at int) int {
	const begin = "PuTTY-User-Key-File-"
	if strings.HasPrefix(text[at:], begin) {
		return len(begin)
	}
	return 0
}

func matchSlackHook(text string, at int) int {
	return matchHook(text, at, alnum|plus, 40, "https://hooks.slack.com/services/", "https://hooks.slack.com/workflows/")
}

func matchDiscordHook(text string, at int) int {
	return matchHook(text, at, word|plus, 80, "https://discord.com/api/webhooks/", "https://discordapp.com/api/webhooks/")
}

func matchHook(text string, at int, tail charset, least int, prefixes ...string) int {
	for _, prefix := range prefixes {
		if strings.HasPrefix(text[at:], prefix) {
			from := at + len(prefix)
			length := tail.runToJudge(text, from)
			if length >= least && !isFake(text[from:from+length]) {
				return len(prefix) + tail.run(text, from)
			}
		}
	}
	return 0
}

// matchTelegram finds 8 to 10 digits, a colon and 35 characters.
func matchTelegram(text string, at int) int {
	id := digits.run(text, at)
	if id < 8 || id > 10 || at+id >= len(text) || text[at+id] != ':' {
		return 0
	}
	if word.run(text, at+id+1) != 35 || isFake(text[at+id+1:at+id+36]) || !isMixed(text[at+id+1:at+id+36]) {
		return 0
	}
	return id + 36
}

// matchDiscord finds the user's number in base64, the time and the signature.
func matchDiscord(text string, at int) int {
	id := word.run(text, at)
	if id < 23 || id > 28 || at+id+8 >= len(text) || text[at+id] != '.' || word.run(text, at+id+1) != 6 || text[at+id+7] != '.' {
		return 0
	}
	signature := word.run(text, at+id+8)
	if signature < 27 || signature > 40 || isFake(text[at+id+8:at+id+8+signature]) || !isMixed(text[at:at+id]) {
		return 0
	}
	return id + 8 + signature
}

// matchAzureKey finds the key of a connection string of Azure Storage, Service Bus, Event Hubs or Cosmos DB.
func matchAzureKey(text string, at int) int {
	for _, prefix := range []string{"AccountKey=", "SharedAccessKey="} {
		if strings.HasPrefix(text[at:], prefix) {
			from := at + len(prefix)
			length := base64Std.runToJudge(text, from)
			if length >= 40 && !isFake(text[from:from+length]) {
				return len(prefix) + base64Std.run(text, from)
			}
		}
	}
	return 0
}

// longestSignature is 44 characters of base64, each written as % and two digits.
const longestSignature = 3 * 44

// matchAzureSignature finds the signature in an address that grants access to Azure Storage.
func matchAzureSignature(text string, at int) int {
	const prefix = "sig="
	if !strings.HasPrefix(text[at:], prefix) {
		return 0
	}
	around := text[max(0, at-500):min(len(text), at+500)]
	if !strings.Contains(around, "sv=") || !strings.Contains(around, "se=") {
		return 0
	}
	length := 0
	for end := at + len(prefix); end < len(text) && length < longestSignature && ((base64Std | dash | under).has(text[end]) || text[end] == '%'); end++ {
		length++
	}
	if length < 43 || isFake(text[at+len(prefix):at+len(prefix)+length]) {
		return 0
	}
	return len(prefix) + length
}

// matchAzureClient finds client secrets of Entra ID: three characters, a digit, "Q~", then 31 to 34.
func matchAzureClient(text string, at int) int {
	if at+40 > len(text) || text[at+4] != 'Q' || text[at+5] != '~' || !digits.has(text[at+3]) {
		return 0
	}
	length := (word | dot | tilde).runToJudge(text, at)
	if length < 37 || length > 40 || isFake(text[at:at+length]) {
		return 0
	}
	return length
}

// matchDockerAuth finds "auth": "base64 of user:password", as in config.json of Docker.
func matchDockerAuth(text string, at int) int {
	const name = `auth"`
	if !strings.HasPrefix(text[at:], name) {
		return 0
	}
	value := strings.TrimLeft(text[at+len(name):], " :\t\n\r\"\\")
	skipped := len(text) - at - len(value)
	length := base64Std.run(value, 0)
	if length < 8 || skipped > 64 {
		return 0
	}
	decoded, err := base64.StdEncoding.DecodeString(value[:length])
	if err != nil {
		return 0
	}
	user, password, found := strings.Cut(string(decoded), ":")
	if !found || user == "" || len(password) < shortest || !IsPrintable(user) || harmless(password) {
		return 0
	}
	return skipped + length
}
