// Package api is what the pages can do, as JSON under /api/v1, with an OpenAPI 3.1 document that is
// made from the same types (/api/v1/openapi.json). Errors are problems (RFC 9457). Who calls shows a
// token, which has scopes and an end; what it may do is decided by the rules in package review.
// Begin with New and operations.
package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/handout"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Prefix is where the API lies.
const Prefix = "/api/v1"

// Journal is where reviews are kept: a journal.Journal.
type Journal interface {
	Current(ctx context.Context) (*review.State, error)
	Act(ctx context.Context, actor string, fn func(*journal.Work) error) error
	Entries(ctx context.Context, from, most int64, each func(journal.Shown) error) error
	Checkpoint(ctx context.Context) ([]byte, error)
	LedgerKey() (*ledger.Key, error)
	Key(ctx context.Context) (ledger.Verifier, error)
	Verify(ctx context.Context, key ledger.Verifier, pins ...ledger.Pin) (*journal.Verified, error)
	OpenFile(ctx context.Context, sha256 string, use func(io.Reader, int64) error) error
	OpenInventory(ctx context.Context, scan string, use func(io.Reader, int64) error) error
	handout.Source
	Store() *store.Store
	Findings(ctx context.Context, f store.FindingFilter, order, cursor string, limit int) (store.FindingPage, error)
	GroupFindings(ctx context.Context, f store.FindingFilter, by string, most int) (store.FindingGroups, error)
	Finding(ctx context.Context, id int64) (*store.StoredFinding, journal.FindingData, []store.FindingEvent, error)
}

// Options are what an API needs.
type Options struct {
	Journal  Journal
	Tokens   Tokens
	Clusters Clusters
	Library  *checklist.Library
	Controls review.Controls
	Now      func() time.Time
	Log      *slog.Logger
	Version  string
}

// api is the API with its options.
type api struct {
	Options
	huma.API
	reading room // reports that are read and recorded at once
	bodies  room // large bodies that lie in memory at once
	rates   *rates
}

// How much is done at once, so that memory stays bounded.
const (
	mostReading = 2
	mostBodies  = 8
)

// New makes the API. It answers below Prefix.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	a := &api{Options: o, API: humago.New(mux, configOf(o.Version)), reading: make(room, mostReading), bodies: make(room, mostBodies), rates: newRates()}
	a.UseMiddleware(a.authenticate, a.keyed, conditional)
	a.operations()
	return a.limited(mux)
}

// schemaName tells types of the same name apart by their packages.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if from := path.Base(t.PkgPath()); t.Name() != "" && from != "api" && from != "." {
		return strings.ToUpper(from[:1]) + from[1:] + name
	}
	return name
}

// configOf describes the API.
func configOf(version string) huma.Config {
	config := huma.DefaultConfig("Kubeproof", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = Prefix+"/openapi", "", Prefix+"/schemas"
	config.Info.Description = "Reviews, scans and the ledger. Every change is an entry of the ledger."
	config.CreateHooks = nil // no links to schemas in bodies: they would be fields that a document has not
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		scheme: {Type: "http", Scheme: "bearer", Description: "a token of `kubeproof serve token add`, with the scope that the operation names"},
	}
	return config
}

// largestBody bounds a request that carries no file, in bytes; operations with files have their own.
const largestBody = 1 << 20

// limited sets what holds for all answers, and tells as a problem what the mux finds no operation for.
func (a *api) limited(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if path.Clean(r.URL.Path) != r.URL.Path { // it is not led elsewhere
			a.tell(w, http.StatusNotFound, "the path goes astray: escape what stands in it")
			return
		}
		missing, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		told := &probe{header: http.Header{}}
		missing.ServeHTTP(told, r)
		status, why := http.StatusNotFound, "there is no such operation: see "+Prefix+"/openapi.json"
		if told.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", told.header.Get("Allow"))
			status, why = told.status, "the address takes "+told.header.Get("Allow")+" only"
		}
		a.tell(w, status, why)
	})
}

// tell writes a problem without an operation.
func (a *api) tell(w http.ResponseWriter, status int, why string) {
	text, err := json.Marshal(huma.NewError(status, why))
	if err != nil {
		panic(err) // it is made of texts
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // the caller is gone if it cannot be written
}

// probe hears what a handler would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header            { return p.header }
func (p *probe) Write(text []byte) (int, error) { return len(text), nil }
func (p *probe) WriteHeader(status int)         { p.status = status }

// OpenAPI is the document of the API, as it is served.
func OpenAPI() []byte {
	mux := http.NewServeMux()
	a := &api{API: humago.New(mux, configOf("1"))}
	a.operations()
	text, err := json.MarshalIndent(a.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // it is made of constants
	}
	return append(text, '\n')
}
