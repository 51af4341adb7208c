package source

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// patience is how long a registry may take for a manifest, and how long it may send nothing of a blob.
const patience = 30 * time.Second

// errSilent ends what waits for a registry that says nothing.
var errSilent = errors.New("the registry does not answer: look whether it is up, or save the image into a file and scan that")

// waiting ends a context when nothing has come for too long.
type waiting struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	most   time.Duration
}

func wait(ctx context.Context, most time.Duration) *waiting {
	w := &waiting{most: most}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(most, func() { w.cancel(errSilent) })
	return w
}

func (w *waiting) end() {
	w.timer.Stop()
	w.cancel(nil)
}

// told gives the reason of an error: that of the end of the context, if that caused it.
func (w *waiting) told(err error) error {
	if err != nil && err != io.EOF && errors.Is(context.Cause(w.ctx), errSilent) {
		return errSilent
	}
	return err
}

// patient is a blob of a registry. Only reading counts as waiting: who reads may be slow.
type patient struct {
	io.ReadCloser
	*waiting
}

// Read reads what has come, and fails when nothing came for too long.
func (p patient) Read(b []byte) (int, error) {
	p.timer.Reset(p.most)
	n, err := p.ReadCloser.Read(b)
	p.timer.Stop()
	return n, p.told(err)
}

// Close lets the connection go.
func (p patient) Close() error {
	defer p.end()
	return p.ReadCloser.Close()
}

// absent is what a registry does not have.
type absent struct{ error }

func (a absent) Error() string {
	return "the registry has no such image, or does not show it without docker login: " + a.error.Error()
}
func (a absent) Unwrap() []error { return []error{fs.ErrNotExist, a.error} }

// explain says what to do about an error of a registry.
func explain(err error, host string) error {
	var failed *transport.Error
	var untrusted *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.As(err, &failed):
		return explainStatus(failed.StatusCode, err, host)
	case errors.Is(err, errSilent), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &untrusted):
		return fmt.Errorf("the registry's certificate is not trusted: name the file of its authority in SSL_CERT_FILE: %w", err)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("the registry speaks HTTP: allow that with --insecure-registry: %w", err)
	case errors.As(err, &network):
		return fmt.Errorf("the registry cannot be reached: look at its name and the network, or save the image into a file and scan that: %w", err)
	}
	return err
}

func explainStatus(status int, err error, host string) error {
	switch {
	case status == 401 || status == 403:
		return fmt.Errorf("no right to read it: log in with docker login %s: %w", host, err)
	case status == 404:
		return absent{err}
	case status == 429:
		return fmt.Errorf("too many requests: log in with docker login %s, or wait: %w", host, err)
	case status >= 500:
		return fmt.Errorf("the registry is in trouble: try again later: %w", err)
	}
	return err
}
