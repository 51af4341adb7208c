package download

import (
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// inCommand knows where certain programs take passwords, which names and shapes do not tell.
func inCommand(c *dockerfile.Command, n int, text string) (secret.Finding, bool) {
	switch {
	case n == 0:
	case c.Name == "echo" || c.Name == "printf":
		return echoed(c, text)
	case strings.Contains(strings.ToLower(text), "password") || strings.Contains(strings.ToLower(text), "identified"):
		return inStatement(text)
	}
	return secret.Finding{}, false
}

// echoed are passwords that echo hands to the next program, or writes into a file of passwords.
func echoed(c *dockerfile.Command, text string) (secret.Finding, bool) {
	for _, next := range c.In.Commands {
		if c.Pipeline == 0 || next.Pipeline != c.Pipeline || next.Step != c.Step+1 {
			continue
		}
		switch {
		case next.Name == "chpasswd":
			if _, password, found := strings.Cut(firstLine(text), ":"); found && !has(next, "-e", "--encrypted") {
				return secret.Detect("password", password)
			}
		case next.Name == "passwd":
			return secret.Detect("password", firstLine(text))
		}
	}
	for _, file := range c.Get("writes").Children() {
		if name := base(file.Text()); name == ".netrc" || name == "_netrc" {
			if at := strings.Index(text, "password "); at >= 0 {
				return secret.Detect("password", firstLine(strings.TrimSpace(text[at+len("password "):])))
			}
		}
	}
	return secret.Finding{}, false
}

// firstLine is a text up to its first line break, written as such or as echo -e takes it.
func firstLine(text string) string {
	if at := strings.Index(text, `\n`); at >= 0 {
		text = text[:at]
	}
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return text
}

// statement is a password in SQL.
var statement = regexp.MustCompile(`(?i)\b(?:identified\s+(?:with\s+\S+\s+)?by|password)\s+\\?['"]([^'"\\]{3,})\\?['"]|\bpassword\s*\(\s*\\?['"]([^'"\\]{3,})\\?['"]`)

func inStatement(text string) (secret.Finding, bool) {
	for _, match := range statement.FindAllStringSubmatch(text, 5) {
		for _, value := range match[1:] {
			if found, ok := secret.Detect("password", value); ok {
				return found, true
			}
		}
	}
	return secret.Finding{}, false
}
