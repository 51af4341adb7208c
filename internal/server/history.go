package server

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// event is an entry of the ledger in few words.
type event struct {
	Seq    int64
	At     time.Time
	Actor  string // the id
	By     string // the name; filled in where it is shown
	Action string
	Plan   string
	Keys   []string // what it is about: questions, items, evidence, people
	said   string   // what was done
}

// Did says what was done.
func (e event) Did() string { return e.said }

// history is an index of the ledger's entries, brought up to date by those that came since.
type history struct {
	mutex  sync.Mutex
	upTo   int64
	events []event
	byKey  map[review.AnswerID][]int
}

func newHistory() *history { return &history{byKey: map[review.AnswerID][]int{}} }

// update reads the entries that came since.
func (h *history) update(ctx context.Context, from Journal, size int64) error {
	if h.upTo >= size {
		return nil
	}
	return from.Lines(ctx, h.upTo, func(entry ledger.Entry) error {
		one := eventOf(entry)
		for _, key := range one.Keys {
			id := review.IDOf(one.Plan, key)
			h.byKey[id] = append(h.byKey[id], len(h.events))
		}
		h.events = append(h.events, one)
		h.upTo = entry.Seq + 1
		return nil
	})
}

// onlyAside reports whether nothing came between two sizes of the ledger that a review shows.
func (h *history) onlyAside(ctx context.Context, from Journal, known, size int64) (bool, error) {
	if known >= size {
		return known == size, nil
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(ctx, from, size); err != nil {
		return false, err
	}
	return !slices.ContainsFunc(h.events[known:size], func(e event) bool { return !review.Aside(e.Action) }), nil
}

// about gives the events of some keys of the plan, the newest first.
func (v *visit) about(most int, keys ...string) ([]event, error) {
	h := v.s.history
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(v.Context(), v.s.Journal, v.state.Size); err != nil {
		return nil, err
	}
	var at []int
	for _, key := range keys {
		at = append(at, h.byKey[review.IDOf(v.plan, key)]...)
		at = append(at, h.byKey[review.IDOf("", key)]...)
	}
	slices.Sort(at)
	at = slices.Compact(at)
	slices.Reverse(at)
	var all []event
	for _, i := range at[:min(most, len(at))] {
		all = append(all, v.named(h.events[i]))
	}
	return all, nil
}

// lately gives the newest events of the plan, and of no plan, without who signed in.
func (v *visit) lately(most int) ([]event, error) {
	h := v.s.history
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(v.Context(), v.s.Journal, v.state.Size); err != nil {
		return nil, err
	}
	var all []event
	for i := len(h.events) - 1; i >= 0 && len(all) < most; i-- {
		if one := h.events[i]; (one.Plan == "" || one.Plan == v.plan) && !review.Aside(one.Action) {
			all = append(all, v.named(one))
		}
	}
	return all, nil
}

func (v *visit) named(e event) event {
	e.By = v.state.NameOf(e.Actor)
	return e
}

// verbs say what actions do.
var verbs = map[string]string{
	"ledger.begin": "began the ledger", "key.rotate": "changed the key that signs", "erase": "erased texts",
	"person.add": "added a person", "person.roles": "set the roles of a person", "person.key": "set the key of a person", "person.leave": "let a person leave",
	"person.until": "set the last day of", "person.admit": "admitted a person whom the provider knows", "person.follow": "set, by the groups of the provider, the roles of",
	"account.connect": "connected an account to a provider", "account.disconnect": "disconnected from a provider the account of",
	"session.begin": "signed in", "session.end": "ended the sessions of", "account.password": "set a password", "account.lock": "locked the account of",
	"plan.create": "began the review", "plan.change": "changed the review", "plan.owner": "named an owner",
	"answer.set": "answered", "answer.assign": "assigned", "answer.submit": "submitted", "answer.approve": "approved", "answer.request-changes": "asked for changes of", "answer.reopen": "reopened",
	"comment.add": "commented on", "evidence.add": "handed in evidence", "evidence.link": "attached evidence to", "evidence.unlink": "took evidence away from",
	"scan.record": "recorded a scan", "scan.drop": "dropped a scan",
	"exception.request": "asked for an exception", "exception.approve": "approved the exception", "exception.reject": "rejected the exception", "exception.extend": "asked for more time for the exception", "exception.withdraw": "withdrew the exception",
	"access.begin": "began an access review", "access.confirm": "decided on access", "report.export": "exported reports",
}

func eventOf(entry ledger.Entry) event {
	var body struct {
		Plan, Key, ID, Item, Evidence, Environment, Label string
		Keys                                              []string
		NotApplicable                                     bool
	}
	_ = json.Unmarshal(entry.Body, &body) // what cannot be read is about nothing
	one := event{Seq: entry.Seq, At: entry.Time, Actor: entry.Actor, Action: entry.Action, Plan: body.Plan, said: verbs[entry.Action]}
	if one.said == "" {
		one.said = entry.Action
	}
	if body.NotApplicable {
		one.said = "said not to apply:"
	}
	for _, key := range append([]string{body.Key, body.Item, body.ID}, body.Keys...) {
		if key != "" {
			one.Keys = append(one.Keys, key)
		}
	}
	if body.Environment != "" {
		one.Keys = append(one.Keys, body.Environment)
	}
	return one
}
