package component

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// programs are the components by the name of their program.
var programs = map[string]string{
	"kube-apiserver":          inventory.FactAPIServer,
	"kube-controller-manager": inventory.FactControllerManager,
	"kube-scheduler":          inventory.FactScheduler,
	"etcd":                    inventory.FactEtcd,
	"kube-proxy":              inventory.FactKubeProxy,
}

// wrappers are programs that start the one named behind them.
var wrappers = []string{"go-runner", "tini", "dumb-init", "env", "nice", "sh", "bash", "ash", "dash"}

// pod derives the components that run as main containers of a workload. Pods that a workload made
// are left to it.
func (d *deriver) pod(s *inventory.Subject) {
	if madeByWorkload(s) {
		return
	}
	for _, container := range s.Pod.Containers() {
		if container.Role != inventory.Main {
			continue
		}
		program, words := programOf(container.Node)
		kind := programs[program]
		if kind == "" || kind == inventory.FactEtcd && !holdsCluster(s) {
			continue
		}
		place := firstOf(container.Node.Get("command"), container.Node.Get("args"), container.Node)
		flags := flagsOf(words)
		if slices.ContainsFunc(flags, func(f flag) bool { return f.name == "openshift-config" }) {
			continue // its flags stand in that file, which a cluster shows as a ConfigMap
		}
		if kind == inventory.FactEtcd {
			flags = append(environment(container.Node), flags...)
		}
		name := s.Name
		if name == "" {
			name = program
		}
		image := container.Node.Get("image")
		d.add(s, instance{kind: kind, name: name, from: origin(s), version: imageVersion(image.Text()), image: image,
			flags: flagMap(place, flags)})
	}
}

// madeByWorkload reports whether something else than the kubelet made a pod.
func madeByWorkload(s *inventory.Subject) bool {
	for _, owner := range s.Root.Get("metadata", "ownerReferences").Children() {
		if owner.Get("controller").Bool() && owner.Get("kind").Text() != "Node" {
			return true
		}
	}
	return false
}

// holdsCluster tells the cluster's own etcd from those that applications bring along.
func holdsCluster(s *inventory.Subject) bool {
	return s.Kind == "Pod" && (s.Namespace == "kube-system" || s.Namespace == "openshift-etcd" ||
		s.Labels().Get("tier").Text() == "control-plane")
}

// programOf gives the component that a container starts, and the words behind its name; "" if it
// starts none. A container without a command is known by its image.
func programOf(container *document.Node) (string, []word) {
	words := commandLine(container)
	for i, w := range words {
		if program := base(w.text); programs[program] != "" && starts(words, i) {
			rest := words[i+1:]
			if end := slices.IndexFunc(rest, func(w word) bool { return w.text == "" }); end >= 0 {
				rest = rest[:end]
			}
			return program, rest
		}
	}
	image, _, _ := strings.Cut(base(container.Get("image").Text()), "@")
	image, _, _ = strings.Cut(image, ":")
	if programs[image] != "" && container.Get("command") == nil && (len(words) == 0 || strings.HasPrefix(words[0].text, "-")) {
		return image, words
	}
	return "", nil
}

// starts reports whether the word is what the command line runs, and no argument of another program.
func starts(words []word, i int) bool {
	for i--; i >= 0 && words[i].text != ""; i-- {
		switch text := words[i].text; {
		case text == "--" || text == "exec" || base(text) == "hyperkube":
			return true // what stands behind these is run
		case !strings.HasPrefix(text, "-") && !slices.Contains(wrappers, base(text)) && !strings.Contains(text, "="):
			return false
		}
	}
	return true
}

// environment gives the settings of etcd's variables: ETCD_CERT_FILE is --cert-file, which wins
// over it (https://etcd.io/docs/v3.6/op-guide/configuration/).
func environment(container *document.Node) []flag {
	var all []flag
	for _, env := range container.Get("env").Children() {
		name, ours := strings.CutPrefix(env.Get("name").Text(), "ETCD_")
		if ours && env.Get("value") != nil {
			all = append(all, flag{strings.ToLower(strings.ReplaceAll(name, "_", "-")), env.Get("value").Text(), env})
		}
	}
	return all
}

// origin says where an instance was read.
func origin(s *inventory.Subject) string {
	switch {
	case s.Annotation("kubernetes.io/config.mirror") != "":
		return fmt.Sprintf("mirror pod %s/%s", s.Namespace, s.Name)
	case s.Kind == "Pod" && s.Source.Cluster == "":
		return "static pod manifest"
	}
	return fmt.Sprintf("%s %s/%s", s.Kind, s.Namespace, s.Name)
}

var versionTag = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+`)

// imageVersion is the version in an image's tag; "" if it has none.
func imageVersion(image string) string {
	name, _, _ := strings.Cut(base(image), "@")
	_, tag, _ := strings.Cut(name, ":")
	if !versionTag.MatchString(tag) {
		return ""
	}
	return tag
}
