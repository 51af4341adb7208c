// Package server gives a team the pages on which it works through its checklists: what stands where,
// what waits for whom, answers with their evidence, decisions, and the ledger that proves them. It
// holds no rule of its own: every change is an action of package review, done through the journal,
// and the domain says who may do it; pages only leave out what it would refuse. Pages are rendered
// here, work without JavaScript, and take everything that people or clusters wrote for hostile.
// Begin with New and with routes.go, where every page and every form stands.
package server

import (
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/shelf"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Journal is the record that pages show and change. All but Current is as journal.Journal has it.
type Journal interface {
	// Current is the state as it is now. It may be shared between requests: nobody changes it.
	Current(ctx context.Context) (*review.State, error)
	Act(ctx context.Context, actor string, fn func(*journal.Work) error) error
	Past(ctx context.Context, size int64) (*review.State, error)
	Checkpoint(ctx context.Context) ([]byte, error)
	ReadSigned(ctx context.Context, fn func(*review.State, []byte) error) error
	Entries(ctx context.Context, from, most int64, each func(journal.Shown) error) error
	Lines(ctx context.Context, from int64, each func(ledger.Entry) error) error
	OpenFile(ctx context.Context, sha256 string, use func(io.Reader, int64) error) error
	Verify(ctx context.Context, key ledger.Verifier, pins ...ledger.Pin) (*journal.Verified, error)
	Key(ctx context.Context) (ledger.Verifier, error)
	LedgerKey() (*ledger.Key, error)
	Export(ctx context.Context, actor, plan string, printed []byte, reports []journal.Report) error
	Bundle(ctx context.Context, out io.Writer, reports []journal.Report) error
	Findings(ctx context.Context, f store.FindingFilter, order, cursor string, limit int) (store.FindingPage, error)
	CountFindings(ctx context.Context, f store.FindingFilter, by string) ([]store.Count, error)
	GroupFindings(ctx context.Context, f store.FindingFilter, by string, most int) (store.FindingGroups, error)
	OpenAges(ctx context.Context, f store.FindingFilter, bounds []time.Duration) ([]store.OpenAge, error)
	Scans(ctx context.Context, f store.ScanFilter) ([]store.ScanRow, error)
	Scan(ctx context.Context, id string) (*store.ScanRow, error)
	NewestScans(ctx context.Context) ([]store.ScanRow, error)
	NewestHeads(ctx context.Context, back int) ([]store.ScanRow, error)
	Trend(ctx context.Context, f store.FindingFilter, from, to time.Time, step time.Duration) ([]store.TrendPoint, error)
	ScanNumber(ctx context.Context) (int64, error)
	Scores(ctx context.Context, sources []string, since time.Time) (map[string][]store.DayScore, error)
	OpenByControl(ctx context.Context, sources []string) ([]store.OpenCount, error)
	ChangedBetween(ctx context.Context, b store.Between, cursor string, limit int) (store.ChangedPage, store.MergeResult, error)
	TimeToFix(ctx context.Context, f store.FindingFilter) (map[string]store.FixTime, error)
	OpenInventory(ctx context.Context, scan string, use func(io.Reader, int64) error) error
	Finding(ctx context.Context, id int64) (*store.StoredFinding, journal.FindingData, []store.FindingEvent, error)
}

// Options say what is served, and how.
type Options struct {
	Journal  Journal
	Accounts Accounts
	Sessions Sessions
	Links    Links
	Tokens   Tokens
	// SavedViews keep views of pages under names; nil if nobody can save any.
	SavedViews SavedViews
	Library    *checklist.Library
	Controls   review.Controls
	// Now is the clock; time.Now by default.
	Now func() time.Time
	// Log takes a line for each request and for each error that is nobody's mistake.
	Log *slog.Logger
	// Address tells where a request comes from, for limits and the log; its RemoteAddr by default. Behind
	// a proxy it has to be read from what the proxy writes, or one who guesses locks everybody out.
	Address func(*http.Request) string
	// Secure says that people come by TLS: cookies are bound to it, and browsers are told to insist.
	Secure bool
	// Schedule makes scans by itself; nil if nobody asked for that.
	Schedule Schedule
	// Demonstration says on every page that all data is made up.
	Demonstration bool
	// OpenID is the provider by which people may sign in, too; nil if there is none.
	OpenID *OpenID
	// PublicURL is how browsers reach the server, as https://kubeproof.example.com; by default as each names it.
	PublicURL string
	// Version is Kubeproof's own.
	Version string
	// Shelf holds the inventories of scans; one of its own by default.
	Shelf *shelf.Shelf
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	Options
	handler   http.Handler
	mux       *http.ServeMux
	pages     map[string]*template.Template
	assets    map[string]*asset
	passwords *passwords
	limits    *limits
	views     *views
	history   *history
	briefs    *briefs
	imports   *imports
	counted   *counted
	times     *times
	fleets    *fleets
	// supports are the identifiers that items give evidence for, by item and framework.
	supports map[string]map[string][]string
	pasts    pasts
	proved   atomic.Pointer[proof] // what proving the ledger gave last; nil if nobody did
	behind   sync.WaitGroup        // what goes on after its answer
	uploads  chan struct{}         // bounds what lies in memory at once
	reports  chan struct{}
}

// New makes a server. Everything that could be missing later is looked for now.
func New(o Options) (*Server, error) {
	if o.Journal == nil || o.Accounts == nil || o.Sessions == nil || o.Links == nil || o.Tokens == nil || o.Library == nil {
		return nil, errors.New("make server: journal, accounts, sessions, links, tokens or library are missing")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Address == nil {
		o.Address = addressOf
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Shelf == nil {
		o.Shelf = shelf.New(o.Journal, shelf.Limits{})
	}
	s := &Server{Options: o, limits: newLimits(), views: newViews(), history: newHistory(), briefs: newBriefs(), imports: newImports(), counted: newCounted(), times: newTimes(), fleets: newFleets(),
		uploads: make(chan struct{}, 2), reports: make(chan struct{}, 2), passwords: newPasswords(argonCost), supports: supportsOf(o.Library, o.Controls)}
	var err error
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = s.loadPages(); err != nil {
		return nil, err
	}
	s.mux = http.NewServeMux()
	for _, one := range routes {
		s.mux.Handle(one.method+" "+one.pattern, s.serve(one))
	}
	s.handler = s.guarded(http.HandlerFunc(s.dispatch))
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Wait waits for what goes on after its answer was given. Whoever closes the store calls it before.
func (s *Server) Wait() { s.behind.Wait() }

// dispatch gives a request to its route, and tells in our own page what has none.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	handler, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	told := &probe{header: http.Header{}}
	handler.ServeHTTP(told, r)
	v := &visit{Request: r, w: w, s: s}
	v.meet()
	if told.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", told.header.Get("Allow"))
		v.fail(problem(told.status, "That cannot be done here", "The address takes "+told.header.Get("Allow")+" only. Go back to the page that you came from."))
		return
	}
	v.fail(errNotFound)
}

// probe hears what a handler would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header            { return p.header }
func (p *probe) Write(text []byte) (int, error) { return len(text), nil }
func (p *probe) WriteHeader(status int)         { p.status = status }
