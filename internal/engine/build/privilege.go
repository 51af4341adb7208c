package build

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/engine/image"
)

// Privileges finds steps of a build, and programs of the image, with more rights than they need: RUN without the
// sandbox or in the host's network, and setcap of capabilities that are as good as root. Scope
// object:Dockerfile.
func Privileges(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		if security := i.Get("security"); security.Text() == "insecure" {
			verdicts = append(verdicts, assessment.Failed("RUN --security=insecure builds with all rights on the builder", security))
		}
		if network := i.Get("network"); network.Text() == "host" {
			verdicts = append(verdicts, assessment.Failed("RUN --network=host builds in the network of the builder", network))
		}
	})
	dockerfile.EachCommand(dockerfile.Of(in).Production(), func(c *dockerfile.Command) {
		if c.Name != "setcap" {
			return
		}
		for _, word := range c.Words[1:] {
			for _, capability := range in.Values.Strings("capabilities") {
				if strings.Contains(strings.ToLower(word.Text()), capability) {
					verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("setcap gives a program %s", strings.ToUpper(capability)), word))
					return
				}
			}
		}
	})
	return verdicts
}

// sockets are those of container runtimes, without their folder.
var sockets = []string{"docker.sock", "containerd.sock", "crio.sock", "podman.sock", "cri-dockerd.sock"}

// RuntimeSocket finds images made to talk to the container runtime: its socket as a volume, or its address in
// a variable. Scope object:Dockerfile.
func RuntimeSocket(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Production(), func(i *dockerfile.Instruction) {
		if i.Name == "VOLUME" {
			for _, word := range i.Words {
				if isSocket(word.Text()) {
					verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("VOLUME %s hands the container runtime to the container", word.Text()), word))
				}
			}
		}
		for _, pair := range i.Get("pairs").Children() {
			if i.Name == "ENV" && pair.Get("name").Text() == "DOCKER_HOST" && pair.Get("value").Text() != "" {
				verdicts = append(verdicts, socketVariable(pair))
			}
		}
	})
	return verdicts
}

func isSocket(name string) bool {
	for _, socket := range sockets {
		if strings.HasSuffix(name, "/"+socket) {
			return true
		}
	}
	return false
}

func socketVariable(pair *document.Node) assessment.Verdict {
	value := pair.Get("value").Text()
	if strings.HasPrefix(value, "tcp://") && !strings.HasSuffix(value, ":2376") {
		return assessment.Failed(fmt.Sprintf("DOCKER_HOST is %s: a container runtime without TLS", value), pair, "value")
	}
	return assessment.Failed(fmt.Sprintf("DOCKER_HOST is %s: the image talks to the container runtime", value), pair, "value")
}

// Frontend finds a "# syntax" directive that lets an image of somebody not in the parameter trusted read
// the Dockerfile: it decides what is built. Scope object:Dockerfile.
func Frontend(in assessment.Input) []assessment.Verdict {
	syntax := in.Element.Get("syntax")
	if syntax == nil {
		return assessment.Skipped("no syntax directive")
	}
	name, _, _ := strings.Cut(syntax.Text(), " ")
	if ref, err := image.Parse(name); err == nil && (ref.From(in.Values.Strings("trusted")) || ref.Digest != "") {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%q, which reads this file and decides what is built, is neither trusted nor pinned by digest", name), syntax)}
}
