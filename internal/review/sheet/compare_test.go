package sheet_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// standing is a review in which some questions are answered.
func standing(t testing.TB) *place {
	p := begin(t, smallLibrary(t), "small")
	p.answer("login", "", "as ever", "yes")
	p.answer("standards", "", "", "pci-dss", "nist")
	p.answer("story", "once\nupon", "")
	p.answer("days", "", "", "90")
	p.do(&review.Assign{Plan: "pay", Key: "login", Owner: "ben", Due: "2026-08-01"})
	p.do(&review.Submit{Plan: "pay", Key: "story"})
	return p
}

func TestCompare(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"same", "- {question: login, answer: YES, comment: as ever, owner: =Ben, due: 2026-08-01}\n", ""},
		{"blank", "- {question: login, answer: , comment: , notApplicable: false}\n", ""},
		{"comment left out", "- {question: login, answer: yes}\n", ""},
		{"order of several", "- {question: standards, values: [nist, pci-dss], judged: partly}\n", ""},
		{"several in one text", "- {question: standards, answer: 'NIST; pci-dss', judged: partly}\n", ""},
		{"same number", "- {question: days, answer: 90.0}\n", ""},
		{"line ends", "- {question: story, answer: \"once\\r\\nupon\\n\", judged: Partly}\n", ""},
		{"other answer", "- {question: login, answer: no}\n", `login: yes, comment "as ever" -> no [answer.set] reopens answered`},
		{"true is yes", "- {question: shared, answer: true}\n", `shared:  -> yes [answer.set]`},
		{"other comment", "- {question: login, answer: yes, comment: anew}\n", `login: yes, comment "as ever" -> yes, comment "anew" [answer.set] reopens answered`},
		{"submitted", "- {question: story, answer: twice, judged: satisfied}\n", `story: "once\nupon", judged partly -> "twice", judged satisfied [answer.set] reopens in-review`},
		{"owner by address", "- {question: login, owner: ADA@example.org}\n", `login: owner =Ben, due 2026-08-01 -> owner Ada Ærø, due 2026-08-01 [answer.assign]`},
		{"due as in Germany", "- {question: days, due: 1.9.2026}\n", `days:  -> due 2026-09-01 [answer.assign]`},
		{"both", "- {question: days, answer: 7, owner: ben}\n", `days: 90 -> 7; owner =Ben [answer.set answer.assign] reopens answered`},
		{"not applicable", "- {question: shared, notApplicable: true, comment: nobody}\n", `shared:  -> does not apply, comment "nobody" [answer.set]`},
		{"item", "- {item: B.2, notApplicable: true, comment: nothing there}\n", `B.2:  -> does not apply, comment "nothing there" [answer.set]`},
		{"date", "- {question: drill, answer: 2026/4/1}\n", `drill:  -> 2026-04-01 [answer.set]`},
		{"link", "- {question: page, answer: ' https://example.org ', judged: satisfied}\n", `page:  -> "https://example.org", judged satisfied [answer.set]`},

		{"unknown", "- {question: nobody, answer: yes}\n", "a.yaml:1: \"nobody\" is neither a question nor an item of review pay: see `kubeproof review status --review pay --all`"},
		{"not in this review", "- {question: elsewhere, answer: yes}\n", "a.yaml:1: question elsewhere is not asked in review pay: take the row out, or add a checklist that asks it"},
		{"twice", "- {question: login, answer: yes}\n- {question: login, answer: no}\n", "a.yaml:2: login stands also at a.yaml:1: keep one, neither is read"},
		{"no such answer", "- {question: login, answer: maybe}\n", "a.yaml:1: login: answer \"maybe\" is unknown: use yes, partly or no"},
		{"no number", "- {question: days, answer: '2,5'}\n", "a.yaml:1: days: answer \"2,5\" is no number: write one in digits, as 90 or 2.5"},
		{"no date", "- {question: drill, answer: 01/02/2026}\n", "a.yaml:1: drill: answer \"01/02/2026\" is no date: write one as 2026-01-31"},
		{"two of one", "- {question: store, values: [vault, none]}\n", "a.yaml:1: store: answer has 2 values: use vault or none"},
		{"erased answer", "- {question: login, answer: , comment: as ever}\n", "a.yaml:1: login: answer is empty, and what stands beside it is not: write the answer too; one that was given cannot be erased"},
		{"only a comment", "- {question: shared, comment: hm}\n", "a.yaml:1: shared: answer is missing: use yes, partly or no"},
		{"not judged", "- {question: people, answer: 7}\n", "a.yaml:1: people: judgement is missing: say whether the answer is enough: satisfied, partly or not-satisfied"},
		{"judged badly", "- {question: people, answer: 7, judged: fine}\n", "a.yaml:1: people: judgement \"fine\" is unknown: use satisfied, partly or not-satisfied"},
		{"judged in vain", "- {question: shared, answer: no, judged: partly}\n", "a.yaml:1: shared: the answer itself decides whether it is enough: leave the judgement empty"},
		{"no reason", "- {question: shared, notApplicable: true}\n", "a.yaml:1: shared: it does not apply: say why in the comment"},
		{"answer too", "- {question: shared, answer: no, notApplicable: true, comment: x}\n", "a.yaml:1: shared: there is an answer, and it does not apply: keep one"},
		{"item with answer", "- {item: B.2, answer: yes}\n", "a.yaml:1: B.2: item is judged by its controls and questions: only notApplicable and a comment can be written"},
		{"item with comment", "- {item: B.2, comment: x}\n", "a.yaml:1: B.2: item has a comment and nothing else: write that it is not applicable, or remove the comment"},
		{"unknown owner", "- {question: days, owner: Zoe}\n", "a.yaml:1: days: owner \"Zoe\" is unknown: write a name or id of `kubeproof review person list`"},
		{"viewer", "- {question: days, owner: Cleo}\n", "a.yaml:1: days: owner \"Cleo\" is no contributor, or has left: name one who can answer"},
		{"no day", "- {question: days, due: soon}\n", "a.yaml:1: days: due \"soon\" is no date: write YYYY-MM-DD"},
		{"past", "- {question: days, due: 2026-04-30}\n", "a.yaml:1: days: due 2026-04-30 has passed: name a day to come"},
		{"control character", "- {question: login, answer: no, comment: \"a\\eb\"}\n", "a.yaml:1: login: comment holds the character U+001B: remove it"},
		{"half", "- {question: days, answer: many, owner: ben}\n", "days:  -> owner =Ben [answer.assign]\na.yaml:1: days: answer \"many\" is no number: write one in digits, as 90 or 2.5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := standing(t)
			changes, problems := sheet.Compare(p.view(), p.library, p.read("a.yaml", []byte(test.text)))
			var got []string
			for _, change := range changes {
				line := change.Key + ": " + change.Before + " -> " + change.After + " [" + names(change.Actions) + "]"
				if change.Prior != "" {
					line += " reopens " + string(change.Prior)
				}
				got = append(got, line)
				for _, action := range change.Actions {
					p.do(action) // what is offered must be allowed
				}
			}
			if more := told(problems, nil); more != "" {
				got = append(got, more)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("comparison differs (-want +got):\n%s", diff)
			}
		})
	}
}

func names(actions []review.Action) string {
	all := make([]string, len(actions))
	for i, action := range actions {
		all[i] = action.Name()
	}
	return strings.Join(all, " ")
}

// What was erased stands as empty in a file, which must not look like a change.
func TestCompareErasedText(t *testing.T) {
	p := standing(t)
	seq := p.view().Question("story").Answer.Reply.Written
	p.do(&review.Erase{Seqs: []int64{seq}, ReasonText: review.ReasonText{Reason: "personal"}})
	for _, format := range sheet.Formats {
		p.same("a."+format, p.write(format, sheet.Options{}))
	}
}

func TestCompareShowsWhereLongTextsDiffer(t *testing.T) {
	p := begin(t, smallLibrary(t), "small")
	p.answer("story", strings.Repeat("long ", 100)+"one end", "")
	changes, _ := sheet.Compare(p.view(), p.library, []sheet.Row{{Key: "story", Text: strings.Repeat("long ", 100) + "other \u202eend", Judged: "partly"}})
	want := `..."long long long long long long long long long long long long long long other \u202eend", judged partly`
	if len(changes) != 1 || changes[0].After != want {
		t.Errorf("changes are %+v, want %s", changes, want)
	}
}
