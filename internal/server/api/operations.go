package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/evidence"
)

// operations are all there are.
func (a *api) operations() {
	add(a, "list-reviews", http.MethodGet, "/reviews", ScopeRead, "List the reviews with their scores", a.listReviews)
	add(a, "get-review", http.MethodGet, "/reviews/{review}", ScopeRead, "Get a whole review: items, answers, evidence, exceptions, score", a.getReview)
	add(a, "list-items", http.MethodGet, "/reviews/{review}/items", ScopeRead, "List items with their states, page by page", a.listItems)
	add(a, "get-item", http.MethodGet, "/reviews/{review}/items/{item}", ScopeRead, "Get an item with its questions", a.getItem)
	add(a, "get-answer", http.MethodGet, "/reviews/{review}/answers/{key}", ScopeRead, "Get the answer to a question", a.getAnswer)
	add(a, "set-answer", http.MethodPut, "/reviews/{review}/answers/{key}", ScopeAnswer, "Answer a question; If-Match holds the revision that was read", a.setAnswer)
	add(a, "submit-answer", http.MethodPost, "/reviews/{review}/answers/{key}/submit", ScopeAnswer, "Hand an answer in for review", a.submit)
	add(a, "approve-answer", http.MethodPost, "/reviews/{review}/answers/{key}/approve", ScopeDecide, "Approve one revision of an answer; If-Match holds it", a.approve)
	add(a, "request-changes", http.MethodPost, "/reviews/{review}/answers/{key}/request-changes", ScopeDecide, "Send one revision of an answer back; If-Match holds it", a.requestChanges)
	add(a, "attach-evidence", http.MethodPost, "/reviews/{review}/evidence", ScopeAnswer, "Attach a file to answers; they have to be approved again", a.attach, maxBody(evidence.DefaultLimit))
	add(a, "list-exceptions", http.MethodGet, "/reviews/{review}/exceptions", ScopeRead, "List exceptions", a.listExceptions)
	add(a, "request-exception", http.MethodPost, "/reviews/{review}/exceptions", ScopeAnswer, "Ask that a risk be accepted", a.requestException)
	add(a, "approve-exception", http.MethodPost, "/exceptions/{exception}/approve", ScopeDecide, "Accept a risk", a.approveException)
	add(a, "reject-exception", http.MethodPost, "/exceptions/{exception}/reject", ScopeDecide, "Refuse to accept a risk", a.rejectException)
	add(a, "record-scan", http.MethodPost, "/reviews/{review}/scans", ScopeScan, "Record the JSON report of a scan; the same report again changes nothing", a.recordScan, maxBody(largestScan))
	add(a, "list-findings", http.MethodGet, "/findings", ScopeRead, "List what scans found, over time, page by page", a.listFindings)
	add(a, "list-entries", http.MethodGet, "/ledger/entries", ScopeRead, "List entries of the ledger, page by page", a.listEntries)
	add(a, "get-checkpoint", http.MethodGet, "/ledger/checkpoint", ScopeRead, "Get the newest signed checkpoint", a.getCheckpoint)
}

// add registers an operation.
func add[I, O any](a *api, id, method, path, scope, summary string, do func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	operation := huma.Operation{OperationID: id, Method: method, Path: Prefix + path, Summary: summary, MaxBodyBytes: largestBody,
		Security: []map[string][]string{{scheme: {scope}}}, Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}}
	for _, change := range more {
		change(&operation)
	}
	huma.Register(a.API, operation, do)
}

// maxBody is of an operation that takes a file, which it reads itself.
func maxBody(bytes int64) func(*huma.Operation) {
	return func(o *huma.Operation) { o.MaxBodyBytes, o.SkipValidateBody = bytes, true }
}
