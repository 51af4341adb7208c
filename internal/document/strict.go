package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
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
		problem := yamlProblem(err, 0)
		return fmt.Errorf("%s:%d: %s", name, problem.Line, problem.Message)
	}
	var all []error
	for _, text := range wrong.Errors {
		line, rest, _ := strings.Cut(strings.TrimPrefix(text, "line "), ": ")
		rest, _, _ = strings.Cut(rest, " in type ")
		all = append(all, fmt.Errorf("%s:%s: %s", name, line, misfit(strings.Replace(rest, "not found", "is unknown", 1))))
	}
	return errors.Join(all...)
}

// unmarshal is the library's word for a value of another type than the field has.
var unmarshal = regexp.MustCompile("^cannot unmarshal (\\S+)(?: (`.*`))? into (.+)$")

// misfit says in the user's words what the library says in Go's.
func misfit(message string) string {
	parts := unmarshal.FindStringSubmatch(message)
	if parts == nil {
		return message
	}
	is := map[string]string{"!!seq": "a list", "!!map": "a map", "!!str": "text", "!!int": "a number", "!!float": "a number", "!!bool": "true or false"}[parts[1]]
	if is == "" {
		is = "a value " + parts[1]
	}
	if parts[2] != "" {
		is = parts[2] + " is " + is
	} else {
		is = "here is " + is
	}
	if wanted := belongs(parts[3]); wanted != "" {
		return is + ", not " + wanted
	}
	return is + ", which does not fit"
}

// belongs names what a Go type holds; "" for types of our own.
func belongs(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map["):
		return "a map"
	case goType == "string":
		return "text"
	case strings.HasPrefix(goType, "int"):
		return "a whole number"
	case goType == "bool":
		return "true or false"
	}
	return ""
}
