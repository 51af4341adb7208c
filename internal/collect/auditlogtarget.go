package collect

import (
	"io"

	"github.com/kubeproof/kubeproof/internal/collect/auditlog"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const auditLogPrefix = "audit-log"

// AuditLog is the target that reads an audit log of the API server, packed by gzip or not.
func AuditLog(file string) string { return auditLogPrefix + ":" + file }

// planAuditLog sums an audit log as one fact.
func (r *run) planAuditLog(target int, name, place string) {
	r.addPacked(target, name, place, func(show string, text io.Reader) []part {
		fact, errs := auditlog.Read(show, text, auditlog.DefaultLimits)
		p := part{show: show, errors: errs, files: 1}
		if fact != nil {
			fact.Source.Target = name
			p.subjects, p.documents = []*inventory.Subject{fact}, 1
		}
		return []part{p}
	})
}
