package wire

import (
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// known are the kinds of which clusters have many, by API version. What is not among them is
// listed as JSON. Secrets are not, because only their metadata is asked for.
var known = map[string][]any{
	"v1": {corev1.ConfigMap{}, corev1.LimitRange{}, corev1.Namespace{}, corev1.Node{}, corev1.PersistentVolume{},
		corev1.PersistentVolumeClaim{}, corev1.Pod{}, corev1.PodTemplate{}, corev1.ReplicationController{},
		corev1.ResourceQuota{}, corev1.Service{}, corev1.ServiceAccount{}},
	"apps/v1":              {appsv1.DaemonSet{}, appsv1.Deployment{}, appsv1.ReplicaSet{}, appsv1.StatefulSet{}},
	"autoscaling/v2":       {autoscalingv2.HorizontalPodAutoscaler{}},
	"batch/v1":             {batchv1.CronJob{}, batchv1.Job{}},
	"discovery.k8s.io/v1":  {discoveryv1.EndpointSlice{}},
	"networking.k8s.io/v1": {networkingv1.Ingress{}, networkingv1.IngressClass{}, networkingv1.NetworkPolicy{}},
	"policy/v1":            {policyv1.PodDisruptionBudget{}},
	"rbac.authorization.k8s.io/v1": {rbacv1.ClusterRole{}, rbacv1.ClusterRoleBinding{}, rbacv1.Role{},
		rbacv1.RoleBinding{}},
}

// typeOf gives the Go type of a kind; nil if it is not listed as protobuf.
func typeOf(apiVersion, kind string) reflect.Type {
	for _, value := range known[apiVersion] {
		if t := reflect.TypeOf(value); t.Name() == kind {
			return t
		}
	}
	return nil
}
