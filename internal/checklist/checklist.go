// Package checklist holds the public checklists item by item, the questions that people are
// asked, and the frameworks that controls map to. All of it is data in the catalogue.
// Begin with Checklist.
package checklist

// Checklist is somebody's ordered list of items, in our own words.
type Checklist struct {
	ID     string `yaml:"id" json:"id"`
	Title  string `yaml:"title" json:"title"`
	About  string `yaml:"about" json:"about"`
	Source string `yaml:"source" json:"source"` // who wrote the original, and its address if it has one
	Items  []Item `yaml:"items" json:"items"`
}

// Item is one line of a checklist. It names the controls and the questions that answer it.
type Item struct {
	ID      string `yaml:"id" json:"id"` // as in S0.039: the checklist's number and the item's place
	Section string `yaml:"section" json:"section"`
	Text    string `yaml:"text" json:"text"`
	// Parent is the item that this one is part of; "" if none.
	Parent string `yaml:"parent" json:"parent,omitempty"`
	// Risk is the risk 0–10 that the checklist itself gives; 0 if it gives none.
	Risk int `yaml:"risk" json:"risk,omitempty"`
	// Assess lists how the item can be assessed, by the letters in Methods.
	Assess    []Method `yaml:"assess" json:"assess"`
	Controls  []string `yaml:"controls" json:"controls"`
	Questions []string `yaml:"questions" json:"questions"`
	// Choices are those of its one question that the item stands for: where none of them is chosen,
	// the item does not apply. None if the item stands for the whole question.
	Choices []string `yaml:"choices" json:"choices,omitempty"`
	// Environments are the names of those that the item is about, as production; only scans of these
	// show it. None if it is about all.
	Environments []string `yaml:"environments" json:"environments,omitempty"`
	// Open says what no control looks at yet though a machine could; "" if nothing.
	Open string `yaml:"open" json:"open,omitempty"`
}

// Method is a way to assess an item.
type Method string

// Methods names the letters: what must be looked at, or who must be asked.
var Methods = map[Method]string{
	"F": "Kubernetes files", "C": "a live cluster", "N": "a node", "D": "Dockerfiles", "I": "images",
	"P": "pipeline and repository files", "T": "reports of other tools", "Q": "a person's answer",
}

// Framework is a standard whose identifiers controls and questions support.
type Framework struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`
	Short string `yaml:"short" json:"short"` // for narrow columns
	URL   string `yaml:"url" json:"url,omitempty"`
	// Identifiers give each requirement a short title of our own.
	Identifiers map[string]string `yaml:"identifiers" json:"identifiers"`
	// Topics bind the topics that controls name to identifiers of this framework.
	Topics map[string][]string `yaml:"topics" json:"topics"`
}
