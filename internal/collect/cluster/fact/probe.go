package fact

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"k8s.io/client-go/rest"
)

// anonymousPaths are asked without credentials: what should be closed to strangers, what usually
// is open to them (health, version), and what old or patched servers leave open.
var anonymousPaths = []string{
	"/api", "/apis", "/version", "/healthz", "/livez", "/readyz", "/metrics", "/debug/pprof/", "/openapi/v2",
	"/api/v1/namespaces", "/api/v1/secrets", "/swagger.json", "/flagz", "/logs",
}

// probing is what live probes gave. A part that was not had is absent, with a problem if it was
// tried.
type probing struct {
	anonymous   []any
	profiling   int // status of /debug/pprof/ with the user's credentials; 0 if there was none
	tls         *tlsAnswer
	certificate map[string]any
	endpoint    map[string]any

	noAnonymous, noTLS *problem
}

func (c *collection) probe(ctx context.Context) probing {
	p := probing{endpoint: map[string]any{}}
	name, port := address(c.client.Config())
	p.endpoint["host"], p.endpoint["port"] = name, port
	if !c.options.Probe {
		c.locate(name, p.endpoint, nil)
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience.probes)
	defer cancel()
	if serverOf(c.client.Config()).Scheme != "https" {
		p.noAnonymous = &problem{"the server's URL has no TLS, so a proxy on the way may add credentials: use the API server's own URL", false}
		p.noTLS = p.noAnonymous
		return p
	}
	var work sync.WaitGroup
	var state *tls.ConnectionState
	work.Go(func() { p.anonymous, state, p.noAnonymous = c.askAnonymously(ctx) })
	work.Go(func() { p.tls, p.noTLS = c.probeTLS(ctx) })
	work.Go(func() { c.locate(name, p.endpoint, c.resolve(ctx, name)) })
	work.Go(func() {
		if a := c.get(ctx, "/debug/pprof/", "text/html"); a.err == nil {
			p.profiling = a.status
		}
	})
	work.Wait()
	if p.tls != nil {
		state = p.tls.state
	}
	if state != nil && len(state.PeerCertificates) > 0 {
		p.certificate = certificateFields(state.PeerCertificates[0])
	}
	return p
}

// askAnonymously asks the paths without credentials. It also gives the state of a connection.
func (c *collection) askAnonymously(ctx context.Context) ([]any, *tls.ConnectionState, *problem) {
	config := c.client.Config()
	client, err := connectWith(rest.AnonymousClientConfig(config))
	if err != nil {
		return nil, nil, &problem{fmt.Sprintf("connect without credentials: %v", err), true}
	}
	answers := make([]anonymousAnswer, len(anonymousPaths))
	limit := make(chan struct{}, 4)
	var work sync.WaitGroup
	for i, path := range anonymousPaths {
		work.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			answers[i] = c.askOne(ctx, client, serverURL(config, path))
		})
	}
	work.Wait()
	var list []any
	var state *tls.ConnectionState
	var failed error
	for i, a := range answers {
		if a.err != nil {
			failed = a.err
			continue
		}
		list = append(list, map[string]any{"path": anonymousPaths[i], "status": a.status})
		state = a.state
	}
	if list == nil {
		return nil, nil, &problem{fmt.Sprintf("probe the API server without credentials: %v", withoutURL(failed)), true}
	}
	return list, state, nil
}

type anonymousAnswer struct {
	status int
	state  *tls.ConnectionState
	err    error
}

func (c *collection) askOne(ctx context.Context, client *http.Client, url string) anonymousAnswer {
	ctx, cancel := context.WithTimeout(ctx, c.patience.probe)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return anonymousAnswer{err: err}
	}
	response, err := client.Do(request)
	if err != nil {
		return anonymousAnswer{err: err}
	}
	response.Body.Close() // only the status counts; the body may be large
	return anonymousAnswer{status: response.StatusCode, state: response.TLS}
}

// resolve looks up the addresses of a host name; none if it is one itself or is not found.
func (c *collection) resolve(ctx context.Context, name string) []netip.Addr {
	ctx, cancel := context.WithTimeout(ctx, c.patience.probe)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return nil
	}
	return addresses
}
