package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrFilter: what is asked for cannot be asked.
var ErrFilter = errors.New("this cannot be asked for")

// FindingFilter says which findings are wanted. Zero values restrict nothing; of several values one
// must fit.
type FindingFilter struct {
	Sources, Clusters, Namespaces, Teams, Severities, Controls, States []string
	Outcomes, Kinds, Names                                             []string
	// Text is in the message, the name of the subject or the title, in capitals or not.
	Text string
	// MinAge and MaxAge bound the time since a finding was first seen, until Now.
	MinAge, MaxAge time.Duration
	Now            time.Time
	// Regressed is whether it came back after it was fixed.
	Regressed *bool
	// Reviews are the first parts of the names of sources, up to the slash.
	Reviews []string
	// Late, unless nil, wants open findings only, of the severities in it, that are open for longer than
	// it says, until Now: since they were found, or since they last came back.
	Late map[string]time.Duration
	// Within bounds how many findings Findings and GroupFindings look at where neither an index nor a sum
	// knows which fit, give or take some thousands; 0 bounds nothing.
	Within int
}

// maxValues is how many values one may ask for at once.
const maxValues = 200

// where collects conditions with the values of their parameters.
type where struct {
	conditions []string
	args       []any
	parameters int
}

// bind gives the place of a parameter. Its value is one of those given, or follows in order.
func (w *where) bind(value ...any) string {
	w.parameters++
	w.args = append(w.args, value...)
	return "$" + strconv.Itoa(w.parameters)
}

// in demands that a column, of the program's own choice, has one of the values; none demand nothing.
func (w *where) in(what, column string, values []string, most int) error {
	cleaned := make([]any, len(values))
	for i, value := range values {
		cleaned[i] = clean(value, most)
	}
	return w.oneOf(what, column, cleaned)
}

func (w *where) oneOf(what, column string, values []any) error {
	if len(values) > maxValues {
		return fmt.Errorf("%s: %w: %d values of one kind, %d are the most", what, ErrFilter, len(values), maxValues)
	}
	places := make([]string, len(values))
	for i, value := range values {
		places[i] = w.bind(value)
	}
	switch len(values) {
	case 0:
	case 1:
		w.conditions = append(w.conditions, column+" = "+places[0])
	default:
		w.conditions = append(w.conditions, column+" IN ("+strings.Join(places, ", ")+")")
	}
	return nil
}

// and gives the conditions, to follow others.
func (w *where) and() string {
	var b strings.Builder
	for _, condition := range w.conditions {
		b.WriteString(" AND " + condition)
	}
	return b.String()
}

// numbersOf gives the numbers in the database of names.
func numbersOf[S ~string](what, kind string, names []string, all []S) (numbers []any, err error) {
	for _, name := range names {
		i := slices.Index(all, S(name))
		if i < 0 {
			return nil, fmt.Errorf("%s: %w: there is no %s %q, only %v", what, ErrFilter, kind, clean(name, maxWord), all)
		}
		if !slices.Contains(numbers, any(int64(i))) {
			numbers = append(numbers, int64(i))
		}
	}
	return numbers, nil
}

// asked is a filter that was looked through.
type asked struct {
	FindingFilter
	what               string
	states, severities []any
	sources            []any // with Sources, Clusters and Reviews: the only sources that can have such findings
	nothing            bool  // no finding can fit
}

func (t *Tx) ask(what string, f FindingFilter) (a asked, err error) {
	a = asked{FindingFilter: f, what: what}
	if a.states, err = numbersOf(what, "state", f.States, states); err != nil {
		return a, err
	}
	if a.severities, err = numbersOf(what, "severity", f.Severities, severities); err != nil {
		return a, err
	}
	if _, err = numbersOf(what, "outcome", f.Outcomes, outcomes); err != nil {
		return a, err
	}
	if f.Late != nil {
		a.onlyLate()
	}
	if len(f.Sources)+len(f.Clusters)+len(f.Reviews) > 0 {
		err = a.findSources(t)
	}
	return a, err
}

// onlyLate leaves what can be late: what is open, of severities that have a term.
func (a *asked) onlyLate() {
	a.nothing = len(a.states) > 0 && !slices.Contains(a.states, any(int64(isOpen)))
	a.states = []any{int64(isOpen)}
	var timed []any
	for i, name := range severities {
		_, has := a.Late[name]
		if has && (len(a.severities) == 0 || slices.Contains(a.severities, any(int64(i)))) {
			timed = append(timed, int64(i))
		}
	}
	a.severities, a.nothing = timed, a.nothing || len(timed) == 0
}

// findSources finds the numbers of the sources. That findings of a cluster come from few sources
// saves an index of clusters.
func (a *asked) findSources(t *Tx) error {
	w := &where{}
	if err := a.named(w); err != nil {
		return err
	}
	inner := &where{args: w.args, parameters: w.parameters}
	if err := inner.in(a.what, "c.cluster", a.Clusters, maxWord); err != nil {
		return err
	}
	query := `SELECT s.id FROM sources s WHERE EXISTS (SELECT 1 FROM finding_counts c WHERE c.source = s.id` + inner.and() + `)` + w.and()
	ids, err := column1[int64](t, a.what, query, inner.args)
	for _, id := range ids {
		a.sources = append(a.sources, id)
	}
	a.nothing = a.nothing || len(ids) == 0
	return err
}

// named restricts sources by their names.
func (a *asked) named(w *where) error {
	if len(a.Reviews) > maxValues {
		return fmt.Errorf("%s: %w: %d reviews, %d are the most", a.what, ErrFilter, len(a.Reviews), maxValues)
	}
	var reviews []string
	for _, review := range a.Reviews {
		prefix := clean(review, maxName) + "/"
		reviews = append(reviews, "substr(s.name, 1, "+strconv.Itoa(utf8.RuneCountInString(prefix))+") = "+w.bind(prefix))
	}
	if len(reviews) > 0 {
		w.conditions = append(w.conditions, "("+strings.Join(reviews, " OR ")+")")
	}
	return w.in(a.what, "s.name", a.Sources, maxName)
}

// from demands that a column has the number of one of the sources.
func (a *asked) from(w *where, column string) error {
	if len(a.sources) <= maxValues {
		return w.oneOf(a.what, column, a.sources)
	}
	inner := &where{args: w.args, parameters: w.parameters}
	if err := a.named(inner); err != nil {
		return err
	}
	w.args, w.parameters = inner.args, inner.parameters
	w.conditions = append(w.conditions, column+" IN (SELECT s.id FROM sources s WHERE TRUE"+inner.and()+")")
	return nil
}

// group restricts what sums and findings have in common, but for the source.
func (a *asked) group(w *where) error {
	return cmp.Or(w.in(a.what, "f.cluster", a.Clusters, maxWord), w.in(a.what, "f.team", a.Teams, maxWord))
}

// sums restricts sums by what all of them know.
func (a *asked) sums(w *where) error {
	return cmp.Or(a.from(w, "f.source"), a.group(w))
}

// all restricts findings by all but state and severity. contains is the function of the database that
// looks for one text in another.
func (a *asked) all(w *where, contains string) error {
	source := "f.source"
	if len(a.Namespaces)+len(a.Controls) > 0 || a.few() {
		source = "+" + source // a sign that keeps the database from the index of sources, where there are better ones
	}
	control := "f.control"
	if len(a.Namespaces) > 0 {
		control += " || ''" // the index of namespaces is the shorter one as a rule
	}
	if err := cmp.Or(a.from(w, source), a.group(w), w.in(a.what, "f.namespace", a.Namespaces, maxWord), w.in(a.what, control, a.Controls, maxWord),
		w.in(a.what, "f.outcome", a.Outcomes, maxWord), w.in(a.what, "f.kind", a.Kinds, maxWord), w.in(a.what, "f.name", a.Names, maxName)); err != nil {
		return err
	}
	if a.Text != "" {
		w.conditions = append(w.conditions, contains+"(f.search, "+w.bind(searchable(clean(a.Text, maxName)))+") > 0")
	}
	a.ages(w)
	if a.Late != nil {
		a.late(w)
	}
	if a.Regressed != nil && !*a.Regressed {
		w.conditions = append(w.conditions, "f.regressed = 0")
	}
	a.rare(w)
	return nil
}

// rare restricts findings to those that have an index because they are few. It is written and not bound
// to parameters, so that databases see that the index has them all.
func (a *asked) rare(w *where) {
	if a.Regressed != nil && *a.Regressed {
		w.conditions = append(w.conditions, "f.regressed > 0")
	}
	if a.doubtful() {
		w.conditions = append(w.conditions, "f.outcome IN ('unknown', 'error')")
	}
}

// few tells whether what is wanted has an index because it is rare.
func (a *asked) few() bool { return a.doubtful() || a.Regressed != nil && *a.Regressed }

// state is the column of the state; with a sign that keeps the database from the indexes that begin
// with it, where there is a better one.
func (a *asked) state() string {
	if a.few() {
		return "+f.state"
	}
	return "f.state"
}

// doubtful tells whether only what is not known to be well or not is wanted.
func (a *asked) doubtful() bool {
	return len(a.Outcomes) > 0 && !slices.ContainsFunc(a.Outcomes, func(outcome string) bool { return outcome != "unknown" && outcome != "error" })
}

// ages restricts findings by when they were first seen.
func (a *asked) ages(w *where) {
	if a.MinAge > 0 {
		w.conditions = append(w.conditions, "f.first_seen <= "+w.bind(micros(a.Now.Add(-a.MinAge))))
	}
	if a.MaxAge > 0 {
		w.conditions = append(w.conditions, "f.first_seen >= "+w.bind(micros(a.Now.Add(-a.MaxAge))))
	}
}

// late restricts findings to those that are late: for each severity since another time.
func (a *asked) late(w *where) {
	var each []string
	for _, severity := range a.severities {
		before := w.bind(a.lateBefore(severity))
		each = append(each, "f.severity = "+w.bind(severity)+" AND f.first_seen < "+before+" AND f.reopened_at < "+before)
	}
	w.conditions = append(w.conditions, "("+strings.Join(each, " OR ")+")")
}

// lateBefore is the time before which findings of a severity must be open to be late.
func (a *asked) lateBefore(severity any) int64 {
	return micros(a.Now.Add(-a.Late[severities[severity.(int64)]]))
}

// simple tells whether sums can answer: nothing is asked that they do not know.
func (a *asked) simple() bool {
	return a.Text == "" && a.MinAge <= 0 && a.MaxAge <= 0 && a.Late == nil && a.Regressed == nil && len(a.Outcomes)+len(a.Kinds)+len(a.Names) == 0
}
