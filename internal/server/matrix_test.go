package server

import (
	"net/http"
	"strings"
	"testing"
)

// who may come to which route: what must hold, written down apart from routes.go. A letter for each
// role: administrator, contributor, reviewer, viewer, auditor (u); an auditor may come where a viewer may; "*" for everybody, signed in or not.
var mayCome = map[string]string{
	"GET /assets/{name}": "*", "GET /login": "*", "POST /login": "*", "POST /login/openid": "*", "GET /login/openid/callback": "*", "POST /setup/openid": "*", "GET /setup": "*", "POST /setup": "*", "POST /logout": "*", "POST /theme": "*",
	"GET /{$}": "acrv", "GET /mywork": "acrv", "GET /checklists": "acrv", "GET /checklists/{id}": "acrv", "GET /search": "acrv", "GET /items/{id}": "acrv",
	"POST /items/{id}/answer": "c", "POST /items/{id}/submit": "c", "POST /items/{id}/approve": "r", "POST /items/{id}/changes": "r", "POST /items/{id}/reopen": "cr",
	"POST /items/{id}/assign": "ac", "POST /items/{id}/comment": "acr", "POST /items/{id}/evidence": "c", "POST /items/{id}/detach": "c",
	"GET /evidence/{id}": "acrv", "GET /findings": "acrv", "GET /findings.csv": "acrv", "GET /findings/times": "acrv", "POST /findings/terms": "a", "POST /findings/views": "acrv", "POST /findings/views/{id}/delete": "acrv", "GET /findings/{id}": "acrv", "GET /findings/{id}/patch.yaml": "acrv", "POST /findings/{id}/exception": "c", "GET /exceptions": "acrv", "POST /exceptions": "c", "POST /exceptions/{id}/approve": "r", "POST /exceptions/{id}/reject": "r",
	"POST /exceptions/{id}/extend": "c", "POST /exceptions/{id}/withdraw": "cr",
	"GET /scans": "acrv", "POST /scans": "c", "POST /scans/now": "c", "GET /scans/{id}": "acrv", "GET /scans/{id}/report": "acrv", "GET /scans/{id}/inventory": "acrv",
	"GET /rbac": "acrv", "GET /rbac/subject": "acrv", "GET /rbac/who-can": "acrv", "GET /rbac/ways": "acrv", "GET /rbac/roles": "acrv", "GET /rbac/role": "acrv", "GET /rbac/changes": "acrv",
	"GET /network": "acrv", "GET /network/namespace": "acrv", "GET /network/can": "acrv", "GET /network/exposed": "acrv", "GET /network/policy": "acrv",
	"GET /reviews": "acrv", "GET /clusters": "acrv", "GET /clusters/view": "acrv", "GET /compare": "acrv",
	"GET /controls": "acrv", "GET /controls/{id}": "acrv", "GET /frameworks": "acrv", "GET /frameworks/{id}": "acrv", "GET /access": "acrv", "POST /access/begin": "ac", "POST /access/confirm": "cr",
	"GET /ledger": "acrv", "POST /ledger/verify": "acrv", "GET /exports": "acrv", "GET /exports/{name}": "acrv", "POST /exports/bundle": "acrv", "POST /exports/import": "c", "POST /exports/import/apply": "c",
	"POST /reviews": "a", "GET /reviews/new": "a", "GET /reviews/settings": "a", "POST /reviews/settings": "a",
	"GET /audit": "aru", "GET /account": "acrv", "POST /account/password": "acrv", "POST /account/sessions/end": "acrv", "POST /account/tokens": "acrv", "POST /account/tokens/revoke": "acrv",
	"POST /account/openid": "acrv", "POST /account/openid/disconnect": "acrv",
	"GET /people": "a", "POST /people": "a", "POST /people/{id}/roles": "a", "POST /people/{id}/invite": "a", "POST /people/{id}/until": "a", "POST /people/{id}/sessions/end": "a", "POST /people/{id}/disconnect": "a", "POST /people/{id}/leave": "a",
}

// TestEveryRouteForEveryRole sends everybody to every route.
func TestEveryRouteForEveryRole(t *testing.T) {
	h := newHouse(t)
	people := map[string]*browser{"": h.browser(), "a": h.as("anna"), "c": h.as("carl"), "r": h.as("dana"), "v": h.as("vera"), "u": h.as("uma")}
	seen := map[string]bool{}
	tried := 0
	for _, one := range routes {
		name := one.method + " " + one.pattern
		may, known := mayCome[name]
		if !known {
			t.Errorf("%s: nobody said who may come: add it to mayCome", name)
			continue
		}
		seen[name] = true
		path := strings.NewReplacer("{$}", "", "{id}", "nothing-of-that", "{name}", "nothing-of-that").Replace(one.pattern)
		for role, b := range people {
			if may == "*" && (path == "/logout" || path == "/setup" || path == "/login") && role != "" {
				continue // would sign out
			}
			got := b.ask(one.method, path, "application/x-www-form-urlencoded", "")
			tried++
			toLogin := got.status == http.StatusSeeOther && strings.HasPrefix(got.header.Get("Location"), "/login") && path != "/logout"
			switch {
			case may == "*":
				if toLogin || got.status == http.StatusForbidden && !strings.HasPrefix(path, "/setup") {
					t.Errorf("%s as %q: %d", name, role, got.status)
				}
			case role == "":
				if !toLogin {
					t.Errorf("%s signed out: %d to %q, want the page to sign in", name, got.status, got.header.Get("Location"))
				}
			case strings.Contains(may, role), role == "u" && strings.Contains(may, "v"):
				if toLogin || got.status == http.StatusForbidden || got.status >= 500 {
					t.Errorf("%s as %s: %d, want to be let in", name, role, got.status)
				}
			case got.status != http.StatusForbidden:
				t.Errorf("%s as %s: %d, want 403", name, role, got.status)
			}
		}
	}
	for name := range mayCome {
		if !seen[name] {
			t.Errorf("%s is no route", name)
		}
	}
	t.Logf("%d routes, %d tries", len(routes), tried)
}

// TestDomainDecides lets a route's own check out of the way: the rules still refuse.
func TestDomainDecides(t *testing.T) {
	saved := append([]route(nil), routes...)
	t.Cleanup(func() { routes = saved })
	routes = append([]route(nil), saved...)
	for i := range routes {
		if !routes[i].need.open {
			routes[i].need = signedIn
		}
	}
	h := newHouse(t)
	vera := h.as("vera")
	before := h.state().Size
	for _, one := range []struct {
		path  string
		pairs []string
	}{
		{"/items/S4.001/answer", []string{"key", "S4.001", "revision", "0", "na", "yes", "comment", "why"}},
		{"/items/S4.001/comment", []string{"key", "S4.001", "text", "hello"}},
		{"/items/S4.001/assign", []string{"key", "applicable-standards", "owner", "carl"}},
		{"/items/S4.001/evidence", []string{"key", "applicable-standards", "note", "seen"}},
		{"/exceptions", []string{"item", "S4.001", "expires", "2026-09-01", "reason", "why"}},
		{"/people", []string{"name", "Eve", "role", "administrator"}},
		{"/people/vera/roles", []string{"role", "administrator"}},
		{"/people/anna/leave", nil},
	} {
		got := vera.post(one.path, one.pairs...)
		if got.status < 300 || got.status >= 500 {
			t.Errorf("%s: %d", one.path, got.status)
		}
	}
	if after := h.state().Size; after != before {
		t.Errorf("a viewer wrote %d entries", after-before)
	}
}
