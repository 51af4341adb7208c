package workload

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// appArmorAnnotation begins the annotation that names a container's AppArmor profile, which
// came before the field.
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

// SecurityProfile judges one container: it must be confined by a seccomp, AppArmor or SELinux
// profile, of its own, of its pod, or bound to its image by the Security Profiles Operator.
// Windows containers have none of them.
func SecurityProfile(in assessment.Input) []assessment.Verdict {
	pod := in.Subject.Pod
	if pod.Spec.Get("os", "name").Text() == "windows" {
		return assessment.Skipped("Windows containers have no such profiles")
	}
	field := func(path ...string) *document.Node {
		path = append([]string{"securityContext"}, path...)
		if own := in.Element.Get(path...); own != nil {
			return own
		}
		return pod.Spec.Get(path...)
	}
	if confines(field("seccompProfile")) || appArmorConfines(in, field("appArmorProfile")) ||
		selinuxConfines(field("seLinuxOptions")) || isBound(in) {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
		"container %q has no seccomp, AppArmor or SELinux profile", in.Container.Name), in.Element)}
}

func confines(profile *document.Node) bool {
	kind := profile.Get("type").Text()
	return kind == "RuntimeDefault" || kind == "Localhost"
}

// appArmorConfines looks at the annotation only where no field stands, as the kubelet does.
func appArmorConfines(in assessment.Input, profile *document.Node) bool {
	if profile != nil {
		return confines(profile)
	}
	value := in.Subject.Pod.Template.Get("metadata", "annotations", appArmorAnnotation+in.Container.Name).Text()
	return value == "runtime/default" || strings.HasPrefix(value, "localhost/")
}

// selinuxConfines reports whether options choose a type or level; spc_t and unconfined_t are types that confine nothing.
func selinuxConfines(options *document.Node) bool {
	switch kind := options.Get("type").Text(); kind {
	case "spc_t", "unconfined_t":
		return false
	case "":
		return options.Get("level").Text() != ""
	}
	return true
}

// isBound reports whether a ProfileBinding of the Security Profiles Operator in the namespace
// binds a profile to the container's image; "*" binds every image.
func isBound(in assessment.Input) bool {
	image := in.Element.Get("image").Text()
	for _, binding := range in.Index.Kind("ProfileBinding") {
		bound := binding.Root.Get("spec", "image").Text()
		if sameNamespace(binding, in.Subject) && bound != "" && (bound == "*" || bound == image) {
			return true
		}
	}
	return false
}

func sameNamespace(a, b *inventory.Subject) bool { return a.Namespace == b.Namespace }
