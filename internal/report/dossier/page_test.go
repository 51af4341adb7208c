package dossier

import (
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/report/dossier/fixture"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

// colours gives the colours of a style sheet, light and dark.
func colours(css string) map[string]map[string]string {
	light, rest, _ := strings.Cut(css, "(prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "\n}\n")
	all := map[string]map[string]string{}
	for mode, text := range map[string]string{"light": light, "dark": dark} {
		all[mode] = map[string]string{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(text, -1) {
			all[mode][found[1]] = found[2]
		}
	}
	return all
}

// TestLookIsTheReports: the page has the colours of the report of scans.
func TestLookIsTheReports(t *testing.T) {
	theirs, err := os.ReadFile("../page/report.css")
	if err != nil {
		t.Fatal(err)
	}
	ours := colours(pageFile("page/dossier.css"))
	for mode, all := range colours(string(theirs)) {
		for _, name := range strings.Fields("ground card text muted line soft accent focus on good warn bad") {
			if ours[mode][name] != all[name] {
				t.Errorf("%s: --%s is %s, in the report %s", mode, name, ours[mode][name], all[name])
			}
		}
	}
}

// TestContrast holds badges to WCAG 2.2 AA (4.5:1).
func TestContrast(t *testing.T) {
	for mode, all := range colours(pageFile("page/dossier.css")) {
		for _, state := range review.ItemStates {
			back := all["on"]
			if state == review.ItemNotApplicable {
				back = all["card"]
			}
			if got := contrast(t, all["s-"+string(state)], back); got < 4.5 {
				t.Errorf("%s: %s has contrast %.2f", mode, state, got)
			}
			if all["p-"+string(state)] == "" {
				t.Errorf("%s: %s has no colour in charts", mode, state)
			}
		}
	}
}

func contrast(t *testing.T, fore, back string) float64 {
	t.Helper()
	a, b := luminance(t, fore), luminance(t, back)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

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

// TestPolicy: the style is the one that the policy of the page allows, and the only thing it allows.
func TestPolicy(t *testing.T) {
	page := string(written(t, "html", dossierOf(fixture.Full())))
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	want := "default-src &#39;none&#39;; style-src &#39;" + strings.ReplaceAll(escape.PolicyHash(style), "+", "&#43;") + "&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"
	if !strings.Contains(page, `http-equiv="Content-Security-Policy" content="`+want+`"`) {
		t.Errorf("the policy lacks %s", want)
	}
	for _, outside := range []string{"url(", "@import", "src=", "srcset", "ping=", ` style="`} {
		if strings.Contains(page, outside) {
			t.Errorf("the page holds %s", outside)
		}
	}
}

// TestPageIds: ids stand once, and links within the page lead somewhere.
func TestPageIds(t *testing.T) {
	all := worlds()
	all["catalogue"] = fixture.Catalogue()
	for name, world := range all {
		page := string(written(t, "html", dossierOf(world)))
		var ids []string
		for _, found := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if slices.Contains(ids, found[1]) {
				t.Errorf("%s: id %s stands twice", name, found[1])
			}
			ids = append(ids, found[1])
		}
		for _, found := range regexp.MustCompile(` href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !slices.Contains(ids, found[1]) {
				t.Errorf("%s: #%s leads nowhere", name, found[1])
			}
		}
	}
}

// TestLedger: the page pins the ledger in its own part and below every printed page; a checkpoint that
// does not fit is told of.
func TestLedger(t *testing.T) {
	d := dossierOf(fixture.Full())
	page := string(written(t, "html", d))
	for _, want := range []string{string(d.Checkpoint[:40]), `content: "ledger: 70 entries, root uWlwLdywRDGz5kKSvnHU9sZTMT1hbHpBr0r+RkTu1Fo="`, Verify, d.Signer[:30]} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, test := range []struct {
		change func(*Dossier)
		want   string
	}{
		{func(d *Dossier) { d.Checkpoint = nil }, "no checkpoint was given"},
		{func(d *Dossier) { d.Checkpoint = []byte("nonsense") }, "not origin, size and root"},
		{func(d *Dossier) { d.Signer = "nobody+00000000+x" }, "not a line"},
		{func(d *Dossier) { d.Checkpoint = []byte(strings.Replace(string(d.Checkpoint), "\n70\n", "\n68\n", 1)) }, "not signed by"},
		{func(d *Dossier) { d.Checkpoint = fixture.Empty().Checkpoint() }, "the checkpoint covers 6 entries, the report rests on 70"},
	} {
		changed := *d
		test.change(&changed)
		if got := Gather(&changed).Ledger.Problem; !strings.Contains(got, test.want) {
			t.Errorf("problem is %q, want %q", got, test.want)
		}
	}
	if got := Gather(d).Ledger.Problem; got != "" {
		t.Errorf("problem is %q", got)
	}
}

// TestErased: where a text was erased all formats say so, and nothing of it is left.
func TestErased(t *testing.T) {
	d := dossierOf(fixture.Erased())
	for _, format := range []string{"html", "markdown", "json"} {
		text := string(written(t, format, d))
		for _, gone := range []string{"decided by the board", "Cem Contributor", "Head of platform", "roots.csv", "ada@example.org", "web shop", "deploy/"} {
			if strings.Contains(text, gone) {
				t.Errorf("%s holds %s", format, gone)
			}
		}
		if format != "json" && !strings.Contains(text, "text erased") {
			t.Errorf("%s does not say that texts were erased", format)
		}
	}
}

// TestPressing: of each kind some are shown, however many of one there are.
func TestPressing(t *testing.T) {
	var all []Attention
	for _, kind := range []struct {
		why Urgency
		n   int
	}{{UrgentContradicted, 3}, {UrgentNotSatisfied, 100}, {UrgentStale, 5}, {UrgentSoon, 50}} {
		for range kind.n {
			all = append(all, Attention{Why: kind.why})
		}
	}
	first, more := pressing(all, 16)
	counts := map[Urgency]int{}
	for _, one := range first {
		counts[one.Why]++
	}
	if want := map[Urgency]int{UrgentContradicted: 3, UrgentNotSatisfied: 5, UrgentStale: 4, UrgentSoon: 4}; !maps.Equal(counts, want) || more != len(all)-16 {
		t.Errorf("shown are %v, want %v; %d more", counts, want, more)
	}
	if few, none := pressing(all[:2], 16); len(few) != 2 || none != 0 {
		t.Errorf("of 2 are shown %d and %d more", len(few), none)
	}
}

func TestAttention(t *testing.T) {
	var got []string
	for _, one := range Gather(dossierOf(fixture.Full())).Attention {
		got = append(got, string(one.Why)+" "+one.ID)
	}
	want := []string{"contradicted B.05", "not-satisfied B.03", "not-satisfied B.13", "stale B.07", "ends-soon root-known", "ends-soon restored", "ends-soon no-mesh"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFrameworksNeverClaimCompliance: evidence supports, and FFFS is told apart from its mistaken number.
func TestFrameworksNeverClaimCompliance(t *testing.T) {
	for _, format := range []string{"html", "markdown", "json"} {
		text := strings.ReplaceAll(string(written(t, format, dossierOf(fixture.Full()))), `"role": "compliance"`, "") // who answers
		if strings.Contains(strings.ToLower(text), "complian") || strings.Contains(text, "complies") {
			t.Errorf("%s speaks of compliance", format)
		}
		if !strings.Contains(text, fffsNote) {
			t.Errorf("%s does not explain FFFS", format)
		}
	}
}

func TestNeutral(t *testing.T) {
	for text, want := range map[string]string{
		"plain ~\n": "plain ~\n", "é漢字🚀": "é漢字🚀", "\x1b[31m": `\x1b[31m`, "a\r\nb\tc\rd": "a\nb\tc\\x0dd", "\u009b2J": `\x9b2J`, "\u202eexe.png": `\u202eexe.png`, "\xff": `\xff`, "\uffff": `\uffff`,
	} {
		if got := neutral(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example/x?y=1&z": "https://a.example/x?y=1&z", "HTTP://a.example": "http://a.example", "javascript:alert(1)": "", "//a.example": "", "https://": "", "https://u:p@a.example": "",
		"https://a.example/ b": "", "ftp://a.example": "", "https://a.example/\u202e": "", "": "", "a.example": "",
	} {
		if got := escape.Link(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
