package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
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

func bounded(what, name, text string) error {
	switch {
	case len(text) > longestText:
		return fmt.Errorf("%s: %s has %d bytes: write at most %d and attach the rest as evidence", what, name, len(text), longestText)
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == 0xfffd }):
		return fmt.Errorf("%s: %s holds control characters: write plain text", what, name)
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
