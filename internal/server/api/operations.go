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
	add(a, "get-review", http.MethodGet, "/reviews/{review}", ScopeRead, "Get a whole review: items, answers, evidence, exceptions, score", a.getReview)
	add(a, "list-items", http.MethodGet, "/reviews/{review}/items", ScopeRead, "List items with their states, page by page", a.listItems)
	add(a, "get-item", http.MethodGet, "/reviews/{review}/items/{item}", ScopeRead, "Get an item with its questions", a.getItem)
	add(a, "get-answer", http.MethodGet, "/reviews/{review}/answers/{key}", ScopeRead, "Get the answer to a question", a.getAnswer)
	add(a, "set-answer", http.MethodPut, "/reviews/{review}/answers/{key}", ScopeAnswer, "Answer a question; If-Match holds the revision that was read", a.setAnswer)
	add(a, "submit-answer", http.MethodPost, "/reviews/{review}/answers/{key}/submit", ScopeAnswer, "Hand an answer in for review", a.submit)
	add(a, "approve-answer", http.MethodPost, "/reviews/{review}/answers/{key}/approve", ScopeDecide, "Approve one revision of an answer; If-Match holds it", a.approve)
	add(a, "request-changes", http.MethodPost, "/reviews/{review}/answers/{key}/request-changes", ScopeDecide, "Send one revision of an answer back; If-Match holds it", a.requestChanges)
	add(a, "attach-evidence", http.MethodPost, "/reviews/{review}/evidence", ScopeAnswer, "Attach a file to answers; they have to be approved again", a.attach, a.large(evidence.DefaultLimit))
	add(a, "list-exceptions", http.MethodGet, "/reviews/{review}/exceptions", ScopeRead, "List exceptions", a.listExceptions)
	add(a, "request-exception", http.MethodPost, "/reviews/{review}/exceptions", ScopeAnswer, "Ask that a risk be accepted", a.requestException)
	add(a, "approve-exception", http.MethodPost, "/exceptions/{exception}/approve", ScopeDecide, "Accept a risk", a.approveException)
	add(a, "reject-exception", http.MethodPost, "/exceptions/{exception}/reject", ScopeDecide, "Refuse to accept a risk", a.rejectException)
	add(a, "record-scan", http.MethodPost, "/reviews/{review}/scans", ScopeScan, "Record the JSON report of a scan, plain or packed with gzip; the same report again changes nothing", a.recordScan, a.large(largestScan), lacksBody(&report))
	report.Required = false // it may be an upload
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
}

// add registers an operation.
func add[I, O any](a *api, id, method, path, scope, summary string, do func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	operation := huma.Operation{OperationID: id, Method: method, Path: Prefix + path, Summary: summary, MaxBodyBytes: largestBody, BodyReadTimeout: bodyTime,
		Security: []map[string][]string{{scheme: {scope}}}, Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}}
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

// lacksBody gives the body of an operation, which huma fills in, so that it need not be there.
func lacksBody(body *huma.RequestBody) func(*huma.Operation) {
	body.Content = map[string]*huma.MediaType{}
	return func(o *huma.Operation) { o.RequestBody = body }
}
