// Package account judges ServiceAccounts together with the pods that run as them: what token a
// pod really gets, and who shares an account. Begin with Automount.
package account

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// use is how a pod uses an account.
type use struct {
	name string
	// node is the field that names the account; nil if the pod takes the default one.
	node *document.Node
	// mounted is true if the pod gets the account's token; by decides it, nil if nothing does.
	mounted bool
	by      *document.Node
}

// useOf applies the API server's rules: the old field serviceAccount counts if the new one is
// absent, and the pod's automountServiceAccountToken stands before the account's.
func useOf(s *inventory.Subject, index *inventory.Index) use {
	spec := s.Pod.Spec
	u := use{name: "default", mounted: true}
	for _, field := range []string{"serviceAccount", "serviceAccountName"} {
		if node := spec.Get(field); node.Text() != "" {
			u.name, u.node = node.Text(), node
		}
	}
	if u.by = spec.Get("automountServiceAccountToken"); u.by == nil {
		if account := index.Find("ServiceAccount", s.Namespace, u.name); account != nil {
			u.by = account.Root.Get("automountServiceAccountToken")
		}
	}
	u.mounted = u.by == nil || u.by.Kind != document.Bool || u.by.Bool() // null is unset, a wrong type no refusal
	return u
}

// Default judges a pod spec: it fails if the pod runs as the account "default" of its namespace
// and gets that account's token.
func Default(in assessment.Input) []assessment.Verdict {
	u := useOf(in.Subject, in.Index)
	switch {
	case u.name != "default":
		return nil
	case !u.mounted:
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: "no token of the account is mounted"}}
	case u.node != nil:
		return []assessment.Verdict{assessment.Failed("pod runs as ServiceAccount \"default\"", u.node)}
	}
	return []assessment.Verdict{assessment.Failed("pod names no ServiceAccount, so it runs as \"default\"", in.Element, "serviceAccountName")}
}

// Automount judges a pod spec: it fails if the pod gets an API token that it does not clearly
// need. Need is clear where a binding was seen that gives the pod's own account rights.
func Automount(in assessment.Input) []assessment.Verdict {
	u := useOf(in.Subject, in.Index)
	if !u.mounted {
		return nil
	}
	if u.name != "default" && bound(in.Index, in.Subject.Namespace, u.name) {
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf("ServiceAccount %q has rights at the API server", u.name)}}
	}
	message := fmt.Sprintf("pod mounts the token of ServiceAccount %q", u.name)
	return []assessment.Verdict{assessment.Failed(message, in.Element, "automountServiceAccountToken")}
}

// bound reports whether a binding names the account as a subject.
func bound(index *inventory.Index, namespace, account string) bool {
	return len(rbac.Of(index).Bound(rbac.Subject{Kind: rbac.ServiceAccount, Namespace: namespace, Name: account})) > 0
}
