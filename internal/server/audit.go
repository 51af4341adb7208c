package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// auditPage is what became of the review since a moment.
type auditPage struct {
	Since   time.Time // the moment
	Why     string    // what was then
	Size    int64     // of the ledger then
	Came    int       // how many entries came since
	Choices []moments
	// Begun says that the review was there then; else everything came since.
	Begun      bool
	Then, Now  dossier.Score
	Changed    []changedItem
	Same       int
	Exceptions []changedException
	Groups     []auditGroup
	Proved     *proof // nil if nobody proved the ledger since the server started
	Key        string
	Erased     bool // texts were erased since: what stood there then is not shown
}

// moments is a moment that can be chosen.
type moments struct {
	Text string
	At   time.Time
}

// Exact is the moment as a query has it.
func (m moments) Exact() string { return m.At.UTC().Format(time.RFC3339Nano) }

// changedItem is an item that stands otherwise than then; a state is "" where the item was not asked.
type changedItem struct {
	ID, Text  string
	Then, Now review.ItemState
	Reason    string
}

// changedException is one that came, or stands otherwise than then.
type changedException struct {
	*dossier.Exception
	Then string // "" if it was not asked for yet
}

// auditGroup is what was done of one kind, the newest first.
type auditGroup struct {
	ID, Title string
	N         int
	Shown     []event
}

// mostOfGroup bounds the entries of a group on the page; the ledger has all.
const mostOfGroup = 50

func (v *visit) audit() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	since, why, err := v.sinceWhen()
	if err != nil {
		return err
	}
	if since.After(now.at) {
		since = now.at // nothing has come from there yet
	}
	h := v.s.history
	size, came, err := h.since(v.Context(), v.s.Journal, v.state.Size, since)
	if err != nil {
		return err
	}
	page := auditPage{Since: since, Why: why, Size: size, Came: len(came), Now: now.Doc.Score, Proved: v.s.proved.Load()}
	if page.Choices, err = v.auditMoments(); err != nil {
		return err
	}
	then, err := v.s.pastOf(v.Context(), v.plan, size, since)
	if err != nil {
		return err
	}
	page.compare(then, now)
	page.group(v, came)
	key, err := v.s.Journal.Key(v.Context())
	if err != nil {
		return err
	}
	page.Key = key.String()
	return v.show("audit.html", "Audit", page)
}

// sinceWhen is the moment that is asked for, or the last time that somebody took reports away, or
// approved something; else the beginning.
func (v *visit) sinceWhen() (at time.Time, why string, err error) {
	if text := v.URL.Query().Get("since"); text != "" {
		for _, layout := range []string{review.Day, time.RFC3339Nano} {
			if at, err = time.Parse(layout, text); err == nil && at.Year() >= 1970 && at.Year() < 3000 {
				return at.UTC(), "", nil
			}
		}
		return at, "", problem(http.StatusBadRequest, "That is no date", "Write it as 2027-01-31, or choose one on the page Audit.")
	}
	all, err := v.auditMoments()
	if err != nil {
		return at, "", err
	}
	return all[0].At, strings.ToLower(all[0].Text[:1]) + all[0].Text[1:], nil
}

// auditMoments are moments since which somebody may want to know: the last one before this minute first.
func (v *visit) auditMoments() ([]moments, error) {
	h := v.s.history
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(v.Context(), v.s.Journal, v.state.Size); err != nil {
		return nil, err
	}
	var all []moments
	last := func(text string, actions ...string) {
		for i := len(h.events) - 1; i >= 0; i-- {
			if e := h.events[i]; slices.Contains(actions, e.Action) && v.reviewOf(e) == v.plan {
				all = append(all, moments{text, e.At})
				return
			}
		}
	}
	last("The last export of reports", "report.export")
	last("The last approval", "answer.approve")
	day := v.s.Now().UTC().Truncate(24 * time.Hour)
	all = append(all, moments{"30 days ago", day.AddDate(0, 0, -30)}, moments{"90 days ago", day.AddDate(0, 0, -90)})
	last("The beginning of the review", "plan.create")
	return all, nil
}

// since gives how many entries there were at a moment, and those that came later.
func (h *history) since(ctx context.Context, from Journal, size int64, at time.Time) (int64, []event, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(ctx, from, size); err != nil {
		return 0, nil, err
	}
	first, _ := slices.BinarySearchFunc(h.events, at, func(e event, at time.Time) int {
		if e.At.After(at) {
			return 1
		}
		return -1
	})
	return int64(first), h.events[first:len(h.events):len(h.events)], nil // nobody changes them
}

// compare notes what stands otherwise than then; then is nil if there was no review.
func (p *auditPage) compare(then, now *seen) {
	p.Begun = then != nil
	if then == nil {
		then = &seen{}
	} else {
		p.Then = then.Doc.Score
	}
	for _, item := range now.Doc.Items {
		before := review.ItemState("")
		if known := then.items[item.ID]; known != nil {
			before = known.State
		}
		if before == item.State {
			p.Same++
			continue
		}
		p.Changed = append(p.Changed, changedItem{ID: item.ID, Text: item.Text, Then: before, Now: item.State, Reason: item.Reason})
	}
	if p.Begun {
		for _, item := range then.Doc.Items {
			if now.items[item.ID] == nil {
				p.Changed = append(p.Changed, changedItem{ID: item.ID, Text: item.Text, Then: item.State})
			}
		}
	}
	for _, exception := range now.Doc.Exceptions {
		before := ""
		if known := then.exceptions[exception.ID]; known != nil {
			before = known.Standing()
		}
		if before != exception.Standing() {
			p.Exceptions = append(p.Exceptions, changedException{exception, before})
		}
	}
}

// auditGroups are the kinds of entries, by the beginnings of their actions.
var auditGroups = []struct {
	id, title string
	actions   []string
}{
	{"decisions", "Decisions", []string{"answer.approve", "answer.request-changes", "answer.reopen", "exception.approve", "exception.reject", "access.confirm"}},
	{"answers", "Answers", []string{"answer.", "comment."}},
	{"evidence", "Evidence", []string{"evidence."}},
	{"exceptions", "Exceptions", []string{"exception."}},
	{"scans", "Scans and access reviews", []string{"scan.", "access."}},
	{"people", "People and roles", []string{"person.", "account.disconnect"}},
	{"review", "Review, ledger and exports", []string{"plan.", "ledger.", "key.", "erase", "report."}},
	{"signins", "Sign-ins and accounts", []string{"session.", "account."}},
	{"others", "Others", []string{""}},
}

// group puts entries of the plan, and of none, into the first group that fits.
func (p *auditPage) group(v *visit, came []event) {
	p.Groups = make([]auditGroup, len(auditGroups))
	for i, group := range auditGroups {
		p.Groups[i] = auditGroup{ID: group.id, Title: group.title}
	}
	for _, one := range slices.Backward(came) {
		if plan := v.reviewOf(one); plan != "" && plan != v.plan {
			continue
		}
		p.Erased = p.Erased || one.Action == "erase"
		at := slices.IndexFunc(auditGroups, func(g struct {
			id, title string
			actions   []string
		}) bool {
			return slices.ContainsFunc(g.actions, func(begin string) bool { return strings.HasPrefix(one.Action, begin) })
		})
		if p.Groups[at].N++; p.Groups[at].N <= mostOfGroup {
			p.Groups[at].Shown = append(p.Groups[at].Shown, v.spelled(one))
		}
	}
	p.Groups = slices.DeleteFunc(p.Groups, func(g auditGroup) bool { return g.N == 0 })
}

// reviewOf is the review that an entry is about; "" if it is about none, or about all.
func (v *visit) reviewOf(e event) string {
	kind, _, _ := strings.Cut(e.Action, ".")
	switch {
	case e.Plan != "" || len(e.Keys) == 0:
		return e.Plan
	case kind == "plan":
		return e.Keys[0]
	case kind == "scan" || kind == "access":
		plan, _, _ := strings.Cut(e.Keys[0], "/")
		return plan
	case kind == "exception" && v.state.Exceptions[e.Keys[0]] != nil:
		return v.state.Exceptions[e.Keys[0]].Plan
	}
	return ""
}

// spelled names who did something, and whom it is about.
func (v *visit) spelled(e event) event {
	e = v.named(e)
	if kind, _, _ := strings.Cut(e.Action, "."); kind == "person" || kind == "account" || kind == "session" {
		keys := make([]string, len(e.Keys))
		for i, key := range e.Keys {
			keys[i] = v.state.NameOf(key)
		}
		e.Keys = keys
	}
	return e
}

// home is where somebody begins: an auditor at what changed.
func home(person *review.Person, next string) string {
	if person != nil && person.Has(review.Auditor) && cmp.Or(next, "/") == "/" {
		return "/audit"
	}
	return next
}
