package cluster

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kubeproof/kubeproof/internal/collect/cluster/wire"
)

// errStalled is given when no byte of an answer arrived for stallTime.
var errStalled = errors.New("no answer in time")

// failure is a question that got no good answer.
type failure struct {
	status  int
	message string // the server's words, or those of the connection
	hint    string
	passing bool // it may go well later
	stalled bool
	after   time.Duration // when the server wants to be asked again
	resume  string        // the token with which an expired list goes on
	tries   int
	cause   error // of the connection
}

// Unwrap gives what broke the connection.
func (f *failure) Unwrap() error { return f.cause }

func (f *failure) Error() string {
	text := f.message
	if f.status != 0 {
		text = strings.TrimSuffix(fmt.Sprintf("the server answers %d %s: %s", f.status, http.StatusText(f.status), f.message), ": ")
	}
	if f.tries > 1 {
		text += fmt.Sprintf(" (%d tries)", f.tries)
	}
	return text + ": " + f.hint
}

// statusOf gives the status that a server answered; 0 if it did not.
func statusOf(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.status
	}
	return 0
}

// failure tells what an answer or an error means.
func (c *client) failure(response *http.Response, body []byte, err error) *failure {
	if err != nil {
		return c.broken(err)
	}
	f := &failure{status: response.StatusCode, hint: "see the API server's log"}
	words := saidIn(body)
	f.message, f.resume = clipped(words.Message), words.Metadata.Continue
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		f.after = time.Duration(seconds) * time.Second
	}
	switch {
	case f.status == http.StatusUnauthorized:
		f.passing, f.message = true, "it does not accept the credentials of context "+strconv.Quote(c.context)
		f.hint = "log in again, as for kubectl"
	case f.status == http.StatusTooManyRequests:
		f.passing, f.hint = true, "try again when the cluster is less busy"
	case f.status >= 500 && f.status != http.StatusNotImplemented:
		f.passing = true
	case f.status >= 300 && f.status < 400:
		f.message, f.hint = "it sends the request elsewhere", "name the API server itself in the kubeconfig, not a page to log in"
	}
	return f
}

// said is what an API server tells in an error.
type said struct {
	Kind     string
	Message  string
	Metadata struct{ Continue string }
}

func saidIn(body []byte) (s said) {
	if status := wire.Status(body); status != nil {
		s.Message, s.Metadata.Continue = status.Message, status.Continue
		return s
	}
	if json.Unmarshal(body, &s) != nil || s.Kind != "Status" {
		return said{}
	}
	return s
}

// clipped bounds the words of a server, and keeps them on one line.
func clipped(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "..."
	}
	return text
}

// broken tells why there was no answer.
func (c *client) broken(err error) *failure {
	f := &failure{message: clipped(err.Error()), passing: true, hint: "try again", cause: err}
	where := "connect to the API server " + c.server.Redacted() + ": "
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.Is(err, errTooLarge), errors.Is(err, errProtobuf):
		f.passing, f.hint = false, "report this as a defect"
	case errors.Is(err, errStalled):
		f.stalled, f.message = true, fmt.Sprintf("no answer of %s for %s", c.server.Redacted(), c.stall)
		f.hint = "look at the load of the API server, or at what stands before it"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.passing, f.message = c.answered(), where+"connection refused"
		f.hint = "check that the cluster runs and that the kubeconfig names its address"
	case errors.As(err, &name):
		f.passing, f.message, f.hint = c.answered(), where+"no such host", "check the address in the kubeconfig and the network"
	case errors.As(err, &authority):
		f.passing, f.message = false, where+"its certificate is signed by an unknown authority"
		f.hint = "check certificate-authority-data in the kubeconfig"
	case strings.HasPrefix(err.Error(), "getting credentials: "):
		said, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "getting credentials: "), "\n")
		f.passing, f.message = false, "run the program that logs in to context "+strconv.Quote(c.context)+": "+clipped(said)
		f.hint = "install it, or log in again, as for kubectl"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		f.message = "the connection was cut"
	case !c.answered():
		f.passing, f.message, f.hint = false, where+f.message, "check the kubeconfig and the network"
	}
	return f
}

// answered reports whether the server has ever answered.
func (c *client) answered() bool {
	select {
	case <-c.known:
		return true
	default:
		return false
	}
}

// stopped reports whether an error is that of a run that ended.
func stopped(ctx context.Context) bool { return ctx.Err() != nil }
