package graph

import (
	"fmt"
	"strings"
)

// The colours of kinds, for a light and a dark page: far enough apart for eyes that do not tell
// red from green, and never the only sign, since every kind is also named in tooltips.
var (
	lightColours = [looks]string{"#1f5fa8", "#b35900", "#00735c", "#8c3a86", "#6b5b00", "#a3323b", "#3d4db3", "#4d5b66"}
	darkColours  = [looks]string{"#79b4f2", "#f0a35e", "#4fc9ad", "#d792d1", "#d6c14a", "#f08a92", "#a3b0ff", "#aebac4"}
	edgeDashes   = [looks]string{"none", "none", "6 3", "2 3", "none", "8 3 2 3", "6 3", "2 3"}
)

// palette is all that differs between light and dark.
type palette struct {
	page, ink, muted, card, frame, box, boxFrame string
	critical, high, medium                       string // frames of nodes
	criticalCard                                 string
	kinds                                        [looks]string
}

var style = styleOf(
	palette{page: "#ffffff", ink: "#1b1f24", muted: "#57606a", card: "#ffffff", frame: "#8c959f", box: "#f3f5f7", boxFrame: "#d0d7de",
		critical: "#b3261e", high: "#c2571a", medium: "#8a6a00", criticalCard: "#fdeceb", kinds: lightColours},
	palette{page: "#14181d", ink: "#e6edf3", muted: "#9aa5b1", card: "#1d232b", frame: "#606b77", box: "#181d24", boxFrame: "#363e48",
		critical: "#ff7b72", high: "#f0a35e", medium: "#d6c14a", criticalCard: "#3a1d1d", kinds: darkColours})

func styleOf(light, dark palette) string {
	shapes := `
.kg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.kg-head{font-size:18px;font-weight:600}.kg-label{font-size:13px}.kg-detail,.kg-word{font-size:11px}
.kg-group{font-size:11px;font-weight:600}.kg-word{text-anchor:middle}
.kg-card,.kg-box{stroke-width:1}.critical .kg-card,.high .kg-card,.medium .kg-card{stroke-width:2}
.kg-edge path{fill:none;stroke-width:1.4}.kg-edge:hover path{stroke-width:3}
`
	for i, dash := range edgeDashes {
		if dash != "none" {
			shapes += fmt.Sprintf(".kg .e%d path{stroke-dasharray:%s}", i, dash)
		}
	}
	return shapes + "\n" + light.css() + "@media (prefers-color-scheme:dark){\n" + dark.css() + "}\n"
}

func (p palette) css() string {
	var css strings.Builder
	fmt.Fprintf(&css, ".kg-page,.kg-plate{fill:%s}.kg-head,.kg-label{fill:%s}.kg-detail,.kg-group{fill:%s}.kg-card{fill:%s;stroke:%s}.kg-box{fill:%s;stroke:%s}\n",
		p.page, p.ink, p.muted, p.card, p.frame, p.box, p.boxFrame)
	fmt.Fprintf(&css, ".critical .kg-card{stroke:%s;fill:%s}.high .kg-card{stroke:%s}.medium .kg-card{stroke:%s}\n", p.critical, p.criticalCard, p.high, p.medium)
	for i, colour := range p.kinds {
		fmt.Fprintf(&css, ".kg .k%d .kg-stripe{fill:%s}.kg .e%d path{stroke:%s}.kg .e%d polygon,.kg-word.e%d{fill:%s}\n", i, colour, i, colour, i, i, colour)
	}
	return css.String()
}
