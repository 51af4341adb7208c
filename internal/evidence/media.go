package evidence

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// endings give the types that a file of that ending may be, as the content shows them.
var endings = map[string][]string{
	".png": {"image/png"}, ".jpg": {"image/jpeg"}, ".jpeg": {"image/jpeg"}, ".gif": {"image/gif"}, ".webp": {"image/webp"},
	".pdf": {"application/pdf"}, ".zip": {"application/zip"}, ".gz": {"application/gzip"}, ".tgz": {"application/gzip"},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	".odt":  {"application/vnd.oasis.opendocument.text"}, ".ods": {"application/vnd.oasis.opendocument.spreadsheet"},
	".txt": {text}, ".log": {text}, ".md": {text}, ".csv": {text}, ".tsv": {text}, ".json": {text}, ".jsonl": {text}, ".sarif": {text},
	".yaml": {text}, ".yml": {text}, ".xml": {text}, ".html": {text}, ".htm": {text}, ".svg": {text}, ".eml": {text}, ".conf": {text},
}

// text is the type that all texts are, whatever else they are.
const text = "text/plain"

func isText(found *mimetype.MIME) bool { return is(found, text) }

// is reports whether a type is another, or a special form of it.
func is(found *mimetype.MIME, want string) bool {
	for ; found != nil; found = found.Parent() {
		if found.Is(want) {
			return true
		}
	}
	return false
}

// checkType refuses a file that is not what its name says, and what people cannot read.
func checkType(name string, found *mimetype.MIME) error {
	allowed, known := endings[strings.ToLower(filepath.Ext(name))]
	if known && !slices.ContainsFunc(allowed, func(want string) bool { return is(found, want) }) {
		return fmt.Errorf("its name says %s, its content is %s: give it the right name, or attach the right file", strings.Join(allowed, " or "), found)
	}
	if known || isText(found) {
		return nil
	}
	for _, types := range endings {
		if slices.ContainsFunc(types, found.Is) {
			return nil
		}
	}
	return fmt.Errorf("its content is %s, which nobody can read as evidence: attach a document, a picture, a text or an archive", found)
}
