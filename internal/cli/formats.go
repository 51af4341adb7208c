package cli

import (
	"io"
	"os"
	"slices"
	"strings"
)

// checkFormats finds a wrong FORMAT[=FILE] before the work is done. At most one may go to standard output.
func checkFormats(formats, known []string) error {
	onScreen := 0
	var files []string
	for _, format := range formats {
		name, file, toFile := strings.Cut(format, "=")
		switch {
		case toFile && file == "":
			return usageError("format %q names no file: write %s=FILE, or %s alone for standard output", format, name, name)
		case toFile && slices.Contains(files, file):
			return usageError("two formats go to %s: give each its own file", file)
		}
		files = append(files, file)
		if !slices.Contains(known, name) {
			return usageError("format %q is unknown: use %s", name, strings.Join(known, ", "))
		}
		if !toFile {
			onScreen++
		}
	}
	if onScreen > 1 {
		return usageError("several formats go to standard output: give all but one a file, as in -o json=report.json")
	}
	return nil
}

// createFile makes a file and has it written.
func createFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	return write(file)
}
