package ledger

import (
	"fmt"
	"strings"
)

// The members of a bundle. Any other name in it makes it unusable: nothing hides beside what is checked.
const (
	readmeName      = "README.md"
	verifierName    = "verify_ledger.py"
	keyName         = "log.vkey"
	entriesName     = "ledger.jsonl"
	contentsName    = "contents.jsonl"
	checkpointsName = "checkpoints.txt"
	filesFolder     = "files/sha256/"
	reportsFolder   = "reports/"
)

// required are the members without which a bundle is none.
var required = []string{entriesName, contentsName, checkpointsName, keyName}

// bounds hold what a hostile bundle may cost.
type bounds struct {
	members     int   // in number
	entries     int64 // the others in unpacked bytes
	contents    int64
	checkpoints int64
	text        int64 // of each of the other known members
	file        int64 // of each file and report
	total       int64
}

var defaultBounds = bounds{
	members:     200_000,
	entries:     1 << 30,
	contents:    4 << 30,
	checkpoints: 64 << 20,
	text:        1 << 20,
	file:        4 << 30,
	total:       32 << 30,
}

// limit is the greatest size of a member, and an error for a name that is none of a bundle's.
func (b bounds) limit(name string) (int64, error) {
	switch name {
	case entriesName:
		return b.entries, nil
	case contentsName:
		return b.contents, nil
	case checkpointsName:
		return b.checkpoints, nil
	case readmeName, verifierName, keyName:
		return b.text, nil
	}
	if sum, ok := strings.CutPrefix(name, filesFolder); ok {
		if _, err := parseHex(sum); err == nil {
			return b.file, nil
		}
	}
	if report, ok := strings.CutPrefix(name, reportsFolder); ok && isReportName(report) {
		return b.file, nil
	}
	return 0, fmt.Errorf("unexpected file %.200q: unpack the bundle anew, or ask for it again", name)
}

// isFolder tells whether a bundle that was packed again may have an entry of its own for the folder.
func isFolder(name string) bool {
	return name == "files/" || name == filesFolder || name == reportsFolder
}

// isReportName accepts names that are plain on every system, without folders.
func isReportName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || strings.IndexByte("._-", c) < 0) {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}
