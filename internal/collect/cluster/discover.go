package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// resource is one kind of object as the API server serves it.
type resource struct {
	group, version string
	name           string // plural, as in "deployments"
	kind           string
	namespaced     bool
}

func (r resource) apiVersion() string {
	if r.group == "" {
		return r.version
	}
	return r.group + "/" + r.version
}

// String is the name as kubectl takes it, as in "deployments.apps".
func (r resource) String() string {
	if r.group == "" {
		return r.name
	}
	return r.name + "." + r.group
}

// discovery is what the API server says it serves.
type discovery struct {
	resources []resource
	dead      []string // group/versions whose server does not answer
}

// The aggregated form of discovery: every group in one answer (KEP-3352, since Kubernetes 1.26).
// Servers before that ignore it and give the plain form.
const (
	aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
		"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"
	plain = "application/json"
)

// discover lists what is to be read: each kind once, in the version that the server prefers.
func discover(ctx context.Context, c *client) (*discovery, error) {
	d := &discovery{}
	for _, root := range []string{"/api", "/apis"} {
		body, err := c.ask(ctx, root, aggregated, mostAnswer)
		if err != nil {
			return nil, discoveryError(ctx, root, err)
		}
		var answer groupList
		err = json.Unmarshal(body.Bytes(), &answer)
		c.release(body)
		switch {
		case err != nil || answer.Kind == "":
			return nil, fmt.Errorf("get %s of %s: the answer is not that of an API server: name its own address in the kubeconfig", root, c.server.Redacted())
		case answer.Kind == "APIGroupDiscoveryList":
			d.addAggregated(answer)
		default:
			d.addPlain(ctx, c, answer)
		}
	}
	slices.SortFunc(d.resources, func(a, b resource) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.String(), b.String()))
	})
	return d, nil
}

func discoveryError(ctx context.Context, root string, err error) error {
	if statusOf(err) == 403 {
		return fmt.Errorf("no right to get %s, so that nothing of the cluster can be read: bind the ClusterRole system:discovery", root)
	}
	if stopped(ctx) {
		return fmt.Errorf("nothing of the cluster was read: %w", err)
	}
	return err
}

// weight sets kinds first that are many, so that they do not hold up the end.
func (r resource) weight() int {
	return 1 + slices.Index([]string{"configmaps", "rolebindings", "deployments", "replicasets", "pods"}, r.name)
}

// groupList is an answer of /api or /apis in either form.
type groupList struct {
	Kind  string
	Items []struct {
		Metadata struct{ Name string }
		Versions []groupVersion
	}
	Versions []string // plain, of /api
	Groups   []struct {
		Name             string
		PreferredVersion struct{ Version string }
		Versions         []struct{ Version string }
	}
}

type groupVersion struct {
	Version, Freshness string
	Resources          []struct {
		Resource     string
		ResponseKind struct{ Kind string }
		Scope        string
		Verbs        []string
	}
}

func (d *discovery) addAggregated(answer groupList) {
	for _, group := range answer.Items {
		for _, version := range group.Versions {
			if version.Freshness == "Stale" {
				d.lose(group.Metadata.Name, version.Version)
			}
			for _, found := range version.Resources {
				d.add(resource{group: group.Metadata.Name, version: version.Version, name: found.Resource,
					kind: found.ResponseKind.Kind, namespaced: found.Scope == "Namespaced"}, found.Verbs)
			}
		}
	}
}

// addPlain asks every group of the plain form, its preferred version first.
func (d *discovery) addPlain(ctx context.Context, c *client, answer groupList) {
	for _, version := range answer.Versions {
		d.addVersion(ctx, c, "", version)
	}
	for _, group := range answer.Groups {
		d.addVersion(ctx, c, group.Name, group.PreferredVersion.Version)
		for _, other := range group.Versions {
			if other.Version != group.PreferredVersion.Version {
				d.addVersion(ctx, c, group.Name, other.Version)
			}
		}
	}
}

func (d *discovery) addVersion(ctx context.Context, c *client, group, version string) {
	if unread(resource{group: group}) != "" {
		return
	}
	path := "/apis/" + group + "/" + version
	if group == "" {
		path = "/api/" + version
	}
	var list struct {
		Kind      string
		Resources []struct {
			Name, Kind string
			Namespaced bool
			Verbs      []string
		}
	}
	body, err := c.ask(ctx, path, plain, mostAnswer)
	if err == nil {
		err = json.Unmarshal(body.Bytes(), &list)
		c.release(body)
	}
	if err != nil || list.Kind != "APIResourceList" {
		d.lose(group, version)
		return
	}
	for _, found := range list.Resources {
		d.add(resource{group: group, version: version, name: found.Name, kind: found.Kind, namespaced: found.Namespaced}, found.Verbs)
	}
}

// add keeps a resource that can be listed, unless it is left out or another version of it is there.
func (d *discovery) add(r resource, verbs []string) {
	if !slices.Contains(verbs, "list") || strings.Contains(r.name, "/") || r.kind == "" || unread(r) != "" {
		return
	}
	if !slices.ContainsFunc(d.resources, func(known resource) bool { return known.group == r.group && known.name == r.name }) {
		d.resources = append(d.resources, r)
	}
}

// lose notes a group whose server does not answer. Of what is left out anyway nothing is lost.
func (d *discovery) lose(group, version string) {
	if unread(resource{group: group}) == "" {
		d.dead = append(d.dead, resource{group: group, version: version}.apiVersion())
	}
}

// errors are the groups that could not be looked at.
func (d *discovery) errors(target string) []inventory.Error {
	var all []inventory.Error
	for _, dead := range d.dead {
		group, version, _ := strings.Cut(dead, "/")
		if version == "" {
			group, version = "", group
		}
		all = append(all, inventory.Error{Target: target, Lost: true, Message: fmt.Sprintf(
			"API group %s does not answer, so that nothing in it was read: see `kubectl get apiservice %s.%s`, mend its server or delete the APIService", dead, version, group)})
	}
	return all
}
