package browser

import (
	_ "embed"
	"fmt"
	"testing"
	"time"
)

//go:embed layout.js
var layout string

var widths = []int64{1280, 768, 360}

// TestPages looks at every page in both themes and at three widths: nothing is cut, lies over another or
// sticks out, everything has its name, and the browser complains of nothing.
func TestPages(t *testing.T) {
	t.Parallel()
	v := filled(t)
	pages := v.crawl(fewAlike)
	pages = append(pages, "/nothing/here", "/search?q=nothing+at+all", "/people")
	v.complaints()
	began := time.Now()
	for _, path := range pages {
		t.Log(path)
		v.open(path)
		v.inspect(path, widths...)
	}
	t.Logf("%d pages in %s", len(pages), time.Since(began).Round(time.Second))
	v.open("/")
	v.follow("header", "Sign out")
	for _, path := range []string{"/login", "/setup?token=none"} {
		v.open(path)
		v.inspect(path, widths...)
	}
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
	if len(told) > 20 {
		fmt.Println(v.keep())
	}
}
