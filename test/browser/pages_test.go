package browser

import (
	_ "embed"
	"strings"
	"testing"
	"time"
)

//go:embed layout.js
var layout string

var widths = []int64{1280, 768, 360}

// TestPages looks at every page in both themes and at three widths: nothing is cut, lies over another or
// sticks out, everything has its name, and the browser complains of nothing. Of pages that others see than the
// administrator, those are looked at that take something from whoever reads them.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, alike := range map[string]int{administrator: fewAlike, contributor: 1, reviewer: 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := filled(t, name)
			pages := append(v.crawl(alike), "/nothing/here", "/search?q=nothing+at+all")
			v.complaints()
			began := time.Now()
			for _, path := range pages {
				if v.open(path); v.differs() {
					v.inspect(path, widths...)
				}
			}
			t.Logf("%d pages in %s: %s", len(pages), time.Since(began).Round(time.Second), strings.Join(pages, " "))
		})
	}
	t.Run("nobody", func(t *testing.T) {
		nobody := openWindow(t, filled(t, administrator).base, "nobody")
		for _, path := range []string{"/login", "/setup?token=none"} {
			nobody.open(path)
			nobody.inspect(path, widths...)
		}
	})
}

// differs reports whether the page has more for this visitor than to read; the administrator sees all of them.
func (v *visitor) differs() bool {
	v.t.Helper()
	return v.name == administrator || ask[bool](v, `!!document.querySelector("main form[method=post]")`)
}

// inspect tries the page on which the visitor is.
func (v *visitor) inspect(path string, widths ...int64) {
	v.t.Helper()
	told := map[string]bool{}
	for _, theme := range []string{"light", "dark"} {
		v.theme(theme)
		for _, width := range widths {
			v.size(width, 900)
			for _, wrong := range call[[]string](v, layout, theme) {
				if !told[wrong] {
					v.t.Errorf("%s, %d wide, %s: %s", path, width, theme, wrong)
				}
				told[wrong] = true
			}
		}
	}
	for _, one := range v.complaints() {
		v.t.Errorf("%s: %s", path, one)
	}
}
