package dossier

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/report/dossier/fixture"
)

var (
	tag       = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>`)
	attribute = regexp.MustCompile(`([a-zA-Z:-]+)="([^"]*)"`)
)

// elements and attributes are all that the page may hold; the doctype is no element.
var (
	elements = strings.Fields("html head meta title style body header main footer nav div section article details summary h1 h2 h3 h4 h5 p span b a code pre ul li dl dt dd " +
		"table thead tbody tr th td time svg rect circle text path title label input br")
	attributes = strings.Fields("lang charset name content http-equiv class id href rel aria-label aria-hidden role tabindex scope colspan viewBox d fill cx cy r x y width height " +
		"pathLength stroke-dasharray transform type")
)

// TestHTMLIsInert: whatever people write, the page holds no element and no attribute but its own, and
// no link but to pages and within itself.
func TestHTMLIsInert(t *testing.T) {
	for name, world := range worlds() {
		page := string(written(t, "html", dossierOf(world)))
		_, body, _ := strings.Cut(page, "</style>")
		for _, found := range tag.FindAllStringSubmatch(body, -1) {
			if !slices.Contains(elements, found[2]) {
				t.Errorf("%s: the page holds %s", name, found[0])
			}
			checkAttributes(t, name, found)
		}
		if strings.Count(page, "<style") != 1 || strings.Contains(page, "<script") || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: more than one style, or a script, or what the template refused", name)
		}
		checkVisible(t, name+".html", body)
	}
}

func checkAttributes(t *testing.T, name string, found []string) {
	t.Helper()
	rest := attribute.ReplaceAllString(found[3], "")
	if strings.Trim(strings.ReplaceAll(strings.ReplaceAll(rest, "open", ""), "checked", ""), " /") != "" {
		t.Errorf("%s: %s holds attributes without quotes", name, found[0])
	}
	for _, pair := range attribute.FindAllStringSubmatch(found[3], -1) {
		if !slices.Contains(attributes, pair[1]) {
			t.Errorf("%s: %s has the attribute %s", name, found[0], pair[1])
		}
		if pair[1] == "href" && !regexp.MustCompile(`^(#|https?://)`).MatchString(pair[2]) {
			t.Errorf("%s: %s links to %s", name, found[0], pair[2])
		}
		if pair[1] == "href" && pair[2][0] != '#' && !strings.Contains(found[3], `rel="noopener noreferrer"`) {
			t.Errorf("%s: %s tells where it comes from", name, found[0])
		}
	}
}

// checkVisible finds characters that a reader does not see or that a terminal obeys.
func checkVisible(t *testing.T, name, text string) {
	t.Helper()
	for _, r := range text {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == 0xffff {
			t.Errorf("%s holds %U", name, r)
			return
		}
	}
}

func TestHTMLLinks(t *testing.T) {
	page := string(written(t, "html", dossierOf(fixture.Hostile())))
	if !strings.Contains(page, `<a href="https://ok.example/fine?a=1&amp;b=%3c2%3e%7cx%60y" rel="noopener noreferrer">`) {
		t.Error("a plain address is no link")
	}
	for _, evil := range []string{`href="javascript`, `href="JaVa`, `href="data:`, `href="//`, `href="file:`, `href="https://a:b@`, `href="https://ok.example/%e2%80%ae`} {
		if strings.Contains(page, evil) {
			t.Errorf("the page holds %s", evil)
		}
	}
}

// TestMarkdownIsInert: outside of what the report itself writes there is no markup, and no cell breaks
// out of its row.
func TestMarkdownIsInert(t *testing.T) {
	for name, world := range worlds() {
		text := string(written(t, "markdown", dossierOf(world)))
		checkVisible(t, name+".markdown", text)
		for _, found := range tag.FindAllStringSubmatch(text, -1) {
			if !slices.Contains([]string{"details", "summary", "code", "br", "https", "http"}, found[2]) {
				t.Errorf("%s: holds %s", name, found[0])
			}
		}
		for _, bad := range []string{"](", "![", "@everyone", "[[", "<!--", "<https://evil", "://evil"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: holds %s", name, bad)
			}
		}
		checkRows(t, name, text)
	}
}

// checkRows holds every row of a table to as many cells as its header.
func checkRows(t *testing.T, name, text string) {
	t.Helper()
	cells := 0
	for line := range strings.Lines(text) {
		n := strings.Count(line, "|")
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		if cells == 0 {
			cells = n
		}
		if n != cells || !strings.HasSuffix(line, "|\n") {
			t.Errorf("%s: a row has %d cells of %d: %s", name, n, cells, line)
		}
	}
}

// TestXLSXHasNoFormulas: texts that begin like formulas are texts, in cells of the format text.
func TestXLSXHasNoFormulas(t *testing.T) {
	for name, world := range worlds() {
		data := written(t, "xlsx", dossierOf(world))
		archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range archive.File {
			if text := content(t, member); strings.HasPrefix(member.Name, "xl/worksheets/") && (strings.Contains(text, "<f>") || strings.Contains(text, "<f ") || strings.Contains(text, "hyperlink")) {
				t.Errorf("%s: %s holds a formula or a link", name, member.Name)
			} else if strings.HasPrefix(member.Name, "xl/externalLinks") || strings.Contains(member.Name, "vba") {
				t.Errorf("%s: the workbook holds %s", name, member.Name)
			}
		}
		checkCells(t, name, data)
	}
}

func content(t *testing.T, member *zip.File) string {
	t.Helper()
	r, err := member.Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func checkCells(t *testing.T, name string, data []byte) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	if got, want := strings.Join(book.GetSheetList(), " "), "Summary Items Questions Evidence Exceptions Frameworks Access Ledger"; got != want {
		t.Errorf("%s: sheets are %s, want %s", name, got, want)
	}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				checkVisible(t, name+".xlsx", text)
				if text == "" || !strings.ContainsRune("=+-@\t\n", rune(text[0])) {
					continue
				}
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if kind, err := book.GetCellType(sheet, cell); err != nil || kind != excelize.CellTypeSharedString {
					t.Errorf("%s: %s!%s is of type %v: %v", name, sheet, cell, kind, err)
				}
			}
		}
	}
}

// TestXLSXCutsWhatACellDoesNotHold and says so.
func TestXLSXCutsWhatACellDoesNotHold(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(written(t, "xlsx", dossierOf(fixture.Hostile()))))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	found, err := book.SearchSheet("Questions", cut(fixture.Huge))
	if err != nil || len(found) != 1 {
		t.Errorf("the long comment is found at %v: %v", found, err)
	}
	if got := cut(fixture.Huge); len([]rune(got)) > longestCell || !strings.HasSuffix(got, cutNote) {
		t.Errorf("cut to %d characters, ending in %q", len([]rune(got)), got[len(got)-60:])
	}
	if text := strings.Repeat("é", longestCell); cut(text) != text {
		t.Error("a text that just fits was cut")
	}
}

// TestJSONKeepsAll: what is hidden is escaped, and nothing is lost.
func TestJSONKeepsAll(t *testing.T) {
	world := fixture.Hostile()
	text := written(t, "json", dossierOf(world))
	checkVisible(t, "hostile.json", string(text))
	if bytes.ContainsAny(text, "<>") {
		t.Error("the report holds markup that a browser might read")
	}
	var document Document
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if got, want := document.Review.Title, world.View().About.Title; got != want {
		t.Errorf("title is %q, want %q", got, want)
	}
	hidden := strings.NewReplacer("\xff", "\ufffd").Replace(fixture.Hidden)
	if !strings.HasSuffix(document.Review.Title, hidden) {
		t.Errorf("title is %q and lacks what is hidden", document.Review.Title)
	}
}
