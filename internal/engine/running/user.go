package running

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/imagefact"
)

// root fails if a container runs as root because its image does and nothing in the manifest says
// otherwise. In a user namespace root is nobody outside.
func root(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	if own := in.Subject.Pod.Spec.Get("hostUsers"); own != nil && own.Kind == document.Bool && !own.Bool() {
		return assessment.Skipped("the pod has a user namespace of its own")
	}
	user, why := userOf(in, fact)
	switch {
	case why != nil:
		return why
	case setting(in, "runAsNonRoot").Bool():
		return assessment.Skipped("runAsNonRoot is set: with an image of root the container does not start")
	case user == nil:
		return unknown(u.node, "%s: as whom %s starts is not known: its configuration was not read", title(in), u.title())
	case user.Root:
		return failed(u.node, "%s %s: %s in %s", title(in), startsAs(in, fact), user, u.title())
	case user.UID == "" && fact.Get("users") == nil:
		return unknown(u.node, "%s: which UID USER %q of %s has was not seen", title(in), user.Spec, u.title())
	case user.UID == "":
		return assessment.Skipped("the image has no user " + user.Name + ": image-user-unknown tells it")
	}
	return passed("%s in %s", user, u.title())
}

// startsAs tells of containers of root whether something gives that up. A command in the manifest takes
// the place of the entrypoint that would.
func startsAs(in assessment.Input, fact *document.Node) string {
	with := ""
	if in.Element.Get("command").Len() > 0 {
		with = dropper(in.Element.Get("command"))
	} else if drops := fact.Get("drops"); drops.Len() > 0 {
		with = drops.Children()[0].Text()
	} else if with = dropper(fact.Get("config", "entrypoint")); with == "" {
		with = dropper(fact.Get("config", "cmd"))
	}
	if with == "" {
		return "runs as root"
	}
	return "starts as root, until " + with + " drops it"
}

// droppers are programs that start another one as another user.
var droppers = []string{"gosu", "su-exec", "setpriv", "setuidgid", "s6-setuidgid", "chpst", "runuser"}

func dropper(command *document.Node) string {
	for _, n := range command.Children() {
		for _, word := range strings.Fields(n.Text()) {
			if name := path.Base(word); slices.Contains(droppers, name) {
				return name
			}
		}
	}
	return ""
}

// startsAsNonRoot fails if the kubelet must refuse to start a container: runAsNonRoot is set, and
// the image names root, or a user by a name that may be root (verifyRunAsNonRoot in
// pkg/kubelet/kuberuntime/security_context_others.go of Kubernetes).
func startsAsNonRoot(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	user, why := userOf(in, fact)
	required := setting(in, "runAsNonRoot")
	switch {
	case why != nil:
		return why
	case !required.Bool():
		return assessment.Skipped("runAsNonRoot is not set")
	case user == nil:
		return unknown(u.node, "%s: as whom %s starts is not known: its configuration was not read", title(in), u.title())
	case user.Name == "", user.Numeric && user.Root:
		return failed(required, "%s will not start: runAsNonRoot refuses root, and %s in %s", title(in), user, u.title())
	case user.Numeric:
		return nil
	case user.UID == "" || user.Root:
		return failed(required, "%s will not start: runAsNonRoot wants a number, and %s in %s", title(in), user, u.title())
	}
	return failed(required, "%s will not start: runAsNonRoot wants a number, and %s in %s: set runAsUser to %s", title(in), user, u.title(), user.UID)
}

// userOf is the user of the image, where that decides; nil if it was not read. Else why it does not.
func userOf(in assessment.Input, fact *document.Node) (*imagefact.User, []assessment.Verdict) {
	if windows(in, fact) {
		return nil, assessment.Skipped("Windows has no UIDs")
	}
	if setting(in, "runAsUser") != nil {
		return nil, assessment.Skipped("runAsUser is set: it decides, not the image")
	}
	if user, read := imagefact.UserOf(fact); read {
		return &user, nil
	}
	return nil, nil
}
