package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrFilter: what is asked for cannot be asked.
var ErrFilter = errors.New("this cannot be asked for")

// FindingFilter says which findings are wanted. Zero values restrict nothing; of several values one
// must fit.
type FindingFilter struct {
	Sources, Clusters, Namespaces, Teams, Severities, Controls, States []string
	Outcomes                                                           []string
	// Text is in the message, the name of the subject or the title, in capitals or not.
	Text string
	// MinAge and MaxAge bound the time since a finding was first seen, until Now.
	MinAge, MaxAge time.Duration
	Now            time.Time
	// Regressed is whether it came back after it was fixed.
	Regressed *bool
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
	sources            []any // with Sources and Clusters: the only sources that can have such findings
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
	if len(f.Sources)+len(f.Clusters) > 0 {
		err = a.findSources(t)
	}
	return a, err
}

// findSources finds the numbers of the sources. That findings of a cluster come from few sources
// saves an index of clusters.
func (a *asked) findSources(t *Tx) error {
	w, inner := &where{}, &where{}
	if err := w.in(a.what, "s.name", a.Sources, maxName); err != nil {
		return err
	}
	inner.args, inner.parameters = w.args, w.parameters
	if err := inner.in(a.what, "c.cluster", a.Clusters, maxWord); err != nil {
		return err
	}
	query := `SELECT s.id FROM sources s WHERE EXISTS (SELECT 1 FROM finding_counts c WHERE c.source = s.id` + inner.and() + `)` + w.and()
	ids, err := column1[int64](t, a.what, query, inner.args)
	for _, id := range ids {
		a.sources = append(a.sources, id)
	}
	a.nothing = len(ids) == 0
	if len(a.sources) > maxValues {
		a.sources = nil // the conditions on cluster decide alone
	}
	return err
}

// group restricts what sums and findings have in common, but for the source.
func (a *asked) group(w *where) error {
	return cmp.Or(w.in(a.what, "f.cluster", a.Clusters, maxWord), w.in(a.what, "f.team", a.Teams, maxWord))
}

// sums restricts sums by what all of them know.
func (a *asked) sums(w *where) error {
	return cmp.Or(w.oneOf(a.what, "f.source", a.sources), a.group(w))
}

// all restricts findings by all but state and severity. contains is the function of the database that
// looks for one text in another.
func (a *asked) all(w *where, contains string) error {
	source := "f.source"
	if len(a.Namespaces)+len(a.Controls) > 0 {
		source = "+" + source // a sign that keeps the database from the index of sources, where there are better ones
	}
	if err := cmp.Or(w.oneOf(a.what, source, a.sources), a.group(w), w.in(a.what, "f.namespace", a.Namespaces, maxWord), w.in(a.what, "f.control", a.Controls, maxWord),
		w.in(a.what, "f.outcome", a.Outcomes, maxWord)); err != nil {
		return err
	}
	if a.Text != "" {
		w.conditions = append(w.conditions, contains+"(f.search, "+w.bind(searchable(clean(a.Text, maxName)))+") > 0")
	}
	if a.MinAge > 0 {
		w.conditions = append(w.conditions, "f.first_seen <= "+w.bind(micros(a.Now.Add(-a.MinAge))))
	}
	if a.MaxAge > 0 {
		w.conditions = append(w.conditions, "f.first_seen >= "+w.bind(micros(a.Now.Add(-a.MaxAge))))
	}
	if a.Regressed != nil {
		w.conditions = append(w.conditions, map[bool]string{true: "f.regressed > 0", false: "f.regressed = 0"}[*a.Regressed])
	}
	return nil
}

// simple tells whether sums can answer: nothing is asked that they do not know.
func (a *asked) simple() bool {
	return a.Text == "" && a.MinAge <= 0 && a.MaxAge <= 0 && a.Regressed == nil && len(a.Outcomes) == 0
}
