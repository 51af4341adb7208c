package demo

// namespaces are the cluster's, with their network policies and quotas.
func (s *sight) namespaces() {
	for _, name := range []string{"default", "kube-system", "kube-public", "kube-node-lease"} {
		s.add(object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": name, "labels": object{"kubernetes.io/metadata.name": name}}})
	}
	for _, in := range s.spaces() {
		labels := object{"kubernetes.io/metadata.name": in.name, "team": in.team, "environment": s.cluster.environment}
		if in.level != "" {
			labels["pod-security.kubernetes.io/enforce"], labels["pod-security.kubernetes.io/warn"] = in.level, "restricted"
			labels["pod-security.kubernetes.io/audit"] = "restricted"
		}
		s.add(object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": in.name, "labels": labels, "annotations": object{"owner": in.team + "@example.com"}}})
		if in.level != "" || s.week >= 14 {
			s.quotas(in)
		}
		if s.week >= in.open {
			s.policies(in)
		}
	}
}

func (s *sight) quotas(in *space) {
	meta := object{"name": "usual", "namespace": in.name}
	s.add(object{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": object{"hard": object{"requests.cpu": "20", "requests.memory": "40Gi", "limits.cpu": "40", "limits.memory": "80Gi", "pods": "80"}}})
	s.add(object{"apiVersion": "v1", "kind": "LimitRange", "metadata": meta, "spec": object{"limits": []any{object{"type": "Container",
		"default": object{"cpu": "500m", "memory": "256Mi"}, "defaultRequest": object{"cpu": "50m", "memory": "64Mi"}}}}})
}

// policies forbid everything in a namespace but what its workloads need.
func (s *sight) policies(in *space) {
	add := func(name string, spec object) {
		s.add(object{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": object{"name": name, "namespace": in.name}, "spec": spec})
	}
	add("default-deny", object{"podSelector": object{}, "policyTypes": []any{"Ingress", "Egress"}})
	dns := object{"to": []any{object{"namespaceSelector": named("kube-system"), "podSelector": labelled("k8s-app", "kube-dns")}}, "ports": []any{port("UDP", 53), port("TCP", 53)}}
	add("dns", object{"podSelector": object{}, "policyTypes": []any{"Egress"}, "egress": []any{dns}})
	for i := range in.workloads {
		w := running{&in.workloads[i], in, s.cluster, s.seed, s.week}
		if !w.there() || w.port == 0 {
			continue
		}
		var from []any
		for _, other := range in.workloads {
			for _, name := range other.talksTo {
				if name == w.name {
					from = append(from, object{"podSelector": labelled("app.kubernetes.io/name", other.name)})
				}
			}
		}
		if w.host != "" {
			from = append(from, object{"namespaceSelector": named("ingress-nginx")})
		}
		from = append(from, object{"namespaceSelector": named("monitoring")})
		add(w.name, object{"podSelector": labelled("app.kubernetes.io/name", w.name), "policyTypes": []any{"Ingress"},
			"ingress": []any{object{"from": from, "ports": []any{port("TCP", w.port)}}}})
		s.outwards(w, add)
	}
}

// outwards lets a workload reach those that it talks to.
func (s *sight) outwards(w running, add func(string, object)) {
	if len(w.talksTo) == 0 {
		return
	}
	var to []any
	for _, name := range w.talksTo {
		to = append(to, object{"podSelector": labelled("app.kubernetes.io/name", name)})
	}
	add(w.name+"-out", object{"podSelector": labelled("app.kubernetes.io/name", w.name), "policyTypes": []any{"Egress"}, "egress": []any{object{"to": to}}})
}

func labelled(key, value string) object { return object{"matchLabels": object{key: value}} }

func named(namespace string) object { return labelled("kubernetes.io/metadata.name", namespace) }

func port(protocol string, number int) object { return object{"protocol": protocol, "port": number} }
