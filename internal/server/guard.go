package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// policy lets pages use our own files and nothing else; no page may stand in a frame.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded is what happens to every request: headers, a log line, no panic, no request from elsewhere.
func (s *Server) guarded(next http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Request: r, w: w, s: s}
		v.fail(problem(http.StatusForbidden, "That came from another site", "A form on another site, or an old tab, tried to change something here. Nothing was changed. Open the page here and try again."))
	}))
	next = foreign.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		heard := &hearing{ResponseWriter: w}
		s.setHeaders(heard.Header())
		defer s.recovered(heard, r, began)
		next.ServeHTTP(heard, r)
	})
}

func (s *Server) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recovered ends a request: what panicked is logged and told as an error, and every request has its line.
// Neither holds a query or a form, for these may hold tokens.
func (s *Server) recovered(heard *hearing, r *http.Request, began time.Time) {
	if wrong := recover(); wrong != nil {
		if wrong == http.ErrAbortHandler {
			panic(wrong)
		}
		s.Log.Error("request panicked", "method", r.Method, "path", r.URL.Path, "what", fmt.Sprint(wrong), "stack", string(debug.Stack()))
		if heard.status == 0 {
			v := &visit{Request: r, w: heard, s: s}
			v.fail(errBroken)
		}
	}
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", heard.status), slog.Int64("bytes", heard.bytes), slog.Duration("took", time.Since(began)), slog.String("from", s.Address(r)))
}

// hearing notes what was answered.
type hearing struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (h *hearing) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
	h.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (h *hearing) Write(text []byte) (int, error) {
	if h.status == 0 {
		h.status = http.StatusOK
	}
	n, err := h.ResponseWriter.Write(text)
	h.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController through.
func (h *hearing) Unwrap() http.ResponseWriter { return h.ResponseWriter }
