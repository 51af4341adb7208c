package demo

import "strings"

// flaw is something that can be wrong with a workload.
type flaw struct {
	name string
	// care is added to the cluster's: rare flaws have much.
	care int
	// only are names of workloads that alone can have it; nil for all.
	only []string
	make func(w running, spec, whole object)
}

// flaws are those that the demonstration draws from, with what makes them.
var flaws = []flaw{
	{"latest", 4, nil, func(w running, spec, _ object) {
		first(spec)["image"] = strings.Split(w.reference(), ":")[0] + ":latest"
	}},
	{"tag-alone", -14, nil, func(w running, spec, _ object) { first(spec)["image"] = strings.Split(w.reference(), "@")[0] }},
	{"root", 0, nil, func(_ running, spec, _ object) {
		for _, in := range []object{spec["securityContext"].(object), first(spec)["securityContext"].(object)} {
			in["runAsNonRoot"], in["runAsUser"], in["runAsGroup"] = false, 0, 0
		}
	}},
	{"privileged", 12, nil, func(_ running, spec, _ object) {
		in := first(spec)["securityContext"].(object)
		in["privileged"], in["allowPrivilegeEscalation"] = true, true
	}},
	{"escalation", 0, nil, func(_ running, spec, _ object) {
		delete(first(spec)["securityContext"].(object), "allowPrivilegeEscalation")
	}},
	{"writable", -8, nil, func(_ running, spec, _ object) {
		first(spec)["securityContext"].(object)["readOnlyRootFilesystem"] = false
	}},
	{"capabilities", 0, nil, func(_ running, spec, _ object) { delete(first(spec)["securityContext"].(object), "capabilities") }},
	{"net-admin", 12, nil, func(_ running, spec, _ object) {
		first(spec)["securityContext"].(object)["capabilities"] = object{"drop": []any{"ALL"}, "add": []any{"NET_ADMIN"}}
	}},
	{"seccomp", 2, nil, func(_ running, spec, _ object) {
		delete(spec["securityContext"].(object), "seccompProfile")
		delete(first(spec)["securityContext"].(object), "seccompProfile")
	}},
	{"limits", -4, nil, func(_ running, spec, _ object) {
		first(spec)["resources"] = object{"requests": object{"cpu": "100m", "memory": "128Mi"}}
	}},
	{"no-resources", 8, nil, func(_ running, spec, _ object) { delete(first(spec), "resources") }},
	{"probes", -4, nil, func(_ running, spec, _ object) {
		delete(first(spec), "livenessProbe")
		delete(first(spec), "startupProbe")
	}},
	{"not-ready", 6, nil, func(_ running, spec, _ object) { delete(first(spec), "readinessProbe") }},
	{"password", 8, []string{"mailer", "importer", "wiki", "chat", "recommendations", "points-api", "artefacts", "webhooks"}, func(_ running, spec, _ object) {
		container := first(spec)
		container["env"] = append(container["env"].([]any), object{"name": "SMTP_PASSWORD", "value": "made-up-for-the-demonstration-7f3a91c2"})
	}},
	{"secret-env", -10, nil, func(w running, spec, _ object) {
		container := first(spec)
		container["env"] = append(container["env"].([]any), object{"name": "API_TOKEN", "valueFrom": object{"secretKeyRef": object{"name": w.name, "key": "token"}}})
	}},
	{"token", 0, nil, func(_ running, spec, _ object) { delete(spec, "automountServiceAccountToken") }},
	{"default-account", 4, nil, func(_ running, spec, _ object) { spec["serviceAccountName"] = "default" }},
	{"one-replica", 2, nil, func(_ running, _, whole object) { whole["replicas"] = 1 }},
	{"together", -4, nil, func(_ running, spec, _ object) { delete(spec, "topologySpreadConstraints") }},
	{"host-network", 12, nil, func(_ running, spec, _ object) { spec["hostNetwork"], spec["hostPID"] = true, true }},
	{"socket", 0, []string{"runner", "image-builder", "falco", "importer"}, func(_ running, spec, _ object) {
		spec["volumes"] = append(spec["volumes"].([]any), object{"name": "runtime", "hostPath": object{"path": "/run/containerd/containerd.sock", "type": "Socket"}})
		container := first(spec)
		container["volumeMounts"] = append(container["volumeMounts"].([]any), object{"name": "runtime", "mountPath": "/run/containerd/containerd.sock"})
	}},
	{"no-budget", -2, nil, func(running, object, object) {}},
	{"no-tls", 0, nil, func(running, object, object) {}},
}

// fits reports whether a workload can have the flaw.
func (f *flaw) fits(w running) bool {
	if f.only == nil {
		return true
	}
	for _, name := range f.only {
		if name == w.name {
			return true
		}
	}
	return false
}

// has reports whether the workload has the flaw now.
func (w running) has(f flaw) bool {
	care := w.cluster.care + f.care
	if f.only != nil {
		care = 35
	}
	if w.in.system {
		care += 6 // made by those who make such things for a living
	}
	return drawn(chance(w.seed, w.cluster.name, w.in.name, w.name, f.name), min(care, 97), max(w.from, w.in.from)).at(w.week)
}

// suffers reports whether the workload has the flaw of a name now.
func (w running) suffers(name string) bool {
	for _, f := range flaws {
		if f.name == name {
			return f.fits(w) && w.has(f)
		}
	}
	return false
}
