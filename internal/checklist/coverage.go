package checklist

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:generate go run ../../docs/generate_checklists.go ../../docs/checklists.md

// coverage counts how the items of a checklist are answered.
type coverage struct {
	items, controls, questions, both, open int
	// assessed counts the items that a method can assess, answered those of them that have a control.
	assessed, answered map[Method]int
}

// counted are the methods whose items are counted, with the heading of their column.
var counted = []struct {
	method  Method
	heading string
}{{"F", "Files (F)"}, {"C", "Cluster (C)"}, {"D", "Dockerfiles (D)"}, {"I", "Images (I)"}}

func (c *coverage) add(item *Item) {
	c.items++
	switch {
	case len(item.Questions) == 0:
		c.controls++
	case len(item.Controls) == 0:
		c.questions++
	default:
		c.both++
	}
	if item.Open != "" {
		c.open++
	}
	for _, method := range item.Assess {
		c.assessed[method]++
		if len(item.Controls) > 0 {
			c.answered[method]++
		}
	}
}

// WriteCoverage writes docs/checklists.md: for every item what answers it, and what is open.
// Write it anew with `go generate ./internal/checklist`.
func WriteCoverage(w io.Writer, library *Library) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, coverageHead)
	for _, column := range counted {
		fmt.Fprintf(out, " %s | of these by a control |", column.heading)
	}
	fmt.Fprintf(out, "\n|---|--:|--:|--:|--:|--:|%s\n", strings.Repeat("--:|--:|", len(counted)))
	for _, list := range library.Checklists {
		c := coverageOf(list)
		writeCounts(out, fmt.Sprintf("[%s](#%s)", list.Title, list.ID), c)
	}
	writeCounts(out, "**Together**", coverageOf(library.Checklists...))
	asked := library.Asked(library.Checklists...)
	fmt.Fprintf(out, "\nItems with Q: %d; with a question: %d; prefilled when a scan is at hand: %d.\n", asked.Items, asked.WithQuestion, asked.Prefilled)
	writeUnanswered(out, library)
	for _, list := range library.Checklists {
		writeChecklist(out, list)
	}
	return out.Flush()
}

const coverageHead = `# Checklists

<!-- Generated from catalog/checklists: go generate ./internal/checklist -->

Every item of the public checklists, in our own words, with what answers it: a control that a
machine judges, a question that a person answers, or both. **Open** is what a machine could judge
and no control does yet; an item with an open part is never shown as satisfied, only as partly so.

` + "`kubeproof checklist show NAME PATH`" + ` gives the state of each item. The letters say how an item can be
assessed: F Kubernetes files, C a live cluster, N a node, D Dockerfiles, I images, P pipeline and
repository files, T reports of other tools, Q a person's answer.

| Checklist | Items | Control | Question | Both | With open part |`

func coverageOf(lists ...*Checklist) coverage {
	c := coverage{assessed: map[Method]int{}, answered: map[Method]int{}}
	for _, list := range lists {
		for i := range list.Items {
			c.add(&list.Items[i])
		}
	}
	return c
}

func writeCounts(out io.Writer, name string, c coverage) {
	fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d |", name, c.items, c.controls, c.questions, c.both, c.open)
	for _, column := range counted {
		fmt.Fprintf(out, " %d | %d |", c.assessed[column.method], c.answered[column.method])
	}
	fmt.Fprintln(out)
}

// writeUnanswered lists the items that a counted method could answer and no control does.
func writeUnanswered(out io.Writer, library *Library) {
	fmt.Fprint(out, "\n## Items of files, clusters, Dockerfiles or images that no control answers yet\n\n")
	for _, list := range library.Checklists {
		for _, item := range list.Items {
			if len(item.Controls) == 0 && item.isCounted() {
				fmt.Fprintf(out, "- %s %s (%s)\n", item.ID, item.Text, item.Open)
			}
		}
	}
}

func (i *Item) isCounted() bool {
	for _, column := range counted {
		if slices.Contains(i.Assess, column.method) {
			return true
		}
	}
	return false
}

func writeChecklist(out io.Writer, list *Checklist) {
	fmt.Fprintf(out, "\n<a id=%q></a>\n## %s\n\n%s\n\nSource: %s.\n", list.ID, list.Title, list.About, list.Source)
	section := ""
	for _, item := range list.Items {
		if item.Section != section {
			section = item.Section
			fmt.Fprintf(out, "\n### %s\n\n| Item | | By | Controls and questions | Open |\n|---|---|---|---|---|\n", section)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", item.ID, cell(item.Text), letters(item.Assess), answers(&item), cell(item.Open))
	}
}

func letters(methods []Method) string {
	all := make([]string, len(methods))
	for i, method := range methods {
		all[i] = string(method)
	}
	return strings.Join(all, " ")
}

// answers names the controls as code and the questions in italics.
func answers(item *Item) string {
	var all []string
	for _, control := range item.Controls {
		all = append(all, "`"+control+"`")
	}
	for _, question := range item.Questions {
		all = append(all, "*"+question+"*")
	}
	return strings.Join(all, ", ")
}

// cell keeps a text from ending its cell of a Markdown table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
