package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// faulty is a page with one fault of each kind that is looked for.
const faulty = `<!DOCTYPE html><html lang="en"><head><title> </title><link rel="icon" href="data:,"><style>
:root { color-scheme: light } body { background: #fff } .unmarked:focus { outline: none }
</style></head><body><h1>One</h1><h1>Two</h1><h3>Skips</h3>
<img src="data:image/png;base64,AA"><svg width="10" height="10"></svg><p id="twin">a</p><p id="twin">b</p>
<div style="width: 3000px">wide</div>
<p style="overflow: hidden; width: 40px; white-space: nowrap">this is cut off</p>
<p style="border: 1px solid; width: 40px; white-space: nowrap">this sticks out</p>
<div class="card" style="background: #eee">touches</div><div class="card" style="background: #eee">another</div>
<div class="scroll items" style="overflow: auto; width: 100px"><div style="width: 200px">aside</div></div>
<details><summary>more</summary><p style="position: relative; height: 20px"><span style="position: absolute">one text</span><span style="position: absolute; left: 8px">another</span></p></details>
<button class="unmarked">unmarked</button><button>marked</button><div style="height: 0"><button tabindex="1">jumps</button></div>
<script>console.error("broken")</script><script src="/missing.js"></script><script>nowhere()</script><img src="http://127.0.0.1:1/away.png" alt="away">
<p style="color: #bbb">pale</p><input><p><button style="width: 9px; height: 9px; padding: 0">x</button><button style="width: 9px; height: 9px; padding: 0">y</button></p></body></html>`

// showFaults serves the page, and gives its address.
func showFaults(t *testing.T) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "img-src 'self'; script-src 'self' 'unsafe-inline'")
		_, _ = w.Write([]byte(faulty))
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// TestFaultsAreSeen: what looks for faults finds those of a page that has them.
func TestFaultsAreSeen(t *testing.T) {
	t.Parallel()
	v := openWindow(t, showFaults(t), "somebody")
	v.open("/")
	mustTell(t, call[[]string](v, layout, "dark"), "no title", "2 headings of the first level", "skips a level", "picture has no name: <img", "picture has no name: <svg", "two elements have the id twin",
		"wide", "is cut by", "sticks out of", "lie over each other", "the ground is", "touch")
	v.size(360, 800)
	mustTell(t, call[[]string](v, layout, "light"), "has to be scrolled by 100 to be read")
	v.size(1280, 800)
	mustTell(t, v.complaints(), "console: error", "answer: 404", "exception:", "policy: img-src http://127.0.0.1:1/away.png")
	var stops []string
	for range 4 {
		v.keys("\t")
		at := v.at()
		stops = append(stops, at.What+": "+at.Trouble)
	}
	mustTell(t, stops, "before the last stop in the page", "unmarked: nothing marks it")
	if got := strings.Join(stops, "\n"); strings.Contains(got, "button marked: nothing") {
		t.Error("what is marked is told not to be:", got)
	}
}

func mustTell(t *testing.T, told []string, words ...string) {
	t.Helper()
	all := strings.Join(told, "\n")
	for _, one := range words {
		if !strings.Contains(all, one) {
			t.Errorf("nothing tells %q:\n%s", one, all)
		}
	}
}
