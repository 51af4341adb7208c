package review

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// Day is how dates without a time are written: 2027-01-31.
const Day = time.DateOnly

func words[T ~string](all []T, between string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, between)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// reasoned asks for a reason that says something.
func reasoned(what, reason, tell string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("%s: give a reason: say %s", what, tell)
	}
	return bounded(what, "reason", reason)
}

// longestText bounds what a person writes in one place, in bytes.
const longestText = 64 << 10

// bounded asks for plain text of bounded length without secrets: what is written goes to reports,
// auditors and backups, and erasing it reaches none of these.
func bounded(what, name, text string) error {
	switch {
	case len(text) > longestText:
		return fmt.Errorf("%s: %s has %d bytes: write at most %d and attach the rest as evidence", what, name, len(text), longestText)
	case strings.ContainsFunc(text, isHidden):
		return fmt.Errorf("%s: %s holds control characters: write plain text", what, name)
	}
	if hits := secret.Scan("", text); len(hits) > 0 {
		return fmt.Errorf("%s: %s holds %s in line %d: take it out, and change it if it was shown to others: name where it is kept instead", what, name, hits[0].What, hits[0].Line)
	}
	return nil
}

// isHidden is true for controls that are no line end or tab, and for what stands for broken bytes.
func isHidden(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == 0xfffd
}

// named asks for a name that looks like no other: on one line, without what people cannot see.
func named(what, name, text string) error {
	if err := bounded(what, name, text); err != nil {
		return err
	}
	if strings.Join(strings.Fields(text), " ") != text || strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) {
		return fmt.Errorf("%s: %s has spaces around it, twice in a row, a line break, or characters that cannot be seen: take them out, so that names tell people apart", what, name)
	}
	return nil
}

var token = regexp.MustCompile(`^-?[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$`)

// isToken reports whether a text is an id, a number or a date: what may stand in the body of an entry.
func isToken(text string) bool { return len(text) <= longestID && token.MatchString(text) }

// checkKey asks for what may be the id of an item, a question or a control.
func checkKey(what, key string) error {
	if !isToken(key) {
		return fmt.Errorf("%s: %q is neither an item nor a question: see `kubeproof review status --all`", what, key)
	}
	return nil
}

// day reads a date; "" is none.
func day(what, name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	date, err := time.Parse(Day, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %s is %q, which is no date: write YYYY-MM-DD", what, name, text)
	}
	return date, nil
}

// over reports whether a date that was through is over: the whole day counts.
func over(date string, now time.Time) bool {
	end, err := time.Parse(Day, date)
	return err == nil && !now.UTC().Before(end.AddDate(0, 0, 1))
}

// timeOf is how statements write when an action was done.
func timeOf(m Mark) string { return m.At.UTC().Format(time.RFC3339Nano) }

// The kinds of refusal that callers tell apart by errors.Is.
var (
	// ErrNotAllowed: the person's roles, or what the person did before, do not allow it.
	ErrNotAllowed = errors.New("not allowed")
	// ErrChanged: somebody changed what the person decides on since it was read.
	ErrChanged = errors.New("changed since")
)

// refusal is an error of a kind, with a text of its own.
type refusal struct {
	kind error
	text string
}

func (r *refusal) Error() string { return r.text }

func (r *refusal) Unwrap() error { return r.kind }

func refuse(kind error, format string, args ...any) error {
	return &refusal{kind, fmt.Sprintf(format, args...)}
}
