package report

import (
	"strings"
)

// mostTableImages is how many images the table names unless Full.
const mostTableImages = 10

// images names each image with its size, layers, waste, packages and user.
func (t *table) images() {
	all := t.r.images()
	more := len(all) - mostTableImages
	if t.full || more == 1 {
		more = 0
	}
	title := "Images"
	for _, f := range all[:len(all)-max(more, 0)] {
		room := t.width - 12
		name, about := clip(safe(headOf(f.name(), 4*room)), room), clip(safe(f.line()), room)
		rows := []string{name + "  " + about}
		if columns(rows[0]) > room {
			rows = []string{name, "  " + clip(about, room-2)}
		}
		for _, row := range rows {
			t.line("  %-9s %s", title, row)
			title = ""
		}
	}
	if more > 0 {
		t.line("  %s and %s", strings.Repeat(" ", 9), count(more, "more image")+": see -o json")
	}
}
