package report

import (
	"embed"
	"html/template"
	"io"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/report/escape"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/report.html", "page/images.html"))

// Of more findings than htmlMost each control shows only some, at least htmlLeast: a browser
// would not open a page with all of them.
const (
	htmlMost  = 20000
	htmlLeast = 50
)

// htmlOpen is up to how many findings of one control show their source at once.
const htmlOpen = 5

// writeHTML writes one page that needs nothing else: style, script and charts stand in it, and a
// content policy allows these only. Without a script it can be read and printed; the script
// filters.
func writeHTML(w io.Writer, r *Report) error {
	style, script := pageFile("page/report.css"), pageFile("page/report.js")
	p := r.htmlPage()
	p.Style, p.Script = template.CSS(style), template.JS(script)
	p.Policy = "default-src 'none'; style-src '" + escape.PolicyHash(style) + "'; script-src '" + escape.PolicyHash(script) + "'; base-uri 'none'; form-action 'none'"
	return pageTemplate.Execute(w, p)
}

func pageFile(name string) string {
	text, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err) // embedded at build time
	}
	return string(text)
}

// bar is one part of a chart. From and Share are percentages of its whole.
type bar struct {
	Class, Label, Text, From, Share string
	N                               int
}

// stacked places bars side by side.
func stacked(bars []bar) []bar {
	total, before := 0, 0
	for _, b := range bars {
		total += b.N
	}
	for i := range bars {
		bars[i].From, bars[i].Share = percent(before, total), percent(bars[i].N, total)
		bars[i].Text = number(bars[i].N)
		before += bars[i].N
	}
	return bars
}

func percent(n, of int) string {
	if of == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 2, 64)
}

// arc is a part of the ring of severities, in thousandths of its length.
type arc struct {
	Class        string
	Length, Rest int
	Offset       int
}

// arcs leaves small gaps between the parts, and shows the smallest part too.
func arcs(bars []bar) []arc {
	total, parts := 0, 0
	for _, b := range bars {
		total += b.N
		parts += min(b.N, 1)
	}
	gap := 0
	if parts > 1 {
		gap = 6
	}
	var all []arc
	before := 0
	for _, b := range bars {
		if b.N == 0 {
			continue
		}
		length := max(8, (1000-parts*(gap+8))*b.N/total+8)
		all = append(all, arc{Class: b.Class, Length: length, Rest: 1000 - length, Offset: -before})
		before += length + gap
	}
	return all
}
