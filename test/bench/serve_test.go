package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/api"
	"github.com/kubeproof/kubeproof/internal/server/stored"
	"github.com/kubeproof/kubeproof/internal/store"
	"github.com/kubeproof/kubeproof/test/fill"
	"github.com/kubeproof/kubeproof/test/postgres"
)

// served are the pages and operations that people and programs ask for most.
var served = []string{"/", "/mywork", "/checklists/information-security-review", "/items/S4.039", "/findings", "/findings?severity=critical", "/findings?q=workload-12", "/clusters",
	"/api/v1/reviews", "/api/v1/reviews/main/items?limit=50", "/api/v1/findings?limit=50", "/api/v1/findings/counts?by=control", "/api/v1/scans?limit=20"}

// BenchmarkServe measures requests a second, and how long they take, with 1, 8 and 32 clients at once, over
// the loopback. KUBEPROOF_FINDINGS says how many findings there are, in 20 clusters over 30 days.
func BenchmarkServe(b *testing.B) {
	findings, _ := strconv.Atoi(os.Getenv("KUBEPROOF_FINDINGS"))
	if findings == 0 {
		findings = 20_000
	}
	for name, place := range map[string]func() string{"sqlite": func() string { return filepath.Join(b.TempDir(), "store") }, "postgres": func() string { return postgres.Start(b).Database(b) }} {
		b.Run(name, func(b *testing.B) {
			began := time.Now()
			f, err := fill.Fill(b.Context(), place(), fill.Options{Findings: findings, Sources: 20, Days: 30})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { f.Close() })
			b.Logf("%d findings in %s", findings, time.Since(began).Round(time.Second))
			c := serve(b, f)
			for _, path := range served {
				for _, clients := range []int{1, 8, 32} {
					b.Run(path+"/"+strconv.Itoa(clients), func(b *testing.B) { c.load(b, path, clients) })
				}
			}
		})
	}
}

// callers ask a server that was filled.
type callers struct {
	url    string
	cookie string
	tokens []string // several, since each is bounded
}

const cookie = "a cookie of the benchmark"

func serve(b *testing.B, f *fill.Filled) *callers {
	b.Helper()
	keeper, log := stored.New(f.Store(), time.Now), slog.New(slog.DiscardHandler)
	pages, err := server.New(server.Options{Journal: f.Journal, Accounts: keeper, Sessions: keeper, Links: keeper, Tokens: keeper, SavedViews: keeper, Library: f.Library, Controls: f.Controls, Log: log, Version: "1.0.0"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pages.Wait)
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle(api.Prefix+"/", api.New(api.Options{Journal: f.Journal, Tokens: keeper, Clusters: pages.Shelf, Library: f.Library, Controls: f.Controls, Now: time.Now, Log: log, Version: "1.0.0"}))
	listening := httptest.NewServer(mux)
	b.Cleanup(listening.Close)
	sum := sha256.Sum256([]byte(cookie))
	if err := keeper.PutSession(b.Context(), server.Session{ID: hex.EncodeToString(sum[:]), Person: fill.Person, Made: time.Now(), Seen: time.Now()}); err != nil {
		b.Fatal(err)
	}
	c := &callers{url: listening.URL, cookie: "kubeproof=" + cookie}
	for n := range 32 {
		text, hash := api.NewToken()
		c.tokens = append(c.tokens, text)
		if err := f.Store().Update(b.Context(), func(tx *store.Tx) error {
			return tx.PutToken(store.Token{ID: strconv.Itoa(n), Person: fill.Person, Hash: hash, Scopes: api.Scopes, Created: time.Now(), Expires: time.Now().Add(24 * time.Hour)})
		}); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// load asks for an address by so many clients at once.
func (c *callers) load(b *testing.B, path string, clients int) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var mutex sync.Mutex
	var took []time.Duration
	next := 0
	b.SetParallelism(max(clients/runtime.GOMAXPROCS(0), 1))
	one := func(token string) time.Duration {
		request, err := http.NewRequest(http.MethodGet, c.url+path, nil)
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Cookie", c.cookie)
		if strings.HasPrefix(path, api.Prefix) {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		began := time.Now()
		answer, err := client.Do(request)
		if err != nil {
			b.Error(err)
			return 0
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			b.Errorf("%s gives %d, %v", path, answer.StatusCode, err)
		}
		return time.Since(began)
	}
	ask := func(more func() bool) {
		mutex.Lock()
		token := c.tokens[next%len(c.tokens)]
		next++
		mutex.Unlock()
		var own []time.Duration
		for more() {
			own = append(own, one(token))
		}
		mutex.Lock()
		defer mutex.Unlock()
		took = append(took, own...)
	}
	b.ResetTimer()
	if clients == 1 {
		ask(b.Loop)
	} else {
		b.RunParallel(func(p *testing.PB) { ask(p.Next) })
	}
	b.StopTimer()
	slices.Sort(took)
	for name, percent := range map[string]int{"p50-ms": 50, "p95-ms": 95, "p99-ms": 99} {
		b.ReportMetric(float64(took[len(took)*percent/100].Microseconds())/1000, name)
	}
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "requests/s")
}
