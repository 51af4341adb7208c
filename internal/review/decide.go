package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/ledger"
)

// Snapshot is exactly what an approval binds: the answer in one revision, the digests of what was
// written and of the evidence, and that of the question in the catalogue.
type Snapshot struct {
	Plan          string           `json:"plan"`
	Key           string           `json:"key"`
	Revision      int              `json:"revision"`
	Values        []string         `json:"values,omitempty"`
	Judged        checklist.Result `json:"judged,omitempty"`
	NotApplicable bool             `json:"notApplicable,omitempty"`
	Text          string           `json:"text,omitempty"`
	Evidence      []string         `json:"evidence,omitempty"`
	Catalogue     string           `json:"catalogue"`
}

// Digest is the SHA-256 of the snapshot's JSON, in hexadecimal.
func (s Snapshot) Digest() string { return digestOf(s) }

func digestOf(value any) string {
	encoded, _ := json.Marshal(value) // strings and numbers alone: it cannot fail
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}

// Snapshot gives what an approval of the answer would bind now; false if there is no reply.
func (s *State) Snapshot(id AnswerID) (Snapshot, bool) {
	answer := s.Answers[id]
	if answer == nil || answer.Reply == nil {
		return Snapshot{}, false
	}
	reply := answer.Reply
	snapshot := Snapshot{Plan: answer.Plan, Key: answer.Key, Revision: answer.Revision, Values: reply.Values, Judged: reply.Judged,
		NotApplicable: reply.NotApplicable, Text: reply.Digest, Catalogue: reply.Catalogue}
	for _, attached := range answer.Attached {
		snapshot.Evidence = append(snapshot.Evidence, attached.Evidence+" "+s.Evidence[attached.Evidence].Digest)
	}
	slices.Sort(snapshot.Evidence)
	return snapshot, true
}

// Predicate types of the statements that reviewers sign.
const (
	AnswerPredicate    = "https://kubeproof.dev/attestation/answer/v1"
	ExceptionPredicate = "https://kubeproof.dev/attestation/exception/v1"
	statementType      = "https://in-toto.io/Statement/v1"
)

// Approval is what a reviewer states beside the subject.
type Approval struct {
	Decision string `json:"decision"` // "approved"
	Reviewer string `json:"reviewer"` // the id
	Time     string `json:"time"`
	Expires  string `json:"expires,omitempty"` // of exceptions
}

// statement makes what a reviewer signs.
func statement(predicate, name, digest string, a Approval) ledger.Statement {
	encoded, _ := json.Marshal(a) // strings alone: it cannot fail
	return ledger.Statement{Type: statementType, PredicateType: predicate, Predicate: encoded,
		Subject: []ledger.Subject{{Name: name, Digest: map[string]string{"sha256": digest}}}}
}

// checkStatement proves that the actor signed just this subject: with the actor's own key if one is
// registered, else with the log's.
func (s *State) checkStatement(m Mark, envelope json.RawMessage, want ledger.Statement) (signer string, err error) {
	key := s.Keys[len(s.Keys)-1]
	if own := s.People[m.Actor].Key; own != "" {
		key = own
	}
	verifier, err := ledger.ParseVerifier(key)
	if err != nil {
		return "", err
	}
	if _, _, err := ledger.OpenStatement(envelope, verifier); err != nil {
		return "", fmt.Errorf("%w (the key must be %s)", err, verifier.ID())
	}
	if !holds(envelope, want) {
		return "", errors.New("what was signed is not what stands here: sign it again")
	}
	return verifier.ID(), nil
}

// holds reports whether an envelope holds the statement, byte by byte, and nothing else: what else
// there was would be signed too, and nobody would see it.
func holds(envelope json.RawMessage, want ledger.Statement) bool {
	var e struct {
		PayloadType string `json:"payloadType"`
		Payload     []byte `json:"payload"`
		Signatures  []struct {
			KeyID string `json:"keyid"`
			Sig   string `json:"sig"`
		} `json:"signatures"`
	}
	wanted, err := json.Marshal(want)
	return err == nil && decodeExact(envelope, &e) == nil && bytes.Equal(e.Payload, wanted)
}

// Submit hands an answer in for review.
type Submit struct {
	Plan string `json:"plan"`
	Key  string `json:"key"`
}

// Name is answer.submit.
func (*Submit) Name() string { return "answer.submit" }

// Text is nil.
func (*Submit) Text() any { return nil }

func (a *Submit) check(s *State, m Mark) error {
	if err := s.need(m, "submit "+a.Key, Contributor); err != nil {
		return err
	}
	switch answer := s.Answers[IDOf(a.Plan, a.Key)]; {
	case answer == nil || answer.Stage == Open:
		return fmt.Errorf("submit %s: it has no answer yet: see `kubeproof review answer %s`", a.Key, a.Key)
	case answer.Stage == ChangesRequested:
		return fmt.Errorf("submit %s: changes were requested: change the answer or its evidence first", a.Key)
	case answer.Stage != Answered:
		return fmt.Errorf("submit %s: it is %s already", a.Key, answer.Stage)
	}
	return nil
}

func (a *Submit) apply(s *State, m Mark) {
	answer := s.answer(a.Plan, a.Key)
	answer.Stage, answer.Submitted = InReview, &Signed{m.Actor, m.At}
}

// Approve accepts one revision of an answer. The statement is signed over its snapshot.
type Approve struct {
	Plan       string          `json:"plan"`
	Key        string          `json:"key"`
	Revision   int             `json:"revision"`
	Statement  json.RawMessage `json:"statement"`
	ReasonText `json:"-"`
}

// Name is answer.approve.
func (*Approve) Name() string { return "answer.approve" }

// Text is a note.
func (a *Approve) Text() any { return &a.ReasonText }

// Sign fills the statement in: the actor states at that time that the answer as it stands is right.
func (a *Approve) Sign(s *State, m Mark, key *ledger.Key) (err error) {
	a.Statement, err = ledger.SignStatement(a.statement(s, m), key)
	return err
}

func (a *Approve) statement(s *State, m Mark) ledger.Statement {
	snapshot, _ := s.Snapshot(IDOf(a.Plan, a.Key))
	return statement(AnswerPredicate, fmt.Sprintf("%s/%s@%d", a.Plan, a.Key, a.Revision), snapshot.Digest(),
		Approval{Decision: "approved", Reviewer: m.Actor, Time: timeOf(m)})
}

func (a *Approve) check(s *State, m Mark) error {
	what := "approve " + a.Key
	answer, err := s.reviewable(what, a.Plan, a.Key, m)
	if err != nil {
		return err
	}
	switch {
	case answer.Stage == Approved:
		return fmt.Errorf("%s: it is approved already", what)
	case answer.Stage != InReview:
		return fmt.Errorf("%s: it is %s, not in review: have it submitted first", what, answer.Stage)
	case answer.Revision != a.Revision:
		return refuse(ErrChanged, "%s: it was changed since (revision %d, you read %d): read it again", what, answer.Revision, a.Revision)
	}
	if _, err := s.checkStatement(m, a.Statement, a.statement(s, m)); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func (a *Approve) valid(s *State, c Catalogue, _ Mark) error {
	subject, err := s.subjectOf(c, a.Plan, a.Key)
	if err != nil {
		return err
	}
	if s.Answers[IDOf(a.Plan, a.Key)].Reply.Catalogue != subject.digest {
		return fmt.Errorf("approve %s: the question has changed since it was answered: have it answered again", a.Key)
	}
	return bounded("approve "+a.Key, "note", a.Reason)
}

func (a *Approve) apply(s *State, m Mark) {
	answer := s.answer(a.Plan, a.Key)
	snapshot, _ := s.Snapshot(IDOf(a.Plan, a.Key))
	signer, _ := s.checkStatement(m, a.Statement, a.statement(s, m)) // check has passed
	answer.Stage = Approved
	answer.Decision = &Decision{Signed: Signed{m.Actor, m.At}, Approved: true, Written: m.Seq, Snapshot: snapshot.Digest(), Signer: signer}
}

// HadAHand reports whether somebody wrote or handed in a part of the answer as it stands, or submitted
// it: then somebody else has to review it.
func (a *Answer) HadAHand(person string) bool {
	return slices.Contains(a.Authors, person) || a.Submitted != nil && a.Submitted.By == person
}

// reviewable finds an answer that the actor may decide on: a reviewer who had no hand in it.
func (s *State) reviewable(what, plan, key string, m Mark) (*Answer, error) {
	if err := s.need(m, what, Reviewer); err != nil {
		return nil, err
	}
	answer := s.Answers[IDOf(plan, key)]
	switch {
	case answer == nil || answer.Reply == nil:
		return nil, fmt.Errorf("%s: it has no answer yet", what)
	case slices.Contains(answer.Authors, m.Actor):
		return nil, refuse(ErrNotAllowed, "%s: %s had a hand in this answer: somebody else has to review it", what, s.NameOf(m.Actor))
	case answer.Submitted != nil && answer.Submitted.By == m.Actor:
		return nil, refuse(ErrNotAllowed, "%s: %s submitted it: somebody else has to review it", what, s.NameOf(m.Actor))
	}
	return answer, nil
}

// RequestChanges sends an answer back, approved or not.
type RequestChanges struct {
	Plan       string `json:"plan"`
	Key        string `json:"key"`
	Revision   int    `json:"revision"`
	ReasonText `json:"-"`
}

// Name is answer.request-changes.
func (*RequestChanges) Name() string { return "answer.request-changes" }

// Text is the reason.
func (a *RequestChanges) Text() any { return &a.ReasonText }

func (*RequestChanges) mustSay() bool { return true }

func (a *RequestChanges) check(s *State, m Mark) error {
	what := "request changes of " + a.Key
	answer, err := s.reviewable(what, a.Plan, a.Key, m)
	if err != nil {
		return err
	}
	if answer.Stage != InReview && answer.Stage != Approved {
		return fmt.Errorf("%s: it is %s: nothing was handed in", what, answer.Stage)
	}
	if answer.Revision != a.Revision {
		return refuse(ErrChanged, "%s: it was changed since (revision %d, you read %d): read it again", what, answer.Revision, a.Revision)
	}
	return nil
}

func (a *RequestChanges) valid(*State, Catalogue, Mark) error {
	return reasoned("request changes of "+a.Key, a.Reason, "what has to change")
}

func (a *RequestChanges) apply(s *State, m Mark) {
	answer := s.answer(a.Plan, a.Key)
	answer.Stage = ChangesRequested
	answer.Decision = &Decision{Signed: Signed{m.Actor, m.At}, Written: m.Seq}
}

// Reopen takes an answer back to where it can be changed and submitted again.
type Reopen struct {
	Plan       string `json:"plan"`
	Key        string `json:"key"`
	ReasonText `json:"-"`
}

// Name is answer.reopen.
func (*Reopen) Name() string { return "answer.reopen" }

// Text is the reason.
func (a *Reopen) Text() any { return &a.ReasonText }

func (*Reopen) mustSay() bool { return true }

func (a *Reopen) check(s *State, m Mark) error {
	if err := s.need(m, "reopen "+a.Key, Contributor, Reviewer); err != nil {
		return err
	}
	answer := s.Answers[IDOf(a.Plan, a.Key)]
	if answer == nil || answer.Stage != InReview && answer.Stage != Approved {
		return fmt.Errorf("reopen %s: it is neither in review nor approved", a.Key)
	}
	return nil
}

func (a *Reopen) valid(*State, Catalogue, Mark) error {
	return reasoned("reopen "+a.Key, a.Reason, "why it has to be looked at again")
}

func (a *Reopen) apply(s *State, _ Mark) {
	answer := s.answer(a.Plan, a.Key)
	if answer.Stage == Approved {
		answer.Authors = nil
		s.addAuthors(answer)
	}
	answer.Stage, answer.Submitted, answer.Decision = Answered, nil, nil
}
