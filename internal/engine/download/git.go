package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// MovingRef finds repositories that are taken as they stand on the day of the build: cloned without a
// tag or a commit. Scope object:Dockerfile.
func MovingRef(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		switch i.Name {
		case "ADD":
			for _, source := range i.Get("sources").Children() {
				if isRepository(source.Text()) && isMoving(refOfAddress(source.Text())) && i.Get("checksum") == nil {
					verdicts = append(verdicts, assessment.Failed("ADD clones "+named(withoutRef(source.Text()))+" at a branch: what it holds changes", source))
				}
			}
		case "RUN":
			for index, c := range i.Commands {
				if at := movingClone(i, c, index); at != nil {
					verdicts = append(verdicts, assessment.Failed("RUN clones "+named(at.Text())+" at a branch: what it holds changes", at))
				}
			}
		}
	})
	return verdicts
}

func withoutRef(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// refOfAddress is the branch, tag or commit behind # in the address of a repository.
func refOfAddress(address string) string {
	_, ref, _ := strings.Cut(address, "#")
	ref, _, _ = strings.Cut(ref, ":")
	return strings.TrimPrefix(ref, "refs/heads/")
}

// isMoving tells branches: the default one, and names that are those of branches by custom.
func isMoving(ref string) bool {
	switch strings.ToLower(ref) {
	case "", "main", "master", "develop", "dev", "devel", "trunk", "head", "next", "stable", "latest", "nightly", "origin/master", "origin/main":
		return true
	}
	return false
}

// gitLong are the long options of git clone that take a value.
var gitLong = set("branch depth config origin upload-pack reference reference-if-able separate-git-dir jobs template filter shallow-since shallow-exclude server-option bundle-uri revision")

// movingClone is the address that git clones at a branch; nil if the command does not, or if a commit
// is checked out afterwards.
func movingClone(i *dockerfile.Instruction, c *dockerfile.Command, index int) *document.Node {
	if c.Name != "git" {
		return nil
	}
	words := tokens(c)[min(1, len(c.Words)):]
	for len(words) > 0 && words[0].text != "clone" {
		if words[0].text == "-c" || words[0].text == "-C" {
			words = words[1:]
		} else if !strings.HasPrefix(words[0].text, "-") {
			return nil
		}
		words = words[min(1, len(words)):]
	}
	if len(words) == 0 {
		return nil
	}
	var address *document.Node
	ref := ""
	for _, o := range options(words[1:], "bcuoj", gitLong, "") {
		switch {
		case o.name == "-b" || o.name == "--branch" || o.name == "--revision":
			ref = o.value
		case o.name == "-n" || o.name == "--no-checkout" || o.name == "--bare" || o.name == "--mirror":
			return nil
		case o.name == "" && address == nil:
			address = o.node
		}
	}
	if address == nil || !isMoving(ref) || !isForeign(address.Text()) || isFixedLater(i, index) {
		return nil
	}
	return address
}

// isForeign reports whether an address is one of another machine.
func isForeign(address string) bool {
	return (strings.Contains(address, "://") || strings.HasPrefix(address, "git@")) && !isLocal(address)
}

// isFixedLater reports whether a later command of the stage chooses a commit or a tag.
func isFixedLater(i *dockerfile.Instruction, index int) bool {
	f := fetch{in: i, command: i.Commands[index], index: index}
	for _, c := range f.after() {
		if c.Name != "git" {
			continue
		}
		for n, word := range c.Words {
			switch word.Text() {
			case "checkout", "reset", "switch", "merge", "rev-parse", "describe", "tag", "cherry-pick", "verify-commit", "verify-tag":
				if choosesCommit(c.Words[n+1:]) {
					return true
				}
			}
		}
	}
	return false
}

func choosesCommit(words []*document.Node) bool {
	for _, word := range words {
		if text := word.Text(); !strings.HasPrefix(text, "-") {
			return !isMoving(text) && text != "."
		}
	}
	return false
}
