package escalation

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// escape is how a workload gets out of its container; node is nil if it does not.
type escape struct {
	detail string
	maybe  string
	node   *document.Node
}

// escapeOf finds the surest way from a workload's containers to root on their node.
func escapeOf(s *inventory.Subject) escape {
	var doubtful escape
	hostPID := s.Pod.Spec.Get("hostPID")
	for _, c := range s.Pod.Containers() {
		found := containerEscape(c, hostPID.Bool())
		if found.node == nil {
			found = mountEscape(s.Pod.Spec, c)
		}
		if found.node == nil {
			continue
		}
		return found
	}
	if hostPID.Bool() {
		doubtful = escape{"hostPID shows the processes of the node", "a process of the node gives away what it holds", hostPID}
	}
	return doubtful
}

// openCapabilities give root on the node by themselves; SYS_PTRACE does with hostPID.
var openCapabilities = []string{"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"}

func containerEscape(c inventory.Container, hostPID bool) escape {
	context := c.Node.Get("securityContext")
	if node := context.Get("privileged"); node.Bool() {
		return escape{fmt.Sprintf("container %q is privileged", c.Name), "", node}
	}
	if node := context.Get("windowsOptions", "hostProcess"); node.Bool() {
		return escape{fmt.Sprintf("container %q is a HostProcess", c.Name), "", node}
	}
	for _, node := range context.Get("capabilities", "add").Children() {
		name := strings.TrimPrefix(strings.ToUpper(node.Text()), "CAP_")
		if slices.Contains(openCapabilities, name) || name == "SYS_PTRACE" && hostPID {
			return escape{fmt.Sprintf("container %q has the capability %s", c.Name, name), "", node}
		}
	}
	return escape{}
}

// rootPaths of the host give root to who writes them; those below them too.
var rootPaths = []string{"/etc", "/root", "/boot", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/proc", "/dev", "/opt/cni", "/var/lib/kubelet",
	"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/rancher", "/var/spool/cron", "/var/lib/etcd"}

// parents hold such paths, and sockets.
var parents = []string{"/", "/var", "/var/lib", "/run", "/var/run", "/opt", "/var/spool", "/home"}

// sockets of container runtimes give root however they are mounted.
var sockets = []string{"docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "podman.sock"}

// mountEscape looks at the volumes that a container mounts from the host.
func mountEscape(spec *document.Node, c inventory.Container) escape {
	for _, mount := range c.Node.Get("volumeMounts").Children() {
		for _, volume := range spec.Get("volumes").Children() {
			host := volume.Get("hostPath", "path")
			if host.Text() == "" || volume.Get("name").Text() != mount.Get("name").Text() {
				continue
			}
			if opensHost(path.Clean(host.Text()), mount.Get("readOnly").Bool()) {
				return escape{fmt.Sprintf("container %q mounts %s of the node", c.Name, path.Clean(host.Text())), "", host}
			}
		}
	}
	return escape{}
}

// opensHost reports whether a path of the host gives root on it.
func opensHost(host string, readOnly bool) bool {
	if slices.Contains(sockets, path.Base(host)) || slices.Contains([]string{"/", "/run", "/var", "/var/run", "/run/containerd"}, host) {
		return true // sockets are used through read-only mounts too
	}
	if readOnly {
		return false
	}
	return slices.Contains(parents, host) || slices.ContainsFunc(rootPaths, func(open string) bool {
		return (host == open || strings.HasPrefix(host, open+"/")) && !slices.Contains(harmless, host)
	})
}

// harmless stand below such paths and hold nothing that is run or believed.
var harmless = []string{"/etc/localtime", "/etc/timezone", "/etc/machine-id", "/dev/null", "/dev/net/tun", "/dev/fuse", "/dev/kvm", "/dev/dri", "/dev/shm"}
