package inventory

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// clusterScoped are the built-in kinds that live in no namespace.
var clusterScoped = map[string]bool{
	"Namespace": true, "Node": true, "PersistentVolume": true, "ClusterRole": true, "ClusterRoleBinding": true,
	"StorageClass": true, "PriorityClass": true, "RuntimeClass": true, "IngressClass": true, "GatewayClass": true,
	"CustomResourceDefinition": true, "APIService": true, "CSIDriver": true, "CSINode": true, "VolumeAttachment": true,
	"MutatingWebhookConfiguration": true, "ValidatingWebhookConfiguration": true,
	"ValidatingAdmissionPolicy": true, "ValidatingAdmissionPolicyBinding": true,
	"MutatingAdmissionPolicy": true, "MutatingAdmissionPolicyBinding": true,
	"CertificateSigningRequest": true, "FlowSchema": true, "PriorityLevelConfiguration": true,
	"PodSecurityPolicy": true, "ClusterPolicy": true, "ClusterIssuer": true, "ComponentStatus": true,
	"AdminNetworkPolicy": true, "BaselineAdminNetworkPolicy": true, "ClusterNetworkPolicy": true,
	"ConstraintTemplate": true, "ClusterTrustBundle": true, "DeviceClass": true, "ResourceSlice": true,
	"CiliumClusterwideNetworkPolicy": true, "GlobalNetworkPolicy": true, "GlobalNetworkSet": true, "FelixConfiguration": true,
	FactCluster: true, FactAPIServer: true, FactControllerManager: true, FactScheduler: true, FactEtcd: true,
	FactKubelet: true, FactKubeProxy: true, FactAuditUse: true, FactAdmission: true, FactImage: true, FactBill: true, FactDockerfile: true,
}

// NewSubject makes a subject from an object. The namespace is the object's own, else fallback,
// else "default"; cluster-scoped kinds get none. templates adds places of pod templates by kind.
func NewSubject(root *document.Node, source *Source, endLine int, fallback string, templates map[string][]string) *Subject {
	return NewTypedSubject(root.Get("kind").Text(), root.Get("apiVersion").Text(), root, source, endLine, fallback, templates)
}

// NewTypedSubject is NewSubject for an object whose kind stands elsewhere, as that of the
// elements of a PodList does.
func NewTypedSubject(kind, apiVersion string, root *document.Node, source *Source, endLine int, fallback string, templates map[string][]string) *Subject {
	s := &Subject{
		Kind: kind, APIVersion: apiVersion,
		Namespace: root.Get("metadata", "namespace").Text(), Name: root.Get("metadata", "name").Text(),
		Root: root, Source: source, EndLine: endLine,
	}
	if s.Name == "" {
		s.Name = root.Get("metadata", "generateName").Text()
	}
	switch {
	case s.ClusterScoped():
		s.Namespace = ""
	case s.Namespace == "" && fallback != "":
		s.Namespace = fallback
	case s.Namespace == "":
		s.Namespace = "default"
	}
	s.Pod = findPod(s.Kind, root, templates)
	return s
}

// ClusterScoped reports whether objects of this kind live in no namespace.
func (s *Subject) ClusterScoped() bool {
	return clusterScoped[s.Kind] && !(s.Kind == "ClusterPolicy" && !strings.HasPrefix(s.APIVersion, "kyverno.io/"))
}

// Group is the API group: "apps" of apps/v1, "" of v1.
func (s *Subject) Group() string {
	group, _, found := strings.Cut(s.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// Labels are the object's own labels; nil if it has none.
func (s *Subject) Labels() *document.Node { return s.Root.Get("metadata", "labels") }

// Annotation is the value of one of the object's own annotations; "" if absent.
func (s *Subject) Annotation(key string) string {
	return s.Root.Get("metadata", "annotations", key).Text()
}
