package fact

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// typed gives a flag's text the type that the field of the configuration has.
func typed(flag, text string) any {
	if flag == "tls-cipher-suites" {
		return list(strings.Split(text, ","))
	}
	if value, err := strconv.ParseBool(text); err == nil && text != "0" && text != "1" {
		return value
	}
	if value, err := strconv.Atoi(text); err == nil {
		return value
	}
	return text
}

// configText gives the text under a key of a ConfigMap of kube-system: from the objects, or by a
// request of its own, for those who may get this one but not list all. problem is nil if it is
// not there.
func (c *collection) configText(ctx context.Context, name, key string) (string, *problem) {
	if text := c.objects.data("kube-system/"+name, key); text != "" || len(c.objects.configMaps) > 0 {
		return text, nil
	}
	a := c.get(ctx, "/api/v1/namespaces/kube-system/configmaps/"+name, "application/json")
	if a.err == nil && a.status == http.StatusNotFound {
		return "", nil
	}
	a.path = "ConfigMap kube-system/" + name
	if p := a.problem("get on configmaps in kube-system", ""); p != nil {
		return "", p
	}
	root, err := parse(a.body)
	if err != nil {
		return "", &problem{fmt.Sprintf("read ConfigMap kube-system/%s: %v", name, err), true}
	}
	return root.Get("data", key).Text(), nil
}

// configuration adds the instance that a ConfigMap of kube-system describes. done is false if
// there is none; then the problem, if any, says why.
func (c *collection) configuration(ctx context.Context, kind, name, configMap, key string) (done bool, missing *problem) {
	text, p := c.configText(ctx, configMap, key)
	if p != nil || text == "" {
		return false, p
	}
	config, err := parse([]byte(text))
	if err != nil {
		return false, &problem{fmt.Sprintf("read ConfigMap kube-system/%s: %s: %v", configMap, key, err), true}
	}
	c.add(kind, name, map[string]any{"from": "ConfigMap kube-system/" + configMap + " (cluster-wide)", "complete": false, "config": config.Plain()})
	return true, nil
}

// kubeletConfigMap adds the configuration that kubeadm writes for all kubelets. Nodes may differ
// from it, which is why it says where it comes from. Where there is none, instead says why.
func (c *collection) kubeletConfigMap(ctx context.Context) (done bool, instead string) {
	done, p := c.configuration(ctx, inventory.FactKubelet, "kubelet-config", "kubelet-config", "kubelet")
	if p == nil {
		return done, "there is no ConfigMap kube-system/kubelet-config"
	}
	if p.lost {
		c.fail(p.reason)
	}
	return done, p.reason
}

// proxyConfigMaps are where kubeadm and EKS keep the configuration of kube-proxy.
var proxyConfigMaps = []struct{ name, key string }{{"kube-proxy", "config.conf"}, {"kube-proxy-config", "config"}}

// kubeProxies adds kube-proxy's configuration, which is one for all nodes, or the arguments that
// k3s and RKE2 give it on each. component.Derive finds it where it runs as a pod.
func (c *collection) kubeProxies(ctx context.Context) {
	reason := "there is no ConfigMap kube-system/kube-proxy: kube-proxy is configured elsewhere, or another program does its work"
	for _, place := range proxyConfigMaps {
		done, p := c.configuration(ctx, inventory.FactKubeProxy, "kube-proxy", place.name, place.key)
		if done {
			return
		}
		if p != nil {
			if p.lost {
				c.fail(p.reason)
			}
			reason = p.reason
			break
		}
	}
	for _, args := range c.nodeArgs() {
		c.add(inventory.FactKubeProxy, args.node, proxyOf(args))
		reason = ""
	}
	if reason != "" && !c.objects.running["kube-proxy"] && !c.replacesProxy() {
		c.gap(inventory.FactKubeProxy, reason)
	}
}

// replacesProxy reports whether Cilium does the work of kube-proxy, which then does not run.
func (c *collection) replacesProxy() bool {
	return slices.Contains([]string{"true", "strict"}, c.objects.data("kube-system/cilium-config", "kube-proxy-replacement"))
}

// auditPolicies adds the audit policies that ConfigMaps hold, as subjects of their own.
func (c *collection) auditPolicies() {
	for _, configMap := range c.objects.ordered {
		data := texts(configMap.Root.Get("data"))
		for _, key := range slices.Sorted(maps.Keys(data)) {
			if !strings.Contains(data[key], "audit.k8s.io/") {
				continue
			}
			source := &inventory.Source{Target: c.options.Target, Cluster: c.options.Cluster,
				File: fmt.Sprintf("ConfigMap %s/%s, %s", configMap.Namespace, configMap.Name, key), Text: []byte(data[key])}
			documents, _ := document.Read(source.Text, document.DefaultLimits)
			for _, d := range documents {
				if d.Root.Get("kind").Text() != "Policy" || !strings.HasPrefix(d.Root.Get("apiVersion").Text(), "audit.k8s.io/") {
					continue
				}
				policy := inventory.NewSubject(d.Root, source, d.EndLine, configMap.Namespace, nil)
				if policy.Name == "" {
					policy.Name = configMap.Name
				}
				c.facts = append(c.facts, policy)
			}
		}
	}
}
