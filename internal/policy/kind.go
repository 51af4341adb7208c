package policy

import "fmt"

// resource is where the API server has a kind.
type resource struct{ group, name string }

// template finds the pod template of every kind that podRules names.
const template = `object.kind == 'Pod' ? object
  : object.kind == 'PodTemplate' ? object.template
  : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template
  : object.spec.template`

// podRules match what carries a pod. Ephemeral containers come to a pod through a subresource of
// their own.
func podRules(containers bool) []any {
	own := []any{"pods", "podtemplates", "replicationcontrollers"}
	if containers {
		own = append(own, "pods/ephemeralcontainers")
	}
	return []any{
		rule("", own...),
		rule("apps", "deployments", "statefulsets", "daemonsets", "replicasets"),
		rule("batch", "jobs", "cronjobs"),
	}
}

// kinds are the kinds that a policy may judge.
var kinds = map[string]resource{
	"ConfigMap": {"", "configmaps"}, "Endpoints": {"", "endpoints"}, "LimitRange": {"", "limitranges"},
	"Namespace": {"", "namespaces"}, "Node": {"", "nodes"}, "PersistentVolume": {"", "persistentvolumes"},
	"PersistentVolumeClaim": {"", "persistentvolumeclaims"}, "Pod": {"", "pods"}, "PodTemplate": {"", "podtemplates"},
	"ReplicationController": {"", "replicationcontrollers"}, "ResourceQuota": {"", "resourcequotas"},
	"Secret": {"", "secrets"}, "Service": {"", "services"}, "ServiceAccount": {"", "serviceaccounts"},
	"DaemonSet": {"apps", "daemonsets"}, "Deployment": {"apps", "deployments"}, "ReplicaSet": {"apps", "replicasets"},
	"StatefulSet":             {"apps", "statefulsets"},
	"HorizontalPodAutoscaler": {"autoscaling", "horizontalpodautoscalers"},
	"CronJob":                 {"batch", "cronjobs"}, "Job": {"batch", "jobs"},
	"EndpointSlice": {"discovery.k8s.io", "endpointslices"},
	"Ingress":       {"networking.k8s.io", "ingresses"}, "IngressClass": {"networking.k8s.io", "ingressclasses"},
	"NetworkPolicy":       {"networking.k8s.io", "networkpolicies"},
	"RuntimeClass":        {"node.k8s.io", "runtimeclasses"},
	"PodDisruptionBudget": {"policy", "poddisruptionbudgets"},
	"ClusterRole":         {"rbac.authorization.k8s.io", "clusterroles"},
	"ClusterRoleBinding":  {"rbac.authorization.k8s.io", "clusterrolebindings"},
	"Role":                {"rbac.authorization.k8s.io", "roles"}, "RoleBinding": {"rbac.authorization.k8s.io", "rolebindings"},
	"PriorityClass": {"scheduling.k8s.io", "priorityclasses"},
	"StorageClass":  {"storage.k8s.io", "storageclasses"}, "CSIDriver": {"storage.k8s.io", "csidrivers"},
	"Gateway": {"gateway.networking.k8s.io", "gateways"}, "HTTPRoute": {"gateway.networking.k8s.io", "httproutes"},
	"ScaledObject": {"keda.sh", "scaledobjects"},
}

// rulesOf match kinds by name.
func rulesOf(names []string) ([]any, error) {
	var rules []any
	for _, name := range names {
		at, known := kinds[name]
		if !known {
			return nil, fmt.Errorf("it judges %s, of which no API group is known here", name)
		}
		rules = append(rules, rule(at.group, at.name))
	}
	return rules, nil
}

// rule matches resources in all their versions: scans judge what is written, in any version, too.
func rule(group string, resources ...any) map[string]any {
	return map[string]any{
		"apiGroups": []any{group}, "apiVersions": []any{"*"},
		"operations": []any{"CREATE", "UPDATE"}, "resources": resources,
	}
}
