package fact

import (
	"maps"
	"slices"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// The kinds of gaps for parts of KubernetesCluster that were not shown, for controls to name
// among what they read.
const (
	partVersion   = inventory.FactCluster + ".version"
	partGroups    = inventory.FactCluster + ".groups"
	partMetrics   = inventory.FactCluster + ".metrics"
	partAnonymous = inventory.FactCluster + ".probes.anonymous"
	partTLS       = inventory.FactCluster + ".probes.tls"
)

// cluster adds the fact that describes the cluster.
func (c *collection) cluster(r *reading, p *probing, platform Platform) {
	described := platform.fields()
	if options := c.serverOptions(); len(options) > 0 {
		described["options"] = anyTexts(options)
	}
	fields := map[string]any{"platform": described, "endpoint": p.endpoint}
	missing := map[string]any{}
	keep := func(kind, part string, value any, problem *problem) {
		if problem == nil {
			fields[part] = value
			return
		}
		missing[part] = problem.reason
		c.note(kind, problem)
	}
	keep(partVersion, "version", r.version.fields(), r.noVersion)
	keep(partGroups, "groups", list(r.groups), r.noGroups)
	if r.metrics != nil {
		fields["features"] = anyBools(r.metrics.features)
		keep(partMetrics, "metrics", r.metrics.fields(), nil)
	} else {
		keep(partMetrics, "metrics", nil, r.noMetrics)
	}
	if c.options.Probe {
		fields["probes"] = c.probed(p, missing)
	}
	if c.options.Observed != "" {
		fields["observed"] = c.options.Observed
	}
	if len(c.objects.nodes) > 0 {
		fields["nodes"] = len(c.objects.nodes)
	}
	if len(missing) > 0 {
		fields["missing"] = missing
	}
	name := c.options.Cluster
	if name == "" {
		name = "cluster"
	}
	c.add(inventory.FactCluster, name, fields)
}

// probed gives what probes showed as part of the fact.
func (c *collection) probed(p *probing, missing map[string]any) map[string]any {
	probes := map[string]any{}
	if p.noAnonymous == nil {
		probes["anonymous"] = p.anonymous
	} else {
		missing["probes.anonymous"] = p.noAnonymous.reason
		c.note(partAnonymous, p.noAnonymous)
	}
	if p.noTLS == nil {
		probes["tls"] = p.tls.fields()
	} else {
		missing["probes.tls"] = p.noTLS.reason
		c.note(partTLS, p.noTLS)
	}
	if p.profiling != 0 {
		probes["profiling"] = p.profiling
	}
	if p.certificate != nil {
		probes["certificate"] = p.certificate
	}
	return probes
}

// evidence gathers what the platform can be told by.
func (c *collection) evidence(r *reading) Evidence {
	name, _ := address(c.client.Config())
	e := Evidence{GitVersion: r.version.Git, Groups: r.groups, Host: name, Context: c.options.Cluster,
		MirrorPods: slices.Sorted(maps.Keys(c.objects.mirrors)), ConfigMaps: slices.Sorted(maps.Keys(c.objects.configMaps))}
	for _, node := range c.objects.nodes {
		info := node.Root.Get("status", "nodeInfo")
		e.Nodes = append(e.Nodes, NodeEvidence{
			Name: node.Name, ProviderID: node.Root.Get("spec", "providerID").Text(),
			OSImage: info.Get("osImage").Text(), KubeletVersion: info.Get("kubeletVersion").Text(),
			Labels: texts(node.Labels()), Annotations: texts(node.Root.Get("metadata", "annotations")),
		})
	}
	return e
}

func anyTexts(of map[string]string) map[string]any {
	all := make(map[string]any, len(of))
	for key, text := range of {
		all[key] = text
	}
	return all
}

func anyBools(of map[string]bool) map[string]any {
	all := make(map[string]any, len(of))
	for key, value := range of {
		all[key] = value
	}
	return all
}
