// Package access judges who holds which rights: the risks of RBAC. One general check, Holders,
// looks for dangerous rights that controls write in a small notation (see right); the others judge
// bindings, roles and accounts in themselves. Begin with Checks.
package access

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"access.AdminAccounts":  AdminAccounts,
	"access.Aggregated":     Aggregated,
	"access.Alone":          Alone,
	"access.Bound":          Bound,
	"access.CrossNamespace": CrossNamespace,
	"access.Crowd":          Crowd,
	"access.Dangling":       Dangling,
	"access.Drift":          Drift,
	"access.Excess":         Excess,
	"access.Holders":        Holders,
	"access.OneByOne":       OneByOne,
	"access.Production":     Production,
	"access.ReadApart":      ReadApart,
	"access.SharedNames":    SharedNames,
	"access.StrongPods":     StrongPods,
	"access.TooWide":        TooWide,
	"access.Unbound":        Unbound,
	"access.Unseen":         Unseen,
	"access.UnusedAccounts": UnusedAccounts,
	"access.UnusedRights":   UnusedRights,
	"access.Wildcards":      Wildcards,
}
