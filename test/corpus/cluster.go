package corpus

import "fmt"

// Object is one object as JSON would hold it.
type Object = map[string]any

// Part is a number of objects of one kind, each made from its number.
type Part struct {
	Count  int
	Object func(i int) Object
}

// Cluster gives the objects of a large cluster in an order in which they can be made: namespaces,
// accounts, roles, bindings (a third for the whole cluster), secrets, network policies, and Pods
// that ReplicaSets of Deployments own. One team in eight holds rights that it should not.
func Cluster(namespaces, deployments, pods, bindings int) []Part {
	c := cluster{namespaces: namespaces, deployments: deployments, pods: pods, bindings: bindings}
	return []Part{
		{namespaces, c.namespace}, {2 * namespaces, c.account}, {namespaces, c.role}, {namespaces / 5, c.clusterRole},
		{bindings - bindings/3, c.binding}, {bindings / 3, c.clusterBinding}, {namespaces, c.secret}, {namespaces, c.networkPolicy},
		{deployments, c.service}, {deployments, c.deployment}, {deployments, c.replicaSet}, {pods, c.pod},
	}
}

type cluster struct{ namespaces, deployments, pods, bindings int }

func (c cluster) team(i int) string { return fmt.Sprintf("team-%04d", i%c.namespaces) }

func object(apiVersion, kind, namespace, name string, rest Object) Object {
	metadata := Object{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	o := Object{"apiVersion": apiVersion, "kind": kind, "metadata": metadata}
	for key, value := range rest {
		o[key] = value
	}
	return o
}

const access = "rbac.authorization.k8s.io"

func (c cluster) namespace(i int) Object {
	o := object("v1", "Namespace", "", c.team(i), nil)
	labels := Object{"team": fmt.Sprintf("team-%d", i/4)}
	if i%3 > 0 {
		labels["pod-security.kubernetes.io/enforce"] = "baseline"
	}
	o["metadata"].(Object)["labels"] = labels
	return o
}

func (c cluster) account(i int) Object {
	return object("v1", "ServiceAccount", c.team(i), []string{"app", "ci"}[i/c.namespaces], nil)
}

// rules are those of roles, harmless first.
var rules = []Object{
	{"apiGroups": []string{"", "apps"}, "resources": []string{"pods", "services", "deployments"}, "verbs": []string{"get", "list", "watch"}},
	{"apiGroups": []string{""}, "resources": []string{"configmaps"}, "verbs": []string{"get"}, "resourceNames": []string{"settings"}},
	{"apiGroups": []string{"coordination.k8s.io"}, "resources": []string{"leases"}, "verbs": []string{"get", "create", "update"}},
	{"apiGroups": []string{"apps"}, "resources": []string{"deployments"}, "verbs": []string{"get", "list", "update", "patch"}},
	{"apiGroups": []string{""}, "resources": []string{"pods/log"}, "verbs": []string{"get"}},
	{"apiGroups": []string{"batch"}, "resources": []string{"jobs"}, "verbs": []string{"create", "delete"}},
	{"apiGroups": []string{""}, "resources": []string{"secrets"}, "verbs": []string{"get", "list"}},
	{"apiGroups": []string{""}, "resources": []string{"pods/exec"}, "verbs": []string{"create"}},
}

func (c cluster) role(i int) Object {
	return object(access+"/v1", "Role", c.team(i), "work", Object{"rules": []Object{rules[i%8], rules[(i/8)%6]}})
}

func (c cluster) clusterRole(i int) Object {
	return object(access+"/v1", "ClusterRole", "", fmt.Sprintf("platform-%03d", i), Object{"rules": []Object{rules[i%8], rules[(i+1)%3]}})
}

func (c cluster) subjects(i int) []Object {
	if i%5 == 0 {
		return []Object{{"kind": "Group", "apiGroup": access, "name": fmt.Sprintf("oidc:team-%d", i%c.namespaces/4)}}
	}
	if i%7 == 0 {
		return []Object{{"kind": "User", "apiGroup": access, "name": fmt.Sprintf("person%d@example.com", i%997)}}
	}
	return []Object{{"kind": "ServiceAccount", "namespace": c.team(i), "name": []string{"app", "ci"}[i%2]}}
}

func (c cluster) binding(i int) Object {
	return object(access+"/v1", "RoleBinding", c.team(i), fmt.Sprintf("binding-%d", i/c.namespaces), Object{
		"roleRef": Object{"apiGroup": access, "kind": "Role", "name": "work"}, "subjects": c.subjects(i)})
}

func (c cluster) clusterBinding(i int) Object {
	role := fmt.Sprintf("platform-%03d", i%max(1, c.namespaces/5))
	if i%200 == 7 {
		role = "cluster-admin"
	}
	return object(access+"/v1", "ClusterRoleBinding", "", fmt.Sprintf("platform-%05d", i), Object{
		"roleRef": Object{"apiGroup": access, "kind": "ClusterRole", "name": role}, "subjects": c.subjects(i)})
}

func (c cluster) secret(i int) Object {
	return object("v1", "Secret", c.team(i), "db", Object{"stringData": Object{"password": fmt.Sprintf("generated-%d", i)}})
}

func (c cluster) networkPolicy(i int) Object {
	types := []string{"Ingress", "Egress"}
	return object("networking.k8s.io/v1", "NetworkPolicy", c.team(i), "default", Object{
		"spec": Object{"podSelector": Object{}, "policyTypes": types[:1+i%2]}})
}

func (c cluster) labels(i int) Object { return Object{"app": fmt.Sprintf("app-%d", i%c.deployments)} }

func (c cluster) service(i int) Object {
	return object("v1", "Service", c.team(i), fmt.Sprintf("app-%d", i), Object{
		"spec": Object{"selector": c.labels(i), "ports": []Object{{"port": 80, "targetPort": 8080}}}})
}

func (c cluster) podSpec(i int) Object {
	container := Object{"name": "app", "image": fmt.Sprintf("registry.example.com/team/app%d:v1.%d.0", i%200, i%17),
		"ports":     []Object{{"containerPort": 8080, "name": "http"}},
		"env":       []Object{{"name": "LOG", "value": "info"}, {"name": "DB", "valueFrom": Object{"secretKeyRef": Object{"name": "db", "key": "password"}}}},
		"resources": Object{"requests": Object{"cpu": "10m", "memory": "16Mi"}, "limits": Object{"memory": "64Mi"}}}
	spec := Object{"serviceAccountName": "app", "containers": []Object{container}}
	switch i % 4 {
	case 0, 1:
		container["securityContext"] = Object{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true,
			"capabilities": Object{"drop": []string{"ALL"}}, "seccompProfile": Object{"type": "RuntimeDefault"}}
	case 2:
		container["livenessProbe"] = Object{"httpGet": Object{"path": "/live", "port": "http"}}
	}
	return spec
}

func (c cluster) workload(kind string, i int) Object {
	name := fmt.Sprintf("app-%d", i)
	o := object("apps/v1", kind, c.team(i), name, Object{"spec": Object{"replicas": max(1, c.pods/c.deployments), "selector": Object{"matchLabels": c.labels(i)},
		"template": Object{"metadata": Object{"labels": c.labels(i)}, "spec": c.podSpec(i)}}})
	return o
}

func (c cluster) deployment(i int) Object { return c.workload("Deployment", i) }

func (c cluster) replicaSet(i int) Object { return owned(c.workload("ReplicaSet", i), "Deployment", i) }

func (c cluster) pod(i int) Object {
	of := i % c.deployments
	o := object("v1", "Pod", c.team(of), fmt.Sprintf("app-%d-%d", of, i/c.deployments), Object{"spec": c.podSpec(of)})
	o["metadata"].(Object)["labels"] = c.labels(of)
	return owned(o, "ReplicaSet", of)
}

// owned names the controller of an object; nobody collects garbage in a cluster without controllers.
func owned(o Object, kind string, i int) Object {
	o["metadata"].(Object)["ownerReferences"] = []Object{{"apiVersion": "apps/v1", "kind": kind, "name": fmt.Sprintf("app-%d", i),
		"uid": fmt.Sprintf("00000000-0000-0000-0000-%012d", i), "controller": true}}
	return o
}
