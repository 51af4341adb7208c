package dossier

import (
	"embed"
	"fmt"
	"html/template"
	"io"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.New("dossier.html").Funcs(template.FuncMap{
	"spoken": func(state any) string { return spoken(fmt.Sprint(state)) },
	"day":    dayOf, "minute": minute, "number": number, "number64": func(n int64) string { return number(int(n)) }, "count": count, "rates": rates, "address": escape.Link, "erased": func() string { return erased },
	"bars": bars, "ring": ring, "command": func() string { return Verify }, "clip": escape.Clip,
}).ParseFS(pageFiles, "page/*.html"))

// page is what the template of the HTML report shows.
type page struct {
	*Document
	Style  template.CSS
	Policy string
	// Headline is the score in one line.
	Headline string
	Legend   []bar
	Urgent   []Attention
	More     int // that need attention and are shown with their items only
	About    []string

	questions map[string]*Question
	evidence  map[string]*Evidence
	risks     map[string]*Exception
	shown     map[string]string // the item at which a question was shown in full
}

// mostUrgent is how many things the table of attention names; the items follow anyway.
const mostUrgent = 25

// writeHTML writes one page that needs nothing else: style and charts stand in it, there is no script,
// and a content policy allows just this style.
func writeHTML(w io.Writer, d *Dossier) error {
	document := neutralised(Gather(d))
	style := pageFile("page/dossier.css") + margins(d.Checkpoint)
	p := &page{Document: document, Style: template.CSS(style), Policy: "default-src 'none'; style-src '" + escape.PolicyHash(style) + "'; base-uri 'none'; form-action 'none'",
		Headline: document.headline(), Legend: bars(document.Score), About: about,
		questions: map[string]*Question{}, evidence: map[string]*Evidence{}, risks: map[string]*Exception{}, shown: map[string]string{}}
	p.Urgent, p.More = pressing(document.Attention, mostUrgent)
	for _, question := range document.Questions {
		p.questions[question.ID] = question
	}
	for _, evidence := range document.Evidence {
		p.evidence[evidence.ID] = evidence
	}
	for _, exception := range document.Exceptions {
		p.risks[exception.ID] = exception
	}
	return pageTemplate.Execute(w, p)
}

// margins writes the position of the ledger below every printed page: whoever keeps the paper can prove
// later what the ledger was. It holds what a parsed checkpoint can hold: a number and base64.
func margins(note []byte) string {
	checkpoint, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("@media print { @page { @bottom-left { content: \"ledger: %d entries, root %s\"; } } }\n", checkpoint.Size, checkpoint.Root)
}

func pageFile(name string) string {
	text, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err) // embedded at build time
	}
	return string(text)
}
