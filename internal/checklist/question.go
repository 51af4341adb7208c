package checklist

import "slices"

// Question is what a person is asked. One question may answer many items. Its type says what
// an answer looks like and how the answer gets its result: see Check and Result.
type Question struct {
	ID   string `yaml:"id" json:"id"`
	Text string `yaml:"text" json:"text"`
	// Guidance says what a good answer covers; Evidence what should be attached.
	Guidance string     `yaml:"guidance" json:"guidance,omitempty"`
	Evidence string     `yaml:"evidence" json:"evidence,omitempty"`
	Type     AnswerType `yaml:"type" json:"type"`
	// Good is the answer of a yes-no question that satisfies: yes, which loading sets, or no;
	// "" if the question informs.
	Good string `yaml:"good" json:"good,omitempty"`
	// Choices are the answers of one and many, at least two.
	Choices []Choice `yaml:"choices" json:"choices,omitempty"`
	// Unit is what a number counts, as in days or people; AtLeast and AtMost are the bounds that satisfy.
	Unit    string   `yaml:"unit" json:"unit,omitempty"`
	AtLeast *float64 `yaml:"atLeast" json:"atLeast,omitempty"`
	AtMost  *float64 `yaml:"atMost" json:"atMost,omitempty"`
	// Within is how many days old a date may be to satisfy; 0 if a person judges it.
	Within int `yaml:"within" json:"within,omitempty"`
	// Informs is true if any answer satisfies: the question is asked to know, not to judge.
	Informs bool `yaml:"informs" json:"informs,omitempty"`
	// When says after which answer of another question this one is asked; nil if always.
	When *Condition `yaml:"when" json:"when,omitempty"`
	// Fresh is after how many days an answer is stale; loading sets DefaultFresh.
	Fresh int `yaml:"fresh" json:"fresh"`
	// Owner is the role that answers if nobody else is named.
	Owner Owner `yaml:"owner" json:"owner"`
	// Controls see just what the question asks: they prefill its answer, and may contradict it.
	Controls []string `yaml:"controls" json:"controls,omitempty"`
	// Topics are bound to identifiers by frameworks, as those of controls are.
	Topics []string `yaml:"topics" json:"topics,omitempty"`
}

// DefaultFresh is after how many days an answer is stale where the question does not say.
const DefaultFresh = 90

// AnswerType is the form of an answer.
type AnswerType string

// The forms of answers.
const (
	YesNo  AnswerType = "yes-no" // yes, partly or no
	One    AnswerType = "one"    // one of the choices
	Many   AnswerType = "many"   // one or more of the choices
	Text   AnswerType = "text"   // free text
	Number AnswerType = "number" // in the question's unit
	Date   AnswerType = "date"   // a day, as in 2026-01-31
	Link   AnswerType = "link"   // the address of a page
)

// AnswerTypes are all forms of answers.
var AnswerTypes = []AnswerType{YesNo, One, Many, Text, Number, Date, Link}

// Choice is one answer of a question of type one or many.
type Choice struct {
	ID   string `yaml:"id" json:"id"`
	Text string `yaml:"text" json:"text"`
	// Result is what choosing it means, in a question of type one that judges.
	Result Result `yaml:"result" json:"result,omitempty"`
	// Frameworks are the ids of those whose views appear when it is chosen.
	Frameworks []string `yaml:"frameworks" json:"frameworks,omitempty"`
}

// Condition says that a question is asked only if another has one of these answers.
type Condition struct {
	Question string   `yaml:"question" json:"question"`
	Is       []string `yaml:"is" json:"is"`
}

// Owner is the role that a question is first given to.
type Owner string

// The roles that questions are given to.
const (
	Management  Owner = "management"
	Compliance  Owner = "compliance"
	Security    Owner = "security"
	Platform    Owner = "platform"
	Operations  Owner = "operations"
	Development Owner = "development"
	Procurement Owner = "procurement"
)

// Owners are all roles.
var Owners = []Owner{Management, Compliance, Security, Platform, Operations, Development, Procurement}

// Result is how far an answer fulfils what its question asks. "" means that nobody has judged it.
type Result string

// The results of answers.
const (
	Satisfied    Result = "satisfied"
	Partly       Result = "partly"
	NotSatisfied Result = "not-satisfied"
)

// Results are all results, best first.
var Results = []Result{Satisfied, Partly, NotSatisfied}

// Values are the answers that the question can have: yes, partly and no, or the ids of its
// choices; nil if it is answered freely.
func (q *Question) Values() []string {
	switch q.Type {
	case YesNo:
		return []string{"yes", "partly", "no"}
	case One, Many:
		ids := make([]string, len(q.Choices))
		for i, choice := range q.Choices {
			ids[i] = choice.ID
		}
		return ids
	default:
		return nil
	}
}

// choice gives a choice by its id; nil if there is none.
func (q *Question) choice(id string) *Choice {
	i := slices.IndexFunc(q.Choices, func(c Choice) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &q.Choices[i]
}
