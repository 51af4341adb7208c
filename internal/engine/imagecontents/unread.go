package imagecontents

import "github.com/kubeproof/kubeproof/internal/assessment"

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
		file, reason := entry.Get("path").Text(), entry.Get("reason").Text()
		switch {
		case file != "":
			verdicts = append(verdicts, unknown(entry, "%s of %s was not read: %s", file, layerOf(entry), reason)...)
		case in.Element.Get("files") == nil:
			verdicts = append(verdicts, unknown(entry, "%s was not read: %s", layerOf(entry), reason)...)
		default:
			verdicts = append(verdicts, unknown(entry, "%s", reason)...) // all layers were read, but not all of each
		}
	}
	if len(verdicts) == 0 {
		return unseen(in.Element, nil)
	}
	return verdicts
}
