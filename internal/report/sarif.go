package report

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	website     = "https://github.com/kubeproof/kubeproof"
	// sarifMost is how many results of one run GitHub's code scanning takes: a file with more is
	// refused as a whole. It shows the 5,000 most severe, and 10 tags of a rule.
	// (docs.github.com, "SARIF results exceed one or more limits")
	sarifMost = 25000
	sarifTags = 10
)

// The parts of SARIF 2.1.0 that a report uses.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string         `json:"id"`
		Name          string         `json:"name"`
		Short         sarifMessage   `json:"shortDescription"`
		Full          *sarifMessage  `json:"fullDescription,omitempty"`
		HelpURI       string         `json:"helpUri,omitempty"`
		Help          *sarifMessage  `json:"help,omitempty"`
		Configuration sarifDefault   `json:"defaultConfiguration"`
		Properties    sarifRuleExtra `json:"properties"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifRuleExtra struct {
		Tags             []string            `json:"tags,omitempty"`
		Precision        string              `json:"precision"`
		ProblemSeverity  string              `json:"problem.severity"`
		SecuritySeverity string              `json:"security-severity,omitempty"`
		Severity         string              `json:"severity"`
		Risk             int                 `json:"risk"`
		Team             string              `json:"team,omitempty"`
		Maps             map[string][]string `json:"maps,omitempty"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
)

// writeSARIF writes one run. Failures come first, the most severe of them first, so that a
// consumer that shows only some shows the worst. Beyond the limit the rest is left out, and a
// notification says how many.
func writeSARIF(w io.Writer, r *Report) error {
	findings := r.urgent()
	left := 0
	if len(findings) > sarifMost {
		findings, left = findings[:sarifMost], len(findings)-sarifMost
	}
	rules, index := r.sarifRules()
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "Kubeproof", Version: r.Options.Version, InformationURI: website, Rules: rules}},
		Invocations: []sarifInvocation{r.sarifInvocation(findings, left)},
		ColumnKind:  "unicodeCodePoints",
		Results:     make([]sarifResult, len(findings)),
	}
	compared := slices.ContainsFunc(findings, func(f *assessment.Finding) bool { return f.Baseline })
	for i, f := range findings {
		run.Results[i] = r.sarifResult(f, index[f.Control], compared)
	}
	return indented(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// sarifRules are the rules of all controls that were run or that a finding names, and their
// places in that list.
func (r *Report) sarifRules() ([]sarifRule, map[string]int) {
	index := map[string]int{}
	rules := []sarifRule{}
	for _, result := range r.Assessment.Controls {
		if _, known := index[result.ID]; !known {
			index[result.ID] = len(rules)
			rules = append(rules, r.sarifRule(result.ID, result.Title, result.Severity, result.Team, 0))
		}
	}
	for i := range r.Assessment.Findings {
		f := r.Assessment.Findings[i]
		if _, known := index[f.Control]; !known {
			index[f.Control] = len(rules)
			rules = append(rules, r.sarifRule(f.Control, f.Title, f.Severity, f.Team, f.Risk))
		}
	}
	return rules, index
}

func (r *Report) sarifRule(id, title string, severity control.Severity, team control.Team, risk int) sarifRule {
	c := r.Controls[id]
	if c == nil {
		c = &control.Control{ID: id, Title: title, Risk: risk}
	}
	rule := sarifRule{ID: id, Name: pascal(id), Short: sarifMessage{Text: firstOf(title, c.Title, id)}}
	rule.Configuration.Level = sarifLevel(severity)
	rule.Properties = sarifRuleExtra{
		Tags: sarifTagsOf(c, team), Precision: "high", ProblemSeverity: problemSeverity(severity),
		SecuritySeverity: securitySeverity(severity, c.Risk), Severity: string(severity), Risk: c.Risk, Team: string(team), Maps: c.Maps,
	}
	if why := strings.TrimSpace(c.Why); why != "" {
		rule.Full = &sarifMessage{Text: strings.Join(strings.Fields(why), " ")}
	}
	rule.Help = sarifHelp(c)
	if len(c.References) > 0 && isLink(c.References[0]) {
		rule.HelpURI = c.References[0]
	}
	return rule
}

// sarifHelp is the documentation that a viewer shows beside a result.
func sarifHelp(c *control.Control) *sarifMessage {
	var text, markdown []string
	add := func(heading, body string) {
		if body = strings.TrimSpace(body); body != "" {
			text = append(text, heading+":\n"+body)
			markdown = append(markdown, "## "+heading+"\n\n"+body)
		}
	}
	add("Why it matters", c.Why)
	add("How to mend it", c.Fix)
	var links []string
	for _, link := range c.References {
		if isLink(link) {
			links = append(links, "- <"+link+">")
		}
	}
	add("References", strings.Join(links, "\n"))
	var standards []string
	for _, framework := range slices.Sorted(maps.Keys(c.Maps)) {
		standards = append(standards, "- "+framework+": "+strings.Join(c.Maps[framework], ", "))
	}
	add("Standards", strings.Join(standards, "\n"))
	if len(text) == 0 {
		return nil
	}
	return &sarifMessage{Text: strings.Join(text, "\n\n"), Markdown: strings.Join(markdown, "\n\n")}
}

// sarifTagsOf are the tags of a rule. "security" is needed for a severity on GitHub.
func sarifTagsOf(c *control.Control, team control.Team) []string {
	tags := []string{"security", "kubernetes"}
	if c.Topic != "" {
		tags = append(tags, c.Topic)
	}
	if team != "" {
		tags = append(tags, "team-"+string(team))
	}
	for _, framework := range slices.Sorted(maps.Keys(c.Maps)) {
		if !slices.Contains(tags, framework) && len(tags) < sarifTags {
			tags = append(tags, framework)
		}
	}
	return tags
}

func isLink(text string) bool {
	return (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && !strings.ContainsAny(text, " <>\"`\n\t\\^{}|")
}

// pascal is an id as a name of a rule: ContainerPrivileged.
func pascal(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
