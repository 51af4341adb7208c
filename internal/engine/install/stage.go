package install

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// SingleStage finds images that hold what built them: compiled in a stage that reaches the image, or
// based on an image that is made for building (parameter "bases"). Scope object:Dockerfile.
func SingleStage(in assessment.Input) []assessment.Verdict {
	b := of(in)
	if why := b.unproductive(in.Values.Strings("notProduction")); why != "" {
		return assessment.Skipped(why)
	}
	var compiler *dockerfile.Command
	dockerfile.EachCommand(b.image, func(c *dockerfile.Command) {
		if compiler == nil && compiles(c) && !b.cleansUp(c.In) {
			compiler = c
		}
	})
	root := b.image[0]
	if root.Base != "" && isBuildImage(root.Base, in.Values.Strings("bases")) && (compiler != nil || b.runsSomething()) {
		return []assessment.Verdict{assessment.Failed("the image is built on "+root.Base+", which is made for building", root.Node, "from")}
	}
	if compiler == nil {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(compiled(compiler)+" runs in a stage that reaches the image", compiler.Words[0])}
}

// runsSomething reports whether the file says what the image starts: one that does not is made for
// others to build in.
func (b *build) runsSomething() bool {
	found := false
	dockerfile.Each(b.image, func(i *dockerfile.Instruction) { found = found || i.Name == "CMD" || i.Name == "ENTRYPOINT" })
	return found
}

// cleansUp reports whether a RUN removes packages, as it does where it compiles and leaves the result.
func (b *build) cleansUp(i *dockerfile.Instruction) bool {
	return slices.ContainsFunc(b.byRun[i], func(k *call) bool { return k.action == remove })
}

// isBuildImage compares an image's name without registry, digest and, where the pattern has none, tag.
func isBuildImage(image string, patterns []string) bool {
	image, _, _ = strings.Cut(image, "@")
	for _, prefix := range []string{"docker.io/", "library/", "index.docker.io/", "public.ecr.aws/docker/library/"} {
		image = strings.TrimPrefix(image, prefix)
	}
	name, tag, _ := strings.Cut(image, ":")
	if strings.Contains(tag, "jre") || strings.Contains(tag, "runtime") || isUnknown(image) {
		return false
	}
	for _, pattern := range patterns {
		if want, wantTag, tagged := strings.Cut(pattern, ":"); want == name && (!tagged || among(tag, []string{wantTag})) {
			return true
		}
	}
	return false
}

// buildSteps are the words that make programs compile; a program with no words always does.
var buildSteps = map[string]*regexp.Regexp{
	"go":        regexp.MustCompile(`^(build|install)$`),
	"cargo":     regexp.MustCompile(`^(build|install)$`),
	"mvn":       regexp.MustCompile(`^(package|install|verify|deploy|compile)$`),
	"gradle":    regexp.MustCompile(`(?i)^:?([\w-]+:)*(build|assemble|boot(war|jar)|jar|war|shadowjar|installdist|distzip|disttar|installbootdist)$`),
	"sbt":       regexp.MustCompile(`(?i)(assembly|compile|dist|stage|package)$`),
	"dotnet":    regexp.MustCompile(`^(build|publish)$`),
	"npm":       regexp.MustCompile(`^build([:-].*)?$`),
	"yarn":      regexp.MustCompile(`^build([:-].*)?$`),
	"pnpm":      regexp.MustCompile(`^build([:-].*)?$`),
	"ng":        regexp.MustCompile(`^build$`),
	"swift":     regexp.MustCompile(`^build$`),
	"mix":       regexp.MustCompile(`^release$`),
	"stack":     regexp.MustCompile(`^(build|install)$`),
	"cabal":     regexp.MustCompile(`^(build|install|v2-build|new-build)$`),
	"cmake":     regexp.MustCompile(`^--build$`),
	"javac":     nil,
	"rustc":     regexp.MustCompile(`\.rs$`),
	"gcc":       regexp.MustCompile(`\.(c|cc|cpp)$`),
	"g++":       regexp.MustCompile(`\.(c|cc|cpp)$`),
	"clang":     regexp.MustCompile(`\.(c|cc|cpp)$`),
	"make":      nil,
	"ninja":     nil,
	"./mvnw":    nil,
	"./gradlew": nil,
}

// compiles reports whether a command is a step of a build.
func compiles(c *dockerfile.Command) bool {
	name := c.Name
	switch name {
	case "mvnw":
		name = "mvn"
	case "gradlew":
		name = "gradle"
	}
	step, known := buildSteps[name]
	if !known || len(c.Words) == 0 {
		return false
	}
	if name == "make" {
		return makes(c)
	}
	if step == nil {
		return true
	}
	return buildWord(c, step) != ""
}

// buildWord is the word of a command that says that it builds.
func buildWord(c *dockerfile.Command, step *regexp.Regexp) string {
	for _, w := range c.Words[1:] {
		if text := w.Text(); step.MatchString(text) {
			return text
		}
	}
	return ""
}

// makes reports whether make builds: goals that only tidy up or fetch do not.
func makes(c *dockerfile.Command) bool {
	for _, w := range c.Words[1:] {
		switch text := w.Text(); {
		case text == "clean" || text == "distclean" || text == "--version" || text == "deps" || text == "-v":
			return false
		}
	}
	return true
}

func compiled(c *dockerfile.Command) string {
	name := c.Name
	if name == "mvnw" {
		name = "mvn"
	} else if name == "gradlew" {
		name = "gradle"
	}
	step := buildSteps[name]
	if step == nil || name == "gcc" || name == "g++" || name == "clang" || name == "rustc" {
		return c.Name
	}
	if c.Name == "npm" || c.Name == "pnpm" {
		return c.Name + " run " + buildWord(c, step)
	}
	return c.Name + " " + buildWord(c, step)
}
