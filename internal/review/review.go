// Package review is the people's half of an assessment: questions are answered with evidence, answers
// and exceptions are reviewed, and the rules of who may do what stand here and in no page or command.
// It is pure: a State is what a sequence of actions made, every action is checked against the state
// before it changes it, and time is a parameter. So the same code serves a command, a server, and the
// replay that proves a store's tables. Begin with State and Action.
package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// State is everything that the actions up to Size made. The zero value is not ready: use New.
type State struct {
	// Size is the number of entries applied; Last is the time of the newest.
	Size int64
	Last time.Time
	// Keys are the public keys of the log, the newest last.
	Keys []string

	People     map[string]*Person
	Plans      map[string]*Plan
	Answers    map[AnswerID]*Answer
	Evidence   map[string]*Evidence
	Scans      map[string]*Scan
	Exceptions map[string]*Exception
	Access     map[string]*AccessReview
	Comments   map[AnswerID][]Comment
	Export     *ExportReports // the newest; nil if nothing was exported yet

	texts   map[int64]json.RawMessage
	digests map[int64]string
	changed map[recordID]bool
}

// New gives the state before the first entry.
func New() *State {
	return &State{
		People: map[string]*Person{}, Plans: map[string]*Plan{}, Answers: map[AnswerID]*Answer{},
		Evidence: map[string]*Evidence{}, Scans: map[string]*Scan{}, Exceptions: map[string]*Exception{},
		Access: map[string]*AccessReview{}, Comments: map[AnswerID][]Comment{},
		texts: map[int64]json.RawMessage{}, digests: map[int64]string{}, changed: map[recordID]bool{},
	}
}

// Mark is the when and by whom of an action: the entry that it becomes.
type Mark struct {
	Seq   int64
	At    time.Time
	Actor string
}

// Action is one change. Its exported fields are the entry's body; what people wrote stands in Text,
// which is kept beside the ledger and can be erased.
type Action interface {
	// Name is the action's name in the ledger, as "answer.set".
	Name() string
	// Text points to what people wrote, which is kept beside the ledger; nil if the action has none.
	Text() any
	// check says why the action is not allowed in the state; it changes nothing.
	check(s *State, m Mark) error
	// apply changes the state; check has passed.
	apply(s *State, m Mark)
}

// actions are all there are.
var actions = []func() Action{
	func() Action { return &Begin{} }, func() Action { return &RotateKey{} }, func() Action { return &Erase{} },
	func() Action { return &AddPerson{} }, func() Action { return &SetRoles{} }, func() Action { return &SetPersonKey{} }, func() Action { return &Leave{} }, func() Action { return &SetUntil{} },
	func() Action { return &AdmitPerson{} }, func() Action { return &FollowGroups{} }, func() Action { return &Connect{} }, func() Action { return &Disconnect{} },
	func() Action { return &SignIn{} }, func() Action { return &SetPassword{} }, func() Action { return &LockOut{} }, func() Action { return &EndSessions{} },
	func() Action { return &CreatePlan{} }, func() Action { return &ChangePlan{} }, func() Action { return &SetOwner{} },
	func() Action { return &SetAnswer{} }, func() Action { return &Assign{} }, func() Action { return &Submit{} },
	func() Action { return &Approve{} }, func() Action { return &RequestChanges{} }, func() Action { return &Reopen{} }, func() Action { return &AddComment{} },
	func() Action { return &AddEvidence{} }, func() Action { return &Link{} }, func() Action { return &Unlink{} },
	func() Action { return &RecordScan{} }, func() Action { return &DropScan{} },
	func() Action { return &RequestException{} }, func() Action { return &ApproveException{} }, func() Action { return &RejectException{} },
	func() Action { return &ExtendException{} }, func() Action { return &WithdrawException{} },
	func() Action { return &BeginAccess{} }, func() Action { return &ConfirmAccess{} }, func() Action { return &ExportReports{} },
}

// Decode reads an action from the ledger. The text is nil where it was erased. Whatever no field of
// the action takes is refused: it would be signed, and nobody would see it.
func Decode(name string, body, text []byte) (Action, error) {
	empty := actionsByName()[name]
	if empty == nil {
		return nil, fmt.Errorf("read action %q: it is unknown to this version: use a newer kubeproof", name)
	}
	action := empty()
	if err := decodeExact(body, action); err != nil {
		return nil, fmt.Errorf("read action %s: %w", name, err)
	}
	if into := action.Text(); into != nil && text != nil {
		if err := decodeExact(text, into); err != nil {
			return nil, fmt.Errorf("read text of action %s: %w", name, err)
		}
	}
	return action, nil
}

// actionsByName are the actions by their names.
var actionsByName = sync.OnceValue(func() map[string]func() Action {
	byName := map[string]func() Action{}
	for _, empty := range actions {
		byName[empty().Name()] = empty
	}
	return byName
})

// Written is the text of an action as it stands beside the ledger.
type Written struct {
	Digest string // of salt and data, as in the entry; "" if the action has no text
	Data   []byte // nil if it was erased
}

// Do checks the action and applies it. An error leaves the state as it was, and says what to do
// instead. It asks nothing of texts, which may be erased, nor of the catalogue, which changes: see Propose.
func (s *State) Do(action Action, m Mark, text Written) error {
	if m.At.Before(s.Last) {
		return fmt.Errorf("time %s stands before that of the entry before it (%s): set the clock right", m.At.Format(time.RFC3339), s.Last.Format(time.RFC3339))
	}
	if m.Seq != s.Size {
		return fmt.Errorf("entry %d does not follow entry %d", m.Seq, s.Size-1)
	}
	if s.Size > 0 || action.Name() != (&Begin{}).Name() {
		if len(s.Keys) == 0 {
			return fmt.Errorf("%s: the ledger has not begun", action.Name())
		}
	}
	if err := action.check(s, m); err != nil {
		return err
	}
	if err := checkWritten(action, text); err != nil {
		return err
	}
	if text.Digest != "" {
		s.digests[m.Seq] = text.Digest
		if text.Data != nil {
			s.texts[m.Seq] = text.Data
		}
	}
	action.apply(s, m)
	s.Size, s.Last = m.Seq+1, m.At
	return nil
}

// explained are the actions that must say something. What they said may be erased, its digest stays.
type explained interface{ mustSay() bool }

// checkWritten refuses a text where none belongs, and none where one must be.
func checkWritten(action Action, text Written) error {
	if text.Digest != "" && action.Text() == nil {
		return fmt.Errorf("%s: it has a text, and takes none", action.Name())
	}
	if e, ok := action.(explained); ok && text.Digest == "" && e.mustSay() {
		return fmt.Errorf("%s: it says nothing: give a name or reason", action.Name())
	}
	return nil
}

// Skip passes over an entry that could not be applied, so that those after it can be.
func (s *State) Skip(seq int64) { s.Size = seq + 1 }

// Catalogue is what questions and items there are: checklist.Library gives them.
type Catalogue interface {
	Question(id string) (*checklist.Question, bool)
	Checklist(id string) (*checklist.Checklist, bool)
	Framework(id string) (*checklist.Framework, bool)
}

// validated are the actions with rules that hold when somebody acts and not when the ledger is
// replayed: on texts, on what the catalogue asks now, and on dates before and after today.
type validated interface {
	valid(s *State, c Catalogue, m Mark) error
}

// Propose says why the action must not be done now; nil if Do may follow.
func (s *State) Propose(action Action, c Catalogue, m Mark) error {
	if v, ok := action.(validated); ok {
		if err := action.check(s, m); err != nil { // valid relies on it
			return err
		}
		return v.valid(s, c, m)
	}
	return nil
}

// BodyOf gives the body of an action as JSON, or nil if it has none.
func BodyOf(action Action) ([]byte, error) {
	body, err := json.Marshal(action)
	if err != nil {
		return nil, fmt.Errorf("write action %s: %w", action.Name(), err)
	}
	return body, nil
}

// TextOf gives what people wrote in an action, as JSON, or nil if it wrote nothing or its text must
// not be there.
func TextOf(action Action) ([]byte, error) {
	text := action.Text()
	if text == nil {
		return nil, nil
	}
	encoded, err := json.Marshal(text)
	if err != nil || string(encoded) == "{}" {
		return nil, err
	}
	return encoded, nil
}

// text reads what was written at an entry into a value; what was erased or never written leaves it.
func (s *State) text(seq int64, into any) {
	if raw, known := s.texts[seq]; known {
		_ = json.Unmarshal(raw, into) // it was read when it was applied
	}
}

// need says that the actor lacks every one of the roles; nil if he has one.
func (s *State) need(m Mark, what string, roles ...Role) error {
	person := s.People[m.Actor]
	if person == nil {
		return refuse(ErrNotAllowed, "%s: nobody is known as %q: see `kubeproof review person list`", what, m.Actor)
	}
	if person.Gone(m.At) {
		return refuse(ErrNotAllowed, "%s: %s", what, person.gone(s.NameOf(m.Actor)))
	}
	if slices.ContainsFunc(roles, person.Has) {
		return nil
	}
	return refuse(ErrNotAllowed, "%s: %s is no %s: ask one of these, or an administrator for the role", what, s.NameOf(m.Actor), words(roles, " or "))
}
