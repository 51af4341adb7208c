package sheet

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// rawCell is a cell as its file writes it.
type rawCell struct {
	kind    string // the attribute t
	style   string // the attribute s
	value   string
	inline  string
	formula bool
}

// readRaw reads a cell to its end.
func readRaw(in *xml.Decoder, element xml.StartElement) (rawCell, error) {
	raw := rawCell{kind: attribute(element, "t"), style: attribute(element, "s")}
	for {
		token, err := in.Token()
		if err != nil {
			return raw, err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return raw, nil
		case xml.StartElement:
			switch token.Name.Local {
			case "f":
				raw.formula = true
				err = in.Skip()
			case "v":
				raw.value, err = characters(in)
			case "is":
				raw.inline, err = richText(in)
			default:
				err = in.Skip()
			}
			if err != nil {
				return raw, err
			}
		}
	}
}

// characters gives what stands in an element, to its end.
func characters(in *xml.Decoder) (string, error) {
	text := strings.Builder{}
	for {
		token, err := in.Token()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			if err := in.Skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return text.String(), nil
		}
	}
}

// richText joins the runs of a text; how Japanese is spoken, which stands among them, is no part of it.
func richText(in *xml.Decoder) (string, error) {
	text := strings.Builder{}
	for depth := 1; depth > 0; {
		token, err := in.Token()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			switch token.Name.Local {
			case "r":
				depth++
			case "t":
				run, err := characters(in)
				if err != nil {
					return "", err
				}
				text.WriteString(unescape(run))
			default:
				if err := in.Skip(); err != nil {
					return "", err
				}
			}
		}
	}
	return text.String(), nil
}

// unescape takes _x000D_ for the character that it stands for.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	out := strings.Builder{}
	for at := 0; at < len(text); {
		if len(text) >= at+7 && text[at:at+2] == "_x" && text[at+6] == '_' {
			if code, err := strconv.ParseUint(text[at+2:at+6], 16, 16); err == nil && utf8.ValidRune(rune(code)) {
				out.WriteRune(rune(code))
				at += 7
				continue
			}
		}
		out.WriteByte(text[at])
		at++
	}
	return out.String()
}

// value gives what a cell shows as a text, or why it cannot be used.
func (b *workbook) value(raw rawCell) (value, wrong string) {
	switch {
	case raw.formula:
		return "", "holds a formula: write its value"
	case raw.kind == "inlineStr":
		return raw.inline, ""
	case raw.value == "":
		return "", ""
	}
	switch raw.kind {
	case "s":
		n, err := strconv.Atoi(raw.value)
		if err != nil || n < 0 || n >= len(b.strings) {
			return "", "names a text that the file does not have: save the file again with a spreadsheet program"
		}
		return b.strings[n], ""
	case "str":
		return unescape(raw.value), ""
	case "b":
		return strconv.FormatBool(isTrue(raw.value)), ""
	case "e":
		return "", fmt.Sprintf("holds the error %s: write its value", excerpt(strings.Map(visible, raw.value)))
	case "d":
		return strings.TrimSuffix(strings.TrimSuffix(raw.value, "Z"), "T00:00:00"), ""
	default:
		return b.number(raw)
	}
}

func (b *workbook) loadStrings(part string) error {
	return b.each(part, func(in *xml.Decoder, element xml.StartElement) error {
		if element.Name.Local != "si" {
			return nil
		}
		text, err := richText(in)
		if err != nil {
			return fmt.Errorf("file is damaged at its texts: %w", err)
		}
		if len(b.strings) >= maxStrings {
			return fmt.Errorf("file has more than %d texts: it is no list of answers", maxStrings)
		}
		b.strings = append(b.strings, text)
		return nil
	})
}

// number gives a number in plain digits, whatever its cell shows, a date as 2027-01-31, and a share
// with its sign: 0.9 shown as 90% is neither.
func (b *workbook) number(raw rawCell) (value, wrong string) {
	number, err := strconv.ParseFloat(raw.value, 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) || math.Abs(number) > 1e15 {
		return "", "holds no number that can be read: write it as text"
	}
	style, err := strconv.Atoi(raw.style)
	if err != nil || style < 0 || style >= len(b.formats) {
		return digits(number), ""
	}
	switch b.formats[style] {
	case dateFormat:
		return b.date(number), ""
	case shareFormat:
		return digits(number*100) + "%", ""
	}
	return digits(number), ""
}

// digits writes the 15 that spreadsheet programs count with, without an exponent.
func digits(number float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil {
		rounded = number
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// date reads a day as spreadsheet programs count them: from 1900, which they take for a leap year,
// or from 1904.
func (b *workbook) date(number float64) string {
	const last = 2_958_465 // 9999-12-31
	if number < 0 || number > last {
		return digits(number)
	}
	if number < 1 && number > 0 {
		return time.Time{}.Add(time.Duration(number * float64(24*time.Hour)).Round(time.Second)).Format(time.TimeOnly)
	}
	start := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case b.from1904:
		start = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case number < 1:
		return digits(number)
	case number < 60:
		start = start.AddDate(0, 0, 1)
	}
	whole, part := math.Modf(number)
	day := start.AddDate(0, 0, int(whole))
	if seconds := math.Round(part * 86_400); seconds > 0 {
		return day.Add(time.Duration(seconds) * time.Second).Format(time.DateTime)
	}
	return day.Format(time.DateOnly)
}
