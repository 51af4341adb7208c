package checklist_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

func number(value float64) *float64 { return &value }

// The questions that tests answer, one of each kind.
var (
	yesNo    = checklist.Question{ID: "q", Type: checklist.YesNo}
	noYes    = checklist.Question{ID: "q", Type: checklist.YesNo, Good: "no"}
	yesAsked = checklist.Question{ID: "q", Type: checklist.YesNo, Informs: true}
	one      = checklist.Question{ID: "q", Type: checklist.One, Choices: []checklist.Choice{
		{ID: "daily", Result: checklist.Satisfied}, {ID: "yearly", Result: checklist.Partly}, {ID: "never", Result: checklist.NotSatisfied}}}
	many     = checklist.Question{ID: "q", Type: checklist.Many, Choices: []checklist.Choice{{ID: "a"}, {ID: "b"}}}
	manyAsk  = checklist.Question{ID: "q", Type: checklist.Many, Informs: true, Choices: many.Choices}
	text     = checklist.Question{ID: "q", Type: checklist.Text}
	people   = checklist.Question{ID: "q", Type: checklist.Number, Unit: "people"}
	atLeast  = checklist.Question{ID: "q", Type: checklist.Number, Unit: "days", AtLeast: number(90)}
	atMost   = checklist.Question{ID: "q", Type: checklist.Number, Unit: "days", AtMost: number(30)}
	between  = checklist.Question{ID: "q", Type: checklist.Number, Unit: "people", AtLeast: number(2), AtMost: number(5)}
	day      = checklist.Question{ID: "q", Type: checklist.Date}
	recently = checklist.Question{ID: "q", Type: checklist.Date, Within: 90}
	link     = checklist.Question{ID: "q", Type: checklist.Link}
)

func TestValues(t *testing.T) {
	for _, test := range []struct {
		name     string
		question *checklist.Question
		want     []string
	}{
		{"yes-no", &yesNo, []string{"yes", "partly", "no"}},
		{"one", &one, []string{"daily", "yearly", "never"}},
		{"many", &many, []string{"a", "b"}},
		{"text", &text, nil}, {"number", &people, nil}, {"date", &day, nil}, {"link", &link, nil},
	} {
		if diff := cmp.Diff(test.want, test.question.Values()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestCheckTakesWhatFits(t *testing.T) {
	for _, test := range []struct {
		question *checklist.Question
		answers  []string // many values of one answer are parted by commas
	}{
		{&yesNo, []string{"yes", "partly", "no"}},
		{&noYes, []string{"yes", "no"}},
		{&one, []string{"daily", "never"}},
		{&many, []string{"a", "b", "b,a"}},
		{&people, []string{"0", "12", "-3", "2.5", "999999999999999", "007"}},
		{&day, []string{"2026-01-31", "2024-02-29"}},
		{&link, []string{"https://example.com", "http://wiki.example.com:8080/a%20b?x=1#y", "https://[2001:db8::1]/"}},
		{&text, []string{"x", "two\nlines\tand a tab", "Åsa på plats", strings.Repeat("x", checklist.MaxText)}},
	} {
		for _, answer := range test.answers {
			values := []string{answer}
			if test.question.Type == checklist.Many {
				values = strings.Split(answer, ",")
			}
			if err := test.question.Check(values); err != nil {
				t.Errorf("%s refuses %.40q: %v", test.question.Type, answer, err)
			}
		}
	}
}

func TestCheckSaysWhatToWrite(t *testing.T) {
	for _, test := range []struct {
		question *checklist.Question
		values   []string
		want     string
	}{
		{&yesNo, nil, `answer is missing: use yes, partly or no`},
		{&yesNo, []string{"maybe"}, `answer "maybe" is unknown: use yes, partly or no`},
		{&yesNo, []string{"Yes"}, `answer "Yes" is unknown: use yes, partly or no`},
		{&yesNo, []string{""}, `answer "" is unknown: use yes, partly or no`},
		{&yesNo, []string{"yes", "no"}, `answer has 2 values: use yes, partly or no`},
		{&one, []string{"weekly"}, `answer "weekly" is unknown: use daily, yearly or never`},
		{&one, []string{"daily", "daily"}, `answer has 2 values: use daily, yearly or never`},
		{&many, nil, `answer is missing: use one or more of a, b`},
		{&many, []string{"a", "c"}, `answer "c" is unknown: use one or more of a, b`},
		{&many, []string{"a", "b", "a"}, `answer "a" stands twice: write it once`},
		{&people, nil, `answer is missing: write one in digits, as 90 or 2.5`},
		{&people, []string{"ten"}, `answer "ten" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"NaN"}, `answer "NaN" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"-Inf"}, `answer "-Inf" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"1e3"}, `answer "1e3" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"0x10"}, `answer "0x10" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"1_000"}, `answer "1_000" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"90 days"}, `answer "90 days" is no number: write one in digits, as 90 or 2.5`},
		{&people, []string{"5\n"}, `answer "5\n" is no number: write one in digits, as 90 or 2.5`},
		{&day, []string{"31.1.2026"}, `answer "31.1.2026" is no date: write one as 2026-01-31`},
		{&day, []string{"2026-02-30"}, `answer "2026-02-30" is no date: write one as 2026-01-31`},
		{&link, []string{"wiki"}, `answer "wiki" is no link: write one that begins with https:// or http://`},
		{&link, []string{"javascript:alert(1)"}, `answer "javascript:alert(1)" is no link: write one that begins with https:// or http://`},
		{&link, []string{"https:///path"}, `answer "https:///path" is no link: write one that begins with https:// or http://`},
		{&link, []string{"https://:80/"}, `answer "https://:80/" is no link: write one that begins with https:// or http://`},
		{&link, []string{"https://a/b c"}, `answer "https://a/b c" is no link: write one that begins with https:// or http://`},
		{&link, []string{"https://a/\u202e"}, `answer "https://a/\u202e" is no link: write one that begins with https:// or http://`},
		{&link, []string{"https://a/\xff"}, `answer "https://a/\xff" is no link: write one that begins with https:// or http://`},
		{&link, []string{"https://eve:secret@a/"}, `answer holds a user or password: write the link without what stands before the @`},
		{&link, []string{"https://a/" + strings.Repeat("x", checklist.MaxLink)}, `answer has 2058 bytes: write a link of at most 2048`},
		{&text, []string{" \n"}, `answer is blank: write a text`},
		{&text, []string{"a\x1b[31m"}, `answer holds the control character U+001B: remove it`},
		{&text, []string{"a\r\nb"}, `answer holds the control character U+000D: remove it`},
		{&text, []string{"a\xff"}, `answer is not UTF-8: write it in that encoding`},
		{&text, []string{strings.Repeat("x", checklist.MaxText+1)}, `answer has 16385 bytes: write at most 16384, and attach the rest as evidence`},
		{&text, []string{"a", "b"}, `answer has 2 values: write a text`},
		{&checklist.Question{ID: "old", Type: "color"}, []string{"red"}, `question "old" has the unknown type "color"`},
	} {
		err := test.question.Check(test.values)
		if err == nil {
			t.Errorf("%s takes %.40q, want: %s", test.question.Type, test.values, test.want)
		} else if err.Error() != test.want {
			t.Errorf("%s says %s, want: %s", test.question.Type, err, test.want)
		}
	}
}

func TestCheckKeepsErrorsShort(t *testing.T) {
	err := yesNo.Check([]string{strings.Repeat("ä", 10000)})
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("error is %v", err)
	}
}

func TestResult(t *testing.T) {
	// Late in the evening: days are counted, not hours.
	answered := time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		name     string
		question *checklist.Question
		value    string
		judged   checklist.Result
		want     checklist.Result
	}{
		{"yes", &yesNo, "yes", "", checklist.Satisfied},
		{"partly", &yesNo, "partly", "", checklist.Partly},
		{"no", &yesNo, "no", "", checklist.NotSatisfied},
		{"rules stand above judgement", &yesNo, "no", checklist.Satisfied, checklist.NotSatisfied},
		{"no is good", &noYes, "no", "", checklist.Satisfied},
		{"no is good, partly", &noYes, "partly", "", checklist.Partly},
		{"no is good, yes", &noYes, "yes", "", checklist.NotSatisfied},
		{"asked to know", &yesAsked, "no", "", checklist.Satisfied},
		{"not valid", &yesNo, "maybe", "", ""},
		{"choice satisfies", &one, "daily", "", checklist.Satisfied},
		{"choice partly", &one, "yearly", "", checklist.Partly},
		{"choice does not", &one, "never", checklist.Satisfied, checklist.NotSatisfied},
		{"many not judged", &many, "a", "", ""},
		{"many judged", &many, "a", checklist.Partly, checklist.Partly},
		{"many asked to know", &manyAsk, "a", checklist.NotSatisfied, checklist.Satisfied},
		{"text not judged", &text, "because", "", ""},
		{"text judged", &text, "because", checklist.NotSatisfied, checklist.NotSatisfied},
		{"text judged by an unknown word", &text, "because", "great", ""},
		{"link judged", &link, "https://a/", checklist.Satisfied, checklist.Satisfied},
		{"number without bounds", &people, "3", "", ""},
		{"number without bounds judged", &people, "3", checklist.Partly, checklist.Partly},
		{"at least", &atLeast, "90", "", checklist.Satisfied},
		{"too few", &atLeast, "89.9", checklist.Satisfied, checklist.NotSatisfied},
		{"at most", &atMost, "30", "", checklist.Satisfied},
		{"too many", &atMost, "30.1", "", checklist.NotSatisfied},
		{"between", &between, "3", "", checklist.Satisfied},
		{"below", &between, "1", "", checklist.NotSatisfied},
		{"above", &between, "6", "", checklist.NotSatisfied},
		{"date without limit", &day, "2020-01-01", "", ""},
		{"date without limit judged", &day, "2020-01-01", checklist.Partly, checklist.Partly},
		{"today", &recently, "2026-06-30", "", checklist.Satisfied},
		{"oldest", &recently, "2026-04-01", "", checklist.Satisfied},
		{"too old", &recently, "2026-03-31", "", checklist.NotSatisfied},
		{"tomorrow, where it is already", &recently, "2026-07-01", "", checklist.Satisfied},
		{"to come", &recently, "2026-07-02", "", checklist.NotSatisfied},
		{"far off", &recently, "9999-12-31", "", checklist.NotSatisfied},
		{"long ago", &recently, "0001-01-01", "", checklist.NotSatisfied},
	} {
		if got := test.question.Result([]string{test.value}, test.judged, answered); got != test.want {
			t.Errorf("%s: %s gives %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func TestNeedsJudgement(t *testing.T) {
	for _, test := range []struct {
		name     string
		question *checklist.Question
		want     bool
	}{
		{"yes-no", &yesNo, false}, {"one", &one, false}, {"many", &many, true}, {"many to know", &manyAsk, false},
		{"text", &text, true}, {"link", &link, true}, {"number", &people, true}, {"bound below", &atLeast, false},
		{"bound above", &atMost, false}, {"date", &day, true}, {"date with limit", &recently, false},
	} {
		if got := test.question.NeedsJudgement(); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}

func TestDigest(t *testing.T) {
	if got, want := yesNo.Digest(), "sha256:"; !strings.HasPrefix(got, want) || len(got) != len(want)+64 {
		t.Errorf("digest is %s", got)
	}
	same := yesNo
	if same.Digest() != yesNo.Digest() || noYes.Digest() == yesNo.Digest() || atLeast.Digest() == atMost.Digest() {
		t.Error("digests must be equal for equal questions only")
	}
	item, other := checklist.Item{ID: "A.1"}, checklist.Item{ID: "A.1", Risk: 1}
	if item.Digest() == other.Digest() {
		t.Error("items that differ have one digest")
	}
}
