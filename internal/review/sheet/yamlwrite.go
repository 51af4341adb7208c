package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// yamlHead tells people what to do. It holds no date and no count, so that files differ only where
// answers do.
const yamlHead = `
Fill in "answer", or "values" where there may be several, as the choices of each question say. Write a
text of several lines after "answer: |-", each line indented. "judged" stands where you have to say how
far your answer fulfils what is asked: satisfied, partly or not-satisfied. Where a question does not
apply, write "notApplicable: true" and say why in "comment". "owner" is the id, name or address of who
has to answer, "due" a day as 2027-01-31.

An empty field changes nothing. Comments, order and questions that are left out do not count. To
declare that an item of a checklist does not apply, add "- item: ID" with notApplicable and comment.

Read the file in with: kubeproof review import FILE
`

// writeYAML writes a list of questions, each under comments that explain it. People stand there with
// their ids: files in git outlive the erasure of a name.
func writeYAML(w io.Writer, v *review.View, all []*entry) error {
	out := &bytes.Buffer{}
	comment(out, "", fmt.Sprintf("Answers of the review %s: %s", v.Plan.ID, v.About.Title))
	comment(out, "", "Checklists: "+strings.Join(v.Plan.Checklists, ", "))
	for paragraph := range strings.SplitSeq(yamlHead, "\n\n") {
		out.WriteString("#\n")
		comment(out, "", paragraph)
	}
	section := ""
	for _, entry := range all {
		if next := entry.section(); next != section && entry.asked != nil {
			section = next
			out.WriteString("\n")
			comment(out, "", "---- "+section+" ----")
		}
		if err := entry.writeYAML(out); err != nil {
			return fmt.Errorf("write answers as YAML: %s: %w", entry.key, err)
		}
	}
	if len(all) == 0 {
		out.WriteString("\n[]\n")
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write answers as YAML: %w", err)
	}
	return nil
}

func (e *entry) writeYAML(out *bytes.Buffer) error {
	out.WriteString("\n")
	q := e.question()
	comment(out, "", q.Text)
	comment(out, "guidance: ", q.Guidance)
	comment(out, "evidence: ", q.Evidence)
	if e.asked != nil {
		comment(out, "items: ", strings.Join(e.itemIDs(), ", "))
		e.commentChoices(out)
	}
	comment(out, "stage: ", e.stage())
	comment(out, "scan suggests: ", e.scan())
	encoder := yaml.NewEncoder(out)
	encoder.SetIndent(2)
	node := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{e.mapping()}}
	if err := encoder.Encode(node); err != nil {
		return err
	}
	return encoder.Close()
}

func (e *entry) commentChoices(out *bytes.Buffer) {
	lines := choices(e.question())
	if len(lines) == 1 {
		comment(out, "answer with ", lines[0])
		return
	}
	comment(out, "", "answer with "+map[bool]string{true: "one or more", false: "one"}[e.question().Type == checklist.Many]+" of")
	for _, line := range lines {
		comment(out, "  ", line)
	}
}

// mapping is the entry with all its keys, so that a diff shows only values.
func (e *entry) mapping() *yaml.Node {
	mapping := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key string, value *yaml.Node) {
		mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	q := e.question()
	switch {
	case e.asked == nil:
		add("item", scalar(e.key))
	case q.Type == checklist.Many:
		add("question", scalar(e.key))
		add("values", flow(e.values()))
	default:
		add("question", scalar(e.key))
		add("answer", e.answerNode())
	}
	if e.asked != nil && (q.NeedsJudgement() || e.reply.Judged != "") {
		add("judged", scalar(string(e.reply.Judged)))
	}
	add("notApplicable", plain(map[bool]string{true: "true", false: "false"}[e.reply.NotApplicable]))
	add("comment", scalar(e.text.Comment))
	add("owner", scalar(e.answer.Owner))
	add("due", plain(e.answer.Due))
	return mapping
}

// answerNode is the one answer. Those that are no free text stand without quotes, as people write
// them: they are read letter by letter, whatever YAML takes yes, 1e3 or a date for.
func (e *entry) answerNode() *yaml.Node {
	values := e.values()
	switch {
	case len(values) == 0:
		return plain("")
	case len(values) > 1:
		return flow(values)
	case isWritten(e.question()):
		return scalar(values[0])
	default:
		return plain(values[0])
	}
}

func flow(values []string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range values {
		list.Content = append(list.Content, scalar(value))
	}
	return list
}

// plain is a value of a form that needs no quotes; anything else is quoted all the same.
func plain(value string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: value}
	if value != "" && !survives(node) {
		return scalar(value)
	}
	return node
}

// scalar is a text, as a block where it has several lines. The encoder has texts that it does not
// write as they are (blocks that begin with spaces or line ends): these stand in double quotes.
func scalar(text string) *yaml.Node {
	if text == "" {
		return &yaml.Node{Kind: yaml.ScalarNode}
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.Contains(text, "\n") {
		node.Style = yaml.LiteralStyle
	}
	if strings.ContainsFunc(text, hidden) || !survives(node) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// hidden are characters that editors drop or that nobody sees in a block.
func hidden(r rune) bool { return r != '\n' && r != ' ' && !unicode.IsPrint(r) }

// survives is true if the value is the same once it is written, at the depth where it will stand,
// and read.
func survives(node *yaml.Node) bool {
	list := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.MappingNode,
		Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "answer"}, node}}}}
	text := &bytes.Buffer{}
	encoder := yaml.NewEncoder(text)
	encoder.SetIndent(2)
	if encoder.Encode(list) != nil || encoder.Close() != nil {
		return false
	}
	rows, problems, err := readYAML("", append(text.Bytes(), "  question: q\n"...))
	return err == nil && len(problems) == 0 && len(rows) == 1 && rows[0].Text == node.Value
}

// comment writes a text as lines of comment, each after the prefix's width; nothing if it is empty.
// Only what can be seen goes into it: a line end that YAML knows and people do not would end it.
func comment(out *bytes.Buffer, prefix, text string) {
	const width = 100
	words := strings.Fields(strings.Map(visible, text))
	if len(words) == 0 {
		return
	}
	line := "# " + prefix
	begun := false
	for _, word := range words {
		if begun && len(line)+1+len(word) > width {
			out.WriteString(line + "\n")
			line, begun = "# "+strings.Repeat(" ", len(prefix)), false
		}
		if begun {
			line += " "
		}
		line += word
		begun = true
	}
	out.WriteString(line + "\n")
}

func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r):
		return '?'
	}
	return r
}
