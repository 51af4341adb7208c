package server

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
)

var (
	lookAt    = flag.String("look", "", "address to serve a store on, for people who want to see the pages")
	lookStore = flag.String("look-store", "", "folder of the store")
	lookKey   = flag.String("look-key", "", "file of its key")
	lookTime  = flag.String("look-time", "", "the time that it is there")
	lookAs    = flag.String("look-as", "Anna Berg", "who is signed in whatever the cookie says")
)

// TestLook serves a store on loopback, signed in, until it is ended. It is for looking at pages only.
func TestLook(t *testing.T) {
	if *lookAt == "" {
		t.Skip("-look is not given")
	}
	text, err := os.ReadFile(*lookKey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	now, err := time.Parse(time.RFC3339, *lookTime)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	library, controls := catalogue(t)
	opened, err := journal.Open(context.Background(), *lookStore, journal.Options{Key: key, Catalogue: library, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	kept := newMemory()
	s, err := New(Options{Journal: opened, Accounts: kept, Sessions: kept, Links: kept, Tokens: kept, SavedViews: kept, Library: library, Controls: controls, Now: clock,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Version: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.Journal.Current(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	_ = kept.PutSession(context.Background(), Session{ID: digest("look"), Person: state.Find(*lookAs).ID, Made: now, Seen: now})
	err = http.ListenAndServe(*lookAt, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("out") == "" {
			r.AddCookie(&http.Cookie{Name: "kubeproof", Value: "look"})
		}
		s.ServeHTTP(w, r)
	}))
	t.Log(err)
}
