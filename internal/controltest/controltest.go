// Package controltest runs a control against the examples in its own file: they are its tests
// and its documentation. Good examples must give no finding; bad ones exactly the findings
// that their "# want: MESSAGE" comments announce, each on its line. Begin with Run.
package controltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Failure is one way in which a control and its examples differ.
type Failure struct {
	Control string `json:"control"`
	File    string `json:"file"`
	Line    int    `json:"line"` // in the control's file
	Message string `json:"message"`
}

// String gives the failure as file:line: message.
func (f Failure) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message) }

// Reader turns the text of an example into what a scan of such a file would see. It gives what
// could not be read as errors.
type Reader func(text []byte) ([]*inventory.Subject, []inventory.Error)

// want is one announced finding; got one that came out.
type want struct {
	line    int
	message string
}

const (
	wantMark = "# want: "
	withMark = "# with: "
)

// Run judges every example of the control and gives all differences, none if it passes.
func Run(c *control.Control, read Reader) []Failure {
	t := &trial{control: c, read: read}
	for i, text := range c.Examples.Good {
		t.example("good", i, text, nil)
	}
	for i, text := range c.Examples.Bad {
		wants := wantsIn(text)
		if len(wants) == 0 {
			t.fail("bad", i, 0, "bad example announces no finding: end the guilty line with %s MESSAGE", strings.TrimSpace(wantMark))
		}
		t.example("bad", i, text, wants)
	}
	return t.failures
}

type trial struct {
	control  *control.Control
	read     Reader
	failures []Failure
}

func (t *trial) fail(list string, example, line int, format string, args ...any) {
	t.failures = append(t.failures, Failure{Control: t.control.ID, File: t.control.File,
		Line:    exampleLine(t.control.Source(), list, example) + line,
		Message: fmt.Sprintf("%s example %d: ", list, example+1) + fmt.Sprintf(format, args...)})
}

func (t *trial) example(list string, i int, text string, wants []want) {
	got, errs, err := t.judge(text)
	if err != nil {
		t.fail(list, i, 0, "%v", err)
		return
	}
	for _, wrong := range errs {
		t.fail(list, i, wrong.Line, "cannot be read: %s", wrong.Message)
	}
	for _, w := range wants {
		at := slices.Index(got, w)
		if at < 0 {
			t.fail(list, i, w.line, "no finding here says %q", w.message)
			continue
		}
		got = slices.Delete(got, at, at+1)
	}
	for _, g := range got {
		t.fail(list, i, g.line, "unannounced finding: %s", g.message)
	}
}

// judge gives the findings of the control on an example. Values after "# with:" in its first
// line stand for what a user sets in the configuration.
func (t *trial) judge(text string) ([]want, []inventory.Error, error) {
	values, err := valuesIn(text)
	if err != nil {
		return nil, nil, err
	}
	plan, err := engine.New([]*control.Control{t.control}, engine.Options{Values: map[string]map[string]any{t.control.ID: values}})
	if err == nil {
		err = plan.Check()
	}
	if err != nil {
		return nil, nil, err
	}
	subjects, errs := t.read([]byte(text))
	if len(subjects) == 0 && len(errs) == 0 {
		return nil, nil, errors.New("holds nothing that a scan would judge: give apiVersion and kind")
	}
	result, err := plan.Judge(context.Background(), &inventory.Inventory{Subjects: subjects})
	if err != nil {
		return nil, nil, err
	}
	var got []want
	for _, f := range result.Findings {
		message := f.Message
		if f.Outcome != assessment.Fail {
			message = string(f.Outcome) + ": " + message
		}
		got = append(got, want{f.Location.Line, message})
	}
	return got, errs, nil
}

func valuesIn(text string) (map[string]any, error) {
	first, _, _ := strings.Cut(text, "\n")
	given, ok := strings.CutPrefix(first, withMark)
	if !ok {
		return nil, nil
	}
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(given), &values); err != nil {
		return nil, fmt.Errorf("read values after %q: %w", withMark, err)
	}
	return values, nil
}

// wantsIn finds the announced findings: behind a value for its line, and on lines of their own for
// the next line that is no comment, since Dockerfiles know no other comments.
func wantsIn(text string) []want {
	var wants []want
	waiting := 0
	for i, line := range strings.Split(text, "\n") {
		before, marked, found := strings.Cut(line, wantMark)
		if strings.TrimSpace(before) != "" && !strings.HasPrefix(strings.TrimSpace(before), "#") {
			for ; waiting > 0; waiting-- {
				wants[len(wants)-waiting].line = i + 1
			}
		}
		alone := strings.TrimSpace(before) == ""
		for found {
			var message string
			message, marked, found = strings.Cut(marked, wantMark)
			wants = append(wants, want{i + 1, strings.TrimSpace(message)})
			if alone {
				waiting++
			}
		}
	}
	return wants
}

// exampleLine is the line in the control's file before the first line of an example.
func exampleLine(source []byte, list string, i int) int {
	var root struct {
		Examples struct{ Good, Bad []yaml.Node }
	}
	if yaml.Unmarshal(source, &root) != nil {
		return 1
	}
	nodes := root.Examples.Good
	if list == "bad" {
		nodes = root.Examples.Bad
	}
	if i >= len(nodes) {
		return 1
	}
	return nodes[i].Line
}
