package controlplane

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/release"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// RuntimeSupported judges a Node: its container runtime must still get fixes. CRI-O is released
// and ends with the minor version of Kubernetes whose number it has.
func RuntimeSupported(in assessment.Input) []assessment.Verdict {
	at := nodeInfo(in)
	name, text, _ := strings.Cut(at.Get("containerRuntimeVersion").Text(), "://")
	table := release.Of(in.Index)
	product := table.Products[map[string]string{"containerd": "containerd", "cri-o": "kubernetes"}[name]]
	v, known := release.ParseVersion(text)
	switch {
	case name == "":
		return unseenNode(in, "the container runtime of the node was not seen", "containerRuntimeVersion")
	case product == nil || !known:
		return assessment.Skipped("the table has no releases of " + name)
	}
	if message := product.Unsupported(name, v, today(in, table)); message != "" {
		return []assessment.Verdict{assessment.Failed(message, at, "containerRuntimeVersion")}
	}
	return nil
}

// distributed matches kernels that a distribution keeps up by itself, whatever the line was at
// kernel.org: those of Ubuntu, Debian, Red Hat and its kin, Amazon, SUSE, Oracle, Azure Linux.
var distributed = regexp.MustCompile(`-generic|-(aws|azure|gcp|gke|oracle|kvm|lowlatency|nvidia|fips)\b|\.el[0-9]|\.amzn|-default\b|-(cloud-)?(amd64|arm64)\b|\.fc[0-9]|uek|\.cm[0-9]|\.azl[0-9]|\.ph[0-9]`)

// KernelSupported judges a Node: the kernel's line must still get fixes, from kernel.org or from
// a distribution whose release does.
func KernelSupported(in assessment.Input) []assessment.Verdict {
	at := nodeInfo(in)
	text := at.Get("kernelVersion").Text()
	v, known := release.ParseVersion(text)
	table := release.Of(in.Index)
	now := today(in, table)
	switch {
	case !known && at.Get("operatingSystem").Text() == "windows":
		return assessment.Skipped("the node runs Windows")
	case !known:
		return unseenNode(in, "the kernel of the node was not seen", "kernelVersion")
	case at.Get("operatingSystem").Text() == "windows":
		return assessment.Skipped("the node runs Windows")
	case distributed.MatchString(text):
		_, line := table.System(at.Get("osImage").Text())
		if line == nil || !line.Ended(now) {
			return nil // judged by the release of the system
		}
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("kernel %s gets no more fixes: its distribution ended on %s", text, line.End), at, "kernelVersion")}
	}
	if message := table.Products["kernel"].Unsupported("kernel", v, now); message != "" {
		return []assessment.Verdict{assessment.Failed(message, at, "kernelVersion")}
	}
	return nil
}

// SystemSupported judges a Node: its operating system must still get fixes.
func SystemSupported(in assessment.Input) []assessment.Verdict {
	at := nodeInfo(in)
	image := at.Get("osImage").Text()
	if image == "" {
		return unseenNode(in, "the system of the node was not seen", "osImage")
	}
	table := release.Of(in.Index)
	system, line := table.System(image)
	switch {
	case system == nil || line == nil:
		return assessment.Skipped("the table has no release that fits " + image)
	case line.Ended(today(in, table)):
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %s gets no more fixes since %s", system.Name, line.Line, line.End), at, "osImage")}
	}
	return nil
}

// unseenNode is the verdict on a Node whose status lacks a field. A manifest of a Node has no status,
// and nothing is missed there.
func unseenNode(in assessment.Input, message, field string) []assessment.Verdict {
	if in.Subject.Root.Get("status") == nil && in.Subject.Source.Cluster == "" {
		return assessment.Skipped("a manifest does not tell what runs on the node")
	}
	return []assessment.Verdict{assessment.At(assessment.Unknown, message, in.Subject.Root, "status", "nodeInfo", field)}
}

// EtcdSupported judges a member of etcd by its version.
func EtcdSupported(in assessment.Input) []assessment.Verdict {
	root := in.Subject.Root
	v, known := release.ParseVersion(root.Get("version").Text())
	switch {
	case !known && strings.HasPrefix(root.Get("from").Text(), "kubeadm"):
		return assessment.Skipped("kubeadm chooses the version of etcd")
	case !known:
		return []assessment.Verdict{assessment.At(assessment.Unknown, "the version of etcd was not seen: its image has no version in its tag", root, "version")}
	}
	table := release.Of(in.Index)
	if message := table.Products["etcd"].Unsupported("etcd", v, today(in, table)); message != "" {
		return []assessment.Verdict{assessment.Failed(message, root, "version")}
	}
	return nil
}

// CoreDNSAge judges a workload that runs CoreDNS, of which only the newest line gets fixes: its
// line must have come out within the parameter "months".
func CoreDNSAge(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	if s.Pod == nil {
		return assessment.Skipped("no pod template")
	}
	table := release.Of(in.Index)
	product := table.Products["coredns"]
	for _, container := range s.Pod.Containers() {
		image := container.Node.Get("image")
		tag, found := tagOf(image.Text(), "coredns")
		v, known := release.ParseVersion(tag)
		if !found || !known || container.Role != inventory.Main {
			continue
		}
		line := product.Line(v.Line())
		if line == nil && !product.Older(v) {
			return nil
		}
		if line == nil {
			return []assessment.Verdict{assessment.Failed(fmt.Sprintf("CoreDNS %s is none of the lines that are still kept up", v.Line()), image)}
		}
		released, err := time.Parse(time.DateOnly, line.Released)
		newest := product.Releases[0].Line == line.Line
		if err == nil && !newest && today(in, table).After(released.AddDate(0, in.Values.Int("months"), 0)) {
			return []assessment.Verdict{assessment.Failed(fmt.Sprintf("CoreDNS %s came out on %s, more than %d months ago",
				v.Line(), line.Released, in.Values.Int("months")), image)}
		}
		return nil
	}
	return assessment.Skipped("it does not run CoreDNS")
}

// tagOf gives the tag of an image of that name.
func tagOf(image, name string) (string, bool) {
	image, _, _ = strings.Cut(image[strings.LastIndexByte(image, '/')+1:], "@")
	repository, tag, _ := strings.Cut(image, ":")
	return tag, repository == name
}
