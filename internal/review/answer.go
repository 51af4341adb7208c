package review

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// AnswerID names an answer: the plan, a slash, and the key.
type AnswerID string

// IDOf makes the id of an answer.
func IDOf(plan, key string) AnswerID { return AnswerID(plan + "/" + key) }

// Plan is the plan of the answer.
func (id AnswerID) Plan() string { plan, _, _ := strings.Cut(string(id), "/"); return plan }

// Key is what is answered: the id of a question, or that of a checklist's item, to declare it not
// applicable.
func (id AnswerID) Key() string { _, key, _ := strings.Cut(string(id), "/"); return key }

// Stage is how far an answer has come on its way through review.
type Stage string

// The stages of an answer.
const (
	Open             Stage = "open"
	Answered         Stage = "answered"
	InReview         Stage = "in-review"
	Approved         Stage = "approved"
	ChangesRequested Stage = "changes-requested"
)

// Answer is a person's reply to a question, in its newest revision.
type Answer struct {
	Plan  string `json:"plan"`
	Key   string `json:"key"`
	Owner string `json:"owner,omitempty"` // who has to answer
	Due   string `json:"due,omitempty"`   // until when, as 2027-01-31
	Stage Stage  `json:"stage"`
	// Revision counts every change of what is approved, evidence too; 0 before the first answer.
	Revision int    `json:"revision"`
	Reply    *Reply `json:"reply,omitempty"`
	// Attached is the evidence, in the order in which it came.
	Attached []Attachment `json:"attached,omitempty"`
	// Authors are all who had a hand in it since the last approval. None of them may approve it.
	Authors   []string  `json:"authors,omitempty"`
	Submitted *Signed   `json:"submitted,omitempty"`
	Decision  *Decision `json:"decision,omitempty"` // the last one, if the answer is as it decided
}

// Attachment is a piece of evidence at an answer.
type Attachment struct {
	Evidence string `json:"evidence"`
	By       string `json:"by"`
}

// Reply is what was answered.
type Reply struct {
	Values        []string         `json:"values,omitempty"` // of closed types, numbers and dates
	Judged        checklist.Result `json:"judged,omitempty"` // what the person thinks, where the type asks it
	NotApplicable bool             `json:"notApplicable,omitempty"`
	By            string           `json:"by"`
	At            time.Time        `json:"at"`
	// Written is the entry that holds what was written, Digest what its digest is.
	Written int64  `json:"written"`
	Digest  string `json:"digest,omitempty"`
	// Catalogue is the digest of the question as it was answered.
	Catalogue string `json:"catalogue"`
}

// Signed is who did something, and when.
type Signed struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Decision is a reviewer's word on one revision.
type Decision struct {
	Signed
	Approved bool `json:"approved"`
	// Written is the entry of the decision; it holds the note.
	Written int64 `json:"written"`
	// Snapshot is the digest of exactly what was approved; "" if changes were asked for.
	Snapshot string `json:"snapshot,omitempty"`
	// Signer names the key that signed an approval.
	Signer string `json:"signer,omitempty"`
}

// AnswerText is what can be erased of an answer.
type AnswerText struct {
	Text    string `json:"text,omitempty"`    // of free types: the answer itself
	Comment string `json:"comment,omitempty"` // what is to be said beside it; the reason where it is not applicable
}

// SetAnswer answers a question, or declares an item not applicable. It is a new revision, whatever
// the stage was.
type SetAnswer struct {
	Plan          string           `json:"plan"`
	Key           string           `json:"key"`
	Values        []string         `json:"values,omitempty"`
	Judged        checklist.Result `json:"judged,omitempty"`
	NotApplicable bool             `json:"notApplicable,omitempty"`
	Catalogue     string           `json:"catalogue"`
	AnswerText    `json:"-"`
}

// Name is answer.set.
func (*SetAnswer) Name() string { return "answer.set" }

// Text is the answer and the comment.
func (a *SetAnswer) Text() any { return &a.AnswerText }

func (a *SetAnswer) check(s *State, m Mark) error {
	if err := s.needPlan("answer", a.Plan); err != nil {
		return err
	}
	if err := checkKey("answer", a.Key); err != nil {
		return err
	}
	if err := a.checkForm(); err != nil {
		return err
	}
	return s.need(m, "answer "+a.Key, Contributor)
}

// checkForm refuses what no question takes: values stand in the signed body, which holds no free text.
func (a *SetAnswer) checkForm() error {
	what := "answer " + a.Key
	switch {
	case a.NotApplicable && (len(a.Values) > 0 || a.Judged != ""):
		return fmt.Errorf("%s: it does not apply, so it has no value and no judgement: leave them out", what)
	case len(a.Values) > mostValues || slices.ContainsFunc(a.Values, func(value string) bool { return !isToken(value) }):
		return fmt.Errorf("%s: a value is no choice, number or date: write free text as the comment", what)
	case a.Judged != "" && !slices.Contains(checklist.Results, a.Judged):
		return fmt.Errorf("%s: judgement %q is unknown: use %s", what, a.Judged, words(checklist.Results, ", "))
	case !catalogueDigest.MatchString(a.Catalogue):
		return fmt.Errorf("%s: the digest of the question is missing: read the question again", what)
	}
	return nil
}

var catalogueDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// mostValues bounds the choices of one answer.
const mostValues = 200

// mustSay holds for what does not apply: the reason may be erased, but it must have been given.
func (a *SetAnswer) mustSay() bool { return a.NotApplicable }

func (a *SetAnswer) valid(s *State, c Catalogue, _ Mark) error {
	what := "answer " + a.Key
	if err := errors.Join(bounded(what, "text", a.AnswerText.Text), bounded(what, "comment", a.Comment)); err != nil {
		return err
	}
	subject, err := s.subjectOf(c, a.Plan, a.Key)
	if err != nil {
		return err
	}
	if a.Catalogue != subject.digest {
		return fmt.Errorf("%s: it was asked with other words: read the question again", what)
	}
	switch {
	case a.NotApplicable && a.AnswerText.Text != "":
		return fmt.Errorf("%s: it does not apply, so it has no answer: write the reason as the comment", what)
	case a.NotApplicable:
		return reasoned(what, a.Comment, "why it does not apply")
	case subject.question == nil:
		return a.takesBack(s)
	}
	return a.fits(subject.question)
}

// takesBack allows to say of an item that it applies after all; then controls and questions judge it again.
func (a *SetAnswer) takesBack(s *State) error {
	what := "answer " + a.Key
	declared := s.Answers[IDOf(a.Plan, a.Key)]
	if declared == nil || declared.Reply == nil || !declared.Reply.NotApplicable || len(a.Values) > 0 || a.Judged != "" || a.AnswerText.Text != "" {
		return fmt.Errorf("%s: it is an item, judged by controls and questions: only that it does not apply can be answered, or that it does after all", what)
	}
	return reasoned(what, a.Comment, "why it applies after all")
}

// fits checks the answer against the form of the question.
func (a *SetAnswer) fits(question *checklist.Question) error {
	values := a.Values
	if isWritten(question) {
		if len(a.Values) > 0 {
			return fmt.Errorf("answer %s: write the answer as text", a.Key)
		}
		values = []string{a.AnswerText.Text}
	} else if a.AnswerText.Text != "" {
		return fmt.Errorf("answer %s: choose one of the answers, and write the rest as a comment", a.Key)
	}
	if err := question.Check(values); err != nil {
		return fmt.Errorf("answer %s: %w", a.Key, err)
	}
	judged := slices.Contains([]checklist.Result{checklist.Satisfied, checklist.Partly, checklist.NotSatisfied}, a.Judged)
	switch {
	case question.NeedsJudgement() && !judged:
		return fmt.Errorf("answer %s: say too whether that is enough: satisfied, partly or not-satisfied", a.Key)
	case !question.NeedsJudgement() && a.Judged != "":
		return fmt.Errorf("answer %s: the answer itself decides whether it is enough: leave the judgement out", a.Key)
	}
	return nil
}

// isWritten reports whether the answer is free text, which can be erased.
func isWritten(q *checklist.Question) bool { return q.Type == "text" || q.Type == "link" }

func (a *SetAnswer) apply(s *State, m Mark) {
	answer := s.answer(a.Plan, a.Key)
	answer.Reply = &Reply{Values: a.Values, Judged: a.Judged, NotApplicable: a.NotApplicable, By: m.Actor, At: m.At,
		Written: m.Seq, Digest: s.digests[m.Seq], Catalogue: a.Catalogue}
	s.revise(answer, m)
}

// answer gives the answer of a key, made anew if there is none.
func (s *State) answer(plan, key string) *Answer {
	id := IDOf(plan, key)
	if s.Answers[id] == nil {
		s.Answers[id] = &Answer{Plan: plan, Key: key, Stage: Open}
	}
	s.touch("answer", string(id))
	return s.Answers[id]
}

// revise notes a change of what is approved: it reopens the answer, and whoever made it is an author.
func (s *State) revise(answer *Answer, m Mark) {
	answer.Revision++
	if answer.Stage == Approved {
		answer.Authors = nil
	}
	s.addAuthors(answer, m.Actor)
	answer.Stage, answer.Submitted, answer.Decision = Answered, nil, nil
	if answer.Reply == nil {
		answer.Stage = Open
	}
}

// addAuthors notes who has a hand in the answer as it stands: also who wrote and attached what
// stays, and who handed in the evidence that somebody else attached.
func (s *State) addAuthors(a *Answer, more ...string) {
	if a.Reply != nil {
		more = append(more, a.Reply.By)
	}
	for _, attached := range a.Attached {
		more = append(more, attached.By, s.Evidence[attached.Evidence].By)
	}
	for _, person := range more {
		if !slices.Contains(a.Authors, person) {
			a.Authors = append(a.Authors, person)
		}
	}
}

// Written gives what was written in a reply; empty if it was erased.
func (s *State) Written(r *Reply) AnswerText {
	text := AnswerText{}
	if r != nil {
		s.text(r.Written, &text)
	}
	return text
}

// Note gives what a reviewer wrote beside a decision.
func (s *State) Note(d *Decision) string {
	text := ReasonText{}
	if d != nil {
		s.text(d.Written, &text)
	}
	return text.Reason
}

// Assign says who has to answer, and until when.
type Assign struct {
	Plan  string `json:"plan"`
	Key   string `json:"key"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
}

// Name is answer.assign.
func (*Assign) Name() string { return "answer.assign" }

// Text is nil.
func (*Assign) Text() any { return nil }

func (a *Assign) check(s *State, m Mark) error {
	if err := s.needPlan("assign", a.Plan); err != nil {
		return err
	}
	if err := checkKey("assign", a.Key); err != nil {
		return err
	}
	if owner := s.People[a.Owner]; a.Owner != "" && (owner == nil || owner.Gone(m.At) || !owner.Has(Contributor)) {
		return fmt.Errorf("assign %s: %s is no contributor, or has left: name one who can answer", a.Key, s.NameOf(a.Owner))
	}
	if _, err := day("assign "+a.Key, "due", a.Due); err != nil {
		return err
	}
	return s.need(m, "assign "+a.Key, Administrator, Contributor)
}

func (a *Assign) valid(s *State, c Catalogue, m Mark) error {
	if a.Due != "" && over(a.Due, m.At) {
		return fmt.Errorf("assign %s: due %s has passed: name a day to come", a.Key, a.Due)
	}
	_, err := s.subjectOf(c, a.Plan, a.Key)
	return err
}

func (a *Assign) apply(s *State, _ Mark) {
	answer := s.answer(a.Plan, a.Key)
	answer.Owner, answer.Due = a.Owner, a.Due
}
