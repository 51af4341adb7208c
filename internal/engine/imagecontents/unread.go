package imagecontents

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// mostUnread bounds the findings of one image.
const mostUnread = 20

// unread says what of an image could not be read, so that nobody takes silence for a pass.
func unread(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	list := in.Element.Get("unread")
	for i, entry := range list.Children() {
		if i == mostUnread {
			return append(verdicts, unknown(list, "%d more parts were not read", list.Len()-mostUnread)...)
		}
		what := layerOf(entry)
		if file := entry.Get("path").Text(); file != "" {
			what = fmt.Sprintf("%s of %s", file, what)
		}
		verdicts = append(verdicts, unknown(entry, "%s was not read: %s", what, entry.Get("reason").Text())...)
	}
	if len(verdicts) == 0 {
		return unseen(in.Element, nil)
	}
	return verdicts
}
