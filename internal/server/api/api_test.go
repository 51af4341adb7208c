package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// held are tokens in memory.
type held map[string]*Token

func (h held) Find(_ context.Context, hash []byte) (*Token, error) { return h[string(hash)], nil }

// given are clusters that a test sets.
type given struct{ Clusters }

// desk is an API on a store with one review, and a token for each person with all scopes.
type desk struct {
	t        *testing.T
	handler  http.Handler
	journal  *journal.Journal
	tokens   held
	texts    map[string]string
	now      time.Time
	clusters *given
	// controls are those that the API knows.
	controls review.Controls
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.NewKey("kubeproof.dev/ledger/test", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, clusters: &given{}, tokens: held{}, texts: map[string]string{}, controls: review.Controls{"cluster-backup": {ID: "cluster-backup", Title: "Backups"}, "pod-one": {ID: "pod-one"}, "pod-two": {ID: "pod-two"}}, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return d.now }
	d.journal, err = journal.Create(t.Context(), t.TempDir(), journal.Options{Key: key, Catalogue: library, Now: now},
		&review.AddPerson{ID: "anna", Roles: []review.Role{review.Administrator, review.Contributor}, PersonText: review.PersonText{Name: "Anna"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.journal.Close() })
	err = d.journal.Act(t.Context(), "anna", func(w *journal.Work) error {
		for id, role := range map[string]review.Role{"ben": review.Reviewer, "vera": review.Viewer, "adam": review.Administrator, "rob": review.Contributor, "olga": review.Auditor} {
			until := ""
			if role == review.Auditor {
				until = "2026-12-31"
			}
			if err := w.Do(&review.AddPerson{ID: id, Roles: []review.Role{role}, Until: until, PersonText: review.PersonText{Name: "The " + id}}); err != nil {
				return err
			}
		}
		return w.Do(&review.CreatePlan{ID: "main", Checklists: []string{"information-security-review"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.handler = New(Options{Journal: d.journal, Tokens: d.tokens, Clusters: d.clusters, Library: library, Controls: d.controls, Now: now, Log: slog.New(slog.DiscardHandler), Version: "test"})
	for _, person := range []string{"anna", "ben", "vera", "adam", "rob", "olga"} {
		d.texts[person] = d.token(person, Scopes...)
	}
	return d
}

func (d *desk) token(person string, scopes ...string) string {
	text, hash := NewToken()
	d.tokens[string(hash)] = &Token{Person: person, Scopes: scopes, Expires: d.now.AddDate(0, 1, 0)}
	return text
}

// call sends a request and gives status, headers and body. The token is a person's or a text.
func (d *desk) call(token, method, path, body string, headers ...string) (int, http.Header, string) {
	d.t.Helper()
	request := httptest.NewRequest(method, Prefix+path, strings.NewReader(body))
	if text, known := d.texts[token]; known {
		token = text
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, request)
	text, err := io.ReadAll(recorder.Result().Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return recorder.Code, recorder.Header(), string(text)
}

func (d *desk) want(status int, token, method, path, body string, headers ...string) (http.Header, string) {
	d.t.Helper()
	got, header, text := d.call(token, method, path, body, headers...)
	if got != status {
		d.t.Fatalf("%s %s gives %d, want %d: %s", method, path, got, status, text)
	}
	return header, text
}

// TestAnAnswerGoesItsWay from nothing to approved, with revisions.
func TestAnAnswerGoesItsWay(t *testing.T) {
	d := newDesk(t)
	const answer = "/reviews/main/answers/backups"
	header, _ := d.want(200, "anna", "GET", answer, "")
	if header.Get("ETag") != `"0"` {
		t.Errorf("ETag is %s", header.Get("ETag"))
	}
	header, text := d.want(200, "anna", "PUT", answer, `{"values":["yes"],"comment":"every night"}`, "If-Match", `"0"`)
	if header.Get("ETag") != `"1"` || !strings.Contains(text, "every night") {
		t.Errorf("answered: %s %s", header.Get("ETag"), text)
	}
	d.want(412, "anna", "PUT", answer, `{"values":["no"]}`, "If-Match", `"0"`)
	d.want(422, "anna", "PUT", answer, `{"values":["perhaps"]}`, "If-Match", `"1"`)
	d.want(403, "ben", "PUT", answer, `{"values":["no"]}`, "If-Match", `"1"`)
	d.want(200, "anna", "POST", answer+"/submit", "")
	d.want(403, "anna", "POST", answer+"/approve", `{}`, "If-Match", `"1"`)
	d.want(412, "ben", "POST", answer+"/approve", `{}`, "If-Match", `"2"`)
	_, text = d.want(200, "ben", "POST", answer+"/approve", `{"note":"read"}`, "If-Match", `"1"`)
	if !strings.Contains(text, `"stage":"approved"`) {
		t.Error(text)
	}
	_, text = d.want(200, "vera", "GET", "/reviews/main/items?limit=1&checklist=information-security-review", "")
	if !strings.Contains(text, `"next":"S4.001"`) {
		t.Error(text)
	}
}

// TestExceptions: who asks does not decide.
func TestExceptions(t *testing.T) {
	d := newDesk(t)
	d.want(422, "anna", "POST", "/reviews/main/exceptions", `{"item":"S4.034","expires":"2030-01-01","reason":"r"}`)
	_, text := d.want(200, "anna", "POST", "/reviews/main/exceptions", `{"item":"S4.034","expires":"2026-12-31","reason":"later"}`)
	var asked struct{ ID string }
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		t.Fatal(err)
	}
	d.want(403, "anna", "POST", "/exceptions/"+asked.ID+"/approve", `{}`, "If-Match", `"1"`)
	d.want(404, "ben", "POST", "/exceptions/x-none/approve", `{}`, "If-Match", `"1"`)
	_, text = d.want(200, "ben", "POST", "/exceptions/"+asked.ID+"/approve", `{}`, "If-Match", `"1"`)
	if !strings.Contains(text, `"approved"`) {
		t.Error(text)
	}
}

const scanReport = `{"schema":"kubeproof.dev/scan/v1","targets":[{"name":"cluster:prod"}],"controls":[{"id":"cluster-backup","title":"t","severity":"high","team":"infra","outcomes":{"pass":1,"fail":0}}],
"summary":{"subjects":3,"kinds":{"Cluster":1}},"errors":[],"findings":[
{"control":"cluster-backup","title":"Backups","outcome":"fail","severity":"high","risk":7,"team":"infra","message":"no backup","fingerprint":"f1","subject":{"kind":"Cluster","name":"prod"},"location":{}}]}`

// TestScansAreRecordedOnce: the same report again changes nothing.
func TestScansAreRecordedOnce(t *testing.T) {
	d := newDesk(t)
	const scans = "/reviews/main/scans?environment=production&label=prod&made=2026-06-01T10:00:00Z"
	_, text := d.want(200, "anna", "POST", scans, scanReport)
	if !strings.Contains(text, `"known":false`) {
		t.Error(text)
	}
	if _, text = d.want(200, "vera", "GET", "/findings?state=open&severity=high", ""); !strings.Contains(text, `"message":"no backup"`) || !strings.Contains(text, `"source":"main/production/prod"`) {
		t.Error(text)
	}
	d.want(422, "vera", "GET", "/findings?after=forged", "")
	d.want(422, "vera", "GET", "/findings?state=lost", "")
	before := d.entries()
	_, text = d.want(200, "anna", "POST", scans, scanReport)
	if !strings.Contains(text, `"known":true`) || d.entries() != before {
		t.Errorf("%s, %d entries, before %d", text, d.entries(), before)
	}
	d.now = d.now.AddDate(0, 0, 1)
	if _, text = d.want(200, "anna", "POST", strings.Replace(scans, "06-01", "06-02", 1), scanReport); !strings.Contains(text, `"known":false`) {
		t.Errorf("an equal report of the next day does not count: %s", text)
	}
	for body, want := range map[string]string{"{": "is no report", `{"schema":"kubeproof.dev/scan/v1","findings":[null]}`: "is no report", `{"schema":"other"}`: `its schema is \"other\"`, `{"schema":"kubeproof.dev/scan/v1"}`: "nothing was seen"} {
		if _, text := d.want(422, "anna", "POST", scans, body); !strings.Contains(text, want) {
			t.Errorf("%s: %s", body, text)
		}
	}
	d.want(403, "vera", "POST", strings.Replace(scans, "prod&", "other&", 1), scanReport)
	d.want(404, "anna", "POST", strings.Replace(scans, "main", "none", 1), scanReport)
	d.want(422, "anna", "POST", strings.Replace(scans, "production", "mars", 1), scanReport)
}

func (d *desk) entries() int64 {
	state, err := d.journal.Current(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return state.Size
}

// TestEvidence: what is not what it says, or holds a secret, is refused; the answer is a new revision.
func TestEvidence(t *testing.T) {
	d := newDesk(t)
	const attach = "/reviews/main/evidence?keys=backups,restore-test&name="
	_, text := d.want(200, "anna", "POST", attach+"plan.txt", "every night")
	if !strings.Contains(text, `"media":"text/plain"`) {
		t.Error(text)
	}
	if header, _ := d.want(200, "anna", "GET", "/reviews/main/answers/backups", ""); header.Get("ETag") != `"1"` {
		t.Errorf("revision is %s", header.Get("ETag"))
	}
	before := d.entries()
	d.want(422, "anna", "POST", attach+"plan.png", "every night")
	d.want(422, "anna", "POST", attach+"plan.txt", "password: hJ8-kQ2zR5wLx9")
	d.want(422, "anna", "POST", attach+"plan.txt&collected=2030-01-01", "every night")
	d.want(422, "anna", "POST", "/reviews/main/evidence?keys=none&name=a.txt", "x")
	d.want(403, "ben", "POST", attach+"plan.txt", "every night")
	if after := d.entries(); after != before {
		t.Errorf("%d entries, before %d", after, before)
	}
}

// TestAuthorisation tries every operation without a token, with wrong ones, and with every token
// that lacks just its scope.
func TestAuthorisation(t *testing.T) {
	d := newDesk(t)
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Security    []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	request := httptest.NewRequest("GET", Prefix+"/openapi.json", nil)
	recorder := httptest.NewRecorder()
	d.handler.ServeHTTP(recorder, request)
	if err := json.Unmarshal(recorder.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	expired := d.token("anna", Scopes...)
	d.tokens[string(hashOf(expired))].Expires = d.now
	tried := 0
	for path, methods := range document.Paths {
		for method, operation := range methods {
			path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(strings.TrimPrefix(path, Prefix), "x1")
			if len(operation.Security) != 1 {
				t.Errorf("%s needs no token", operation.OperationID)
				continue
			}
			tokens := map[string]int{"": 401, "kpt_" + strings.Repeat("A", 43): 401, "other": 401, expired: 401}
			if needed := operation.Security[0]["token"]; len(needed) == 1 {
				tokens[d.token("anna", slices.DeleteFunc(slices.Clone(Scopes), func(scope string) bool { return scope == needed[0] })...)] = 403
			} else if operation.OperationID != "whoami" {
				t.Errorf("%s needs no scope", operation.OperationID)
			}
			for token, want := range tokens {
				tried++
				if got, _, text := d.call(token, strings.ToUpper(method), path, "{}"); got != want {
					t.Errorf("%s with %.8s gives %d, want %d: %s", operation.OperationID, token, got, want, text)
				}
			}
		}
	}
	t.Logf("%d calls tried", tried)
}

// TestBrokenRequests: whatever is sent, the answer is a problem and the store stays as it was.
func TestBrokenRequests(t *testing.T) {
	d := newDesk(t)
	before := d.entries()
	const answer = "/reviews/main/answers/backups"
	for name, call := range map[string]func() (int, http.Header, string){
		"broken JSON": func() (int, http.Header, string) {
			return d.call("anna", "PUT", answer, `{"values":`, "If-Match", `"0"`)
		},
		"unknown field": func() (int, http.Header, string) {
			return d.call("anna", "PUT", answer, `{"value":"yes"}`, "If-Match", `"0"`)
		},
		"no revision": func() (int, http.Header, string) { return d.call("anna", "PUT", answer, `{"values":["yes"]}`) },
		"revision of letters": func() (int, http.Header, string) {
			return d.call("anna", "PUT", answer, `{"values":["yes"]}`, "If-Match", "x")
		},
		"huge": func() (int, http.Header, string) {
			return d.call("anna", "PUT", answer, `{"comment":"`+strings.Repeat("a", 2<<20)+`"}`, "If-Match", `"0"`)
		},
		"unknown question": func() (int, http.Header, string) {
			return d.call("anna", "PUT", "/reviews/main/answers/none", `{"values":["yes"]}`, "If-Match", `"0"`)
		},
		"unknown review": func() (int, http.Header, string) { return d.call("anna", "GET", "/reviews/none", "") },
		"secret in a comment": func() (int, http.Header, string) {
			return d.call("anna", "PUT", answer, `{"values":["yes"],"comment":"password: hJ8-kQ2zR5wLx9"}`, "If-Match", `"0"`)
		},
		"page of zero": func() (int, http.Header, string) { return d.call("anna", "GET", "/reviews/main/items?limit=0", "") },
	} {
		status, header, text := call()
		if status < 400 || status >= 500 || header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s gives %d %s: %s", name, status, header.Get("Content-Type"), text)
		}
		if strings.Contains(text, "hJ8-kQ2z") {
			t.Errorf("%s tells the secret", name)
		}
	}
	if after := d.entries(); after != before {
		t.Errorf("%d entries, before %d", after, before)
	}
}

// TestOpenAPIDocumentIsUpToDate: docs/openapi.json is what the program serves.
func TestOpenAPIDocumentIsUpToDate(t *testing.T) {
	served := OpenAPI()
	kept, err := os.ReadFile("../../../docs/openapi.json")
	if os.Getenv("UPDATE") != "" {
		err = os.WriteFile("../../../docs/openapi.json", served, 0o644)
		kept = served
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != string(served) {
		t.Error("docs/openapi.json is old: write it with UPDATE=1 go test ./internal/server/api")
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func statusOf(err error) int {
	var status huma.StatusError
	if errors.As(err, &status) {
		return status.GetStatus()
	}
	return 0
}
