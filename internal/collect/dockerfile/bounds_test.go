package dockerfile_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/collect/dockerfile"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// What is beyond the bounds is told, and the rest is read.
func TestBounds(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"instructions":  {"FROM a\n" + strings.Repeat("RUN b\n", 6000), "5001 all from here on, since there are more than 5000 instructions or 500 stages"},
		"stages":        {strings.Repeat("FROM a\nRUN b\n", 600), "1001 all from here on, since there are more than 5000 instructions or 500 stages"},
		"commands":      {"FROM a\nRUN " + strings.Repeat("b;", 3000) + "\n", "2 more than 2000 commands"},
		"substitutions": {"FROM a\nRUN " + strings.Repeat("$(", 11) + "b" + strings.Repeat(")", 11) + "\n", "2 commands in one another more than 10 deep"},
		"bytes":         {"FROM a\n" + strings.Repeat("#\n", 3<<20), "0 it is larger than 4 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			subject, errs := dockerfile.Read(&inventory.Source{File: "Dockerfile", Text: []byte(test.text)}, dockerfile.Options{})
			line, want, _ := strings.Cut(test.want, " ")
			if len(errs) != 1 || !errs[0].Lost || !strings.Contains(errs[0].Message, want) || strconv.Itoa(errs[0].Line) != line {
				t.Errorf("errors %+v, want %s", errs, test.want)
			}
			if (subject == nil) != (name == "bytes") {
				t.Errorf("subject %v", subject)
			}
		})
	}
	ten := "FROM a\nRUN " + strings.Repeat("$(", 10) + "b" + strings.Repeat(")", 10) + "\n"
	if _, errs := dockerfile.Read(&inventory.Source{File: "Dockerfile", Text: []byte(ten)}, dockerfile.Options{}); len(errs) > 0 {
		t.Errorf("ten deep: %v", errs)
	}
}
