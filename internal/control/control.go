// Package control is the catalogue: what must hold, how it is checked, why it matters, how
// to mend it, and the examples that prove the rule. A control is one YAML file. Begin with
// Control; Load reads a folder of them.
package control

// Severity grades how bad a failure is.
type Severity string

// The severities, least first.
const (
	Info     Severity = "info"
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities are all severities, least first.
var Severities = []Severity{Info, Low, Medium, High, Critical}

// Rank orders severities: 0 for info to 4 for critical, -1 for an unknown word.
func (s Severity) Rank() int {
	for rank, severity := range Severities {
		if s == severity {
			return rank
		}
	}
	return -1
}

// Team is who mends a failure.
type Team string

// The teams of the checklists.
const (
	Apps  Team = "apps"
	Infra Team = "infra"
	Both  Team = "both"
)

// Control is one thing that must hold. Fields are as in its file, which is named ID.yaml.
type Control struct {
	ID       string   `yaml:"id" json:"id"`
	Title    string   `yaml:"title" json:"title"`
	Severity Severity `yaml:"severity" json:"severity"`
	// Risk is 0 (none) to 10 (take-over of the cluster).
	Risk int    `yaml:"risk" json:"risk"`
	Team Team   `yaml:"team" json:"team"`
	Why  string `yaml:"why" json:"why"`
	Fix  string `yaml:"fix" json:"fix"`
	// Topics are the subjects of the standards that the control supports; each framework's file
	// binds them to its identifiers. Maps gives identifiers directly, by framework, and then
	// stands instead of the topics' for that framework. After loading Maps holds both.
	Topics     []string            `yaml:"topics" json:"topics,omitempty"`
	Maps       map[string][]string `yaml:"maps" json:"maps,omitempty"`
	References []string            `yaml:"references" json:"references,omitempty"`
	Check      Check               `yaml:"check" json:"check"`
	// Enforce is true if the check may be exported as an admission policy.
	Enforce bool    `yaml:"enforce" json:"enforce"`
	Remedy  *Remedy `yaml:"remedy" json:"remedy,omitempty"`
	// Sensitive is true if what fails is a secret: its value is never shown.
	Sensitive  bool                 `yaml:"sensitive" json:"sensitive,omitempty"`
	Parameters map[string]Parameter `yaml:"parameters" json:"parameters,omitempty"`
	Question   string               `yaml:"question" json:"question,omitempty"`
	Examples   Examples             `yaml:"examples" json:"examples"`

	// Topic is the folder that the file stands in, and File its path.
	Topic string `yaml:"-" json:"topic,omitempty"`
	File  string `yaml:"-" json:"-"`

	source []byte
}

// Source is the text of the control's file.
func (c *Control) Source() []byte { return c.source }

// Check is the machine's test: either CEL or a Go function named by Go.
type Check struct {
	// Scope says what is judged one by one; see Scopes.
	Scope string `yaml:"scope" json:"scope"`
	// When is CEL; where it is false the control does not apply.
	When string `yaml:"when" json:"when,omitempty"`
	// CEL is true where all is well, written as an admission policy writes it.
	CEL string `yaml:"cel" json:"cel,omitempty"`
	// Message is CEL that gives the text of a failure.
	Message string `yaml:"message" json:"message,omitempty"`
	// Field overrides where a failure stands, as a path below the scope's element.
	Field string `yaml:"field" json:"field,omitempty"`
	Go    string `yaml:"go" json:"go,omitempty"`
	// Reads are kinds that the check needs beside those of its scope. Where a cluster did not let
	// them be read, the check is not made and its outcome there is unknown.
	Reads []string `yaml:"reads" json:"reads,omitempty"`
	// Beside are kinds that the check holds its elements against. It is not made where there is nothing of
	// them: nobody asked for the comparison.
	Beside []string `yaml:"beside" json:"beside,omitempty"`
}

// Remedy is the smallest safe edit that mends a failure: set a path below the scope's element.
type Remedy struct {
	Set string `yaml:"set" json:"set"`
	To  any    `yaml:"to" json:"to"`
}

// Parameter is a value that users may set in .kubeproof.yaml.
type Parameter struct {
	// Type is string, int, bool, strings (a list) or map (of strings).
	Type        string `yaml:"type" json:"type"`
	Default     any    `yaml:"default" json:"default"`
	Description string `yaml:"description" json:"description"`
}

// Examples are YAML texts, several documents each if need be. Good ones give no finding of
// this control; in bad ones every finding stands on a line that ends in "# want: MESSAGE".
type Examples struct {
	Good []string `yaml:"good" json:"good"`
	Bad  []string `yaml:"bad" json:"bad"`
}
