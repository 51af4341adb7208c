package review

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// ExportReports notes the digests of reports that leave the house, so that an auditor who gets them
// in a bundle can tell that they are as they were written.
type ExportReports struct {
	Plan string `json:"plan"`
	// Files are the SHA-256 of the reports by name, in hexadecimal.
	Files map[string]string `json:"files"`
	// Size and Root are of the checkpoint that the reports print.
	Size int64  `json:"size"`
	Root string `json:"root"`
}

// Name is report.export.
func (*ExportReports) Name() string { return "report.export" }

// Text is nil.
func (*ExportReports) Text() any { return nil }

func (a *ExportReports) check(s *State, m Mark) error {
	if err := errors.Join(s.need(m, "export report", Roles...), s.needPlan("export report", a.Plan)); err != nil {
		return err
	}
	if a.Size < 0 || a.Size > m.Seq {
		return fmt.Errorf("export report: it prints a checkpoint of %d entries, there are %d", a.Size, m.Seq)
	}
	if root, err := base64.StdEncoding.DecodeString(a.Root); err != nil || len(root) != sha256.Size {
		return fmt.Errorf("export report: root %q is none of a checkpoint: make the reports again", a.Root)
	}
	for _, name := range sortedKeys(a.Files) {
		if err := checkSlug("export report", "file name", name); err != nil {
			return err
		}
		if !hexDigest.MatchString(a.Files[name]) {
			return fmt.Errorf("export report: the digest of %s is none: make the reports again", name)
		}
	}
	return nil
}

func (a *ExportReports) apply(s *State, _ Mark) {
	s.Export = a
	s.touch("export", "newest")
}

// Files are the SHA-256 of all files that texts name: evidence and reports of scans.
func (s *State) Files() map[string]bool {
	named := map[string]bool{}
	for _, evidence := range s.Evidence {
		named[s.AboutOf(evidence).SHA256] = true
	}
	for seq := range s.texts {
		text := ScanText{}
		s.text(seq, &text)
		named[text.SHA256] = true
	}
	delete(named, "")
	return named
}
