package demo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/evidence"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// fate is how far an answer comes.
type fate int

const (
	untouched fate = iota
	late           // it is assigned, and its day has passed
	due            // it is assigned, and its day is to come
	written
	submitted
	sentBack
	approved
	reopened
)

// fates are drawn from, each as often as it stands here.
var fates = []fate{untouched, untouched, late, due, written, written, submitted, submitted, submitted, sentBack, sentBack,
	approved, approved, approved, approved, approved, approved, approved, approved, approved, approved, approved, reopened}

// answers plans what becomes of every question that is asked, of which the answers are drawn first.
func (m *maker) answers() {
	chosen := map[string][]string{}
	for _, id := range checklists {
		list, _ := m.options.Library.Checklist(id)
		for _, question := range m.options.Library.QuestionsOf(list) {
			if _, known := chosen[question.ID]; !known {
				chosen[question.ID] = nil
				m.answer(question, chosen)
			}
		}
	}
	m.declared()
}

// answer plans what becomes of one question. A question that hangs on another comes after it.
func (m *maker) answer(q *checklist.Question, chosen map[string][]string) {
	r := chance(m.options.Seed, "answer", q.ID)
	if q.When != nil && !slices.ContainsFunc(chosen[q.When.Question], func(value string) bool { return slices.Contains(q.When.Is, value) }) {
		return
	}
	owner, days := answering[q.Owner], 4+r.IntN(70)
	switch what := fates[r.IntN(len(fates))]; what {
	case untouched:
	case late, due:
		asked := 20 + r.IntN(30)
		until := m.ago(2+r.IntN(15), 0)
		if what == due {
			until = m.ago(-2-r.IntN(40), 0)
		}
		m.does(m.ago(asked, r.IntN(8)), "alex", &review.Assign{Plan: Review, Key: q.ID, Owner: owner, Due: until.Format(review.Day)})
	default:
		if r.IntN(9) == 0 && what == approved {
			days = 100 + r.IntN(60) // answered long ago
		}
		reply := m.reply(q, r)
		chosen[q.ID] = reply.Values
		m.replied(q, reply, r, owner, days, what)
	}
}

// replied plans an answer, and what comes after it.
func (m *maker) replied(q *checklist.Question, reply *review.SetAnswer, r *rand.Rand, owner string, days int, what fate) {
	when := m.ago(days, 2+r.IntN(6))
	proof := m.proof(q, r, when)
	m.at(when, owner, func(w *journal.Work) error {
		if err := w.Do(reply); err != nil {
			return err
		}
		if proof != nil {
			if err := proof(w); err != nil {
				return err
			}
		}
		if what == written {
			return nil
		}
		return w.Do(&review.Submit{Plan: Review, Key: q.ID})
	})
	reviewer := "kim"
	if owner != "jamie" && r.IntN(3) == 0 {
		reviewer = "jamie"
	}
	later := when.Add(time.Duration(3+r.IntN(60)) * time.Hour)
	switch what {
	case sentBack:
		m.at(later, reviewer, m.sendBack(q.ID, objections[r.IntN(len(objections))]))
	case approved, reopened:
		m.at(later, reviewer, m.approve(q.ID))
	}
	if what == reopened {
		m.does(later.Add(20*time.Hour), owner, &review.Reopen{Plan: Review, Key: q.ID, ReasonText: review.ReasonText{Reason: "The team moves to another tool this month: this has to be written again."}})
	}
	if r.IntN(6) == 0 {
		m.does(when.Add(2*time.Hour), []string{"kim", "sol", "robin"}[r.IntN(3)], &review.AddComment{Plan: Review, Key: q.ID, ReasonText: review.ReasonText{Reason: remarks[r.IntN(len(remarks))]}})
	}
}

// approve approves an answer as it stands, signed by the ledger's key.
func (m *maker) approve(key string) func(*journal.Work) error {
	return func(w *journal.Work) error {
		action := &review.Approve{Plan: Review, Key: key, Revision: w.State.Answers[review.IDOf(Review, key)].Revision}
		if err := action.Sign(w.State, w.Mark(), m.options.Key); err != nil {
			return err
		}
		return w.Do(action)
	}
}

func (m *maker) sendBack(key, why string) func(*journal.Work) error {
	return func(w *journal.Work) error {
		return w.Do(&review.RequestChanges{Plan: Review, Key: key, Revision: w.State.Answers[review.IDOf(Review, key)].Revision, ReasonText: review.ReasonText{Reason: why}})
	}
}

// reply draws an answer: most are good.
func (m *maker) reply(q *checklist.Question, r *rand.Rand) *review.SetAnswer {
	a := &review.SetAnswer{Plan: Review, Key: q.ID, Catalogue: q.Digest()}
	good := r.IntN(10) < 7
	if r.IntN(2) == 0 {
		a.Comment = remarks[r.IntN(len(remarks))]
	}
	switch q.Type {
	case checklist.YesNo:
		a.Values = []string{yesNo(q, good, r)}
	case checklist.One, checklist.Many:
		a.Values = choices(q, good, r)
	case checklist.Number:
		a.Values = []string{number(q, good)}
	case checklist.Date:
		a.Values = []string{m.ago(20+r.IntN(60), 0).Format(review.Day)}
	case checklist.Link:
		a.AnswerText.Text = "https://wiki.platform.example.com/" + q.ID
	default:
		a.AnswerText.Text = "It is described in the handbook of the platform team, which everybody reads in the first week. " + remarks[r.IntN(len(remarks))]
	}
	if q.NeedsJudgement() {
		a.Judged = checklist.Satisfied
		if !good {
			a.Judged = []checklist.Result{checklist.Partly, checklist.NotSatisfied}[r.IntN(2)]
		}
	}
	return a
}

func yesNo(q *checklist.Question, good bool, r *rand.Rand) string {
	switch {
	case good && q.Good != "":
		return q.Good
	case good:
		return "yes"
	case r.IntN(2) == 0:
		return "partly"
	case q.Good == "no":
		return "yes"
	}
	return "no"
}

// choices draws one or some of the choices; a good one is the one that satisfies.
func choices(q *checklist.Question, good bool, r *rand.Rand) []string {
	if q.Type == checklist.Many {
		var some []string
		for i, choice := range q.Choices {
			if i == 0 || choice.ID != "none" && r.IntN(2) == 0 {
				some = append(some, choice.ID)
			}
		}
		return some
	}
	for _, choice := range q.Choices {
		if good && choice.Result == checklist.Satisfied {
			return []string{choice.ID}
		}
	}
	return []string{q.Choices[r.IntN(len(q.Choices))].ID}
}

func number(q *checklist.Question, good bool) string {
	value := 4.0
	switch {
	case q.AtLeast != nil && good:
		value = *q.AtLeast + 1
	case q.AtLeast != nil:
		value = max(*q.AtLeast-1, 0)
	case q.AtMost != nil && good:
		value = max(*q.AtMost-1, 0)
	case q.AtMost != nil:
		value = *q.AtMost + 5
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// proof plans evidence beside an answer; nil for none.
func (m *maker) proof(q *checklist.Question, r *rand.Rand, when time.Time) func(*journal.Work) error {
	kind := r.IntN(4)
	if kind == 0 {
		return nil
	}
	action := &review.AddEvidence{ID: m.id("e"), Period: review.Period{Collected: when.AddDate(0, 0, -r.IntN(10)).Format(review.Day)}}
	var data []byte
	switch kind {
	case 1:
		action.Kind = review.EvidenceLink
		action.Title, action.URL = "Handbook of the platform team", "https://wiki.platform.example.com/handbook/"+q.ID
	case 2:
		action.Kind = review.EvidenceNote
		action.Title, action.Note = "What was looked at", "Looked at together with the team, on a screen. "+remarks[r.IntN(len(remarks))]
	default:
		data = fmt.Appendf(nil, "Minutes, made up for a demonstration\n\nDay: %s\nAbout: %s\nPresent: the platform team, the security team\n\nFound: %s\n", when.Format(review.Day), q.Text, remarks[r.IntN(len(remarks))])
		action.Kind, action.Title = review.EvidenceFile, "Minutes of the walk-through"
	}
	return func(w *journal.Work) error {
		if data != nil {
			taken, err := evidence.TakeBytes("minutes-"+q.ID+".txt", data, evidence.Options{})
			if err != nil {
				return err
			}
			action.Media, action.Size, action.EvidenceText.Name, action.SHA256 = taken.Media, int64(len(taken.Data)), taken.Name, taken.SHA256
			if err := w.Keep(taken.SHA256, action.Size, bytes.NewReader(taken.Data)); err != nil {
				return err
			}
		}
		if err := w.Do(action); err != nil {
			return err
		}
		return w.Do(&review.Link{Evidence: action.ID, Plan: Review, Keys: []string{q.ID}})
	}
}

// declared plans that some items do not apply; not everybody agrees at once.
func (m *maker) declared() {
	list, _ := m.options.Library.Checklist("information-security-review")
	for i, item := range list.Items {
		if i%29 != 11 {
			continue
		}
		when := m.ago(40-i/8, 3)
		m.does(when, "sol", &review.SetAnswer{Plan: Review, Key: item.ID, NotApplicable: true, Catalogue: item.Digest(), AnswerText: review.AnswerText{Comment: "There is no such thing in the shop or on the platform, and none is planned."}},
			&review.Submit{Plan: Review, Key: item.ID})
		if i%2 == 1 {
			m.at(when.Add(26*time.Hour), "kim", m.approve(item.ID))
		} else {
			m.at(when.Add(26*time.Hour), "kim", m.sendBack(item.ID, "The staging cluster has one. Say how it is different, or answer it."))
		}
	}
}

// objections are why answers come back.
var objections = []string{
	"The minutes are of the production cluster alone: what about staging?",
	"This says how it should be. Please attach something that shows that it is so.",
	"The address leads to a page that nobody outside of the team can read.",
	"The last scan says something else for the storefront. Please look again.",
}

// remarks are what people say beside things.
var remarks = []string{
	"The runbook was tried in the last exercise, and took eleven minutes.",
	"Two of three teams work like that; growth follows by the end of the quarter.",
	"The alert goes to whoever is on call, and was seen to arrive.",
	"It is in the repository of the platform, and every change there has two reviewers.",
	"It was checked with the list of the registry: three images are still built by hand.",
	"It has been so since the spring, and nothing went wrong so far.",
	"The contract with the provider says the same, in its annex on security.",
}
