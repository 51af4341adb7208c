package document

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// census counts what the block reader reads of files.
type census struct {
	read, refused           int // documents that the library reads without problems
	readBytes, refusedBytes int
	broken                  int // other documents
	reasons                 map[string]int
}

// TestBlockReaderAgreesOnRealFiles compares both readers on all YAML of this repository and, if
// KUBEPROOF_YAML names a folder, on all YAML in it.
func TestBlockReaderAgreesOnRealFiles(t *testing.T) {
	folders := []string{"../.."}
	if more := os.Getenv("KUBEPROOF_YAML"); more != "" {
		folders = append(folders, more)
	}
	for _, folder := range folders {
		all := census{reasons: map[string]int{}}
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".yml") {
				return err
			}
			text, err := os.ReadFile(path)
			if err == nil {
				all.file(t, text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: reads %d documents (%d KB), leaves %d (%d KB) and %d broken ones to the library\n%s", folder,
			all.read, all.readBytes>>10, all.refused, all.refusedBytes>>10, all.broken, all.list())
		if all.read < 2*all.refused {
			t.Errorf("%s: the block reader reads %d documents and leaves %d; want two thirds read", folder, all.read, all.refused)
		}
	}
}

func (c *census) file(t *testing.T, text []byte) {
	text, problem := Decode(text)
	if problem != nil {
		return
	}
	nodes := &arena{}
	for part := range split(text) {
		why := comparePart(t, part, DefaultLimits, nodes)
		if why == "" {
			c.read, c.readBytes = c.read+1, c.readBytes+len(part.text)
			continue
		}
		if _, problems := readLibrary(part, DefaultLimits, &arena{}); len(problems) > 0 {
			c.broken++
			continue
		}
		c.refused, c.refusedBytes = c.refused+1, c.refusedBytes+len(part.text)
		c.reasons[why] += len(part.text)
	}
}

// list gives the reasons of refusal with the bytes that they concern, most first.
func (c *census) list() string {
	var lines []string
	for why, size := range c.reasons {
		lines = append(lines, fmt.Sprintf("%8d bytes: %s", size, why))
	}
	slices.Sort(lines)
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}
