package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrEmpty is given by DecodeStrict for a text that holds nothing.
var ErrEmpty = errors.New("file is empty")

// DecodeStrict reads one YAML document of our own (a control, a checklist, a configuration) into
// a Go value. Unknown fields and wrong types are errors, all of them at once, each with the name
// of the file and the line. A text without content gives ErrEmpty and leaves the value alone.
func DecodeStrict(name string, text []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err := decoder.Decode(into)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", name, ErrEmpty)
	}
	if err != nil {
		return strictError(name, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: holds more than one document: keep one", name)
	}
	return nil
}

// strictError puts the file before every line that the YAML library complains about.
func strictError(name string, err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", name, err)
	}
	var all []error
	for _, text := range wrong.Errors {
		line, rest, _ := strings.Cut(strings.TrimPrefix(text, "line "), ": ")
		rest, _, _ = strings.Cut(rest, " in type ")
		all = append(all, fmt.Errorf("%s:%s: %s", name, line, strings.Replace(rest, "not found", "is unknown", 1)))
	}
	return errors.Join(all...)
}
