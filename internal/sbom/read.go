package sbom

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// MostBytes and MostPackages bound what is read of one bill.
const (
	MostBytes    = 128 << 20
	MostPackages = 500_000
)

// LeftOut is the error of a bill that was read but for some packages.
type LeftOut struct {
	Count int
	First string // the first of them, with what was wrong with it
}

// Error counts what was left out.
func (l *LeftOut) Error() string {
	if l.Count == 1 {
		return fmt.Sprintf("1 package has no package URL that can be read (%s): it was left out", l.First)
	}
	return fmt.Sprintf("%d packages have no package URL that can be read (first: %s): they were left out", l.Count, l.First)
}

// envelope is what documents are told apart by. Attestations carry a bill as their predicate, and
// GitHub gives one as the field sbom.
type envelope struct {
	BOMFormat   string          `json:"bomFormat"`
	SPDXVersion string          `json:"spdxVersion"`
	Context     json.RawMessage `json:"@context"`
	Predicate   json.RawMessage `json:"predicate"`
	SBOM        json.RawMessage `json:"sbom"`
}

// Read reads a bill of materials in JSON: CycloneDX 1.2 to 1.7 or SPDX 2.x, alone, as the predicate of an
// in-toto statement, or as GitHub gives it. The format is one of Formats. Packages stand in the bill's order. With
// an error of type *LeftOut the others were read; with any other nothing was.
func Read(r io.Reader) (packages []software.Package, format string, err error) {
	text, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return nil, "", fmt.Errorf("read bill of materials: %w", err)
	}
	if len(text) > MostBytes {
		return nil, "", fmt.Errorf("bill of materials is larger than %d MiB: split it", MostBytes>>20)
	}
	return readText(text, 0)
}

func readText(text []byte, depth int) ([]software.Package, string, error) {
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, "", fmt.Errorf("bill of materials is no JSON: %s: give CycloneDX or SPDX in JSON", plain(err))
	}
	switch {
	case e.BOMFormat == "CycloneDX":
		return readAs(text, CycloneDX, &cdxDocument{})
	case strings.HasPrefix(e.SPDXVersion, "SPDX-2."):
		return readAs(text, SPDX, &spdxDocument{})
	case strings.Contains(string(e.Context), "spdx.org/rdf/3"):
		return nil, "", errors.New("bill of materials is of SPDX 3, which is not read: write SPDX 2.3 or CycloneDX")
	case len(e.Predicate) > 0 && depth == 0:
		return readText(e.Predicate, 1)
	case len(e.SBOM) > 0 && depth == 0:
		return readText(e.SBOM, 1)
	}
	return nil, "", errors.New("is no bill of materials: neither bomFormat CycloneDX nor spdxVersion SPDX-2.x stands in it")
}

// collection gathers the packages of a document.
type collection struct {
	packages []software.Package
	left     LeftOut
	full     bool
}

func readAs(text []byte, format string, into interface{ collect(*collection) }) ([]software.Package, string, error) {
	if err := json.Unmarshal(text, into); err != nil {
		return nil, "", fmt.Errorf("bill of materials is not as %s wants it: %s", format, plain(err))
	}
	var c collection
	into.collect(&c)
	switch {
	case c.full:
		return nil, "", fmt.Errorf("bill of materials has more than %d packages: split it", MostPackages)
	case c.left.Count > 0:
		return c.packages, format, &c.left
	}
	return c.packages, format, nil
}

func (c *collection) leave(name, reason string) {
	if c.left.Count++; c.left.Count == 1 {
		c.left.First = fmt.Sprintf("%.100q, %s", name, reason)
	}
}

// add keeps a package once for each place.
func (c *collection) add(p software.Package, places []place) {
	if len(places) == 0 {
		places = []place{{p.Path, p.Layer, p.Declared}}
	}
	for _, at := range places {
		if len(c.packages) >= MostPackages {
			c.full = true
			return
		}
		p.Path, p.Layer, p.Declared = at.Path, at.Layer, at.Declared
		c.packages = append(c.packages, p)
	}
}

// trueName gives a package the name that stands beside its URL, where the URL only has it in
// lower case: names of Go modules have capitals, and advisories keep them.
func trueName(p *software.Package, name string) {
	if strings.EqualFold(p.Name, name) && (p.Type == software.Go || p.Type == software.Composer) {
		p.Name = name
	}
}

// plain says what is wrong without quoting the text.
func plain(err error) string {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s at byte %d", syntax, syntax.Offset)
	case errors.As(err, &typed):
		return fmt.Sprintf("field %s is %s", typed.Field, typed.Value)
	}
	return err.Error()
}
