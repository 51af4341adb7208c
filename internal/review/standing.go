package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// Asked is a question of a plan with its answer, as it stands at one time.
type Asked struct {
	Question *checklist.Question
	Answer   *Answer // nil if nobody has touched it
	Stage    Stage
	// Owner is who has to answer; "" if nobody was assigned, nor answers for the question's role.
	Owner string
	// Result is what the answer comes to; "" without one, or where it does not apply.
	Result        checklist.Result
	NotApplicable bool // the answer says so
	// Why is the reason that it gives for that.
	Why string
	// Skipped says why the question is not asked; "" if it is. Waiting says what has to be answered before.
	Skipped, Waiting string
	// Stale says why the answer or its evidence is too old; "" if it is not.
	Stale string
	// Contradicted says what a scan saw that the answer denies; "" if nothing.
	Contradicted string
	// Until is the last day on which answer and evidence count; "" without an answer.
	Until string
	// Soon reports that this day is near.
	Soon       bool
	Suggestion *Suggestion // what scans show; nil if nothing
}

// Suggestion is the answer that scans give to a question: what an answer form is filled in with.
type Suggestion struct {
	Values []string         `json:"values,omitempty"` // of closed types, where one value fits
	Result checklist.Result `json:"result"`
	Text   string           `json:"text"` // what was seen, control by control
	Made   time.Time        `json:"made"` // of the oldest scan that it rests on
}

// asking works out how every question of a plan stands.
type asking struct {
	state     *State
	plan      *Plan
	catalogue Catalogue
	now       time.Time
	all       *sight // what all scans show
	sights    map[string]*sight
	done      map[string]*Asked
	accepted  map[string]*Exception // that hold now, by the item
}

func (s *State) asking(plan *Plan, c Catalogue, now time.Time) *asking {
	a := &asking{state: s, plan: plan, catalogue: c, now: now, done: map[string]*Asked{}, sights: map[string]*sight{}}
	a.all = s.sight(plan, plan.Environments, now)
	a.accepted = map[string]*Exception{}
	for _, id := range sortedKeys(s.Exceptions) {
		if one := s.Exceptions[id]; one.Plan == plan.ID && one.Item != "" && a.accepted[one.Item] == nil && one.Until(now) != "" {
			a.accepted[one.Item] = one
		}
	}
	return a
}

// IsStale reports whether the scan is too old to count in the plan.
func (scan *Scan) IsStale(plan *Plan, now time.Time) bool {
	return now.After(scan.Made.AddDate(0, 0, plan.ScanFresh))
}

// of gives how a question stands. Conditions form no cycle: the catalogue is checked for that.
func (a *asking) of(question *checklist.Question) *Asked {
	if known := a.done[question.ID]; known != nil {
		return known
	}
	asked := &Asked{Question: question, Answer: a.state.Answers[IDOf(a.plan.ID, question.ID)], Stage: Open}
	asked.Owner = a.plan.ownerOf(question, asked.Answer)
	a.done[question.ID] = asked
	if asked.Answer != nil {
		asked.Stage = asked.Answer.Stage
	}
	asked.Suggestion = a.suggest(question)
	a.condition(asked)
	if asked.Answer == nil || asked.Answer.Reply == nil {
		return asked
	}
	reply := asked.Answer.Reply
	if reply.NotApplicable {
		asked.NotApplicable, asked.Why = true, a.state.Written(reply).Comment
	} else {
		asked.Result = question.Result(a.state.valuesOf(question, reply), reply.Judged, reply.At)
	}
	a.age(asked)
	asked.Contradicted = contradiction(asked)
	return asked
}

// valuesOf are the values of a reply, the text of free types too. A text that was erased still
// counts as one: its digest proves that there was an answer.
func (s *State) valuesOf(question *checklist.Question, r *Reply) []string {
	if !isWritten(question) {
		return r.Values
	}
	if text := s.Written(r).Text; text != "" {
		return []string{text}
	}
	if question.Type == checklist.Link {
		return []string{"https://erased.invalid/"}
	}
	return []string{"(erased)"}
}

// condition finds out whether the question is asked at all.
func (a *asking) condition(asked *Asked) {
	when := asked.Question.When
	if when == nil {
		return
	}
	before, known := a.catalogue.Question(when.Question)
	if !known {
		return
	}
	upon := a.of(before)
	if upon.Skipped != "" {
		asked.Skipped = upon.Skipped
		return
	}
	answered := upon.Answer != nil && upon.Answer.Reply != nil
	switch {
	case answered && upon.holds(when.Is):
		// it is asked, whatever the reviewer says of the words
	case !answered || upon.Stage != Approved:
		asked.Waiting = "asked once " + when.Question + " is approved"
	case upon.Stale != "" || upon.Contradicted != "": // what nobody knows today excuses from nothing
		asked.Waiting = "asked once " + when.Question + " is answered anew"
	default:
		asked.Skipped = fmt.Sprintf("asked only where %s is %s", when.Question, strings.Join(when.Is, " or "))
	}
}

func (a *Asked) holds(values []string) bool {
	return slices.ContainsFunc(a.Answer.Reply.Values, func(value string) bool { return slices.Contains(values, value) })
}

// age finds out until when answer and evidence count.
func (a *asking) age(asked *Asked) {
	until, why := a.until(asked.Answer, asked.Question.Fresh)
	asked.Until = until
	asked.Soon = over(until, a.now.AddDate(0, 0, a.plan.Warn))
	switch {
	case asked.Answer.Reply.Catalogue != asked.Question.Digest():
		asked.Stale = "the question has changed since it was answered"
	case over(until, a.now):
		asked.Stale = why
	}
}

// until is the last day on which an answer and its evidence count, and why no longer.
func (a *asking) until(answer *Answer, fresh int) (until, why string) {
	reply := answer.Reply
	until, why = dayAfter(reply.At, fresh), fmt.Sprintf("answered on %s, which counts for %d days", reply.At.UTC().Format(Day), fresh)
	newest := ""
	for _, attached := range answer.Attached {
		evidence := a.state.Evidence[attached.Evidence]
		if evidence.Expires != "" && evidence.Expires < until {
			until, why = evidence.Expires, fmt.Sprintf("evidence %s counts until %s", evidence.ID, evidence.Expires)
		}
		newest = max(newest, evidence.Collected)
		if evidence.Expires != "" {
			newest = max(newest, evidence.Expires) // its own end decides, and no other
		}
	}
	if collected, err := time.Parse(Day, newest); err == nil {
		if end := dayAfter(collected, fresh); end < until {
			until, why = end, fmt.Sprintf("the newest evidence is of %s, which counts for %d days", newest, fresh)
		}
	}
	return until, why
}

// suggest gives what scans show of the very thing that a question asks.
func (a *asking) suggest(question *checklist.Question) *Suggestion {
	var parts []string
	sum, whole := assessment.Counts{}, a.all.seen.Lost == 0 && len(a.all.missing) == 0 && a.all.newestStale(question.Controls) == ""
	for _, id := range question.Controls {
		result, ran := a.all.seen.Controls[id]
		whole = whole && ran
		if !ran || result.Outcomes.Total() == 0 {
			continue
		}
		sum = sum.Plus(result.Outcomes)
		parts = append(parts, id+": "+tell(result.Outcomes))
	}
	if sum.Pass+sum.Fail == 0 {
		return nil
	}
	suggestion := &Suggestion{Result: checklist.Satisfied, Text: strings.Join(parts, "; "), Made: a.all.made}
	switch {
	case sum.Fail > 0 && sum.Pass > 0, sum.Fail == 0 && sum.Accepted > 0: // a risk that people take is no proof
		suggestion.Result = checklist.Partly
	case sum.Fail > 0:
		suggestion.Result = checklist.NotSatisfied
	case sum.Unknown+sum.Error > 0, !whole:
		return nil // what was not seen is no yes
	}
	suggestion.Values = fitting(question, suggestion.Result)
	return suggestion
}

func tell(c assessment.Counts) string {
	var parts []string
	for _, one := range []struct {
		n    int
		what string
	}{{c.Pass, "pass"}, {c.Fail, "fail"}, {c.Accepted, "accepted"}, {c.Unknown, "unknown"}, {c.Error, "error"}, {c.NotApplicable, "not applicable"}} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", one.n, one.what))
		}
	}
	return strings.Join(parts, ", ")
}

// fitting gives the one value of a closed question that has the result; nil if there are several.
func fitting(question *checklist.Question, result checklist.Result) []string {
	var values []string
	if question.Type != checklist.YesNo && question.Type != checklist.One {
		return nil
	}
	for _, value := range question.Values() {
		if question.Result([]string{value}, "", time.Time{}) == result {
			values = append(values, value)
		}
	}
	if len(values) != 1 {
		return nil
	}
	return values
}

// contradiction tells what scans saw that the answer denies. Who says partly says neither,
// and what only informs is neither right nor wrong.
func contradiction(asked *Asked) string {
	seen := asked.Suggestion
	if seen == nil || asked.Question.Informs {
		return ""
	}
	if asked.NotApplicable && seen.Result != checklist.Satisfied {
		return fmt.Sprintf("%s is said not to apply, and the scan shows %s (%s)", asked.Question.ID, spoken(seen.Result), seen.Text)
	}
	switch answered := asked.Result; {
	case answered == checklist.Satisfied && seen.Result != checklist.Satisfied, answered == checklist.NotSatisfied && seen.Result == checklist.Satisfied:
		return fmt.Sprintf("%s is answered with %s, and the scan shows it is %s (%s)", asked.Question.ID, asked.said(), spoken(seen.Result), seen.Text)
	}
	return ""
}

// said is the answer itself where it is short, else what it comes to.
func (a *Asked) said() string {
	if isWritten(a.Question) {
		return spoken(a.Result)
	}
	return strings.Join(a.Answer.Reply.Values, ", ")
}

// spoken writes a state or a result as people say it.
func spoken[T ~string](word T) string { return strings.ReplaceAll(string(word), "-", " ") }
