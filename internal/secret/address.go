package secret

import "strings"

// findAddress gives the first password in an address of the form scheme://user:password@host,
// or user:password@tcp(host) as Go's MySQL driver has it: its place and what it is.
func findAddress(text string, at int) (start, end int, found Finding) {
	for at < len(text) {
		next := strings.IndexByte(text[at:], '@')
		if next < 0 {
			return 0, 0, Finding{}
		}
		sign := at + next
		at = sign + 1
		authority, ok := authorityBefore(text, sign)
		if !ok {
			continue
		}
		user, password, found := strings.Cut(text[authority:sign], ":")
		if !found || len(password) < 2 || !isHost(text[sign+1:]) {
			continue
		}
		if finding, ok := judgeAddress(user, password, text[sign+1:]); ok {
			return sign - len(password), sign, finding
		}
	}
	return 0, 0, Finding{}
}

// longestUserinfo bounds how far back the beginning of user:password is looked for.
const longestUserinfo = 300

// authorityBefore finds where user:password begins that ends at sign.
func authorityBefore(text string, sign int) (int, bool) {
	driver := strings.HasPrefix(text[sign:], "@tcp(") || strings.HasPrefix(text[sign:], "@unix(")
	for at := sign - 1; at >= 0 && at > sign-longestUserinfo; at-- {
		switch c := text[at]; {
		case c == '/' && at >= 3 && text[at-1] == '/' && text[at-2] == ':' && alnum.has(text[at-3]):
			return at + 1, true
		case c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == ',' || c == '=':
			return at + 1, driver
		}
	}
	return 0, driver && sign < longestUserinfo
}

func isHost(after string) bool {
	return after != "" && !strings.HasPrefix(after, "sha256:") && (alnum.has(after[0]) || strings.IndexByte("[$({", after[0]) >= 0)
}

func judgeAddress(user, password, host string) (Finding, bool) {
	switch {
	case IsReference(password), isPlaceholder(password), strings.ContainsAny(password, "/\\ "), IsReference(user) && strings.IndexByte(password, '}') >= 0, isVariable(password):
		return Finding{}, false
	case isDocumentation(host), isGenericUser(user) && isGenericPassword(password):
		return Finding{}, false // user:password@example.com shows a form
	case isDefault(password), strings.EqualFold(user, password):
		return Finding{What: "an address with a well-known default password", Default: true}, true
	}
	return Finding{What: "an address with a password"}, true
}

func isDocumentation(host string) bool {
	host = strings.TrimPrefix(host, "www.")
	return strings.HasPrefix(host, "example.") || strings.HasPrefix(host, "host:port") || strings.HasPrefix(host, "hostname:port") ||
		strings.HasPrefix(host, "your") || strings.HasPrefix(host, "proxy.example") || strings.HasPrefix(host, "host/")
}

func isGenericUser(user string) bool {
	switch strings.ToLower(user) {
	case "user", "username", "usr", "login", "name", "myuser":
		return true
	}
	return false
}

func isGenericPassword(password string) bool {
	switch strings.ToLower(password) {
	case "pass", "password", "passwd", "pwd", "pw", "secret", "mypassword":
		return true
	}
	return false
}
