package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Workbooks are written with excelize and read here, part by part as a stream. excelize lays out
// each sheet as a full rectangle of cells: a file of 15 kB with one cell at the far right of each of
// 500 rows took 1.6 GB, and none of its options bounds that. Besides, it writes large parts to
// temporary files.

// The most that a workbook may hold once it is unpacked.
const (
	maxUnpacked = 64 << 20
	maxParts    = 2_000
	maxStrings  = 1_000_000
	maxSheets   = 100
	maxColumns  = 16_384 // what spreadsheet programs have
	maxMerged   = 10_000
)

// workbook is an open XLSX file.
type workbook struct {
	name     string
	parts    map[string]*zip.File
	left     int64 // bytes that may still be unpacked
	strings  []string
	formats  []numberFormat // by the index that cells name
	from1904 bool
	sheets   []sheetPart
}

type sheetPart struct{ name, part string }

var errUnpacked = fmt.Errorf("file unpacks to more than %d MB: it is no list of answers", maxUnpacked>>20)

func readXLSX(name string, data []byte) ([]Row, []Problem, error) {
	book, err := openWorkbook(name, data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	var none *table
	for _, sheet := range book.inOrder() {
		t := &table{}
		err := book.read(sheet, t)
		if err != nil && !errors.Is(err, errNoHeader) {
			return nil, nil, placed(name, err)
		}
		if t.columns != nil {
			return t.rows, t.problems, nil
		}
		if none == nil || len(none.found) == 0 || t.missing == answerColumn && none.missing == keyColumn {
			none = t
		}
	}
	if none == nil {
		return nil, nil, fmt.Errorf("%s: workbook has no sheet", name)
	}
	return nil, nil, fmt.Errorf("%s: %w", name, none.noHeader())
}

func openWorkbook(name string, data []byte) (*workbook, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("file is damaged or cut off: %w", err)
	}
	if len(archive.File) > maxParts {
		return nil, fmt.Errorf("file has %d parts: it is no list of answers", len(archive.File))
	}
	book := &workbook{name: name, parts: map[string]*zip.File{}, left: maxUnpacked}
	for _, part := range archive.File {
		if key := partName(part.Name); book.parts[key] == nil {
			book.parts[key] = part
		}
	}
	if book.parts["mimetype"] != nil && book.parts["xl/workbook.xml"] == nil {
		return nil, errors.New("file is no XLSX workbook: save it as .xlsx (it looks like OpenDocument)")
	}
	return book, book.load()
}

// partName is the name by which a part is found: some programs write others than they name.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

// load reads what the sheets refer to.
func (b *workbook) load() error {
	root, err := b.relations("", "_rels/.rels")
	if err != nil {
		return err
	}
	main := "xl/workbook.xml"
	for _, relation := range root {
		if strings.HasSuffix(relation.kind, "/officeDocument") {
			main = relation.part
		}
	}
	folder := path.Dir(main)
	relations, err := b.relations(folder, path.Join(folder, "_rels", path.Base(main)+".rels"))
	if err != nil {
		return err
	}
	if err := b.loadSheets(main, relations); err != nil {
		return err
	}
	for _, relation := range relations {
		switch {
		case strings.HasSuffix(relation.kind, "/sharedStrings"):
			err = b.loadStrings(relation.part)
		case strings.HasSuffix(relation.kind, "/styles"):
			err = b.loadFormats(relation.part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type relation struct{ kind, part string }

// relations read which part has which id.
func (b *workbook) relations(folder, part string) (map[string]relation, error) {
	all := map[string]relation{}
	if b.parts[partName(part)] == nil {
		return all, nil
	}
	err := b.each(part, func(_ *xml.Decoder, element xml.StartElement) error {
		if element.Name.Local == "Relationship" {
			target := attribute(element, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(folder, target)
			}
			all[attribute(element, "Id")] = relation{attribute(element, "Type"), partName(target)}
		}
		return nil
	})
	return all, err
}

func (b *workbook) loadSheets(part string, relations map[string]relation) error {
	return b.each(part, func(_ *xml.Decoder, element xml.StartElement) error {
		switch element.Name.Local {
		case "workbookPr":
			b.from1904 = isTrue(attribute(element, "date1904"))
		case "sheet":
			target := relations[attributeIn(element, "relationships", "id")]
			if strings.HasSuffix(target.kind, "/worksheet") && len(b.sheets) < maxSheets {
				b.sheets = append(b.sheets, sheetPart{strings.Map(visible, attribute(element, "name")), target.part})
			}
		}
		return nil
	})
}

func isTrue(text string) bool { return text == "1" || text == "true" }

// inOrder puts the sheet that we write before all others.
func (b *workbook) inOrder() []sheetPart {
	var first, rest []sheetPart
	for _, sheet := range b.sheets {
		if strings.EqualFold(sheet.name, questionsSheet) {
			first = append(first, sheet)
		} else {
			rest = append(rest, sheet)
		}
	}
	return append(first, rest...)
}

// each calls back for every element that begins in a part.
func (b *workbook) each(part string, call func(*xml.Decoder, xml.StartElement) error) error {
	file := b.parts[partName(part)]
	if file == nil {
		return fmt.Errorf("file is no XLSX workbook: its part %s is missing: save it as .xlsx again", excerpt(part))
	}
	content, err := file.Open()
	if err != nil {
		return fmt.Errorf("file is damaged at %s: %w", excerpt(part), err)
	}
	defer content.Close()
	in := xml.NewDecoder(&unpacking{content, b})
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, errUnpacked) {
			return errUnpacked
		}
		if err != nil {
			return fmt.Errorf("file is damaged at %s: %w", excerpt(part), err)
		}
		switch token := token.(type) {
		case xml.Directive:
			// No program writes a document type, and entities hide bombs and files of others.
			return fmt.Errorf("file has a document type at %s: save it again with a spreadsheet program", excerpt(part))
		case xml.StartElement:
			if err := call(in, token); err != nil {
				return err
			}
		}
	}
}

// unpacking reads a part as long as the workbook may be unpacked.
type unpacking struct {
	from io.Reader
	book *workbook
}

func (u *unpacking) Read(into []byte) (int, error) {
	if u.book.left <= 0 {
		return 0, errUnpacked
	}
	n, err := u.from.Read(into[:min(int64(len(into)), u.book.left)])
	u.book.left -= int64(n)
	return n, err
}

func attribute(element xml.StartElement, name string) string { return attributeIn(element, "", name) }

// attributeIn gives an attribute whose name space ends so.
func attributeIn(element xml.StartElement, space, name string) string {
	for _, attribute := range element.Attr {
		if attribute.Name.Local == name && strings.HasSuffix(attribute.Name.Space, space) {
			return attribute.Value
		}
	}
	return ""
}
