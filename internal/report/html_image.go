package report

import (
	"fmt"
	"strings"
)

// Of images the page shows at most so many, of each at most so many steps of its build, wasted
// files and parts that were not read. Whole commands have a budget of bytes, each and together.
const (
	mostImages   = 100
	mostSteps    = 200
	mostRows     = 20
	mostCommand  = 16 << 10
	mostCommands = 2 << 20
	longCommand  = 150 // columns of a command beside its layer
)

// htmlImages is the part of the page about images.
type htmlImages struct {
	Images []htmlImage
	Cut    string
}

// htmlImage is what the page shows of an image.
type htmlImage struct {
	Name, Line   string
	Open, Unfold bool // the image, and in it its layers
	Facts        []fact
	Chart        *layerChart
	Proofs       []proofLine
	Severities   []severityCount
	Vulnerable   []string // in words
	Steps        []htmlStep
	Sized        bool // the steps tell sizes of content, else of what is stored
	MoreSteps    string
	Wasted       []htmlWasted
	MoreWasted   string
	Unread       []note
	MoreUnread   string
}

// fact is a line of what is known; Code is text as it was written somewhere.
type fact struct {
	Name, Text string
	Code       bool
	Mood       string
}

type proofLine struct {
	Name string
	stated
}

type htmlWasted struct{ Path, Size, Layer, By string }

func (r *Report) htmlImages() *htmlImages {
	all := r.images()
	if len(all) == 0 {
		return nil
	}
	p := &htmlImages{}
	if more := len(all) - mostImages; more > 0 {
		p.Cut = fmt.Sprintf("and %s: the JSON report lists all", count(more, "more image"))
		all = all[:mostImages]
	}
	budget := mostCommands
	for _, f := range all {
		h := newHTMLImage(f, &budget)
		h.Open, h.Unfold = len(all) <= 2, len(all) == 1 && len(h.Steps) <= 25
		p.Images = append(p.Images, h)
	}
	return p
}

func newHTMLImage(f imageFact, budget *int) htmlImage {
	h := htmlImage{Name: shown(f.name(), 200), Line: shown(f.line(), 200), Facts: f.facts(), Chart: f.chart()}
	for _, proof := range []struct{ name, field string }{{"Signature", "signed"}, {"Provenance", "origin"}} {
		said := f.proof(proof.field)
		said.Word, said.Reason = shown(said.Word, 100), shown(said.Reason, 300)
		h.Proofs = append(h.Proofs, proofLine{proof.name, said})
	}
	h.vulnerabilities(f)
	h.steps(f, budget)
	h.wasted(f)
	h.unread(f)
	return h
}

// shown makes text that was scanned fit to be shown on one line of so many columns.
func shown(text string, columns int) string {
	words := strings.Join(strings.Fields(headOf(text, mostCommand)), " ")
	if len(text) > mostCommand {
		words += "..."
	}
	return clip(safe(words), columns)
}

func (f imageFact) facts() []fact {
	var all []fact
	add := func(name, text string) {
		if text != "" {
			all = append(all, fact{Name: name, Text: shown(text, 400)})
		}
	}
	code := func(name, text string) {
		if text != "" {
			all = append(all, fact{Name: name, Text: shown(text, 160), Code: true})
		}
	}
	code("Digest", f.text("digest"))
	if f.text("digest") == "" {
		code("Configuration", f.text("configDigest"))
	}
	platform := f.text("platform")
	if others := f.root.Get("platforms"); others.Len() > 1 {
		platform += " (of " + listed(others) + ")"
	}
	add("Platform", platform)
	add("System", f.system())
	add("Made", f.created())
	add("Size", f.sizes())
	add("Packages", f.packageText())
	_, user, root := f.user()
	all = append(all, fact{Name: "User", Text: shown(user, 200), Mood: moodOf(root)})
	if f.root.Get("config") != nil {
		ports := listed(f.root.Get("config", "ports"))
		if ports == "" {
			ports = "none exposed"
		}
		add("Ports", ports)
	}
	return all
}

func moodOf(bad bool) string {
	if bad {
		return "bad"
	}
	return ""
}

// system names the distribution, and what kind of base it is.
func (f imageFact) system() string {
	name := f.text("os", "name")
	switch base := f.text("base"); {
	case base == "scratch":
		return "none (scratch)"
	case name == "":
		return base
	case base == "" || base == "full":
		return name
	default:
		return name + " (" + base + ")"
	}
}

// sizes tells what the image takes, unpacked and stored, and how many files are in it.
func (f imageFact) sizes() string {
	var parts []string
	if n, known := f.amount("size"); known {
		parts = append(parts, byteSize(n)+" in its layers")
		if waste, known := f.amount("waste"); known && waste > 0 {
			parts[0] += ", " + byteSize(waste) + " of it wasted"
		}
	}
	if n, known := f.amount("bytes"); known && n > 0 {
		parts = append(parts, byteSize(n)+" as stored")
	}
	if n, known := f.amount("files"); known {
		parts = append(parts, count(n, "file"))
	}
	return strings.Join(parts, "; ")
}

func (f imageFact) packageText() string {
	byType, total, known := f.packages()
	switch {
	case !known:
		return "not read"
	case total == 0:
		return "none found"
	}
	return number(total) + ": " + counted(byType)
}

// vulnerabilities says in words what the counts leave open.
func (h *htmlImage) vulnerabilities(f imageFact) {
	open, answered, looked := f.vulnerabilities()
	if !looked {
		h.Vulnerable = []string{"not looked for: no advisories were given"}
		return
	}
	h.Severities = open
	if judged, known := f.amount("scan", "judged"); len(open) == 0 && (!known || judged > 0) {
		h.Vulnerable = append(h.Vulnerable, "none known")
	}
	if answered > 0 {
		h.Vulnerable = append(h.Vulnerable, "not counted, as VEX answers them: "+number(answered))
	}
	for _, said := range f.scanned() {
		h.Vulnerable = append(h.Vulnerable, shown(said, 400))
	}
}

func (h *htmlImage) wasted(f imageFact) {
	all := f.root.Get("wasted").Children()
	for i, n := range all {
		if i == mostRows {
			h.MoreWasted = fmt.Sprintf("and %s more", number(len(all)-mostRows))
			return
		}
		bytes, _ := amount(n.Get("bytes"))
		h.Wasted = append(h.Wasted, htmlWasted{Path: shown(n.Get("path").Text(), 200), Size: byteSize(bytes),
			Layer: shown(n.Get("layer").Text(), 20), By: shown(n.Get("removedBy").Text(), 20)})
	}
}

func (h *htmlImage) unread(f imageFact) {
	if f.root.Get("layers") == nil {
		h.Unread = append(h.Unread, note{Message: "the layers: only the configuration was looked at"})
	}
	all := f.root.Get("unread").Children()
	for i, n := range all {
		if i == mostRows {
			h.MoreUnread = fmt.Sprintf("and %s more", number(len(all)-mostRows))
			return
		}
		what := note{shown(n.Get("path").Text(), 200), shown(n.Get("reason").Text(), 300)}
		// Where the files were read and none is named it is told of the whole image.
		if layer := n.Get("layer").Text(); layer != "" && (what.Place != "" || f.root.Get("files") == nil) {
			what.Message = "layer " + shown(layer, 20) + ": " + what.Message
		}
		h.Unread = append(h.Unread, what)
	}
}
