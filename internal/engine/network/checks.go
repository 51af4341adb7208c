package network

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"network.AdminInterface": AdminInterface,
	"network.GatewayTLS":     GatewayTLS,
	"network.HSTS":           HSTS,
	"network.PortUsed":       PortUsed,
	"network.TLSRedirect":    TLSRedirect,
	"network.WAF":            WAF,
}
