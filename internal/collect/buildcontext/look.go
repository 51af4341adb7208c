package buildcontext

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// What credentials look like in the files that tools write. Values that are variables, as in
// "${NPM_TOKEN}", are filled in elsewhere and do not match.
var (
	privateKeyBlock   = regexp.MustCompile(`-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s+[A-Za-z0-9+/=:,.() \r\n-]{64}`)
	puttyKey          = regexp.MustCompile(`^PuTTY-User-Key-File-\d`)
	npmToken          = regexp.MustCompile(`(?m)^[^#;\n]*_(?:authToken|auth|password)\s*=\s*"?[A-Za-z0-9+/=_.~-]{8,}`)
	yarnToken         = regexp.MustCompile(`(?m)^\s*npmAuth(?:Token|Ident):\s*["']?[A-Za-z0-9+/=_.~:-]{8,}`)
	passwordLine      = regexp.MustCompile(`(?im)^\s*password\s*[:=]\s*["']?[^\s$%{<"'][^\s]{2,}`)
	netrcPassword     = regexp.MustCompile(`(?i)\bpassword\s+[^\s$%{<][^\s]{2,}`)
	passwordInAddress = regexp.MustCompile(`://[^/\s:@]+:[^@\s/$]{3,}@`)
	registryAuth      = regexp.MustCompile(`"(?:auth|identitytoken|password)"\s*:\s*"[A-Za-z0-9+/=_.-]{8,}"`)
	htpasswdLine      = regexp.MustCompile(`(?m)^[^:#\s]+:(?:\$|\{SHA\}|[A-Za-z0-9./]{13})`)
	pgpassLine        = regexp.MustCompile(`(?m)^[^#\n:]+:[^\n:]+:[^\n:]+:[^\n:]+:[^\s$]{3,}`)
	secretKeyLine     = regexp.MustCompile(`(?im)^\s*(?:aws_|gs_)?secret_(?:access_)?key\s*=\s*[A-Za-z0-9+/=]{16,}`)
	tokenLine         = regexp.MustCompile(`(?im)^\s*token\s*=\s*"?[A-Za-z0-9._-]{16,}`)
	kubeCredential    = regexp.MustCompile(`(?m)^[^#\n]*\b(?:client-key-data|token|password)"?\s*:\s*"?[A-Za-z0-9+/=_.-]{8,}`)
	railsKey          = regexp.MustCompile(`^[0-9a-f]{32}\s*$`)
	composerAuth      = regexp.MustCompile(`"(?:password|token|[a-z0-9.-]+\.[a-z]{2,})"\s*:\s*"[A-Za-z0-9_.-]{16,}"`)
	gemKey            = regexp.MustCompile(`(?m)^\s*:?[a-z_]+:\s*["']?[A-Za-z0-9_]{24,}`)
	serviceAccountKey = regexp.MustCompile(`"private_key"\s*:\s*"-----BEGIN (?:RSA )?PRIVATE KEY-----\\n[A-Za-z0-9+/=]{32}`)
	credentialValue   = regexp.MustCompile(`"(?:client_secret|refresh_token|private_key|access_token|password|secret|secret_?[aA]ccess_?[kK]ey|token)"\s*:\s*"[^"$<{\s][^"]{7,}"`)
)

// judge looks at a suspect once, and keeps the verdict.
func (t *tree) judge(i int, s suspect) verdict {
	if s.look == nil {
		return likely
	}
	t.looking.Lock()
	defer t.looking.Unlock()
	if v, known := t.looked[i]; known {
		return v
	}
	v := unlooked
	e := t.entries[i]
	if text, err := readFile(t.files, path.Join(t.folder, e.path), mostLooked); err == nil {
		v = s.look(e.path, text)
	}
	t.looked[i] = v
	return v
}

// holds gives a look for what a file must hold.
func holds(what *regexp.Regexp) func(string, []byte) verdict {
	return func(_ string, text []byte) verdict {
		if what.Match(text) {
			return likely
		}
		return harmless
	}
}

// credentials looks into JSON that tools of clouds write.
func credentials(name string, text []byte) verdict {
	if credentialValue.Match(text) {
		return likely
	}
	return settings(name, text)
}

// assignment is a name with a value.
var assignment = regexp.MustCompile(`(?m)^\s*(?:export\s+)?["']?[A-Za-z_][A-Za-z0-9_.-]*["']?\s*[:=]\s*["']?[^\s"'#{\[]`)

// settings looks for secrets among names and values. Templates are filled in elsewhere, and what SOPS,
// Sealed Secrets or Ansible encrypted is meant to be kept.
func settings(name string, text []byte) verdict {
	for _, mark := range []string{"{{", "<%", "ENC[", "sops:", `"sops"`, "kind: SealedSecret", "$ANSIBLE_VAULT", "DOTENV_PUBLIC_KEY"} {
		if bytes.Contains(text, []byte(mark)) {
			return harmless
		}
	}
	switch {
	case len(secret.Scan(path.Base(name), string(text))) > 0:
		return likely
	case assignment.Match(text):
		return doubtful
	}
	return harmless
}

// certificatesOnly doubts keystores that hold certificates, and the one that Android makes for tests.
func certificatesOnly(name string, _ []byte) verdict {
	base := strings.ToLower(path.Base(name))
	for _, word := range []string{"trust", "cacerts", "debug"} {
		if strings.Contains(base, word) {
			return doubtful
		}
	}
	return likely
}

// database3 knows files of SQLite; what stands in them is not looked at.
func database3(_ string, text []byte) verdict {
	if bytes.HasPrefix(text, []byte("SQLite format 3\x00")) {
		return doubtful
	}
	return harmless
}

// doubt is the verdict where a name alone says little: a dump may be a schema.
func doubt(string, []byte) verdict { return doubtful }
