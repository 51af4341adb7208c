package sheet

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// numberFormat is what the number in a cell is shown as.
type numberFormat int

const (
	plainFormat numberFormat = iota
	dateFormat               // or time of a day
	shareFormat
)

// maxFormats is how many styles spreadsheet programs allow.
const maxFormats = 65_490

// loadFormats reads which styles of cells show dates.
func (b *workbook) loadFormats(part string) error {
	own := map[int]numberFormat{}
	inCells := false
	return b.each(part, func(_ *xml.Decoder, element xml.StartElement) error {
		id, _ := strconv.Atoi(attribute(element, "numFmtId"))
		switch element.Name.Local {
		case "numFmt":
			if len(own) < maxFormats {
				own[id] = formatOfCode(attribute(element, "formatCode"))
			}
		case "cellStyleXfs":
			inCells = false
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if !inCells || len(b.formats) >= maxFormats {
				break
			}
			format, known := own[id]
			if !known {
				format = builtin(id)
			}
			b.formats = append(b.formats, format)
		}
		return nil
	})
}

// builtin gives the formats that have no code in a file: dates, times, shares. Those from 27 on are dates in East Asia.
func builtin(id int) numberFormat {
	switch {
	case id >= 14 && id <= 22, id == 45, id == 47, id >= 27 && id <= 36, id >= 50 && id <= 58:
		return dateFormat
	case id == 9, id == 10:
		return shareFormat
	}
	return plainFormat
}

// literal is what a format code shows as it is: texts, colours and places in brackets, escapes.
var literal = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.`)

func formatOfCode(code string) numberFormat {
	span := strings.Contains(strings.ToLower(code), "[h") // of hours, which is neither date nor time of a day
	code = strings.ToLower(literal.ReplaceAllString(code, ""))
	code, _, _ = strings.Cut(code, ";")
	switch {
	case !span && strings.ContainsAny(code, "ydhs"):
		return dateFormat
	case strings.Contains(code, "%"):
		return shareFormat
	}
	return plainFormat
}
