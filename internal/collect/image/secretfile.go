package image

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// How many secrets are told of one file, and of all files of an image.
const (
	mostInFile  = 5
	mostInFiles = 500
)

// search looks for secrets in a file of the layer that is read.
func (r *reading) search(name string, text []byte, whole bool) {
	base := path.Base(name)
	if isKeystore(base) {
		if looksLikeKeystore(text) {
			r.found(name, 0, "a keystore")
		}
		return
	}
	if !whole || !isText(text[:min(len(text), headSize)]) {
		if strings.ToLower(base) == "secring.gpg" {
			r.found(name, 0, "a private key")
		}
		return
	}
	if r.text -= int64(len(text)); r.text < 0 {
		if r.text+int64(len(text)) >= 0 {
			r.unread(name, "more text than the limit for one image: from here on texts were not searched for secrets")
		}
		r.text = -1
		r.leave(name, base, int64(len(text)))
		return
	}
	r.searchText(name, base, string(text))
}

func (r *reading) searchText(name, base, text string) {
	before := len(r.hits)
	if path.Ext(base) == ".xml" {
		text = withoutComments(text)
	}
	for _, hit := range scan(base, text) {
		if len(r.hits)-before >= mostInFile {
			break
		}
		r.found(name, hit.Line, hit.What)
	}
	if len(r.hits) > before {
		return
	}
	if what, line := special(name, strings.ToLower(base), text); what != "" {
		r.found(name, line, what)
	}
}

// withoutComments leaves nothing of the comments of XML but their lines.
func withoutComments(text string) string {
	var left strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<!--")
		left.WriteString(before)
		if !found {
			return left.String()
		}
		comment, after, _ := strings.Cut(rest, "-->")
		left.WriteString(strings.Repeat("\n", strings.Count(comment, "\n")))
		text = after
	}
}

func (r *reading) found(name string, line int, what string) {
	if len(r.hits) < mostInFiles {
		r.hits = append(r.hits, Secret{What: what, Path: name, Line: line, Layer: new(r.number)})
	} else if len(r.hits) == mostInFiles {
		r.hits = append(r.hits, Secret{What: "further secrets, which are not told one by one", Path: name, Layer: new(r.number)})
	}
}

// special finds what only the form of a file tells.
func special(name, lower, text string) (what string, line int) {
	switch {
	case strings.HasPrefix(text, "PuTTY-User-Key-File-"):
		return "a private key", 1
	case strings.HasSuffix(lower, ".tfstate") || strings.HasSuffix(lower, ".tfstate.backup"):
		if strings.Contains(text, `"terraform_version"`) && strings.Contains(text, `"resources"`) && !strings.Contains(text, `"resources": []`) {
			return "the state of Terraform, in which every secret stands in plain text", 0
		}
	case lower == ".netrc" || lower == "_netrc":
		return netrc(text)
	case lower == ".pgpass":
		return pgpass(text)
	case lower == ".vault-token" && len(strings.TrimSpace(text)) > 15:
		return "a token", 1
	case lower == "master.key" && strings.Contains(name, "/config/") && len(strings.TrimSpace(text)) == 32:
		return "the key of Rails credentials", 1
	case lower == "kubeconfig" || strings.HasSuffix(name, "/.kube/config") || strings.HasSuffix(lower, ".conf") || strings.HasSuffix(lower, ".kubeconfig"):
		return lineWith(text, "a private key", "client-key-data: LS0t")
	}
	return "", 0
}

func lineWith(text, what, part string) (string, int) {
	at := strings.Index(text, part)
	if at < 0 {
		return "", 0
	}
	return what, 1 + strings.Count(text[:at], "\n")
}

// netrc finds "password X", which may stand on a line of its own.
func netrc(text string) (string, int) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		words := strings.Fields(line)
		at := slices.Index(words, "password")
		if at >= 0 && at+1 < len(words) && !secret.IsReference(words[at+1]) && !strings.HasPrefix(words[at+1], "<") {
			return "a password", number
		}
	}
	return "", 0
}

// pgpass finds host:port:database:user:password.
func pgpass(text string) (string, int) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		if parts := strings.Split(strings.TrimSpace(line), ":"); len(parts) >= 5 && !strings.HasPrefix(line, "#") && parts[4] != "" {
			return "a password", number
		}
	}
	return "", 0
}

// looksLikeKeystore knows PKCS #12 and other DER, the stores of Java, and those of KeePass.
func looksLikeKeystore(head []byte) bool {
	for _, magic := range []string{"\x30\x82", "\x30\x83", "\x30\x80", "\xfe\xed\xfe\xed", "\xce\xce\xce\xce", "\x03\xd9\xa2\x9a"} {
		if strings.HasPrefix(string(head), magic) {
			return true
		}
	}
	return false
}

// secrets adds those of files to those of the configuration. Without a whole file system it is not
// known what later layers deleted.
func (r *reading) secrets(whole bool) {
	i := r.image
	type key struct{ what, path string }
	visible := map[key]bool{}
	for at := range r.hits {
		hit := &r.hits[at]
		id, there := r.tree.Lookup(hit.Path)
		hit.Deleted = whole && !(there && int(r.tree.Get(id).Layer) == *hit.Layer)
		if !hit.Deleted {
			visible[key{hit.What, hit.Path}] = true
		}
	}
	for _, hit := range r.hits {
		if !(hit.Deleted && visible[key{hit.What, hit.Path}]) {
			i.Secrets = append(i.Secrets, hit)
		}
	}
	if i.Secrets == nil && whole {
		i.Secrets = []Secret{}
	}
}
