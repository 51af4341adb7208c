package escalation

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// controller acts with its own rights for who may write its objects.
type controller struct {
	name     string
	asks     []ask
	accounts []string // the names that its service accounts have, or end in after a dash
	// near is true if it looks only at objects in its own namespace, cluster if they have none.
	near, cluster bool
	// makesPods is true if the objects describe pods with any service account of their namespace.
	makesPods bool
}

var controllers = []controller{
	{name: "Argo CD", asks: []ask{{writes, "argoproj.io", "applications", ""}, {writes, "argoproj.io", "applicationsets", ""}},
		accounts: []string{"argocd-application-controller", "application-controller"}, near: true},
	{name: "Argo Workflows", asks: []ask{{"create", "argoproj.io", "workflows", ""}, {writes, "argoproj.io", "cronworkflows", ""}},
		accounts: []string{"argo", "argo-workflows-workflow-controller", "workflow-controller"}, makesPods: true},
	{name: "Flux", asks: []ask{{writes, "kustomize.toolkit.fluxcd.io", "kustomizations", ""}}, accounts: []string{"kustomize-controller"}},
	{name: "Flux", asks: []ask{{writes, "helm.toolkit.fluxcd.io", "helmreleases", ""}}, accounts: []string{"helm-controller"}},
	{name: "Velero", asks: []ask{{"create", "velero.io", "restores", ""}}, accounts: []string{"velero", "velero-server"}, near: true},
	{name: "Tekton", asks: []ask{{"create", "tekton.dev", "taskruns", ""}, {"create", "tekton.dev", "pipelineruns", ""}},
		accounts: []string{"tekton-pipelines-controller"}, makesPods: true},
	{name: "Crossplane", asks: []ask{{writes, "pkg.crossplane.io", "providers", ""}, {writes, "apiextensions.crossplane.io", "compositions", ""}},
		accounts: []string{"crossplane"}, cluster: true},
	{name: "External Secrets", asks: []ask{{writes, "external-secrets.io", "clustersecretstores", ""}}, accounts: []string{"external-secrets"}, cluster: true},
	{name: "Kyverno", asks: []ask{{writes, "kyverno.io", "clusterpolicies", ""}, {writes, "policies.kyverno.io", "generatingpolicies", ""}},
		accounts: []string{"kyverno-background-controller"}, cluster: true},
}

// helmCharts are applied by k3s and RKE2 themselves, as administrator.
var helmCharts = ask{writes, "helm.cattle.io", "helmcharts", ""}

// ownedObjects are objects of a controller that a role may write; at is len(controllers) for the
// charts of k3s.
type ownedObjects struct {
	at     int
	detail string
}

// objectsOf lists the controllers whose objects a role may write.
func objectsOf(role *rbac.Role) []ownedObjects {
	var all []ownedObjects
	for i, c := range controllers {
		if detail := anyDetail(role, c.asks); detail != "" {
			all = append(all, ownedObjects{i, detail})
		}
	}
	if detail := anyDetail(role, []ask{helmCharts}); detail != "" {
		all = append(all, ownedObjects{len(controllers), detail})
	}
	return all
}

// useControllers adds the accounts of the controllers that were seen.
func (b *builder) useControllers(h *holder, grant *rbac.Grant, owned []ownedObjects) {
	if len(owned) == 0 || h.has(everything, grant.Namespace).grant != nil {
		return
	}
	cause := b.byGrant(grant)
	for _, o := range owned {
		if o.at == len(controllers) {
			if b.platform.k3s && (grant.Namespace == "" || grant.Namespace == "kube-system") {
				b.add(h.at, Vertex{Kind: Admin}, useController, where(o.detail, grant.Namespace, false), "", cause)
			}
			continue
		}
		c := &controllers[o.at]
		for _, who := range b.accountsOf(c) {
			switch {
			case c.cluster && grant.Namespace != "", c.near && grant.Namespace != "" && grant.Namespace != who.Namespace:
			case c.makesPods:
				b.add(h.at, Vertex{Kind: NewPod, Namespace: grant.Namespace}, createPod, where(o.detail, grant.Namespace, false), "", cause)
			default:
				b.add(h.at, Vertex{Kind: Actor, Who: who}, useController, where(o.detail, grant.Namespace, c.cluster), "", cause)
			}
		}
	}
}

// accountsOf finds the service accounts of a controller.
func (b *builder) accountsOf(c *controller) []rbac.Subject {
	if found, known := b.controllersOf[c]; known {
		return found
	}
	var all []rbac.Subject
	for _, namespace := range b.namespaces {
		for _, who := range b.accounts[namespace] {
			for _, name := range c.accounts {
				if who.Name == name || strings.HasSuffix(who.Name, "-"+name) {
					all = append(all, who)
					break
				}
			}
		}
	}
	b.controllersOf[c] = all
	return all
}

func anyDetail(role *rbac.Role, asks []ask) string {
	for _, a := range asks {
		if detail := a.detail(role, ""); detail != "" {
			return detail
		}
	}
	return ""
}
