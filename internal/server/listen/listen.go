// Package listen serves a handler: with timeouts for slow callers, TLS by files, signs of life
// (/healthz, /readyz, /metrics) and an end that lets requests finish. Begin with Serve.
package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options say how to listen.
type Options struct {
	// Address is as 127.0.0.1:8443; port 0 takes a free one.
	Address string
	// CertFile and KeyFile turn TLS on; both or none.
	CertFile, KeyFile string
	// Routes are what answers, by the path below which it does.
	Routes Routes
	// Ready says why requests cannot be answered now; nil if they can.
	Ready func(context.Context) error
	Log   *slog.Logger
	// Listening is told the address once requests are taken; nil if nobody asks.
	Listening func(address string)
}

// Routes are handlers by patterns of http.ServeMux.
type Routes map[string]http.Handler

// How long callers may take. A report of a scan may be large and the line slow.
const (
	headerTimeout = 10 * time.Second
	formTimeout   = 30 * time.Second // a body, unless a handler sets another deadline
	bodyTimeout   = 15 * time.Minute
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 20 * time.Second
	largestHeader = 64 << 10 // bytes
)

// Serve answers until the context ends, then lets requests finish for a while. The error says why it
// could not begin or go on; nil after an end that was asked for.
func Serve(ctx context.Context, o Options) error {
	listener, err := net.Listen("tcp", o.Address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w: choose another with --listen", o.Address, errors.Unwrap(err))
	}
	if o.CertFile != "" {
		certificate, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return errors.Join(fmt.Errorf("read certificate %s with key %s: %w", o.CertFile, o.KeyFile, err), listener.Close())
		}
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"}})
	}
	server := &http.Server{Handler: o.handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: bodyTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: largestHeader, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)}
	if o.Listening != nil {
		o.Listening(listener.Addr().String())
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		return errors.Join(fmt.Errorf("end requests: %w", err), server.Close())
	}
	return nil
}

// handler adds the signs of life. They are for whoever watches the process: they show no data.
func (o *Options) handler() http.Handler {
	registry := prometheus.NewRegistry()
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kubeproof_http_request_seconds", Help: "How long requests took.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"code", "method"})
	registry.MustRegister(requests)
	mux := http.NewServeMux()
	for pattern, handler := range o.Routes {
		mux.Handle(pattern, promhttp.InstrumentHandlerDuration(requests, handler))
	}
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := o.Ready(r.Context()); err != nil {
			o.Log.Warn("not ready", "error", err)
			http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return arriving(mux, formTimeout)
}

// arriving bounds how long the body of a request may take to arrive: else who sends byte by byte holds a
// connection, even where nobody reads what is sent. A handler that takes files sets a later deadline.
func arriving(next http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			control := http.NewResponseController(w)
			_ = control.SetReadDeadline(time.Now().Add(within)) // what tests record into has none
			r.Body = &arrival{r.Body, control}
		}
		next.ServeHTTP(w, r)
	})
}

// arrival is a body that takes the deadline away once it is here: what is then done with it may take its
// time, and would be broken off.
type arrival struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read reads the body.
func (a *arrival) Read(into []byte) (int, error) {
	n, err := a.ReadCloser.Read(into)
	if errors.Is(err, io.EOF) {
		_ = a.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
