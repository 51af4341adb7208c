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
const runAxe = `async (tags) => {
  for (const one of document.querySelectorAll("details:not([open])")) one.open = true;
  const result = await axe.run(document, { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
  return result.violations.map((one) => ({ Rule: one.id, Help: one.help, Where: one.nodes.slice(0, 5).map((node) => node.target.join(" ") + ": " + node.html.slice(0, 160) + " " + node.failureSummary.replace(/\s+/g, " ").slice(0, 260)) }));
}`

var standards = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"}

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

// TestAccessible has every page judged in both themes, and at the width of a telephone.
func TestAccessible(t *testing.T) {
	t.Parallel()
	axe := loadAxe(t)
	v := filled(t)
	pages := append(v.crawl(fewAlike), "/nothing/here")
	began := time.Now()
	for _, path := range pages {
		v.judge(axe, path)
	}
	t.Logf("%d pages in %s", len(pages), time.Since(began).Round(time.Second))
	v.open("/")
	v.follow("header", "Sign out")
	v.judge(axe, "/login")
}

// judge fails for each rule that a page breaks.
func (v *visitor) judge(axe, path string) {
	v.t.Helper()
	v.open(path)
	ask[bool](v, axe+";true")
	for _, look := range []struct {
		theme string
		width int64
	}{{"light", 1280}, {"dark", 1280}, {"light", 360}} {
		v.theme(look.theme)
		v.size(look.width, 900)
		for _, one := range v.violations() {
			v.t.Errorf("%s, %d wide, %s: %s: %s\n  %s", path, look.width, look.theme, one.Rule, one.Help, strings.Join(one.Where, "\n  "))
		}
	}
}

func (v *visitor) violations() []violation {
	v.t.Helper()
	return call[[]violation](v, runAxe, standards)
}

// TestFaultsAreJudged: axe-core, as it is run here, finds what a page lacks.
func TestFaultsAreJudged(t *testing.T) {
	t.Parallel()
	axe := loadAxe(t)
	v := openWindow(t, showFaults(t), "somebody")
	v.open("/")
	ask[bool](v, axe+";true")
	mustTell(t, []string{fmt.Sprint(v.violations())}, "image-alt", "color-contrast", "label", "document-title", "target-size")
}
