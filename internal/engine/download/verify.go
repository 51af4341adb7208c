package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// strength is how far a check of what was fetched can be trusted.
type strength uint8

const (
	unchecked strength = iota
	weak               // MD5, for which other contents with the same sum can be made
	strong
)

// checkedBy is the best check that covers the fetch: in its own instruction, or in a later one of the
// stage that names the file.
func checkedBy(f *fetch, all []*fetch) strength {
	if f.in.Name == "ADD" && f.in.Get("checksum") != nil {
		return strong
	}
	if isFixed(f.address) {
		return strong
	}
	best := unchecked
	if f.command != nil {
		best = f.checkedIn(f.in, all)
	}
	if name := base(f.file); len(name) > 1 {
		for _, i := range f.later() {
			if text := checkText(i); strings.Contains(text, name) {
				best = max(best, f.checkedIn(i, all))
			}
		}
	}
	return best
}

// checkedIn is the best check of an instruction that covers the fetch. A check that names other
// fetched files and not this one is not for it; one that names none is taken to be for all.
func (f *fetch) checkedIn(i *dockerfile.Instruction, all []*fetch) strength {
	best := unchecked
	for _, c := range i.Commands {
		s := verifies(c, i)
		if s <= best || c.Get("ignored").Bool() {
			continue
		}
		text := around(c, i)
		if f.isNamedIn(text) || !namesAnother(text, f, all) {
			best = s
		}
	}
	return best
}

func (f *fetch) isNamedIn(text string) bool {
	for _, name := range []string{base(f.file), base(f.address)} {
		if len(name) > 1 && strings.Contains(text, name) {
			return true
		}
		// A list of sums is named after what it lists: tool.tar.gz in tool.tar.gz.sha256, tool in tool.sha256.
		if stem := strings.TrimSuffix(name, extension(name)); len(stem) > 3 && strings.Contains(text, stem) {
			return true
		}
	}
	return false
}

func namesAnother(text string, f *fetch, all []*fetch) bool {
	for _, other := range all {
		if other == f || other.in != f.in || other.kind() != program {
			continue
		}
		if name := base(other.file); len(name) > 2 && base(f.file) != name && strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// around is the text of a command, and of those that feed it.
func around(c *dockerfile.Command, i *dockerfile.Instruction) string {
	var b strings.Builder
	for _, other := range i.Commands {
		if other != c && (c.Pipeline == 0 || other.Pipeline != c.Pipeline) {
			continue
		}
		for _, word := range other.Words {
			b.WriteString(word.Text())
			b.WriteByte(' ')
		}
		b.WriteString(other.Get("input").Text())
	}
	return b.String()
}

// checkText is the text of all that checks in an instruction.
func checkText(i *dockerfile.Instruction) string {
	var b strings.Builder
	for _, c := range i.Commands {
		if verifies(c, i) > unchecked {
			b.WriteString(around(c, i))
		}
	}
	return b.String()
}

// verifies tells what a command checks with; unchecked if it checks nothing.
func verifies(c *dockerfile.Command, i *dockerfile.Instruction) strength {
	switch name := strings.ToLower(c.Name); name {
	case "sha256sum", "sha512sum", "sha384sum", "sha224sum", "sha1sum", "shasum", "b2sum", "b3sum", "rhash", "gsha256sum", "gsha512sum", "hashdeep":
		return compares(c, i, strong)
	case "md5sum", "cksum", "sum", "crc32":
		return compares(c, i, weak)
	case "md5", "sha256", "sha512":
		return compares(c, i, strong)
	case "openssl":
		if has(c, "dgst", "sha256", "sha512", "cms", "smime") {
			return strong
		}
	case "gpg", "gpg2", "gpg1":
		if has(c, "--verify", "--verify-files", "--decrypt", "-d", "--verify-options") {
			return strong
		}
	case "gpgv", "gpgv2", "slsa-verifier", "get-filehash", "certutil", "get-authenticodesignature", "debsig-verify", "jarsigner", "codesign", "dscverify":
		return strong
	case "cosign", "minisign", "signify", "signify-openbsd", "notation", "rekor-cli", "gh", "sigstore", "oras", "sq", "sqv":
		if has(c, "verify", "verify-blob", "verify-blob-attestation", "verify-attestation", "-V", "-Vm", "attestation", "-C") || name == "sqv" {
			return strong
		}
	case "rpm", "rpmkeys", "rpmsign":
		if has(c, "-K", "--checksig", "-Kv") {
			return strong
		}
	case "php", "python", "python3", "ruby", "node", "perl":
		if text := around(c, i); strings.Contains(text, "hash_file") || strings.Contains(text, "hashlib") || strings.Contains(text, "createHash") || strings.Contains(text, "Digest::SHA") {
			return strong
		}
	default:
		if strings.Contains(name, "verify") || strings.Contains(name, "checksum") || strings.Contains(name, "check_sha") || strings.Contains(name, "check-sha") {
			return strong
		}
	}
	return unchecked
}

// compares wants a sum to be compared, not only printed: by -c, in a pipe, or in $(...).
func compares(c *dockerfile.Command, i *dockerfile.Instruction, s strength) strength {
	for _, word := range arguments(c) {
		text := word.Text()
		if text == "--check" || strings.HasPrefix(text, "--check=") || len(text) > 1 && text[0] == '-' && text[1] != '-' && strings.Contains(text, "c") {
			return s
		}
	}
	if c.Get("nested").Bool() {
		return s
	}
	for _, other := range i.Commands {
		if c.Pipeline > 0 && other.Pipeline == c.Pipeline && other.Step > c.Step {
			return s
		}
	}
	return unchecked
}

// has reports whether a word of the command is one of some.
func has(c *dockerfile.Command, words ...string) bool {
	for _, word := range arguments(c) {
		for _, wanted := range words {
			if word.Text() == wanted {
				return true
			}
		}
	}
	return false
}
