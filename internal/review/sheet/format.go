package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
)

// formatOf finds the format of a file by its name's ending, and refuses a file whose content
// belies it: guessing would read the answers of a wrong file.
func formatOf(name string, data []byte) (string, error) {
	zipped := bytes.HasPrefix(data, []byte("PK\x03\x04"))
	switch format := formatOfName(name); {
	case len(bytes.TrimSpace(data)) == 0:
		return "", fmt.Errorf("%s: file is empty", name)
	case format == "" && zipped:
		return "xlsx", nil
	case format == "xlsx" && !zipped:
		return "", fmt.Errorf("%s: file is no XLSX workbook: %w", name, notZipped(data))
	case format == "xlsx":
		return format, nil
	case zipped:
		return "", fmt.Errorf("%s: file is a workbook or another ZIP archive: name it .xlsx if it is one", name)
	case format == "":
		return formatOfText(data), nil
	default:
		return format, nil
	}
}

func formatOfName(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return "yaml"
	case ".xlsx":
		return "xlsx"
	case ".csv":
		return "csv"
	}
	return ""
}

// formatOfText tells CSV by its header; all else is read as YAML, whose errors have lines.
func formatOfText(data []byte) string {
	text, err := decodeText(data)
	if err != nil {
		return "yaml"
	}
	for line := range strings.Lines(text) {
		if _, missing := findColumns(splitLine(line)); missing == "" {
			return "csv"
		}
		if strings.TrimSpace(line) != "" {
			break
		}
	}
	return "yaml"
}

// notZipped tells what a file is that should have been a workbook.
func notZipped(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return errors.New("it is an old .xls or has a password: save it as .xlsx without one")
	case formatOfText(data) == "csv":
		return errors.New("it is CSV: name it .csv, or save it as .xlsx")
	default:
		return errors.New("save it from the spreadsheet program as .xlsx")
	}
}
