package browser

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

//go:embed focus.js
var focus string

// focused is what has the keyboard.
type focused struct {
	What    string // its tag and words
	Trouble string // why nobody would know that it has it, or expect it there
	Ended   bool   // nothing on the page has it
}

// keys types one key after the other.
func (v *visitor) keys(keys string) {
	v.t.Helper()
	v.steps("type "+keys, chromedp.KeyEvent(keys))
}

// at is what has the keyboard now.
func (v *visitor) at() focused {
	v.t.Helper()
	return call[focused](v, focus)
}

// has fails unless what has the keyboard begins with these words, and shows it.
func (v *visitor) has(what string) {
	v.t.Helper()
	ask[bool](v, `delete globalThis.before`) // keys lead back, too
	if got := v.at(); got.What != what || got.Trouble != "" {
		v.fail("the keyboard is at %q, not at %q: %s", got.What, what, got.Trouble)
	}
}

// tabThrough goes from the top of the page to its end by Tab, or so many stops, and fails where that shows
// nothing or jumps.
func (v *visitor) tabThrough(most int) (stops int) {
	v.t.Helper()
	ask[bool](v, `(document.activeElement.blur(), delete globalThis.before, scrollTo(0, 0), true)`)
	for stops < most {
		v.keys("\t")
		got := v.at()
		if got.Ended {
			return stops
		}
		if got.Trouble != "" {
			v.t.Errorf("%s at %s, stop %d: %s: %s", v.name, v.path(), stops+1, got.What, got.Trouble)
		}
		stops++
	}
	return stops
}

// TestKeyboard: items are gone through one by one with keys alone.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	_, anna := begun(t)
	anna.open("/checklists/information-security-review")
	anna.keys("\t")
	anna.has("a Skip to the content")
	anna.keys("\r")
	if got := ask[string](anna, "location.hash"); got != "#main" {
		anna.fail("the skip link leads to %q", got)
	}
	first := ask[[]string](anna, `[...document.querySelectorAll("a[data-row]")].slice(0, 3).map((row) => row.innerText.trim())`)
	for _, one := range []struct{ key, at string }{{"j", first[0]}, {"j", first[1]}, {"j", first[2]}, {"k", first[1]}} {
		anna.keys(one.key)
		anna.has("a " + one.at)
	}
	anna.through("Enter", func() { anna.keys("\r") })
	anna.isAt("/items/" + first[1])
	anna.through("j", func() { anna.keys("j") })
	anna.isAt("/items/" + first[2])
	anna.through("k", func() { anna.keys("k") })
	anna.isAt("/items/" + first[1])
	anna.keys("/")
	if got := anna.at(); !strings.HasPrefix(got.What, "input") || got.Trouble != "" {
		anna.fail("/ leads to %q: %s", got.What, got.Trouble)
	}
	anna.keys("jk backed up") // letters are text here
	anna.isAt("/items/" + first[1])
	ask[bool](anna, `(document.activeElement.select(), true)`)
	anna.keys("backed up regularly")
	anna.through("Enter", func() { anna.keys("\r") })
	anna.sees("with “backed up regularly”")
	anna.untroubled()
}

func (v *visitor) isAt(path string) {
	v.t.Helper()
	if got := v.path(); !strings.HasPrefix(got, path) {
		v.fail("at %s, not at %s", got, path)
	}
}

// TestFocus: on pages that have everything, each stop of Tab shows where it is and follows the one before,
// and at the end of the page nothing is left out.
func TestFocus(t *testing.T) {
	t.Parallel()
	h, anna := begun(t)
	h.run(0, "review", "person", "add", "Ben Okafor", "--role", "reviewer")
	for _, width := range []int64{1280, 360} {
		anna.size(width, 800)
		for _, path := range []string{"/", "/checklists/requirements", "/items/S4.039", "/items/S0.039", "/people", "/exceptions", "/ledger", "/findings"} {
			anna.open(path)
			stops := anna.tabThrough(1000)
			if want := ask[int](anna, `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((one) => one.checkVisibility({visibilityProperty: true}) && one.type !== "radio").length`); stops < want {
				t.Errorf("Tab stops %d times on %s, and %d things can be used", stops, path, want)
			}
		}
	}
	v := filled(t, contributor)
	for _, path := range v.crawl(1) {
		v.open(path)
		v.tabThrough(50)
	}
}
