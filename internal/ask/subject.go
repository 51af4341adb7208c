package ask

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// SubjectAnswer is everything that a subject may do.
type SubjectAnswer struct {
	Schema    string   `json:"schema"`
	Subject   Subject  `json:"subject"`
	Groups    []string `json:"groups"`
	Superuser bool     `json:"superuser"`
	UsedBy    []Use    `json:"usedBy"`
	Grants    []Grant  `json:"grants"`
	Gaps      []Gap    `json:"incomplete"`
}

// Use is a workload that runs as a service account.
type Use struct {
	Object
	// Token is false if the pods get no token for the account by themselves.
	Token bool `json:"token"`
}

// Grant is what one binding gives.
type Grant struct {
	Namespace string  `json:"namespace"` // "" for the whole cluster
	Via       string  `json:"via,omitempty"`
	Role      Object  `json:"role"`
	Binding   Object  `json:"binding"`
	Nothing   string  `json:"nothing,omitempty"` // why it gives no right
	Rights    []Right `json:"rights"`
}

// Subject tells everything that a user, a group or a service account may do, by which roles and
// bindings, and where a service account is used; further groups are those of a user.
func (s *Seen) Subject(who rbac.Subject, groups ...string) *SubjectAnswer {
	model := rbac.Of(s.Index)
	all := append(slices.Clone(who.Groups()), groups...)
	if who.Kind == rbac.Group {
		all = groups
	}
	a := &SubjectAnswer{Schema: "kubeproof.dev/rbac-subject/v1", Subject: describe(who), Groups: append([]string{}, all...),
		Superuser: slices.Contains(append(who.Groups(), groups...), "system:masters"), UsedBy: s.usesOf(who), Grants: []Grant{}, Gaps: s.GapsOf(RightsKinds...)}
	for _, g := range model.GrantsOf(who, groups...) {
		a.Grants = append(a.Grants, grantOf(model, g, who, all))
	}
	slices.SortStableFunc(a.Grants, func(x, y Grant) int { return strings.Compare(x.Namespace, y.Namespace) })
	return a
}

func grantOf(model *rbac.Model, g *rbac.Grant, who rbac.Subject, groups []string) Grant {
	described := Grant{Namespace: g.Namespace, Role: roleOf(model, g), Rights: gather(g.Rights())}
	holder := slices.IndexFunc(g.Subjects, func(h rbac.Holder) bool { return h.Subject == who.Canonical() })
	if holder < 0 {
		holder = slices.IndexFunc(g.Subjects, func(h rbac.Holder) bool { return h.Kind == rbac.Group && slices.Contains(groups, h.Name) })
		described.Via = "group " + g.Subjects[holder].Name
	}
	described.Binding = bindingOf(model, g, g.Subjects[holder].Node)
	switch {
	case g.Refused != "":
		described.Nothing = "the API server refuses the binding: " + g.Refused
	case g.Role == nil:
		described.Nothing = "the role was not seen"
	case len(described.Rights) == 0:
		described.Nothing = "the role gives nothing there"
	}
	return described
}

// usesOf lists the workloads that run as a service account, but for what other workloads made.
func (s *Seen) usesOf(who rbac.Subject) []Use {
	uses := []Use{}
	if who.Kind != rbac.ServiceAccount {
		return uses
	}
	account := s.Index.Find("ServiceAccount", who.Namespace, who.Name)
	for _, w := range s.Index.Tops() {
		if w.Namespace != who.Namespace || accountOf(w) != who.Name {
			continue
		}
		use := Use{Object: Object{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}, Token: true}
		mount := w.Pod.Spec.Get("automountServiceAccountToken")
		if mount == nil && account != nil {
			mount = account.Root.Get("automountServiceAccountToken")
		}
		use.Token = mount == nil || mount.Bool()
		use.locate(w, w.Root)
		uses = append(uses, use)
	}
	return uses
}

// accountOf is the name of the service account that a workload runs as.
func accountOf(w *inventory.Subject) string {
	return cmp.Or(w.Pod.Spec.Get("serviceAccountName").Text(), w.Pod.Spec.Get("serviceAccount").Text(), "default")
}
