package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// PlainHTTP finds downloads and clones over connections that are not encrypted, unless what comes is
// checked. Packages of apt, yum and apk are signed, so their mirrors do not count, and keys are for
// Keys. Scope object:Dockerfile.
func PlainHTTP(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	all := fetches(file.Stages)
	for _, f := range all {
		if f.isPlain() && f.arrives() && checkedBy(f, all) != strong {
			verdicts = append(verdicts, assessment.Failed(f.verb()+f.told()+" without encryption", f.at))
		}
	}
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		for _, at := range plainSources(i) {
			verdicts = append(verdicts, assessment.Failed(at.message, at.node))
		}
	})
	return verdicts
}

func (f *fetch) verb() string {
	if f.in.Name == "ADD" {
		return "ADD fetches "
	}
	return "RUN fetches "
}

// isPlain reports whether an address is fetched without TLS; curl and wget take HTTP where no scheme
// is written.
func (f *fetch) isPlain() bool {
	address := f.address
	if hasPrefixFold(address, "http://") || hasPrefixFold(address, "ftp://") {
		return !isPrivate(host(address))
	}
	name := host(address)
	return !strings.Contains(address, "://") && strings.Contains(name, ".") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(address, "-") &&
		!isPrivate(name) && f.command != nil && (f.command.Name == "curl" || f.command.Name == "wget") && f.in.Shell != "powershell"
}

// isPrivate tells names that only the builder's own network knows, as those of other containers.
func isPrivate(name string) bool {
	return name != "" && !strings.Contains(name, ".") && !strings.Contains(name, ":")
}

// arrives reports whether what is fetched stays or runs: an answer that is only printed does not.
func (f *fetch) arrives() bool {
	if f.asks || f.kind() == key || f.isKeyBehind() || kindOf(f.address) == sum {
		return false
	}
	return f.in.Name == "ADD" || f.file != "" || f.isUnpackedBehind() || f.runs() != nil
}

// guilty is a word with what to tell of it.
type guilty struct {
	node    *document.Node
	message string
}

// plainSources are the clones and packages that an instruction takes without TLS.
func plainSources(i *dockerfile.Instruction) []guilty {
	var all []guilty
	if i.Name == "ADD" {
		for _, source := range i.Get("sources").Children() {
			if address := source.Text(); isRepository(address) && isPlainRepository(address) {
				all = append(all, guilty{source, "ADD clones " + named(address) + " without encryption"})
			}
		}
	}
	if i.Name != "RUN" {
		return all
	}
	for _, c := range i.Commands {
		verb := ""
		switch {
		case c.Name == "git" && has(c, "clone", "fetch", "pull", "submodule", "remote"):
			verb = "RUN clones "
		case c.Name == "svn" || c.Name == "hg":
			verb = "RUN clones "
		case c.Name == "rpm" && !has(c, "--import"):
			verb = "RUN installs "
		default:
			continue
		}
		for _, word := range arguments(c) {
			if isPlainRepository(word.Text()) {
				all = append(all, guilty{word, verb + named(word.Text()) + " without encryption"})
			}
		}
	}
	return all
}

func isPlainRepository(address string) bool {
	return (strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "git://") || strings.HasPrefix(address, "svn://")) &&
		!isLocal(address) && !isPrivate(host(address))
}

// named is how a message names an address.
func named(address string) string { return (&fetch{address: address}).told() }
