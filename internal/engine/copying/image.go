package copying

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// WholeImage finds COPY --from that takes a whole file system: with it come the shell, the tools and the
// files of another image, and nobody sees which. A stage made to be the root file system, copied onto
// scratch, is meant. Scope object:Dockerfile.
func WholeImage(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	eachSource(file.Stages, func(s source) {
		from := s.in.Get("from")
		if from == nil || s.in.Stage.Base == "scratch" || holdsLittle(stageOf(file, from), from) {
			return
		}
		if name := path.Clean(s.name); name != "/" && name != "/*" && name != "/." {
			return
		}
		if destination := s.in.Get("destination").Text(); path.Clean(destination) != "/" {
			return
		}
		verdicts = append(verdicts, assessment.Failed("COPY takes the whole file system of "+origin(file, from), s.node))
	})
	return verdicts
}

// stageOf is the stage that is copied from; nil for an image.
func stageOf(file *dockerfile.File, from *document.Node) *dockerfile.Stage {
	if stage := from.Get("stage"); stage != nil && stage.Int64() >= 0 && int(stage.Int64()) < len(file.Stages) {
		return file.Stages[stage.Int64()]
	}
	return nil
}

// holdsLittle reports whether a file system is put together file by file on scratch, or is that of
// tonistiigi/xx, an image of a few scripts that is made to be copied whole.
func holdsLittle(s *dockerfile.Stage, from *document.Node) bool {
	image := from.Get("image").Text()
	if s != nil {
		image = s.Base
	}
	return image == "scratch" || strings.Contains(image, "tonistiigi/xx")
}

// origin names what is copied from.
func origin(file *dockerfile.File, from *document.Node) string {
	switch s := stageOf(file, from); {
	case s == nil:
		return told(from.Get("image").Text())
	case s.Name != "":
		return "stage " + told(s.Name)
	default:
		return fmt.Sprintf("stage %d", s.Index)
	}
}

// foreign gives every image that the file copies or mounts from and that it does not build.
func foreign(file *dockerfile.File, visit func(i *dockerfile.Instruction, at *document.Node, image, verb string)) {
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		if image := i.Get("from", "image"); image != nil && (i.Name == "COPY" || i.Name == "ADD") {
			visit(i, image, image.Text(), i.Name+" takes from ")
		}
		for _, mount := range i.Get("mounts").Children() {
			if from := mount.Get("from"); from != nil && mount.Get("stage") == nil {
				visit(i, from, from.Text(), "RUN mounts ")
			}
		}
	})
}

// FromUnknown finds COPY --from and mounts of a name that no earlier stage has and that is hardly an image.
// Scope object:Dockerfile.
func FromUnknown(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	if len(file.Stages) > 0 && file.Stages[0].Fragment {
		return nil
	}
	foreign(file, func(i *dockerfile.Instruction, at *document.Node, image, verb string) {
		if message := unknownStage(file, i, image); message != "" {
			verdicts = append(verdicts, assessment.Failed(verb+told(image)+", "+message, at))
		}
	})
	return verdicts
}

func unknownStage(file *dockerfile.File, i *dockerfile.Instruction, name string) string {
	if _, err := strconv.Atoi(name); err == nil {
		return "but no stage before this one has that number"
	}
	for _, s := range file.Stages {
		if s.Name != "" && strings.EqualFold(s.Name, name) {
			if s == i.Stage {
				return "which is this stage itself"
			}
			return "a stage that only follows below"
		}
	}
	if isStageName(name) {
		return "which no stage is called: the builder would look for an image of that name"
	}
	return ""
}

// isStageName tells names that people give to stages and that no image on Docker Hub worth the name has.
func isStageName(name string) bool {
	if strings.ContainsAny(name, "/:@.$") {
		return false
	}
	for _, part := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' }) {
		switch part {
		case "build", "builder", "build1", "builder1", "buildenv", "base", "deps", "dependencies", "dev", "development", "prod", "production", "test", "tests", "release",
			"install", "installer", "compile", "compiler", "stage", "stage0", "stage1", "final", "runtime", "prepare", "prep", "source", "src", "assets", "packages",
			"download", "downloader", "fetch", "fetcher", "publish", "app", "frontend", "backend", "vendor", "modules", "artifacts", "binaries":
			return true
		}
	}
	return false
}

// FromUnpinned finds images that are copied or mounted from without a tag, or with the tag latest.
// Scope object:Dockerfile.
func FromUnpinned(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	foreign(file, func(i *dockerfile.Instruction, at *document.Node, image, verb string) {
		if _, err := strconv.Atoi(image); err == nil || unknownStage(file, i, image) != "" || strings.Contains(image, "$") || file.Stages[0].Fragment {
			return
		}
		if lacks := unpinned(image); lacks != "" {
			verdicts = append(verdicts, assessment.Failed(verb+told(image)+", "+lacks, at))
		}
	})
	return verdicts
}

// unpinned tells what the name of an image leaves open; "" if it has a tag or a digest. A bare name may
// be one of a build context that the command for the build gives, unless it has a registry or a slash.
func unpinned(image string) string {
	if strings.Contains(image, "@") {
		return ""
	}
	name := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, found := strings.Cut(name, ":")
	switch {
	case tag == "latest":
		return "whose tag latest moves"
	case !found && (strings.Contains(image, "/") || isOfficial(image)):
		return "which has no tag, so it is what latest is on the day of the build"
	}
	return ""
}

// isOfficial knows official images that Dockerfiles copy programs from.
func isOfficial(name string) bool {
	switch name {
	case "alpine", "busybox", "composer", "debian", "docker", "golang", "gradle", "httpd", "maven", "nginx", "node", "openjdk", "php", "python", "ruby", "rust", "ubuntu",
		"caddy", "redis", "postgres", "mysql", "mariadb", "eclipse-temurin", "traefik", "vault", "consul", "bash", "perl", "haproxy", "tomcat", "fedora", "centos", "mongo",
		"memcached", "registry", "amazoncorretto", "swift", "erlang", "elixir", "haskell", "clojure", "julia", "r-base", "buildpack-deps", "hello-world":
		return true
	}
	return false
}
