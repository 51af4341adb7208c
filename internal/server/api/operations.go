package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/evidence"
)

// operations are all there are.
func (a *api) operations() {
	var report huma.RequestBody
	add(a, "list-reviews", http.MethodGet, "/reviews", ScopeRead, "List the reviews with their scores", a.listReviews)
	add(a, "create-review", http.MethodPost, "/reviews", ScopeAdmin, "Begin a review", a.createReview)
	add(a, "get-review", http.MethodGet, "/reviews/{review}", ScopeRead, "Get a whole review: items, answers, evidence, exceptions, score", a.getReview)
	add(a, "change-review", http.MethodPatch, "/reviews/{review}", ScopeAdmin, "Change what a review is about, and its periods; what is absent stays", a.changeReview)
	add(a, "set-owner", http.MethodPut, "/reviews/{review}/owners/{role}", ScopeAdmin, "Say who answers for a role of questions", a.setOwner)
	add(a, "get-report", http.MethodGet, "/reviews/{review}/reports/{format}", ScopeRead, "Get a report of a review, or a sheet with its questions", a.getReport, produces("text/plain", "application/json", "application/octet-stream"))
	add(a, "make-bundle", http.MethodPost, "/reviews/{review}/bundle", ScopeRead, "Make the bundle that proves everything; that it was made is an entry of the ledger", a.makeBundle, produces("application/zip"))
	add(a, "list-items", http.MethodGet, "/reviews/{review}/items", ScopeRead, "List items with their states, page by page", a.listItems)
	add(a, "get-item", http.MethodGet, "/reviews/{review}/items/{item}", ScopeRead, "Get an item with its questions", a.getItem)
	add(a, "get-answer", http.MethodGet, "/reviews/{review}/answers/{key}", ScopeRead, "Get the answer to a question", a.getAnswer)
	add(a, "set-answer", http.MethodPut, "/reviews/{review}/answers/{key}", ScopeAnswer, "Answer a question; If-Match holds the revision that was read", a.setAnswer)
	add(a, "submit-answer", http.MethodPost, "/reviews/{review}/answers/{key}/submit", ScopeAnswer, "Hand an answer in for review", a.submit)
	add(a, "approve-answer", http.MethodPost, "/reviews/{review}/answers/{key}/approve", ScopeDecide, "Approve one revision of an answer; If-Match holds it", a.approve)
	add(a, "request-changes", http.MethodPost, "/reviews/{review}/answers/{key}/request-changes", ScopeDecide, "Send one revision of an answer back; If-Match holds it", a.requestChanges)
	add(a, "reopen-answer", http.MethodPost, "/reviews/{review}/answers/{key}/reopen", ScopeAnswer, "Take an answer back that was handed in or approved", a.reopen)
	add(a, "assign-answer", http.MethodPut, "/reviews/{review}/answers/{key}/owner", ScopeAnswer, "Say who has to answer a question, and until when", a.assign)
	add(a, "comment-answer", http.MethodPost, "/reviews/{review}/answers/{key}/comments", ScopeAnswer, "Say something about an answer", a.comment)
	add(a, "detach-evidence", http.MethodDelete, "/reviews/{review}/answers/{key}/evidence/{evidence}", ScopeAnswer, "Take evidence from an answer; If-Match holds the revision that was read", a.detach)
	add(a, "list-evidence", http.MethodGet, "/reviews/{review}/evidence", ScopeRead, "List evidence", a.listEvidence)
	add(a, "attach-evidence", http.MethodPost, "/reviews/{review}/evidence", ScopeAnswer, "Attach a file to answers; they have to be approved again", a.attach, a.large(evidence.DefaultLimit))
	add(a, "attach-text", http.MethodPost, "/reviews/{review}/evidence/texts", ScopeAnswer, "Attach a link or a note to answers; they have to be approved again", a.attachText)
	add(a, "get-evidence-file", http.MethodGet, "/reviews/{review}/evidence/{evidence}/file", ScopeRead, "Get the file of a piece of evidence", a.getEvidenceFile, produces("application/octet-stream"))
	add(a, "list-exceptions", http.MethodGet, "/reviews/{review}/exceptions", ScopeRead, "List exceptions", a.listExceptions)
	add(a, "request-exception", http.MethodPost, "/reviews/{review}/exceptions", ScopeAnswer, "Ask that a risk be accepted", a.requestException)
	add(a, "get-exception", http.MethodGet, "/exceptions/{exception}", ScopeRead, "Get an exception", a.getException)
	add(a, "approve-exception", http.MethodPost, "/exceptions/{exception}/approve", ScopeDecide, "Accept a risk", a.approveException)
	add(a, "reject-exception", http.MethodPost, "/exceptions/{exception}/reject", ScopeDecide, "Refuse to accept a risk", a.rejectException)
	add(a, "extend-exception", http.MethodPost, "/exceptions/{exception}/extend", ScopeAnswer, "Ask for more time; until that is decided the old end counts", a.extendException)
	add(a, "withdraw-exception", http.MethodPost, "/exceptions/{exception}/withdraw", ScopeAnswer, "Take an exception back", a.withdrawException)
	add(a, "list-access", http.MethodGet, "/reviews/{review}/access", ScopeRead, "List who has access, and what was decided", a.listAccess)
	add(a, "get-access", http.MethodGet, "/reviews/{review}/access/{environment}", ScopeRead, "Get the access review of an environment", a.getAccess)
	add(a, "begin-access", http.MethodPost, "/reviews/{review}/access/{environment}", ScopeAnswer, "Begin an access review with those who have access", a.beginAccess, roomy)
	add(a, "confirm-access", http.MethodPost, "/reviews/{review}/access/{environment}/confirm", ScopeAnswer, "Decide on the access of one; If-Match holds the list that was read", a.confirmAccess)
	add(a, "record-scan", http.MethodPost, "/reviews/{review}/scans", ScopeScan, "Record the JSON report of a scan, plain or packed with gzip; the same report again changes nothing", a.recordScan, a.large(largestScan), lacksBody(&report))
	report.Required = false // it may be an upload
	add(a, "drop-scan", http.MethodPost, "/reviews/{review}/scans/{environment}/{label}/drop", ScopeScan, "Say that a scan no longer counts", a.dropScan)
	add(a, "list-scans", http.MethodGet, "/scans", ScopeRead, "List scans, the newest first", a.listScans)
	add(a, "get-scan", http.MethodGet, "/scans/{scan}", ScopeRead, "Get a scan with what it saw, in sums", a.getScan)
	add(a, "get-scan-report", http.MethodGet, "/scans/{scan}/report", ScopeRead, "Get the JSON report of a scan", a.getScanReport, produces("application/json"))
	add(a, "get-scan-inventory", http.MethodGet, "/scans/{scan}/inventory", ScopeRead, "Get what a scan saw, packed, for kubeproof scan inventory:FILE", a.getScanInventory, produces("application/octet-stream"))
	add(a, "begin-upload", http.MethodPost, "/uploads", ScopeScan, "Begin to hand something large in, in parts", a.beginUpload)
	add(a, "get-upload", http.MethodGet, "/uploads/{upload}", ScopeScan, "Get how far an upload is", a.getUpload)
	add(a, "append-upload", http.MethodPut, "/uploads/{upload}", ScopeScan, "Hand in the next part, of 64 KiB to 8 MiB; the same part again changes nothing, a wrong offset gives 409 and the right one in Upload-Offset", a.appendUpload, a.large(largestPart))
	add(a, "delete-upload", http.MethodDelete, "/uploads/{upload}", ScopeScan, "Throw an upload away", a.deleteUpload)
	add(a, "list-findings", http.MethodGet, "/findings", ScopeRead, "List what scans found, over time, page by page", a.listFindings)
	add(a, "count-findings", http.MethodGet, "/findings/counts", ScopeRead, "Count findings by what they have in common, with their severities", a.countFindings)
	add(a, "get-finding", http.MethodGet, "/findings/{finding}", ScopeRead, "Get a finding with what became of it, and the patch that mends it where one is sure", a.getFinding)
	add(a, "list-rbac-subjects", http.MethodGet, "/clusters/{review}/{environment}/{label}/rbac/subjects", ScopeRead, "List who has rights in a cluster, with what makes them dangerous", a.rbacSubjects)
	add(a, "rbac-who-can", http.MethodGet, "/clusters/{review}/{environment}/{label}/rbac/who-can", ScopeRead, "Tell who may do something in a cluster", a.rbacWhoCan)
	add(a, "network-matrix", http.MethodGet, "/clusters/{review}/{environment}/{label}/network/matrix", ScopeRead, "Tell which workloads of a cluster may open connections to which", a.networkMatrix)
	add(a, "list-entries", http.MethodGet, "/ledger/entries", ScopeRead, "List entries of the ledger, page by page", a.listEntries)
	add(a, "get-checkpoint", http.MethodGet, "/ledger/checkpoint", ScopeRead, "Get the newest signed checkpoint", a.getCheckpoint)
	add(a, "verify-ledger", http.MethodGet, "/ledger/proof", ScopeRead, "Prove the ledger where it lies", a.verifyLedger)
	add(a, "list-people", http.MethodGet, "/people", ScopeAdmin, "List people with their roles", a.listPeople)
	add(a, "add-person", http.MethodPost, "/people", ScopeAdmin, "Add somebody", a.addPerson)
	add(a, "set-roles", http.MethodPut, "/people/{person}/roles", ScopeAdmin, "Give somebody roles", a.setRoles)
	add(a, "set-until", http.MethodPut, "/people/{person}/until", ScopeAdmin, "Set somebody's last day", a.setUntil)
	add(a, "let-leave", http.MethodPost, "/people/{person}/leave", ScopeAdmin, "Let somebody leave; what the person did stays", a.letLeave)
	add(a, "list-checklists", http.MethodGet, "/checklists", ScopeRead, "List checklists", a.listChecklists)
	add(a, "get-checklist", http.MethodGet, "/checklists/{checklist}", ScopeRead, "Get a checklist with its items and questions", a.getChecklist)
	add(a, "list-controls", http.MethodGet, "/controls", ScopeRead, "List controls", a.listControls)
	add(a, "get-control", http.MethodGet, "/controls/{control}", ScopeRead, "Get a control", a.getControl)
	add(a, "whoami", http.MethodGet, "/whoami", scopeAny, "Tell whose the token is, and what it may do", a.whoami)
}

// add registers an operation.
func add[I, O any](a *api, id, method, path, scope, summary string, do func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	scopes := []string{}
	if scope != scopeAny {
		scopes = append(scopes, scope)
	}
	operation := huma.Operation{OperationID: id, Method: method, Path: Prefix + path, Summary: summary, MaxBodyBytes: largestBody, BodyReadTimeout: bodyTime,
		Security: []map[string][]string{{scheme: scopes}}, Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}}
	for _, change := range more {
		change(&operation)
	}
	huma.Register(a.API, operation, do)
}

// How long the body of a request may take to arrive: of an operation without files, and with one.
const (
	bodyTime      = 30 * time.Second
	largeBodyTime = 5 * time.Minute
)

// large is of an operation that takes a file, which it reads itself. There is room for some at once.
func (a *api) large(bytes int64) func(*huma.Operation) {
	return func(o *huma.Operation) {
		o.MaxBodyBytes, o.SkipValidateBody, o.BodyReadTimeout = bytes+1, true, largeBodyTime
		o.Errors = append(o.Errors, http.StatusRequestEntityTooLarge)
		o.Middlewares = append(o.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
			leave, err := a.bodies.enter(ctx.Context())
			if err != nil {
				a.refuse(ctx, http.StatusServiceUnavailable, "others are handing in much: try again later")
				return
			}
			defer leave()
			next(ctx)
		})
	}
}

// roomy is of an operation that takes a long list.
func roomy(o *huma.Operation) { o.MaxBodyBytes = 4 * largestBody }

// lacksBody gives the body of an operation, which huma fills in, so that it need not be there.
func lacksBody(body *huma.RequestBody) func(*huma.Operation) {
	body.Content = map[string]*huma.MediaType{"application/gzip": {}}
	return func(o *huma.Operation) { o.RequestBody = body }
}
