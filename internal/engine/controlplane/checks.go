// Package controlplane judges how the components of a cluster are configured, from facts that tell
// their flags and configuration files wherever those were read, and how old they are against the
// catalogue's table of supported releases. Begin with Checks; instance.go reads the facts.
package controlplane

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"controlplane.AnonymousAuth":  AnonymousAuth,
	"controlplane.AlwaysAllow":    AlwaysAllow,
	"controlplane.NodeAuthorizer": authorizer("Node", "nothing limits what a node may read: authorizer Node is not on"),
	"controlplane.RBACAuthorizer": authorizer("RBAC", "rights of roles are not applied: authorizer RBAC is not on"),

	"controlplane.SchedulerProfiling":  SchedulerProfiling,
	"controlplane.AuditLogOutside":     AuditLogOutside,
	"controlplane.EncryptionOfSecrets": EncryptionOfSecrets,
	"controlplane.EncryptionObserved":  EncryptionObserved,

	"controlplane.EtcdServingCertificate": etcdCheck(bothFiles("cert-file", "key-file", "etcd serves its clients without a certificate")),
	"controlplane.EtcdClientAuth":         etcdCheck(mustBeTrue("client-cert-auth", "etcd serves clients without a certificate")),
	"controlplane.EtcdAutoTLS":            etcdCheck(mustBeFalse("auto-tls", "etcd signs its own certificate for clients")),
	"controlplane.EtcdPeerCertificate":    etcdCheck(ofMembers(bothFiles("peer-cert-file", "peer-key-file", "etcd members talk without a certificate"))),
	"controlplane.EtcdPeerAuth":           etcdCheck(ofMembers(mustBeTrue("peer-client-cert-auth", "etcd members accept peers without a certificate"))),
	"controlplane.EtcdPeerAutoTLS":        etcdCheck(mustBeFalse("peer-auto-tls", "etcd signs its own certificate for peers")),
	"controlplane.EtcdListen":             etcdCheck(listensEncrypted),
	"controlplane.EtcdCipherSuites":       etcdCheck(etcdSuites),
	"controlplane.EtcdOwnAuthority":       EtcdOwnAuthority,

	"controlplane.KubeletAnonymous":          kubeletCheck(kubeletAnonymous),
	"controlplane.KubeletAuthorization":      kubeletCheck(kubeletAuthorization),
	"controlplane.KubeletClientCA":           kubeletCheck(kubeletClientCA),
	"controlplane.KubeletReadOnlyPort":       kubeletCheck(kubeletReadOnlyPort),
	"controlplane.KubeletIdleTimeout":        kubeletCheck(kubeletIdleTimeout),
	"controlplane.KubeletIPTablesChains":     kubeletCheck(kubeletIPTablesChains),
	"controlplane.KubeletHostnameOverride":   KubeletHostnameOverride,
	"controlplane.KubeletEventRate":          kubeletCheck(kubeletEventRate),
	"controlplane.KubeletServingCertificate": kubeletCheck(kubeletServingCertificate),
	"controlplane.KubeletRotation":           kubeletCheck(kubeletRotation),
	"controlplane.KubeletServerRotation":     kubeletCheck(kubeletServerRotation),
	"controlplane.KubeletCipherSuites":       kubeletCheck(kubeletCipherSuites),
	"controlplane.KubeletTLSMinVersion":      kubeletCheck(kubeletTLSMinVersion),
	"controlplane.KubeletPodPIDs":            kubeletCheck(kubeletPodPIDs),
	"controlplane.KubeletSeccompDefault":     kubeletCheck(kubeletSeccompDefault),
	"controlplane.KubeProxyMetrics":          KubeProxyMetrics,

	"controlplane.Drift":            Drift,
	"controlplane.Certificate":      Certificate,
	"controlplane.ServerSupported":  ServerSupported,
	"controlplane.ServerAge":        ServerAge,
	"controlplane.KubeletSkew":      KubeletSkew,
	"controlplane.NodeSpread":       NodeSpread,
	"controlplane.RuntimeSupported": RuntimeSupported,
	"controlplane.KernelSupported":  KernelSupported,
	"controlplane.KernelSpread":     KernelSpread,
	"controlplane.SystemSupported":  SystemSupported,
	"controlplane.EtcdSupported":    EtcdSupported,
	"controlplane.CoreDNSAge":       CoreDNSAge,
}
