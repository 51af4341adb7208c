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
	files, filesAnswered                   int
	clusters, clustersAnswered             int
}

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
	if slices.Contains(item.Assess, "F") {
		c.files++
		if len(item.Controls) > 0 {
			c.filesAnswered++
		}
	}
	if slices.Contains(item.Assess, "C") {
		c.clusters++
		if len(item.Controls) > 0 {
			c.clustersAnswered++
		}
	}
}

// WriteCoverage writes docs/checklists.md: for every item what answers it, and what is open.
// Write it anew with `go generate ./internal/checklist`.
func WriteCoverage(w io.Writer, library *Library) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, coverageHead)
	for _, list := range library.Checklists {
		c := coverageOf(list)
		writeCounts(out, fmt.Sprintf("[%s](#%s)", list.Title, list.ID), c)
	}
	writeCounts(out, "**Together**", coverageOf(library.Checklists...))
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

| Checklist | Items | Control | Question | Both | With open part | Files (F) | of these by a control | Cluster (C) | of these by a control |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
`

func coverageOf(lists ...*Checklist) coverage {
	var c coverage
	for _, list := range lists {
		for i := range list.Items {
			c.add(&list.Items[i])
		}
	}
	return c
}

func writeCounts(out io.Writer, name string, c coverage) {
	fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n",
		name, c.items, c.controls, c.questions, c.both, c.open, c.files, c.filesAnswered, c.clusters, c.clustersAnswered)
}

// writeUnanswered lists the items that files or a cluster could answer and no control does.
func writeUnanswered(out io.Writer, library *Library) {
	fmt.Fprint(out, "\n## Items of files or clusters that no control answers yet\n\n")
	for _, list := range library.Checklists {
		for _, item := range list.Items {
			if (slices.Contains(item.Assess, "F") || slices.Contains(item.Assess, "C")) && len(item.Controls) == 0 {
				fmt.Fprintf(out, "- %s %s (%s)\n", item.ID, item.Text, item.Open)
			}
		}
	}
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
