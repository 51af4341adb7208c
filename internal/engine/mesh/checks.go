package mesh

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"mesh.AllowAll":         AllowAll,
	"mesh.CiliumEncryption": CiliumEncryption,
	"mesh.ClientTLS":        ClientTLS,
	"mesh.DefaultDeny":      DefaultDeny,
	"mesh.Ignored":          Ignored,
	"mesh.Injection":        Injection,
	"mesh.Present":          Present,
	"mesh.Strict":           Strict,
	"mesh.TokenRequired":    TokenRequired,
}
