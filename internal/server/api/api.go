// Package api is what the pages can do, as JSON under /api/v1, with an OpenAPI 3.1 document that is
// made from the same types (/api/v1/openapi.json). Errors are problems (RFC 9457). Who calls shows a
// token, which has scopes and an end; what it may do is decided by the rules in package review.
// Begin with New and operations.
package api

import (
	"context"
	"encoding/json"
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
	"github.com/kubeproof/kubeproof/internal/store"
)

// Prefix is where the API lies.
const Prefix = "/api/v1"

// Journal is where reviews are kept: a journal.Journal.
type Journal interface {
	Current(ctx context.Context) (*review.State, error)
	Act(ctx context.Context, actor string, fn func(*journal.Work) error) error
	ReadSigned(ctx context.Context, fn func(*review.State, []byte) error) error
	Entries(ctx context.Context, from int64, each func(journal.Shown) error) error
	Checkpoint(ctx context.Context) ([]byte, error)
	LedgerKey() (*ledger.Key, error)
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
}

// How much is done at once, so that memory stays bounded.
const (
	mostReading = 2
	mostBodies  = 8
)

// New makes the API. It answers below Prefix.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	a := &api{Options: o, API: humago.New(mux, configOf(o.Version)), reading: make(room, mostReading), bodies: make(room, mostBodies)}
	a.UseMiddleware(a.authenticate, a.keyed)
	a.operations()
	return limited(mux)
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

// limited sets what holds for all answers.
func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

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
