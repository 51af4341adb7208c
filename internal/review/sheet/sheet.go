// Package sheet writes the answers of a review as files that people edit, keep in git or fill in
// offline, as YAML, XLSX and CSV, and reads them again. Nothing here changes a review: Read gives
// rows, Compare says which actions they would come to, and whoever called does these or does not.
// Begin with Write, Read and Compare.
package sheet

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Formats are the names of all formats; each is the ending of its files too.
var Formats = []string{"yaml", "xlsx", "csv"}

// Row is one answer as it stands in a file. Fields that are only shown, such as the question's
// text, are ignored when it is read.
type Row struct {
	Key string // the id of a question, or of an item that is declared not to apply
	// Values and Text are the answer. A file does not tell the question's type: Values has what
	// stands as a list, Text what stands as one text or cell, and Compare takes either for any type.
	Values []string
	Text   string
	// Judged is what stands there, known or not: Compare checks it.
	Judged        checklist.Result
	NotApplicable bool
	Comment       string
	Owner         string // id, name or address of a person; "" changes nothing
	Due           string // as 2027-01-31; "" changes nothing
	// Place is where it stands: "answers.yaml:12", "answers.xlsx: Questions!row 7", "answers.csv:9".
	Place string
}

// Problem is something in a file that cannot be used. All the rest of the file still counts.
type Problem struct {
	Place string // where it stands, as in Row
	What  string // what is wrong and what to do
}

// String is place and problem on one line.
func (p Problem) String() string { return p.Place + ": " + p.What }

// Options say which questions are written.
type Options struct {
	All  bool   // also those that are not asked, because of another answer
	Mine string // only those that the person with this id has to answer; "" for everybody's
}

// The most that is read.
const (
	maxFile = 20 << 20 // bytes
	maxRows = 20_000
)

// Write writes the questions of a review with their answers. The format is one of Formats. It
// writes the same bytes for the same view.
func Write(format string, w io.Writer, v *review.View, o Options) error {
	all := entries(v, o)
	switch format {
	case "yaml":
		return writeYAML(w, v, all)
	case "xlsx":
		return writeXLSX(w, v, all)
	case "csv":
		return writeCSV(w, v, all)
	}
	return fmt.Errorf("write answers: format %q is unknown: use %s", format, strings.Join(Formats, ", "))
}

// Read reads the answers in a file; its name decides the format, or its content where the name does
// not. Rows stand in the file's order. The error is set if nothing can be read.
func Read(name string, data []byte) ([]Row, []Problem, error) {
	if len(data) > maxFile {
		return nil, nil, fmt.Errorf("%s: file has %d bytes: at most %d are read: take out what holds no answers", name, len(data), maxFile)
	}
	format, err := formatOf(name, data)
	if err != nil {
		return nil, nil, err
	}
	switch format {
	case "xlsx":
		return readXLSX(name, data)
	case "csv":
		return readCSV(name, data)
	default:
		return readYAML(name, data)
	}
}
