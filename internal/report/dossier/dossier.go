// Package dossier writes the report of a review: what was asked and seen, what people answered with
// which evidence, who approved it, which risks are taken and until when, and the checkpoint of the
// ledger that proves it. It adds nothing to the review but its layout, so that the same view gives the
// same bytes. Everything that people wrote is hostile to it: each format escapes it, and shows control
// characters instead of obeying them. Begin with Write; Document is what every format shows.
package dossier

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/review"
)

// Dossier is what is written.
type Dossier struct {
	// View is the review as it stands at the time of the report.
	View *review.View
	// Checkpoint is the signed note of the ledger at that time; nil if there is none.
	Checkpoint []byte
	// Signer is the text of the public key that signed it, as verifiers want it; "" if there is none.
	Signer string
	// Version is Kubeproof's own version; "" leaves it out.
	Version string
}

// Format is one way to write a dossier.
type Format struct {
	Name  string
	About string
	Write func(io.Writer, *Dossier) error
}

// Formats are all formats, in the order in which they are offered.
var Formats = []Format{
	{"html", "one page to read, to print and to keep as PDF", writeHTML},
	{"markdown", "in short, for a wiki or a comment on a change", writeMarkdown},
	{"xlsx", "a workbook with one sheet for each kind of record", writeXLSX},
	{"json", "everything, for programs (" + Schema + ")", writeJSON},
}

// Names are the names of all formats, in the order of Formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, format := range Formats {
		names[i] = format.Name
	}
	return names
}

// Write writes the dossier in the format of that name. The error names the formats there are if there
// is none of that name; else it is the writer's.
func Write(format string, w io.Writer, d *Dossier) error {
	for _, known := range Formats {
		if known.Name != format {
			continue
		}
		buffered := bufio.NewWriterSize(w, 64<<10)
		if err := errors.Join(known.Write(buffered, d), buffered.Flush()); err != nil {
			return fmt.Errorf("write %s report of review: %w", format, err)
		}
		return nil
	}
	return fmt.Errorf("write report of review: format %q is unknown: use one of %s", format, strings.Join(Names(), ", "))
}
