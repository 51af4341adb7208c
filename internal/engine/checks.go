package engine

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/account"
	"github.com/kubeproof/kubeproof/internal/engine/admission"
	"github.com/kubeproof/kubeproof/internal/engine/composefile"
	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/engine/namespace"
	"github.com/kubeproof/kubeproof/internal/engine/network"
	"github.com/kubeproof/kubeproof/internal/engine/secret"
	"github.com/kubeproof/kubeproof/internal/engine/workload"
)

// checks are the Go checks by the name that controls use, in order of name.
var checks = map[string]assessment.Check{
	"account.Automount":              account.Automount,
	"account.Default":                account.Default,
	"account.Shared":                 account.Shared,
	"admission.Enforces":             admission.Enforces,
	"composefile.AdminPorts":         composefile.AdminPorts,
	"composefile.OneNetwork":         composefile.OneNetwork,
	"image.RegistryOfEnvironment":    image.RegistryOfEnvironment,
	"image.SemanticVersion":          image.SemanticVersion,
	"image.SpecificTag":              image.SpecificTag,
	"namespace.Default":              namespace.Default,
	"namespace.LimitRange":           namespace.LimitRange,
	"namespace.ResourceQuota":        namespace.ResourceQuota,
	"namespace.SingleOwner":          namespace.SingleOwner,
	"namespace.TeamNamespaces":       namespace.TeamNamespaces,
	"network.AdminInterface":         network.AdminInterface,
	"network.GatewayTLS":             network.GatewayTLS,
	"network.HSTS":                   network.HSTS,
	"network.PortUsed":               network.PortUsed,
	"network.TLSRedirect":            network.TLSRedirect,
	"network.WAF":                    network.WAF,
	"secret.InAnnotation":            secret.InAnnotation,
	"secret.InArgs":                  secret.InArgs,
	"secret.InCompose":               secret.InCompose,
	"secret.InConfigMap":             secret.InConfigMap,
	"secret.InEnv":                   secret.InEnv,
	"secret.InManifest":              secret.InManifest,
	"workload.BudgetBlocksEviction":  workload.BudgetBlocksEviction,
	"workload.CPULimit":              workload.CPULimit,
	"workload.CPURequest":            workload.CPURequest,
	"workload.DisruptionBudget":      workload.DisruptionBudget,
	"workload.EphemeralStorageLimit": workload.EphemeralStorageLimit,
	"workload.MemoryLimit":           workload.MemoryLimit,
	"workload.MemoryRequest":         workload.MemoryRequest,
	"workload.Replicas":              workload.Replicas,
	"workload.RuntimeClassSandbox":   workload.RuntimeClassSandbox,
	"workload.SecurityProfile":       workload.SecurityProfile,
	"workload.TopologySpread":        workload.TopologySpread,
}

// Joined are the kinds that checks read beside what they judge, so that objects of these kinds are
// not called unknown.
var Joined = map[string]bool{
	"BackendConfig": true, "HorizontalPodAutoscaler": true, "IngressClass": true, "LimitRange": true,
	"PodDisruptionBudget": true, "PodMonitor": true, "ProfileBinding": true, "ResourceQuota": true,
	"RuntimeClass": true, "ServiceMonitor": true, "WasmPlugin": true,
}
