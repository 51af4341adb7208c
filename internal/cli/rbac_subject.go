package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func newRBACSubjectCommand(streams *Streams) *cobra.Command {
	o := &gathering{}
	var format string
	var groups []string
	command := &cobra.Command{
		Use: "subject NAME", Short: "Tell everything that a subject may do",
		Long: `Tell everything that a user, a group or a service account may do, by which roles and bindings, and
where a service account is used.

NAME is user:alice, group:ops, sa:shop/ci, or a bare name that only one subject has. Kubernetes does
not know who is in a group: name the groups of a user with --group.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac subject sa:shop/ci\n  kubeproof rbac subject user:alice --group ops --in deploy/",
		Args:    one("a subject", "user:NAME, group:NAME or sa:NAMESPACE/NAME"),
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			inv, err := o.inventory(command.Context(), streams, rbacKinds...)
			if err != nil {
				return err
			}
			index := inventory.NewIndex(inv.Subjects)
			who, err := findSubject(index, args[0])
			if err != nil {
				return err
			}
			a := answerSubject(index, who, groups)
			a.Gaps = gapsOf(inv)
			if format == "json" {
				err = writeJSON(streams.Out, a)
			} else {
				err = a.write(&lines{out: streams.Out, width: streams.Width})
			}
			if err != nil {
				return usageError("%v", err)
			}
			return partial(inv, rbacKinds...)
		},
	}
	o.register(command)
	command.Flags().StringArrayVar(&groups, "group", nil, "group `NAME` that a user is in; may be repeated")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// findSubject reads a subject's name. A bare one must be that of exactly one subject of the inventory.
func findSubject(index *inventory.Index, text string) (rbac.Subject, error) {
	kind, name, typed := strings.Cut(text, ":")
	switch {
	case typed && kind == "user" && name != "":
		return rbac.Subject{Kind: rbac.User, Name: name}.Canonical(), nil
	case typed && kind == "group" && name != "":
		return rbac.Subject{Kind: rbac.Group, Name: name}, nil
	case typed && (kind == "sa" || kind == "serviceaccount"):
		namespace, account, ok := strings.Cut(name, "/")
		if !ok || namespace == "" || account == "" {
			return rbac.Subject{}, usageError("service account %q is not sa:NAMESPACE/NAME", text)
		}
		return rbac.Subject{Kind: rbac.ServiceAccount, Namespace: namespace, Name: account}, nil
	}
	var found []rbac.Subject
	for _, who := range knownSubjects(index) {
		if who.Name == text || who.Username() == text || who.Kind == rbac.ServiceAccount && who.Namespace+"/"+who.Name == text {
			found = append(found, who)
		}
	}
	switch len(found) {
	case 0:
		return rbac.Subject{}, usageError("subject %q is not in the inventory: write user:NAME, group:NAME or sa:NAMESPACE/NAME", text)
	case 1:
		return found[0], nil
	}
	return rbac.Subject{}, usageError("subject %q may be %s: write %s", text, joinSubjects(found, rbac.Subject.String), joinSubjects(found, typedName))
}

// typedName writes a subject as findSubject reads it.
func typedName(s rbac.Subject) string {
	if s.Kind == rbac.ServiceAccount {
		return "sa:" + s.Namespace + "/" + s.Name
	}
	return strings.ToLower(s.Kind) + ":" + s.Name
}

func joinSubjects(all []rbac.Subject, write func(rbac.Subject) string) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = write(s)
	}
	return strings.Join(texts, " or ")
}

// knownSubjects lists the subjects that bindings name, and the service accounts that exist.
func knownSubjects(index *inventory.Index) []rbac.Subject {
	all := rbac.Of(index).Subjects()
	seen := map[rbac.Subject]bool{}
	for _, who := range all {
		seen[who] = true
	}
	for _, account := range index.Kind("ServiceAccount") {
		if who := (rbac.Subject{Kind: rbac.ServiceAccount, Namespace: account.Namespace, Name: account.Name}); !seen[who] {
			seen[who] = true
			all = append(all, who)
		}
	}
	return all
}

// subjectAnswer is the answer of rbac subject.
type subjectAnswer struct {
	Schema    string      `json:"schema"`
	Subject   rbacSubject `json:"subject"`
	Groups    []string    `json:"groups"`
	Superuser bool        `json:"superuser"`
	UsedBy    []rbacUse   `json:"usedBy"`
	Grants    []rbacGrant `json:"grants"`
	Gaps      []rbacGap   `json:"incomplete"`
}

// rbacUse is a workload that runs as the service account.
type rbacUse struct {
	rbacObject
	// Token is false if the pods get no token for the account by themselves.
	Token bool `json:"token"`
}

// rbacGrant is what one binding gives.
type rbacGrant struct {
	Namespace string      `json:"namespace"` // "" for the whole cluster
	Via       string      `json:"via,omitempty"`
	Role      rbacObject  `json:"role"`
	Binding   rbacObject  `json:"binding"`
	Nothing   string      `json:"nothing,omitempty"` // why it gives no right
	Rights    []rbacRight `json:"rights"`
}

func answerSubject(index *inventory.Index, who rbac.Subject, groups []string) *subjectAnswer {
	model := rbac.Of(index)
	all := append(slices.Clone(who.Groups()), groups...)
	if who.Kind == rbac.Group {
		all = groups
	}
	a := &subjectAnswer{Schema: "kubeproof.dev/rbac-subject/v1", Subject: describeSubject(who), Groups: append([]string{}, all...),
		Superuser: slices.Contains(append(who.Groups(), groups...), "system:masters"), UsedBy: usesOf(index, who), Grants: []rbacGrant{}}
	for _, g := range model.GrantsOf(who, groups...) {
		a.Grants = append(a.Grants, describeGrant(model, g, who, all))
	}
	slices.SortStableFunc(a.Grants, func(x, y rbacGrant) int { return strings.Compare(x.Namespace, y.Namespace) })
	return a
}

func describeGrant(model *rbac.Model, g *rbac.Grant, who rbac.Subject, groups []string) rbacGrant {
	described := rbacGrant{Namespace: g.Namespace, Role: describeRole(model, g), Rights: gatherRights(g.Rights())}
	holder := slices.IndexFunc(g.Subjects, func(h rbac.Holder) bool { return h.Subject == who.Canonical() })
	if holder < 0 {
		holder = slices.IndexFunc(g.Subjects, func(h rbac.Holder) bool { return h.Kind == rbac.Group && slices.Contains(groups, h.Name) })
		described.Via = "group " + g.Subjects[holder].Name
	}
	described.Binding = describeBinding(model, g, g.Subjects[holder].Node)
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
func usesOf(index *inventory.Index, who rbac.Subject) []rbacUse {
	uses := []rbacUse{}
	if who.Kind != rbac.ServiceAccount {
		return uses
	}
	account := index.Find("ServiceAccount", who.Namespace, who.Name)
	for _, s := range index.Tops() {
		name := s.Pod.Spec.Get("serviceAccountName").Text()
		if name == "" {
			name = s.Pod.Spec.Get("serviceAccount").Text()
		}
		if name == "" {
			name = "default"
		}
		if s.Namespace != who.Namespace || name != who.Name {
			continue
		}
		use := rbacUse{rbacObject: rbacObject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}, Token: true}
		mount := s.Pod.Spec.Get("automountServiceAccountToken")
		if mount == nil && account != nil {
			mount = account.Root.Get("automountServiceAccountToken")
		}
		use.Token = mount == nil || mount.Bool()
		use.locate(s, s.Root)
		uses = append(uses, use)
	}
	return uses
}

// write shows the answer to people: by scope, each binding with its rights.
func (a *subjectAnswer) write(out *lines) error {
	name := a.Subject.Name
	if a.Subject.Namespace != "" {
		name = a.Subject.Namespace + "/" + name
	}
	out.print("%s %s (%s)", a.Subject.Kind, name, a.Subject.Who)
	if len(a.Groups) > 0 {
		out.print("Groups: %s", strings.Join(a.Groups, ", "))
	}
	for _, use := range a.UsedBy {
		text := "Used by " + use.String()
		if !use.Token {
			text += ", without a token"
		}
		if at := use.place(); at != "" {
			text += "  " + at
		}
		out.print("%s", text)
	}
	if a.Superuser {
		out.print("It can do everything: members of system:masters need no binding.")
	}
	if len(a.Grants) == 0 {
		out.print("No binding gives it anything.")
	}
	for i, g := range a.Grants {
		if i == 0 || a.Grants[i-1].Namespace != g.Namespace {
			out.print("")
			out.print("In %s", strings.Replace(scope(g.Namespace), "cluster", "the whole cluster", 1))
		}
		g.write(out)
	}
	return out.err
}

func (g rbacGrant) write(out *lines) {
	text := fmt.Sprintf("  %s by %s", g.Role, g.Binding)
	if g.Via != "" {
		text += " (as " + g.Via + ")"
	}
	if at := g.Binding.place(); at != "" {
		text += "  " + at
	}
	out.print("%s", text)
	if g.Nothing != "" {
		out.print("    nothing: %s", g.Nothing)
	}
	out.addRights("    ", g.Rights)
	out.flush()
}
