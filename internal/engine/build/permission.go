package build

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// WorldWritable finds chmod and --chmod that let everybody write, in stages whose layers are in the image.
// Folders with the sticky bit, as /tmp, are fine. Scope object:Dockerfile.
func WorldWritable(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	f := dockerfile.Of(in)
	eachMode(f, func(mode *document.Node, what string) {
		if letsEverybodyWrite(mode.Text()) {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s %s lets everybody in the container write", what, mode.Text()), mode))
		}
	})
	return verdicts
}

// eachMode visits the modes that chmod and --chmod set in the stages of the image.
func eachMode(f *dockerfile.File, visit func(mode *document.Node, what string)) {
	dockerfile.Each(f.Production(), func(i *dockerfile.Instruction) {
		if mode := i.Get("chmod"); mode != nil {
			visit(mode, i.Name+" --chmod")
		}
	})
	dockerfile.EachCommand(f.Production(), func(c *dockerfile.Command) {
		if c.Name != "chmod" && c.Name != "install" {
			return
		}
		if mode := modeOf(c); mode != nil {
			visit(mode, c.Name)
		}
	})
}

// modeOf is the mode of a call of chmod, or that of install -m; nil if there is none.
func modeOf(c *dockerfile.Command) *document.Node {
	for n, word := range c.Words[1:] {
		text := word.Text()
		switch {
		case c.Name == "install":
			if (text == "-m" || text == "--mode") && n+2 < len(c.Words) {
				return c.Words[n+2]
			}
		case strings.HasPrefix(text, "--"):
		case strings.HasPrefix(text, "-") && strings.Trim(text, "-Rcfvh") == "":
		default:
			return word
		}
	}
	return nil
}

var octal = regexp.MustCompile(`^[0-7]{3,5}$`)

func letsEverybodyWrite(mode string) bool {
	if octal.MatchString(mode) {
		bits, err := strconv.ParseUint(mode, 8, 32)
		return err == nil && bits&0o002 != 0 && bits&0o1000 == 0
	}
	for _, clause := range strings.Split(mode, ",") {
		at := strings.IndexAny(clause, "+=")
		if at < 0 || strings.ContainsAny(clause, "$ ") {
			continue
		}
		who, what := clause[:at], clause[at+1:]
		if strings.Contains(what, "w") && !strings.Contains(what, "t") && strings.ContainsAny(who, "oa") {
			return true
		}
	}
	return false
}

// Setuid finds chmod that makes programs run as their owner. Scope object:Dockerfile.
func Setuid(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	eachMode(dockerfile.Of(in), func(mode *document.Node, what string) {
		text := mode.Text()
		bits, err := strconv.ParseUint(text, 8, 32)
		numeric := octal.MatchString(text) && err == nil
		if numeric && bits&0o4000 != 0 || !numeric && symbolicSetuid.MatchString(text) {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s %s makes a program run as its owner", what, text), mode))
		}
	})
	return verdicts
}

var symbolicSetuid = regexp.MustCompile(`(^|,)(u|a|ug|)[+=][rwxX]*s`)

// programFolders are where programs lie.
var programFolders = []string{"/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/lib", "/lib", "/usr/local/lib", "/etc", "/usr", "/usr/local"}

// ExecutableOwner finds programs that belong to somebody else than root: what starts the container, or the
// folders of programs, by chown and --chown. Scope object:Dockerfile.
func ExecutableOwner(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	f := dockerfile.Of(in)
	started := entrypoints(f)
	dockerfile.Each(f.Production(), func(i *dockerfile.Instruction) {
		owner := i.Get("chown")
		if owner == nil || isRootOwner(owner.Text()) {
			return
		}
		for _, target := range targets(i) {
			if started[target] || inProgramFolder(target) {
				verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s belongs to %s, who runs it and can replace it", target, owner.Text()), owner))
				return
			}
		}
	})
	dockerfile.EachCommand(f.Production(), func(c *dockerfile.Command) {
		if c.Name != "chown" || len(c.Words) < 3 {
			return
		}
		args := operands(c)
		if len(args) < 2 || isRootOwner(args[0].Text()) || strings.HasPrefix(args[0].Text(), ":") {
			return
		}
		for _, word := range args[1:] {
			if target := strings.TrimRight(word.Text(), "/"); started[target] || inProgramFolder(target) {
				verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("chown gives %s to %s, who can then replace programs", word.Text(), args[0].Text()), word))
			}
		}
	})
	return verdicts
}

func isRootOwner(owner string) bool {
	user, _, _ := strings.Cut(owner, ":")
	return isRoot(user) || user == ""
}

// operands are the words of a command that are no options.
func operands(c *dockerfile.Command) []*document.Node {
	var all []*document.Node
	for _, word := range c.Words[1:] {
		if !strings.HasPrefix(word.Text(), "-") {
			all = append(all, word)
		}
	}
	return all
}

func inProgramFolder(target string) bool {
	for _, folder := range programFolders {
		if target == folder || strings.HasPrefix(target, folder+"/") && strings.HasSuffix(folder, "bin") {
			return true
		}
	}
	return false
}

// entrypoints are the programs that start the container, by their absolute paths.
func entrypoints(f *dockerfile.File) map[string]bool {
	started := map[string]bool{}
	for _, name := range []string{"ENTRYPOINT", "CMD"} {
		if i := last(f, name); i != nil {
			for _, c := range i.Commands {
				if strings.HasPrefix(c.Word(0), "/") {
					started[c.Word(0)] = true
				}
			}
		}
	}
	return started
}

// targets are the files that a COPY or ADD makes, as far as their names tell.
func targets(i *dockerfile.Instruction) []string {
	to := i.Get("destination").Text()
	if !strings.HasPrefix(to, "/") {
		return nil
	}
	all := []string{strings.TrimRight(to, "/")}
	for _, source := range i.Get("sources").Children() {
		name := source.Text()[strings.LastIndexByte(source.Text(), '/')+1:]
		all = append(all, strings.TrimRight(to, "/")+"/"+name)
	}
	return all
}

// number is a UID that files are given to.
var number = regexp.MustCompile(`^[1-9]\d*(:\d+)?$`)

// FixedUser finds files given to one UID in a way that no other may use them, so that the image needs that very
// UID: chown to a number whose group is not root. Scope object:Dockerfile.
func FixedUser(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	f := dockerfile.Of(in)
	judge := func(owner *document.Node) {
		_, group, _ := strings.Cut(owner.Text(), ":")
		if number.MatchString(owner.Text()) && strings.Trim(group, "0") != "" || number.MatchString(owner.Text()) && group == "" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("files are given to UID %s alone, so the image runs as no other", owner.Text()), owner))
		}
	}
	if groupShares(f) {
		return nil
	}
	dockerfile.Each(f.Production(), func(i *dockerfile.Instruction) {
		if owner := i.Get("chown"); owner != nil {
			judge(owner)
		}
	})
	dockerfile.EachCommand(f.Production(), func(c *dockerfile.Command) {
		if c.Name != "chown" {
			return
		}
		if args := operands(c); len(args) > 1 {
			judge(args[0])
		}
	})
	return verdicts
}

// groupShares reports whether the image gives its group the rights of the owner, as images for arbitrary
// UIDs do.
func groupShares(f *dockerfile.File) bool {
	found := false
	eachMode(f, func(mode *document.Node, _ string) {
		found = found || strings.Contains(mode.Text(), "g=u") || strings.Contains(mode.Text(), "g+")
	})
	return found
}
