package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/collect/cluster"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine/audit"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// auditRequest are the flags that describe one request.
type auditRequest struct {
	verb, resource, path, user, namespace, name string
	groups                                      []string
}

func newAuditExplainCommand(streams *Streams) *cobra.Command {
	var format string
	var request auditRequest
	command := &cobra.Command{
		Use:   "explain POLICY",
		Short: "Explain which rule of an audit policy takes which request",
		Long: "Explain which rule of an audit policy takes which request: the sample requests that the\n" +
			"controls of audit policies try, or the one that flags describe. Rules that never decide are\n" +
			"marked. POLICY is a file with a Policy of audit.k8s.io/v1, or with a ConfigMap that holds one.",
		Example: "  kubeproof audit explain policy.yaml\n" +
			"  kubeproof audit explain policy.yaml --verb create --resource pods/exec --user jane\n" +
			"  kubeproof audit explain policy.yaml --verb patch --resource deployments.apps --group ops -n shop\n" +
			"  kubeproof audit explain policy.yaml --verb get --path /metrics",
		Args: one("an audit policy", "as in `kubeproof audit explain policy.yaml`"),
		RunE: func(command *cobra.Command, args []string) error {
			if format != "table" && format != "json" {
				return usageError("format %q is unknown: use table or json", format)
			}
			event, err := request.event(command)
			if err != nil {
				return err
			}
			return explainPolicies(command.Context(), streams, args[0], format, event)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	flags.StringVar(&request.verb, "verb", "", "`VERB` of one request, as get or deletecollection")
	flags.StringVar(&request.resource, "resource", "", "its `RESOURCE[.GROUP][/SUBRESOURCE]`, as deployments.apps or pods/exec")
	flags.StringVar(&request.path, "path", "", "its `PATH`, if it is for no resource, as /metrics")
	flags.StringVar(&request.user, "user", "jane", "who makes it: `NAME` of a user, as system:serviceaccount:shop:web")
	flags.StringArrayVar(&request.groups, "group", nil, "`GROUP` of that user beside those that the name brings; may be repeated")
	flags.StringVarP(&request.namespace, "namespace", "n", "default", "`NAMESPACE` of the object; empty for all")
	flags.StringVar(&request.name, "name", "", "`NAME` of the object")
	return command
}

// event gives the request that the flags describe; nil if they describe none.
func (r *auditRequest) event(command *cobra.Command) (*audit.Event, error) {
	given := false
	for _, flag := range []string{"verb", "resource", "path", "user", "group", "namespace", "name"} {
		given = given || command.Flags().Changed(flag)
	}
	switch {
	case !given:
		return nil, nil
	case r.verb == "" || (r.resource == "") == (r.path == ""):
		return nil, usageError("describe one request by --verb and either --resource or --path")
	case r.path != "" && !strings.HasPrefix(r.path, "/"):
		return nil, usageError("path %q does not begin with /", r.path)
	}
	event := &audit.Event{Verb: r.verb, User: r.user, Groups: append(audit.GroupsOf(r.user), r.groups...), Path: r.path}
	if r.path != "" {
		return event, nil
	}
	samples, err := audit.Samples([]string{r.verb + " " + r.resource})
	if err != nil || len(samples) != 1 {
		return nil, usageError("resource %q: write RESOURCE.GROUP/SUBRESOURCE and one verb, as get deployments.apps or create pods/exec", r.resource)
	}
	event.Group, event.Resource, event.Sub, event.Name = samples[0].Group, samples[0].Resource, samples[0].Sub, r.name
	switch {
	case !audit.ClusterScoped(event.Group, event.Resource):
		event.Namespace = r.namespace
	case event.Resource == "namespaces":
		event.Namespace = r.name
	}
	return event, nil
}

func explainPolicies(ctx context.Context, streams *Streams, file, format string, event *audit.Event) error {
	gather := gathering{in: []string{file}, inputs: inputs{noProgress: true, cluster: clusterFlags{timeout: cluster.DefaultTimeout}}}
	inv, err := gather.inventory(ctx, streams)
	if err != nil {
		return err
	}
	policies := audit.Policies(inventory.NewIndex(inv.Subjects))
	if len(policies) == 0 {
		if err := partial(inv); err != nil {
			return err
		}
		return usageError("%s holds no audit policy: it must have the kind Policy and the apiVersion audit.k8s.io/v1", file)
	}
	tried, err := auditTries()
	if err != nil {
		return err
	}
	for _, policy := range policies {
		if len(policy.Problems) > 0 {
			problem := policy.Problems[0]
			return &codeError{code: exitPartial, text: fmt.Sprintf("%s:%d: the API server refuses this policy: %s", policy.Subject.Source.File, problem.Node.Line, problem.Message)}
		}
	}
	return cmp.Or(writeExplained(streams.Out, format, policies, tried, event), partial(inv))
}

// auditTries takes the sample requests from the controls that try them.
func auditTries() ([]audit.Tries, error) {
	controls, err := builtInControls()
	if err != nil {
		return nil, err
	}
	var all []audit.Tries
	for _, c := range controls {
		values := control.Values{}
		for name, parameter := range c.Parameters {
			if values[name], err = parameter.Set(parameter.Default); err != nil {
				return nil, err
			}
		}
		tries, err := audit.TriesOf(c.Check.Go, values)
		if err != nil {
			return nil, fmt.Errorf("control %s: %w", c.ID, err)
		}
		all = append(all, tries...)
	}
	return all, nil
}
