package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestScanColours shows that colours are for terminals alone, and for those who want them.
func TestScanColours(t *testing.T) {
	const pod = "{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, securityContext: {privileged: true}}]}}"
	tests := []struct {
		name     string
		terminal bool
		env      map[string]string
		flags    []string
		want     bool
	}{
		{"a terminal", true, nil, nil, true},
		{"no terminal", false, nil, nil, false},
		{"NO_COLOR", true, map[string]string{"NO_COLOR": "1"}, nil, false},
		{"an empty NO_COLOR", true, map[string]string{"NO_COLOR": ""}, nil, true},
		{"a dumb terminal", true, map[string]string{"TERM": "dumb"}, nil, false},
		{"--no-color", true, nil, []string{"--no-color"}, false},
		{"a format for programs", true, nil, []string{"-o", "csv"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			streams := &Streams{In: strings.NewReader(pod), Out: &out, Err: &errs, OutTerminal: test.terminal,
				Getenv: func(name string) string { return test.env[name] }}
			code := Main(t.Context(), append([]string{"scan", "-", "--control", "container-privileged"}, test.flags...), streams)
			if code != exitFindings || errs.Len() > 0 {
				t.Fatalf("exit code %d, %s", code, &errs)
			}
			if got := strings.Contains(out.String(), "\x1b["); got != test.want {
				t.Errorf("coloured %t, want %t", got, test.want)
			}
		})
	}
}

// TestWidth shows that lines break where the terminal ends.
func TestWidth(t *testing.T) {
	for _, width := range []int{60, 120} {
		var out bytes.Buffer
		streams := &Streams{In: strings.NewReader("{apiVersion: v1, kind: Pod, spec: {containers: [{name: a}]}}"), Out: &out, Err: &out,
			Width: width, Getenv: func(string) string { return "" }}
		Main(t.Context(), []string{"scan", "-", "--control", "isolation"}, streams)
		longest := 0
		for line := range strings.Lines(out.String()) {
			if !strings.Contains(line, "kubeproof ") && !strings.Contains(line, "standard input:") { // to be copied
				longest = max(longest, len([]rune(strings.TrimRight(line, "\n"))))
			}
		}
		if longest > width || longest < width-30 {
			t.Errorf("width %d: the longest line has %d columns", width, longest)
		}
	}
}
