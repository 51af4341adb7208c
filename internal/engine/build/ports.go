package build

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// exposed is an entry of EXPOSE: one port or a range.
type exposed struct {
	node        *document.Node
	first, last int
	valid       bool
}

// ports lists what the stages of the image expose.
func ports(f *dockerfile.File) []exposed {
	var all []exposed
	dockerfile.Each(f.Production(), func(i *dockerfile.Instruction) {
		if i.Name != "EXPOSE" {
			return
		}
		for _, word := range i.Words {
			if text := word.Text(); !strings.Contains(text, "$") && !strings.HasPrefix(text, "#") {
				all = append(all, readPorts(word))
			}
		}
	})
	return all
}

func readPorts(word *document.Node) exposed {
	text, _, _ := strings.Cut(word.Text(), "/")
	from, to, isRange := strings.Cut(text, "-")
	e := exposed{node: word}
	first, err := strconv.Atoi(from)
	last, err2 := first, error(nil)
	if isRange {
		last, err2 = strconv.Atoi(to)
	}
	e.first, e.last = first, last
	e.valid = err == nil && err2 == nil && first >= 1 && last <= 65535 && first <= last
	return e
}

// AdminPorts finds EXPOSE of ports of remote administration and of debuggers, from the parameter ports, which
// gives each its name. Scope object:Dockerfile.
func AdminPorts(in assessment.Input) []assessment.Verdict {
	named := in.Values.Map("ports")
	var numbers []int
	for text := range named {
		if number, err := strconv.Atoi(text); err == nil {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	var verdicts []assessment.Verdict
	for _, e := range ports(dockerfile.Of(in)) {
		for _, number := range numbers {
			if e.valid && e.first <= number && number <= e.last {
				verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("EXPOSE opens port %d (%s)", number, named[strconv.Itoa(number)]), e.node))
				break
			}
		}
	}
	return verdicts
}

// ManyPorts fails if the image exposes more ports than the parameter most. Scope object:Dockerfile.
func ManyPorts(in assessment.Input) []assessment.Verdict {
	seen := map[int]bool{}
	var last *document.Node
	for _, e := range ports(dockerfile.Of(in)) {
		if !e.valid {
			continue
		}
		last = e.node
		for port := e.first; port <= e.last; port++ {
			seen[port] = true
		}
	}
	if len(seen) <= in.Values.Int("most") {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("the image exposes %d ports", len(seen)), last)}
}

// InvalidPorts finds entries of EXPOSE that are no ports. Scope object:Dockerfile.
func InvalidPorts(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, e := range ports(dockerfile.Of(in)) {
		if !e.valid {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("EXPOSE %q is no port from 1 to 65535", e.node.Text()), e.node))
		}
	}
	return verdicts
}
