package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// whoCan are the flags of rbac who-can.
type whoCan struct {
	gathering
	format, name string
	everywhere   bool
}

func newRBACWhoCanCommand(streams *Streams) *cobra.Command {
	o := &whoCan{}
	command := &cobra.Command{
		Use: "who-can VERB RESOURCE[/SUBRESOURCE][.GROUP] | VERB PATH", Short: "Tell who may do something",
		Long: `Tell who may do something by the RBAC objects of a cluster, of files or of a saved inventory, with the
role and the binding that allow it. Other authorizers (node, webhook, a cloud's IAM) may allow more.

RESOURCE is written as for kubectl: pods, po, deployments.apps, pods/exec, deployments/scale; PATH begins
with a slash. "*" asks who may do everything. Without --namespace every namespace is asked.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac who-can get secrets -n shop\n  kubeproof rbac who-can create pods/exec --in deploy/\n  kubeproof rbac who-can get /metrics",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("name a verb and a resource or path, as in `kubeproof rbac who-can get secrets`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(o.format); err != nil {
				return err
			}
			if o.everywhere && o.namespace != "" {
				return usageError("--namespace and --all-namespaces exclude each other")
			}
			namespace := o.takeNamespace()
			inv, err := o.inventory(command.Context(), streams, rbacKinds...)
			if err != nil {
				return err
			}
			a, err := o.answer(inv, args[0], args[1], namespace)
			if err != nil {
				return err
			}
			if err := give(streams, o.format, a); err != nil {
				return err
			}
			return partial(inv, rbacKinds...)
		},
	}
	o.register(command)
	command.Flags().Lookup("namespace").Usage = "only who may do it in the namespace `NAME`; objects of files that name none are taken to be in it"
	command.Flags().BoolVarP(&o.everywhere, "all-namespaces", "A", false, "who may do it in any namespace (the default)")
	command.Flags().StringVar(&o.name, "name", "", "who may do it with the object `NAME`")
	command.Flags().StringVarP(&o.format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// whoCanAnswer is the answer of rbac who-can.
type whoCanAnswer struct {
	Schema   string       `json:"schema"`
	Question rbacQuestion `json:"question"`
	Answers  []rbacAccess `json:"answers"`
	Notes    []string     `json:"notes"`
	Gaps     []rbacGap    `json:"incomplete"`
}

type rbacQuestion struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	Path        string `json:"path,omitempty"`
	Name        string `json:"name,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	text        string
}

// rbacAccess is one way in which one subject may do it.
type rbacAccess struct {
	Subject rbacSubject `json:"subject"`
	// Namespace is where the right holds; "" is the whole cluster.
	Namespace string     `json:"namespace"`
	Role      rbacObject `json:"role"`
	Binding   rbacObject `json:"binding"`
}

// rbacGap is a kind that could not be read.
type rbacGap struct {
	Target string `json:"target"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

func gapsOf(inv *inventory.Inventory) []rbacGap {
	gaps := []rbacGap{}
	for _, gap := range inv.Gaps {
		if slices.Contains(rbacKinds, gap.Kind) {
			gaps = append(gaps, rbacGap{gap.Target, gap.Kind, gap.Reason})
		}
	}
	return gaps
}

func (o *whoCan) answer(inv *inventory.Inventory, verb, what, namespace string) (*whoCanAnswer, error) {
	index := inventory.NewIndex(inv.Subjects)
	model := rbac.Of(index)
	asked, err := model.ParseAsked(index, what)
	if err != nil {
		return nil, usageError("%v", err)
	}
	request := asked.Request(verb, namespace, o.name)
	a := &whoCanAnswer{Schema: "kubeproof.dev/rbac-who-can/v1", Answers: []rbacAccess{}, Gaps: gapsOf(inv), Question: rbacQuestion{
		Verb: verb, Group: request.Group, Resource: request.Resource, Subresource: request.Sub, Path: request.Path,
		Name: request.Name, Namespace: request.Namespace, text: request.String()}}
	ways := model.WhoCan
	if request.Namespace == "" && request.Path == "" && !asked.ClusterScoped {
		ways = model.WhoCanAnywhere
	}
	for _, way := range ways(request) {
		a.Answers = append(a.Answers, rbacAccess{Subject: describeSubject(way.Holder.Subject), Namespace: way.Grant.Namespace,
			Role: describeRole(model, way.Grant), Binding: describeBinding(model, way.Grant, way.Holder.Node)})
	}
	a.Notes = whoCanNotes(model, request)
	return a, nil
}

func whoCanNotes(model *rbac.Model, request rbac.Request) []string {
	notes := []string{"members of the group system:masters can do everything, without any binding"}
	if names := model.Named(request); len(names) > 0 {
		notes = append(notes, "some can do it with single objects only, which --name asks for: "+strings.Join(names[:min(len(names), 10)], ", "))
	}
	for _, g := range model.Grants {
		binding := describeBinding(model, g, nil).String()
		switch {
		case g.Refused != "":
			notes = append(notes, binding+" gives nothing, the API server refuses it: "+g.Refused)
		case g.Role == nil:
			notes = append(notes, binding+" gives nothing, its "+g.RoleKind+" "+g.RoleName+" was not seen")
		}
	}
	return notes
}
