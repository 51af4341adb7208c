package imagecontents

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// mostSecrets bounds the findings of one image: after that many it is the image that is wrong.
const mostSecrets = 50

// secrets fails for every secret that was found in the files, the variables, the labels the
// history and the start of an image. A later layer that removes a file does not take it out of the image.
func secrets(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	list := in.Element.Get("secrets")
	for i, found := range list.Children() {
		if i == mostSecrets {
			return append(verdicts, failed(list, "%d more secrets were found", list.Len()-mostSecrets)...)
		}
		verdicts = append(verdicts, failed(found, "%s holds %s%s", whereSecret(found), found.Get("what").Text(), stillThere(found))...)
	}
	return append(verdicts, unsearched(in.Element)...)
}

// unsearched says which files whose names tell of secrets were too large to be searched. Of other
// large texts the fact has the number, which proves nothing either way.
func unsearched(root *document.Node) []assessment.Verdict {
	list := root.Get("unsearched", "named")
	var files []string
	for _, entry := range list.Children() {
		files = append(files, fmt.Sprintf("%s of %s (%s)", entry.Get("path").Text(), layerOf(entry), bytesIn(number(entry.Get("bytes")))))
	}
	if len(files) == 0 {
		return nil
	}
	return unknown(list, "%s too large to be searched for secrets: %s", counted(len(files), "file is", "files are"), named(files, 0))
}

// bytesIn writes a size in KiB or MiB.
func bytesIn(size int) string {
	if size < mebibyte {
		return fmt.Sprintf("%d KiB", (size+1023)/1024)
	}
	return fmt.Sprintf("%d MiB", size/mebibyte)
}

// whereSecret names what holds a secret.
func whereSecret(found *document.Node) string {
	line := ""
	if number(found.Get("line")) > 0 {
		line = fmt.Sprintf(" (line %d)", number(found.Get("line")))
	}
	for _, place := range []struct{ key, name string }{{"path", "file"}, {"variable", "variable"}, {"label", "label"}} {
		if text := found.Get(place.key).Text(); text != "" {
			return fmt.Sprintf("%s %q%s", place.name, text, line)
		}
	}
	if word := found.Get("word").Text(); word != "" {
		return strings.ToUpper(word)
	}
	if step := found.Get("history"); step != nil && step.Kind == document.Int {
		return fmt.Sprintf("command %d of the history", number(step)+1)
	}
	return "a command of the history"
}

// stillThere says so where a later layer removes what an earlier one holds.
func stillThere(found *document.Node) string {
	if !found.Get("deleted").Bool() {
		return ""
	}
	return fmt.Sprintf("; a later layer removes it, but %s still has it", layerOf(found))
}
