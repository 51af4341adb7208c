package build

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/engine/image"
)

// base is an image that a stage begins with, as FROM names it.
type base struct {
	stage *dockerfile.Stage
	node  *document.Node // the name in FROM
	ref   image.Reference
}

// bases lists the images that the needed stages of a file begin with. Those whose name is not known,
// because an ARG has no value, are given to unresolved; scratch is none.
func bases(f *dockerfile.File, unresolved func(*dockerfile.Stage, *document.Node)) []base {
	var all []base
	for _, stage := range f.Stages {
		node := stage.Get("from", "image")
		if node == nil || node.Text() == "scratch" {
			continue
		}
		if len(stage.Get("from", "unresolved").Children()) > 0 && strings.Contains(node.Text(), "$") {
			unresolved(stage, node)
			continue
		}
		if ref, err := image.Parse(node.Text()); err == nil {
			all = append(all, base{stage, node, ref})
		}
	}
	return all
}

func skip(*dockerfile.Stage, *document.Node) {}

// BaseTag finds base images without a tag or with the tag latest. Scope object:Dockerfile.
func BaseTag(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, b := range bases(dockerfile.Of(in), skip) {
		switch {
		case b.ref.Digest != "":
		case b.ref.Tag == "":
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("base image %q has no tag", b.node.Text()), b.node))
		case b.ref.Tag == "latest":
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("base image %q has the tag latest", b.node.Text()), b.node))
		}
	}
	return verdicts
}

// BaseArgument finds base images that an ARG without a default names: nobody can tell from the file on what it
// builds. Scope object:Dockerfile.
func BaseArgument(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	bases(dockerfile.Of(in), func(stage *dockerfile.Stage, node *document.Node) {
		name := stage.Get("from", "unresolved").Children()[0].Text()
		verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("base image %q is given by ARG %s, which has no default", node.Text(), name), node))
	})
	return verdicts
}

// baseSystems end tags that name the system an image is built on.
var baseSystems = regexp.MustCompile(`-(alpine|slim|debian|ubuntu|bookworm|bullseye|buster|stretch|trixie|jammy|noble|focal|ubi|distroless|scratch|windows|nanoserver|windowsservercore)[a-z0-9.-]*$`)

// BaseTagMoving finds base images whose tag is one that is pushed again and again, from the parameter
// tags. Scope object:Dockerfile.
func BaseTagMoving(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, b := range bases(dockerfile.Of(in), skip) {
		tag := baseSystems.ReplaceAllString(b.ref.Tag, "")
		if b.ref.Digest != "" || b.ref.Tag == "" || b.ref.Tag == "latest" || isDistroless(b.ref) {
			continue
		}
		if tag == "latest" || slices.Contains(in.Values.Strings("tags"), tag) {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("base image %q uses a tag that moves", b.node.Text()), b.node))
		}
	}
	return verdicts
}

// isDistroless knows the images whose tags never are versions: Google's distroless and Chainguard's.
func isDistroless(ref image.Reference) bool {
	return ref.Registry == "gcr.io" && strings.HasPrefix(ref.Repository, "distroless/") || ref.Registry == "cgr.dev"
}

// wholeVersion are tags that name one release with all its numbers.
var wholeVersion = regexp.MustCompile(`^v?\d+\.\d+(\.\d+)+`)

// BaseTagSpecific finds base images whose tag is only the beginning of a version, such as 3 or 3.12, of
// which there are more with all numbers: those of the parameter three. Scope object:Dockerfile.
func BaseTagSpecific(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	three := in.Values.Strings("three")
	for _, b := range bases(dockerfile.Of(in), skip) {
		name, official := strings.CutPrefix(b.ref.Name(), "docker.io/library/")
		if b.ref.Digest != "" || !official || !slices.Contains(three, name) || b.ref.Tag == "" || b.ref.Tag == "latest" {
			continue
		}
		if b.ref.Tag[0] >= '0' && b.ref.Tag[0] <= '9' && !wholeVersion.MatchString(b.ref.Tag) {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("tag %q of base image %q is only a part of a version", b.ref.Tag, b.node.Text()), b.node))
		}
	}
	return verdicts
}

// BaseDigest finds base images that are not pinned by digest. Scope object:Dockerfile.
func BaseDigest(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, b := range bases(dockerfile.Of(in), skip) {
		if b.ref.Digest == "" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("base image %q is not pinned by digest", b.node.Text()), b.node))
		}
	}
	return verdicts
}

// BaseTrusted finds base images from places that are neither in the parameter registries nor, where
// that is empty, in the parameter known. Scope object:Dockerfile.
func BaseTrusted(in assessment.Input) []assessment.Verdict {
	trusted, message := in.Values.Strings("registries"), "base image %q comes from %s, which is not an allowed registry"
	if len(trusted) == 0 {
		trusted, message = in.Values.Strings("known"), "base image %q comes from %s, whose publisher is not known"
	}
	var verdicts []assessment.Verdict
	for _, b := range bases(dockerfile.Of(in), skip) {
		if b.ref.From(trusted) || len(in.Values.Strings("registries")) == 0 && isPrivate(b.ref.Registry) {
			continue
		}
		owner, _, _ := strings.Cut(b.ref.Repository, "/")
		verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(message, b.node.Text(), b.ref.Registry+"/"+owner), b.node))
	}
	return verdicts
}

// public are the registries where anybody may publish; any other is taken for one's own until the
// allowed ones are set.
var public = []string{"docker.io", "ghcr.io", "quay.io", "public.ecr.aws", "registry.gitlab.com", "gcr.io"}

func isPrivate(registry string) bool { return !slices.Contains(public, registry) }

// MinimalBase finds images that stand on a whole operating system where a smaller one is offered. The
// parameter whole names repositories, with a word that tags of their small variants hold. Scope
// object:Dockerfile.
func MinimalBase(in assessment.Input) []assessment.Verdict {
	f := dockerfile.Of(in)
	node := f.Final.Get("base", "image")
	if node == nil || len(f.Final.Unresolved) > 0 {
		return assessment.Skipped("the base image is not known")
	}
	if node.Text() == "scratch" {
		return nil
	}
	ref, err := image.Parse(node.Text())
	if err != nil || f.Final.Windows {
		return assessment.Skipped("the base image is not known")
	}
	name := strings.TrimPrefix(ref.Name(), "docker.io/library/")
	small, listed := in.Values.Map("whole")[name]
	if !listed || small != "" && slices.ContainsFunc(strings.Split(small, "|"), func(word string) bool { return strings.Contains(ref.Tag, word) }) {
		return nil
	}
	advice := "take a smaller base"
	if small != "" {
		advice = "it has variants such as " + strings.Split(small, "|")[0]
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("the image stands on %q, a whole operating system: %s", node.Text(), advice), node)}
}
