package checklist

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The longest answers, in bytes.
const (
	MaxText = 16 << 10
	MaxLink = 2 << 10
)

// decimal bounds the digits, so that what matches is always a finite number.
var decimal = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`)

// Check says what is wrong with an answer, and what to write instead; nil if it fits the
// question's type. Only questions of type many take more than one value.
func (q *Question) Check(values []string) error {
	switch {
	case len(values) == 0:
		return fmt.Errorf("answer is missing: %s", q.hint())
	case q.Type == Many:
		return q.checkMany(values)
	case len(values) > 1:
		return fmt.Errorf("answer has %d values: %s", len(values), q.hint())
	}
	return q.checkValue(values[0])
}

func (q *Question) checkMany(values []string) error {
	for i, value := range values {
		if err := q.checkValue(value); err != nil {
			return err
		}
		if slices.Contains(values[:i], value) {
			return fmt.Errorf("answer %q stands twice: write it once", value)
		}
	}
	return nil
}

func (q *Question) checkValue(value string) error {
	switch q.Type {
	case YesNo, One, Many:
		if !slices.Contains(q.Values(), value) {
			return fmt.Errorf("answer %q is unknown: %s", excerpt(value), q.hint())
		}
	case Number:
		if !decimal.MatchString(value) {
			return fmt.Errorf("answer %q is no number: %s", excerpt(value), q.hint())
		}
	case Date:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return fmt.Errorf("answer %q is no date: %s", excerpt(value), q.hint())
		}
	case Link:
		return q.checkLink(value)
	case Text:
		return q.checkText(value)
	default:
		return fmt.Errorf("question %q has the unknown type %q", q.ID, q.Type)
	}
	return nil
}

func (q *Question) checkLink(value string) error {
	if len(value) > MaxLink {
		return fmt.Errorf("answer has %d bytes: write a link of at most %d", len(value), MaxLink)
	}
	address, err := url.Parse(value)
	switch {
	case err != nil, address.Hostname() == "", !slices.Contains([]string{"http", "https"}, address.Scheme),
		!utf8.ValidString(value), strings.ContainsFunc(value, unprintable):
		return fmt.Errorf("answer %q is no link: %s", excerpt(value), q.hint())
	case address.User != nil:
		// The answer is not repeated: it would spread the password.
		return errors.New("answer holds a user or password: write the link without what stands before the @")
	}
	return nil
}

// unprintable is true for what no address holds unescaped: spaces, and characters that cannot be seen.
func unprintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

func (q *Question) checkText(value string) error {
	switch {
	case len(value) > MaxText:
		return fmt.Errorf("answer has %d bytes: write at most %d, and attach the rest as evidence", len(value), MaxText)
	case !utf8.ValidString(value):
		return errors.New("answer is not UTF-8: write it in that encoding")
	case strings.TrimSpace(value) == "":
		return fmt.Errorf("answer is blank: %s", q.hint())
	}
	for _, r := range value {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return fmt.Errorf("answer holds the control character %U: remove it", r)
		}
	}
	return nil
}

// hint says what to write.
func (q *Question) hint() string {
	switch q.Type {
	case YesNo, One:
		return "use " + either(q.Values())
	case Many:
		return "use one or more of " + strings.Join(q.Values(), ", ")
	case Number:
		return "write one in digits, as 90 or 2.5"
	case Date:
		return "write one as 2026-01-31"
	case Link:
		return "write one that begins with https:// or http://"
	default:
		return "write a text"
	}
}

func either(values []string) string {
	last := len(values) - 1
	if last < 1 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// excerpt keeps an error short, whatever was answered.
func excerpt(value string) string {
	const longest = 60
	if len(value) <= longest {
		return value
	}
	return strings.ToValidUTF8(value[:longest], "") + "..."
}
