package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// axeVersion is what install.sh puts into the cache.
const axeVersion = "4.14.1"

// violation is a rule of accessibility that a page breaks, and where.
type violation struct {
	Rule, Help string
	Where      []string
}

// runAxe has axe-core judge a page by the rules of WCAG 2.0 to 2.2, levels A and AA, with everything opened.
const runAxe = `async (only) => {
  for (const one of document.querySelectorAll("details:not([open])")) one.open = true;
  const result = await axe.run(document, { runOnly: only, rules: only.type === "tag" ? { "target-size": { enabled: true } } : {}, resultTypes: ["violations"] });
  return result.violations.map((one) => ({ Rule: one.id, Help: one.help, Where: one.nodes.slice(0, 5).map((node) => node.target.join(" ") + ": " + node.html.slice(0, 160) + " " + node.failureSummary.replace(/\s+/g, " ").slice(0, 260)) }));
}`

// rules are which of axe-core's are run: all of the standards, or those by name.
type rules struct {
	Type   string   `json:"type"`
	Values []string `json:"values"`
}

var standards = rules{"tag", []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"}}

// loadAxe reads axe-core from the cache. Without it the test is skipped, as without a browser.
func loadAxe(t *testing.T) string {
	t.Helper()
	theStage(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(cache, "kubeproof", "axe-core-"+axeVersion, "axe.min.js"))
	if err != nil && os.Getenv(required) != "require" {
		t.Skip("there is no axe-core: test/browser/install.sh fetches it")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAccessible has every page judged in both themes, and at the width of a telephone; of those that are not the
// administrator's, pages that take something from whoever reads them.
func TestAccessible(t *testing.T) {
	t.Parallel()
	axe := loadAxe(t)
	for name, alike := range map[string]int{administrator: 3, contributor: 1, reviewer: 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, broken, began := filled(t, name), broken{}, time.Now()
			pages := append(v.crawl(alike), "/nothing/here")
			for _, path := range pages {
				if v.open(path); v.differs() {
					v.judge(axe, path, broken)
				}
			}
			t.Logf("%d pages in %s", len(pages), time.Since(began).Round(time.Second))
			broken.tell(t)
		})
	}
	t.Run("nobody", func(t *testing.T) {
		nobody, broken := openWindow(t, filled(t, administrator).base, "nobody"), broken{}
		nobody.open("/login")
		nobody.judge(axe, "/login", broken)
		broken.tell(t)
	})
}

// broken are the rules that pages break, each with where, for a fault of what frames pages is on each of them.
type broken map[string][]string

func (b broken) tell(t *testing.T) {
	for rule, places := range b {
		t.Errorf("%s, in %d places: %s", rule, len(places), strings.Join(places[:min(3, len(places))], "\n  "))
	}
}

// judge notes each rule that the page breaks. Another theme changes colours only, another width the
// size of what is pointed at.
func (v *visitor) judge(axe, path string, broken broken) {
	v.t.Helper()
	ask[bool](v, axe+";true")
	for _, look := range []struct {
		theme string
		width int64
		rules rules
	}{{"light", 1280, standards}, {"dark", 1280, rules{"rule", []string{"color-contrast", "link-in-text-block"}}}, {"light", 360, rules{"rule", []string{"target-size", "scrollable-region-focusable"}}}} {
		v.theme(look.theme)
		v.size(look.width, 900)
		for _, one := range v.violations(look.rules) {
			rule := one.Rule + ": " + one.Help
			broken[rule] = append(broken[rule], fmt.Sprintf("%s, %d wide, %s, as %s:\n    %s", path, look.width, look.theme, v.name, strings.Join(one.Where, "\n    ")))
		}
	}
	v.size(1280, 900)
}

func (v *visitor) violations(only rules) []violation {
	v.t.Helper()
	return call[[]violation](v, runAxe, only)
}

// TestFaultsAreJudged: axe-core, as it is run here, finds what a page lacks.
func TestFaultsAreJudged(t *testing.T) {
	t.Parallel()
	axe := loadAxe(t)
	v := openWindow(t, showFaults(t), "somebody")
	v.open("/")
	ask[bool](v, axe+";true")
	mustTell(t, []string{fmt.Sprint(v.violations(standards))}, "image-alt", "color-contrast", "label", "document-title", "target-size")
	mustTell(t, []string{fmt.Sprint(v.violations(rules{"rule", []string{"target-size"}}))}, "target-size")
}
