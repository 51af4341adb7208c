package server

import "github.com/kubeproof/kubeproof/internal/review"

// need is who may come to a route. The domain decides on every action besides.
type need struct {
	// open is true for everybody, signed in or not.
	open bool
	// roles let in whoever holds one of them; none lets everybody in who is signed in.
	roles []review.Role
}

// Who may come.
var (
	anybody      = need{open: true}
	signedIn     = need{}
	answers      = need{roles: []review.Role{review.Contributor}}
	reviews      = need{roles: []review.Role{review.Reviewer}}
	takesBack    = need{roles: []review.Role{review.Contributor, review.Reviewer}}
	assigns      = need{roles: []review.Role{review.Administrator, review.Contributor}}
	speaks       = need{roles: []review.Role{review.Administrator, review.Contributor, review.Reviewer}}
	audits       = need{roles: []review.Role{review.Administrator, review.Reviewer, review.Auditor}}
	administers  = need{roles: []review.Role{review.Administrator}}
	smallForm    = int64(1 << 20)
	evidenceForm = int64(evidenceLimit + 1<<20)
)

// route is a page or a form.
type route struct {
	method, pattern string
	need            need
	handle          func(*visit) error
	// most bounds the body in bytes; 0 is smallForm.
	most int64
}

// routes are all there are.
var routes = []route{
	{"GET", "/assets/{name}", anybody, (*visit).asset, 0},
	{"GET", "/login", anybody, (*visit).showLogin, 0},
	{"POST", "/login", anybody, (*visit).signIn, 0},
	{"POST", "/login/openid", anybody, (*visit).beginOpenID, 0},
	{"GET", callbackPath, anybody, (*visit).endOpenID, 0},
	{"POST", "/setup/openid", anybody, (*visit).beginSetupOpenID, 0},
	{"GET", "/setup", anybody, (*visit).showSetup, 0},
	{"POST", "/setup", anybody, (*visit).setUp, 0},
	{"POST", "/logout", anybody, (*visit).signOut, 0},
	{"POST", "/theme", anybody, (*visit).setTheme, 0},

	{"GET", "/{$}", signedIn, (*visit).overview, 0},
	{"GET", "/mywork", signedIn, (*visit).myWork, 0},
	{"GET", "/checklists", signedIn, (*visit).checklists, 0},
	{"GET", "/checklists/{id}", signedIn, (*visit).checklist, 0},
	{"GET", "/search", signedIn, (*visit).search, 0},
	{"GET", "/items/{id}", signedIn, (*visit).item, 0},
	{"POST", "/items/{id}/answer", answers, (*visit).setAnswer, 0},
	{"POST", "/items/{id}/submit", answers, (*visit).submit, 0},
	{"POST", "/items/{id}/approve", reviews, (*visit).approve, 0},
	{"POST", "/items/{id}/changes", reviews, (*visit).requestChanges, 0},
	{"POST", "/items/{id}/reopen", takesBack, (*visit).reopen, 0},
	{"POST", "/items/{id}/assign", assigns, (*visit).assign, 0},
	{"POST", "/items/{id}/comment", speaks, (*visit).comment, 0},
	{"POST", "/items/{id}/evidence", answers, (*visit).attach, evidenceForm},
	{"POST", "/items/{id}/detach", answers, (*visit).detach, 0},
	{"GET", "/evidence/{id}", signedIn, (*visit).evidence, 0},

	{"GET", "/reviews", signedIn, (*visit).reviews, 0},
	{"POST", "/reviews", administers, (*visit).createPlan, 0},
	{"GET", "/reviews/new", administers, (*visit).newPlan, 0},
	{"GET", "/reviews/settings", administers, (*visit).editPlan, 0},
	{"POST", "/reviews/settings", administers, (*visit).changePlan, 0},
	{"GET", "/clusters", signedIn, (*visit).clusters, 0},
	{"GET", "/clusters/view", signedIn, (*visit).cluster, 0},
	{"GET", "/compare", signedIn, (*visit).compare, 0},

	{"GET", "/findings", signedIn, (*visit).findings, 0},
	{"GET", "/findings.csv", signedIn, (*visit).findingsFile, 0},
	{"GET", "/findings/times", signedIn, (*visit).times, 0},
	{"POST", "/findings/views", signedIn, (*visit).saveView, 0},
	{"POST", "/findings/views/{id}/delete", signedIn, (*visit).deleteView, 0},
	{"POST", "/findings/terms", administers, (*visit).setTerms, 0},
	{"GET", "/findings/{id}", signedIn, (*visit).finding, 0},
	{"GET", "/findings/{id}/patch.yaml", signedIn, (*visit).patch, 0},
	{"POST", "/findings/{id}/exception", answers, (*visit).askException, 0},

	{"GET", "/scans", signedIn, (*visit).scans, 0},
	{"POST", "/scans", answers, (*visit).handIn, scanForm},
	{"POST", "/scans/now", answers, (*visit).scanNow, 0},
	{"GET", "/scans/{id}", signedIn, (*visit).scan, 0},
	{"GET", "/scans/{id}/report", signedIn, (*visit).scanReport, 0},
	{"GET", "/scans/{id}/inventory", signedIn, (*visit).scanInventory, 0},

	{"GET", "/rbac", signedIn, (*visit).rbac, 0},
	{"GET", "/rbac/subject", signedIn, (*visit).rbacSubject, 0},
	{"GET", "/rbac/who-can", signedIn, (*visit).rbacWhoCan, 0},
	{"GET", "/rbac/ways", signedIn, (*visit).rbacWays, 0},
	{"GET", "/rbac/roles", signedIn, (*visit).rbacRoles, 0},
	{"GET", "/rbac/role", signedIn, (*visit).rbacRole, 0},
	{"GET", "/rbac/changes", signedIn, (*visit).rbacChanges, 0},

	{"GET", "/network", signedIn, (*visit).network, 0},
	{"GET", "/network/namespace", signedIn, (*visit).networkNamespace, 0},
	{"GET", "/network/can", signedIn, (*visit).networkCan, 0},
	{"GET", "/network/exposed", signedIn, (*visit).networkExposed, 0},
	{"GET", "/network/policy", signedIn, (*visit).networkPolicy, 0},

	{"GET", "/exceptions", signedIn, (*visit).exceptions, 0},
	{"POST", "/exceptions", answers, (*visit).requestException, 0},
	{"POST", "/exceptions/{id}/approve", reviews, (*visit).approveException, 0},
	{"POST", "/exceptions/{id}/reject", reviews, (*visit).rejectException, 0},
	{"POST", "/exceptions/{id}/extend", answers, (*visit).extendException, 0},
	{"POST", "/exceptions/{id}/withdraw", takesBack, (*visit).withdrawException, 0},

	{"GET", "/controls", signedIn, (*visit).controls, 0},
	{"GET", "/controls/{id}", signedIn, (*visit).control, 0},
	{"GET", "/frameworks", signedIn, (*visit).frameworks, 0},
	{"GET", "/frameworks/{id}", signedIn, (*visit).framework, 0},
	{"GET", "/access", signedIn, (*visit).access, 0},
	{"POST", "/access/begin", assigns, (*visit).beginAccess, 0},
	{"POST", "/access/confirm", takesBack, (*visit).confirmAccess, 0},

	{"GET", "/ledger", signedIn, (*visit).ledger, 0},
	{"POST", "/ledger/verify", signedIn, (*visit).verifyLedger, 0},
	{"GET", "/audit", audits, (*visit).audit, 0},
	{"GET", "/exports", signedIn, (*visit).exports, 0},
	{"GET", "/exports/{name}", signedIn, (*visit).export, 0},
	{"POST", "/exports/import", answers, (*visit).importSheet, sheetForm},
	{"POST", "/exports/import/apply", answers, (*visit).applyImport, 0},
	{"POST", "/exports/bundle", signedIn, (*visit).bundle, 0},

	{"GET", "/account", signedIn, (*visit).account, 0},
	{"POST", "/account/password", signedIn, (*visit).changePassword, 0},
	{"POST", "/account/sessions/end", signedIn, (*visit).endSession, 0},
	{"POST", "/account/tokens", signedIn, (*visit).addToken, 0},
	{"POST", "/account/tokens/revoke", signedIn, (*visit).revokeToken, 0},
	{"POST", "/account/openid", signedIn, (*visit).beginConnect, 0},
	{"POST", "/account/openid/disconnect", signedIn, (*visit).disconnectSelf, 0},

	{"GET", "/people", administers, (*visit).people, 0},
	{"POST", "/people", administers, (*visit).addPerson, 0},
	{"POST", "/people/{id}/roles", administers, (*visit).setRoles, 0},
	{"POST", "/people/{id}/invite", administers, (*visit).invite, 0},
	{"POST", "/people/{id}/until", administers, (*visit).setUntil, 0},
	{"POST", "/people/{id}/sessions/end", administers, (*visit).endSessionsOf, 0},
	{"POST", "/people/{id}/disconnect", administers, (*visit).disconnect, 0},
	{"POST", "/people/{id}/leave", administers, (*visit).letLeave, 0},
}
