package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// The bounds of one question to the API server. docs/limits.md states them.
const (
	mostTries    = 5
	mostStalls   = 2 // tries that may end without an answer in time
	stallTime    = 30 * time.Second
	firstWait    = 250 * time.Millisecond // doubled with each try, half of it drawn by lot
	longestWait  = 30 * time.Second       // whatever Retry-After asks for
	mostPage     = 64 << 20               // bytes of a page in JSON
	mostStream   = 256 << 20              // bytes of a page that is read while it arrives
	mostUnpaged  = 256 << 20              // bytes of a list that cannot be had in pages
	mostAnswer   = 16 << 20               // bytes of any other answer
	mostRemember = 16 << 20               // bytes of a buffer that is used again
)

// client asks one API server. It may be used by many goroutines.
type client struct {
	config  *rest.Config
	http    *http.Client
	server  *url.URL
	context string
	buffers sync.Pool
	// reached is set by the first answer: until then a server that refuses is none.
	reached sync.Once
	known   chan struct{}

	stall time.Duration
	wait  func(context.Context, time.Duration)
	// page and largePage are how many objects are asked for at once, in JSON and in protobuf.
	page, largePage int
}

func newClient(at *place) (*client, error) {
	config := rest.CopyConfig(at.config)
	config.UserAgent = "kubeproof"
	server, _, err := rest.DefaultServerURL(config.Host, "", schema.GroupVersion{}, rest.IsConfigTransportTLS(*config))
	if err != nil {
		return nil, fmt.Errorf("use the server of context %q: %w: correct the kubeconfig", at.context, err)
	}
	config.DisableCompression = loopback(server)
	transport, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("use context %q: %w: correct the kubeconfig", at.context, err)
	}
	// Credentials are sent with every request: they must not follow a redirection elsewhere.
	transport.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{config: config, http: transport, server: server, context: at.context, known: make(chan struct{}),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}, stall: stallTime, wait: pause,
		page: pageSize, largePage: largePageSize}, nil
}

// Config is how the server is reached.
func (c *client) Config() *rest.Config { return c.config }

// Get gives the answer to one GET, whatever its status.
func (c *client) Get(ctx context.Context, path, accept string) (status int, body []byte, err error) {
	var into bytes.Buffer
	response, err := c.once(ctx, path, accept, func(int) io.Writer { return &into }, mostAnswer)
	if err != nil {
		return 0, nil, err
	}
	return response.StatusCode, into.Bytes(), nil
}

// ask gives the body of a successful answer. What may pass is tried again.
func (c *client) ask(ctx context.Context, path, accept string, most int64) (*bytes.Buffer, error) {
	body := c.buffer()
	err := c.stream(ctx, path, accept, most, func() io.Writer {
		body.Reset()
		return body
	})
	if err != nil {
		c.release(body)
		return nil, err
	}
	return body, nil
}

// stream writes a successful answer while it arrives to what begin gives, which is called for
// every try. What may pass is tried again.
func (c *client) stream(ctx context.Context, path, accept string, most int64, begin func() io.Writer) error {
	stalls := 0
	for try := 1; ; try++ {
		var refusal bytes.Buffer
		response, err := c.once(ctx, path, accept, func(status int) io.Writer {
			if status == http.StatusOK {
				return begin()
			}
			return &refusal
		}, most)
		if err == nil && response.StatusCode == http.StatusOK {
			return nil
		}
		f := c.failure(response, refusal.Bytes(), err)
		if f.stalled {
			stalls++
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !f.passing || try >= mostTries || stalls >= mostStalls || f.status == http.StatusUnauthorized && try > 1 {
			f.tries = try
			return f
		}
		c.wait(ctx, f.pause(try))
	}
}

func (c *client) buffer() *bytes.Buffer {
	b := c.buffers.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

// release lets a buffer be used again.
func (c *client) release(b *bytes.Buffer) {
	if b.Cap() <= mostRemember {
		c.buffers.Put(b)
	}
}

// errTooLarge is given for an answer beyond the bound.
var errTooLarge = errors.New("the answer is too large")

// once asks once and writes the whole answer to what into gives for its status. It gives up when
// nothing arrives for a while.
func (c *client) once(ctx context.Context, path, accept string, into func(status int) io.Writer, most int64) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(c.stall, func() { cancel(errStalled) })
	defer timer.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(path), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", accept)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, cause(ctx, err)
	}
	defer response.Body.Close()
	c.reached.Do(func() { close(c.known) })
	if response.StatusCode != http.StatusOK {
		most = min(most, mostAnswer)
	}
	counted := &watched{from: io.LimitReader(response.Body, most+1), timer: timer, stall: c.stall}
	size, err := io.Copy(into(response.StatusCode), counted)
	if err != nil {
		return nil, cause(ctx, err)
	}
	if size > most {
		return nil, errTooLarge
	}
	return response, nil
}

func (c *client) url(path string) string {
	return strings.TrimSuffix(c.server.String(), "/") + path
}

// watched puts off a timer with everything that it reads.
type watched struct {
	from  io.Reader
	timer *time.Timer
	stall time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if n > 0 {
		w.timer.Reset(w.stall)
	}
	return n, err
}

// cause gives why a context ended instead of that it did, and an error without the URL around it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// pause waits, and no longer than ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// pause is how long to wait before the next try.
func (f *failure) pause(try int) time.Duration {
	if f.status == http.StatusUnauthorized {
		return 0
	}
	if f.after > 0 {
		return min(f.after, longestWait)
	}
	wait := firstWait << (try - 1)
	return wait/2 + rand.N(wait/2)
}
