package browser

import (
	"flag"
	"strings"
	"testing"
)

// Where pages are looked at: a server that runs already, or else a store that is filled here.
var (
	address = flag.String("address", "", "address of a server whose pages are tried, instead of one that is started")
	login   = flag.String("login", "anna", "the name to sign in with at -address")
	secret  = flag.String("password", password, "the password to sign in with at -address")
)

// filled is an administrator on a store in which every page has something to show: the server of -address, the
// program's own demonstration, or, for a program without one, the example review.
func filled(t *testing.T) *visitor {
	t.Helper()
	if *address != "" {
		v := openWindow(t, strings.TrimSuffix(*address, "/"), *login)
		v.open("/login")
		v.signIn(*login, *secret)
		v.isAt("/")
		return v
	}
	h := newHouse(t, "KUBEPROOF_TIME=2026-06-01T12:00:00Z")
	if strings.Contains(h.run(0, "serve", "--help"), "--demo") {
		h = newHouse(t)
		h.serve("--demo")
	} else {
		h.fill()
		h.serve()
	}
	anna := h.newVisitor(t, "Anna")
	anna.setPassword(h.link, "anna")
	return anna
}

// fill is examples/review, as its README tells it, with more that waits for somebody.
func (h *house) fill() {
	h.t.Helper()
	const evidence = "examples/review/evidence/"
	h.run(0, "review", "init", "--name", "Anna Berg", "--scope", "the shop platform", "--environment", "production")
	h.run(0, "review", "person", "add", "Carl Lind", "--role", "contributor")
	h.run(0, "review", "person", "add", "Dana Weiss", "--role", "reviewer")
	h.run(3, "review", "scan", "examples/", "--environment", "production")
	h.run(0, "review", "import", "examples/review/answers.yaml", "--yes")
	h.run(0, "review", "attach", "applicable-standards", evidence+"standards-decision.md", "--collected", "2026-02-17")
	h.run(0, "review", "attach", "restore-test", evidence+"restore-test-2026-05.md", "--collected", "2026-05-12", "--as", "Carl Lind")
	h.run(0, "review", "submit", "--all")
	h.run(0, "review", "approve", "S4.001", "--as", "Dana Weiss", "--note", "read with its evidence")
	h.run(0, "review", "access", "begin", "--in", "examples/cluster")
	h.run(0, "exception", "request", "--id", "firewall", "--item", "S0.034", "--until", "2026-12-31", "--owner", "Anna Berg", "--reason", "the firewall arrives in autumn")
	h.run(0, "exception", "approve", "firewall", "--as", "Dana Weiss")
	h.run(0, "exception", "request", "--id", "batch", "--control", "container-run-as-non-root", "--subject", "billing/CronJob/*", "--until", "2026-09-30", "--reason", "it is rewritten in summer")
}
