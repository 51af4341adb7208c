package fact

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// controlPlane adds the components of the control plane that pods do not show: component.Derive
// finds those that run as pods. Sources are, the best first, OpenShift's ConfigMaps, the API
// server's own /flagz, and the arguments that k3s and RKE2 write on their nodes. What none of
// them shows is a gap.
func (c *collection) controlPlane(r *reading, platform Platform) {
	found := c.openshift(r)
	if r.flags != nil && !found[inventory.FactAPIServer] {
		c.addFlagz(r)
		found[inventory.FactAPIServer] = true
	}
	c.nodeArguments(found)
	for _, part := range []struct{ kind, component string }{
		{inventory.FactAPIServer, "kube-apiserver"}, {inventory.FactControllerManager, "kube-controller-manager"},
		{inventory.FactScheduler, "kube-scheduler"}, {inventory.FactEtcd, "etcd"},
	} {
		if !found[part.kind] && !c.objects.running[part.component] {
			c.unseen(part.kind, part.component, r, platform)
		}
	}
}

func (c *collection) addFlagz(r *reading) {
	flags := anyTexts(r.flags.flags)
	for name, value := range c.serverOptions() {
		if _, known := flags[name]; !known {
			flags[name] = value
		}
	}
	fields := map[string]any{"from": "flagz", "complete": true, "flags": flags}
	if r.version.Git != "" {
		fields["version"] = r.version.Git
	}
	c.add(inventory.FactAPIServer, "kube-apiserver", fields)
}

// unseen adds the gap of a component that nothing showed. That a provider runs it is no lack of
// rights, and is asked of the provider.
func (c *collection) unseen(kind, component string, r *reading, p Platform) {
	if p.ControlPlane == Provider {
		c.gaps = append(c.gaps, inventory.Gap{Target: c.options.Target, Kind: kind, Provider: true,
			Reason: p.Name + " runs the control plane: ask the provider"})
		return
	}
	reason := fmt.Sprintf("no pod of %s is seen in the cluster: it runs outside of it, or there is no right to list pods of kube-system", component)
	switch {
	case p.ControlPlane == Elsewhere:
		reason = fmt.Sprintf("the control plane of %s runs outside of this cluster: scan the cluster or the machines that it runs on", p.Name)
	case p.Name == "k3s" || p.Name == "RKE2" || p.Name == "microk8s":
		reason = fmt.Sprintf("%s runs %s inside of its own program, and no node shows its arguments: list nodes, or scan the servers themselves", p.Name, component)
	case c.listed("kube-system", "Pod"):
		reason = fmt.Sprintf("no pod of the cluster runs %s: scan the machines that it runs on", component)
	}
	if kind == inventory.FactAPIServer && r.noFlags != nil {
		reason += "; " + r.noFlags.reason
		if r.noFlags.lost {
			c.fail(r.noFlags.reason)
		}
	}
	c.gap(kind, reason)
}
