// Package vex reads statements on whether products are affected by vulnerabilities (Vulnerability
// Exploitability eXchange): OpenVEX 0.0.1 to 0.2.0, CycloneDX with analyses, and CSAF 2.0. It finds the
// newest statement that applies to a vulnerability of a package in an image, and refuses those that
// declare something not affected without saying why. Begin with Read, then Statements.Of.
package vex

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Status is what a statement says, in the words of OpenVEX.
type Status string

// The statuses, which all three formats have under their own names.
const (
	NotAffected        Status = "not_affected"
	Affected           Status = "affected"
	Fixed              Status = "fixed"
	UnderInvestigation Status = "under_investigation"
)

// Statement is one claim about a vulnerability of some products.
type Statement struct {
	Vulnerabilities []string // the identifier and its aliases
	Products        []Product
	Status          Status
	Justification   string // a word of the format, as vulnerable_code_not_in_execute_path
	Impact          string // free text
	Time            time.Time
	Author          string
	Source          string // the file
}

// Verdict is the statement that counts for a vulnerability, as part of a fact.
type Verdict struct {
	Status        Status `json:"status"`
	Justification string `json:"justification,omitempty"`
	Impact        string `json:"impact,omitempty"`
	Author        string `json:"author,omitempty"`
	Timestamp     string `json:"timestamp,omitempty"` // RFC 3339
	Source        string `json:"source"`
}

// Statements are those of all documents that were read.
type Statements struct{ byID map[string][]*Statement }

const (
	longestDocument = 64 << 20  // bytes
	mostStatements  = 1_000_000 // statements times products, of all documents
	mostErrors      = 20        // of a document
	deepest         = 16        // folders below a place
)

// Read reads documents: files, or folders of which every .json file is read. What cannot be read, and
// statements that are refused, are errors; all other statements count.
func Read(places ...string) (*Statements, []inventory.Error) {
	all := &Statements{byID: map[string][]*Statement{}}
	var errs []inventory.Error
	count := 0
	for _, place := range places {
		files, problems := filesOf(place)
		errs = append(errs, problems...)
		for _, file := range files {
			statements, problems := readFile(file)
			errs = append(errs, problems...)
			for i := range statements {
				if count += 1 + len(statements[i].Products); count > mostStatements {
					return all, append(errs, lost(file, fmt.Sprintf("more than %d VEX statements: the rest was not read", mostStatements)))
				}
				all.add(&statements[i])
			}
		}
	}
	return all, errs
}

func (s *Statements) add(one *Statement) {
	for _, id := range one.Vulnerabilities {
		s.byID[id] = append(s.byID[id], one)
	}
}

func lost(file, message string) inventory.Error {
	return inventory.Error{File: file, Message: message, Lost: true}
}

func filesOf(place string) (files []string, errs []inventory.Error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, []inventory.Error{lost(place, "read VEX: "+err.Error())}
	}
	if !info.IsDir() {
		return []string{place}, nil
	}
	_ = filepath.WalkDir(place, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			errs = append(errs, lost(name, "read VEX: "+err.Error()))
		case entry.IsDir() && strings.Count(strings.TrimPrefix(name, place), string(filepath.Separator)) > deepest:
			errs = append(errs, lost(name, "read VEX: the folder lies too deep"))
			return filepath.SkipDir
		case !entry.IsDir() && strings.EqualFold(filepath.Ext(name), ".json"):
			files = append(files, name)
		}
		return nil
	})
	if len(files) == 0 {
		errs = append(errs, lost(place, "read VEX: the folder holds no .json file: give OpenVEX, CycloneDX or CSAF documents"))
	}
	return files, errs
}

func readFile(name string) ([]Statement, []inventory.Error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return nil, []inventory.Error{lost(name, "read VEX: "+err.Error())}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, []inventory.Error{lost(name, "read VEX: "+err.Error())}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longestDocument+1))
	if err == nil && len(text) > longestDocument {
		err = fmt.Errorf("larger than %d bytes", longestDocument)
	}
	if err != nil {
		return nil, []inventory.Error{lost(name, "read VEX: "+err.Error()+": it was not read")}
	}
	return Parse(name, text)
}

// Parse reads one document; name stands for it in statements and errors. Its format is told by its
// own marks: @context of OpenVEX, bomFormat of CycloneDX, document.csaf_version of CSAF.
func Parse(name string, text []byte) ([]Statement, []inventory.Error) {
	var marks struct {
		Context   json.RawMessage `json:"@context"`
		BOMFormat string          `json:"bomFormat"`
		Document  json.RawMessage `json:"document"`
	}
	d := &document{name: name}
	if err := json.Unmarshal(text, &marks); err != nil {
		return nil, []inventory.Error{lost(name, "read VEX: "+plain(err))}
	}
	switch {
	case marks.BOMFormat == "CycloneDX":
		d.readCycloneDX(text)
	case len(marks.Document) > 0:
		d.readCSAF(text)
	case strings.Contains(string(marks.Context), "openvex.dev/ns"):
		d.readOpenVEX(text)
	default:
		d.fail("it is no OpenVEX, CycloneDX or CSAF document")
	}
	return d.statements, d.told()
}

// document is one that is being read.
type document struct {
	name       string
	statements []Statement
	errors     []inventory.Error
	failures   int
}

func (d *document) fail(format string, values ...any) {
	if d.failures++; d.failures <= mostErrors {
		d.errors = append(d.errors, lost(d.name, "read VEX: "+fmt.Sprintf(format, values...)))
	}
}

func (d *document) told() []inventory.Error {
	if more := d.failures - mostErrors; more > 0 {
		d.errors = append(d.errors, lost(d.name, fmt.Sprintf("read VEX: %d more statements could not be used", more)))
	}
	return d.errors
}

// take keeps a statement that says all it must.
func (d *document) take(s Statement) {
	s.Vulnerabilities = slices.DeleteFunc(s.Vulnerabilities, func(id string) bool { return id == "" })
	s.Source = d.name
	switch {
	case len(s.Vulnerabilities) == 0:
		d.fail("a statement names no vulnerability")
	case len(s.Products) == 0:
		d.fail("the statement on %.100q names no product that is known by a package URL, digest or name: it was not used", s.Vulnerabilities[0])
	case s.Status == NotAffected && s.Justification == "" && strings.TrimSpace(s.Impact) == "":
		d.fail("the statement that %.100q does not affect says not why: it was refused: add a justification or an impact statement", s.Vulnerabilities[0])
	default:
		d.statements = append(d.statements, s)
	}
}

// plain says what is wrong in words of the format.
func plain(err error) string {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("invalid JSON at byte %d", syntax.Offset)
	case errors.As(err, &wrong) && wrong.Field == "":
		return "it is no JSON object"
	case errors.As(err, &wrong):
		return fmt.Sprintf("field %.200s has a wrong type", wrong.Field)
	}
	return "invalid JSON"
}

// instant reads a time of RFC 3339, of which the first that is one counts.
func instant(texts ...string) time.Time {
	for _, text := range texts {
		if when, err := time.Parse(time.RFC3339, text); err == nil {
			return when.UTC()
		}
	}
	return time.Time{}
}
