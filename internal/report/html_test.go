package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/report/escape"
)

func TestHTMLEscapes(t *testing.T) {
	page := string(written(t, "html", nasty()))
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts, want the page's own", n)
	}
	for _, bad := range []string{"<script>alert", "<img", `href="javascript:`, `style="`, "onerror=\"", "<b>\\n"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, want := range []string{"&lt;/script&gt;&lt;script&gt;alert(1)", `href="https://kubernetes.io/docs/`, "&lt;img src=x onerror=alert(1)&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestHTMLPolicy: a browser refuses style and script unless the policy holds their hashes.
func TestHTMLPolicy(t *testing.T) {
	page := string(written(t, "html", nasty()))
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("no policy")
	}
	for _, element := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		text, _, _ := strings.Cut(rest, "</"+element+">")
		if want := element + "-src &#39;" + strings.ReplaceAll(escape.PolicyHash(text), "+", "&#43;") + "&#39;"; !strings.Contains(policy[1], want) {
			t.Errorf("the policy lacks %s: %s", want, policy[1])
		}
	}
}

func TestHTMLTime(t *testing.T) {
	r := clean()
	r.Options.Time = time.Date(2026, 3, 4, 6, 7, 0, 0, time.FixedZone("", 3600))
	if !strings.Contains(string(written(t, "html", r)), "4 March 2026, 05:07 UTC") {
		t.Error("a given time is not shown")
	}
}

func TestHTMLLimit(t *testing.T) {
	page := string(written(t, "html", large(30000)))
	if n := strings.Count(page, `<li class="f"`); n > htmlMost || n < htmlMost/2 {
		t.Errorf("%d findings on one page", n)
	}
	for _, want := range []string{"This page shows at most 333 findings of each control, of 30,000 in all.", "more</p></details>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestContrast holds text to WCAG 2.2 AA (4.5:1) and parts of charts to 3:1, light and dark.
func TestContrast(t *testing.T) {
	css := pageFile("page/report.css")
	light, rest, _ := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "\n}\n")
	for mode, text := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(text, -1) {
			colours[found[1]] = found[2]
		}
		for _, pair := range []struct {
			fore, back string
			least      float64
		}{
			{"text", "ground", 4.5}, {"text", "card", 4.5}, {"text", "soft", 4.5}, {"muted", "ground", 4.5}, {"muted", "card", 4.5}, {"muted", "soft", 4.5},
			{"accent", "card", 4.5}, {"accent", "ground", 4.5}, {"guilty", "mark", 4.5},
			{"on", "critical", 4.5}, {"on", "high", 4.5}, {"on", "medium", 4.5}, {"on", "low", 4.5}, {"on", "info", 4.5},
			{"good", "ground", 4.5}, {"warn", "ground", 4.5}, {"bad", "ground", 4.5}, {"good", "card", 4.5}, {"warn", "card", 4.5},
			{"p-critical", "card", 3}, {"p-high", "card", 3}, {"p-low", "card", 3}, {"p-good", "card", 3}, {"p-error", "card", 3}, {"p-high", "mark", 3}, {"text", "mark", 4.5}, {"focus", "ground", 3},
		} {
			if got := contrast(t, colours[pair.fore], colours[pair.back]); got < pair.least {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", mode, pair.fore, pair.back, got, pair.least)
			}
		}
	}
}

func contrast(t *testing.T, fore, back string) float64 {
	t.Helper()
	a, b := luminance(t, fore), luminance(t, back)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	value, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("colour %q: %v", colour, err)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(value>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
