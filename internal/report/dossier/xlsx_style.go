package dossier

import (
	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/review"
)

// styles are the looks of cells, by their numbers in the workbook.
type styles struct {
	header, text, number int
	state                map[review.ItemState]int
}

// stateColours are ground and text of each state, in the colours of the HTML report.
var stateColours = map[review.ItemState][2]string{
	review.ItemSatisfied: {"D4EFE1", "0F5135"}, review.ItemPartly: {"E9F2CC", "3F5400"}, review.ItemNotSatisfied: {"F8D3E0", "7A0C2E"},
	review.ItemContradicted: {"E5D6F3", "4A1F72"}, review.ItemAccepted: {"D9E3F8", "233C7A"}, review.ItemStale: {"FCDCC8", "7D2A07"},
	review.ItemInReview: {"D0EAF4", "074A61"}, review.ItemAnswered: {"DFEFF5", "28505F"}, review.ItemChangesRequested: {"F8EBC4", "5F4300"},
	review.ItemOpen: {"E6E9EE", "3A4352"}, review.ItemNotApplicable: {"FFFFFF", "5A6576"},
}

// formatText keeps what is typed into a cell a text; formatWhole shows whole numbers with thousands apart.
const (
	formatText  = 49
	formatWhole = 3
)

func (b *workbook) makeStyles() {
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	b.styles.header = b.style(&excelize.Style{Font: bold("FFFFFF"), Fill: fill("1F55C9"), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	b.styles.text = b.style(&excelize.Style{Alignment: top, NumFmt: formatText})
	b.styles.number = b.style(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1}, NumFmt: formatWhole})
	b.styles.state = map[review.ItemState]int{}
	for _, state := range review.ItemStates {
		colours := stateColours[state]
		b.styles.state[state] = b.style(&excelize.Style{Font: bold(colours[1]), Fill: fill(colours[0]), Alignment: top, NumFmt: formatText})
	}
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func (b *workbook) style(style *excelize.Style) (id int) {
	b.do(func() (err error) {
		id, err = b.file.NewStyle(style)
		return err
	})
	return id
}

func bold(colour string) *excelize.Font {
	return &excelize.Font{Bold: true, Color: colour, Family: "Calibri", Size: 11}
}
