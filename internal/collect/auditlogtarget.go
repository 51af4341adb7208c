package collect

import (
	"context"
	"io"
	"path/filepath"

	"github.com/kubeproof/kubeproof/internal/collect/auditlog"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const auditLogPrefix = "audit-log"

// AuditLog is the target that reads an audit log of the API server, packed by gzip or not.
func AuditLog(file string) string { return auditLogPrefix + ":" + file }

// planAuditLog sums an audit log as one fact.
func (r *run) planAuditLog(target int, name, place string) {
	show := filepath.ToSlash(place)
	r.add(target, name, show, func() []part {
		text, closed, err := openPacked(place)
		if err != nil {
			return failed(show, err.Error())
		}
		defer closed()
		fact, errs := auditlog.Read(show, stoppable{r.ctx, text}, auditlog.DefaultLimits)
		p := part{show: show, errors: errs, files: 1}
		if fact != nil {
			fact.Source.Target = name
			p.subjects, p.documents = []*inventory.Subject{fact}, 1
		}
		return []part{p}
	})
}

// stoppable reads until its context is done.
type stoppable struct {
	ctx  context.Context
	from io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.from.Read(p)
}
