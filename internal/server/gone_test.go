package server

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

// TestOldScansAreGone: where scans are no longer kept, pages that spoke of them work, and addresses of
// them say that there is nothing.
func TestOldScansAreGone(t *testing.T) {
	h := newHouse(t)
	var scans []string
	for _, names := range [][]string{{"web", "db"}, {"web"}, {"web", "db"}} {
		h.foundOn(t, names...)
		newest, err := h.j.NewestScans(t.Context())
		if err != nil || len(newest) != 1 {
			t.Fatalf("%+v, %v", newest, err)
		}
		scans = append(scans, newest[0].ID)
		h.pass(24 * time.Hour)
	}
	if err := h.j.Store().Update(t.Context(), func(tx *store.Tx) error {
		gone, err := tx.DeleteScansBefore("", h.now())
		if gone.Scans != 2 {
			t.Errorf("%+v", gone)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	vera := h.as("vera")
	list := vera.get("/findings?q=db")
	link := regexp.MustCompile(`/findings/\d+`).FindString(list.text)
	one := vera.get(link)
	for _, want := range []string{"found", "fixed", "came back"} {
		if one.status != 200 || !strings.Contains(one.text, want) {
			t.Errorf("%s gives %d and lacks %s: %s", link, one.status, want, one.text)
		}
	}
	old, newest := url.PathEscape(scans[0]), url.PathEscape(scans[2])
	for path, want := range map[string]int{"/": 200, "/findings": 200, "/findings?state=back": 200, "/findings/times": 200, "/scans": 200, "/clusters": 200,
		"/clusters/view?cluster=" + url.QueryEscape("main/production/findings"): 200, "/scans/" + newest: 200, "/scans/" + old: 404, "/scans/" + old + "/report": 404, "/scans/" + old + "/inventory": 404} {
		if got := vera.get(path); got.status != want {
			t.Errorf("%s gives %d, want %d: %s", path, got.status, want, told(got.text))
		}
	}
	if got := vera.get("/compare?a=main/production/findings&scan=" + old + "&before=" + newest); got.status >= 500 {
		t.Errorf("a comparison with what is gone gives %d", got.status)
	}
}
