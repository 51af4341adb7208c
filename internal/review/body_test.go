package review

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// TestDecodeTakesNothingElse: whatever no field takes would be signed and never shown.
func TestDecodeTakesNothingElse(t *testing.T) {
	submit := `{"plan":"main","key":"how"}`
	for body, ok := range map[string]bool{
		submit: true, `{"key":"how","plan":"main"}`: true, `{"plan":"main"}`: true,
		`{"plan":"main","key":"how","note":"Anna said so"}`: false, `{"plan":"main","key":"how","Plan":"main"}`: false, `{"Plan":"main","key":"how"}`: false,
		`{"plan":"main","key":null}`: false, `{"plan":"main","key":"how"} {"more":1}`: false, `null`: false, `[]`: false, `"x"`: false, ``: false,
	} {
		if _, err := Decode("answer.submit", []byte(body), nil); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := Decode("comment.add", []byte(submit), []byte(`{"reason":"r","sha256":"00"}`)); err == nil {
		t.Error("a text with a field that comments have not")
	}
	if _, err := Decode("scan.record", []byte(`{"plan":"main","environment":"p","label":"l","made":"2026-06-01T00:00:00Z","seen":{"controls":{"a":{"n":{"pass":1},"unseen":"words"}},"methods":null,"subjects":1}}`), nil); err == nil {
		t.Error("words at a control of a scan")
	}
}

// TestEveryActionIsReadAsItWasWritten: what Decode refuses must not be what BodyOf makes.
func TestEveryActionIsReadAsItWasWritten(t *testing.T) {
	for _, empty := range actions {
		action := empty()
		body, err := BodyOf(action)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Decode(action.Name(), body, nil); err != nil {
			t.Errorf("%s: %v", action.Name(), err)
		} else if twice, _ := BodyOf(again); string(twice) != string(body) {
			t.Errorf("%s is read as %s, was %s", action.Name(), twice, body)
		}
	}
}

// TestTextsStandWhereTheyBelong: none beside an action that takes none, and some where a reason must be.
func TestTextsStandWhereTheyBelong(t *testing.T) {
	o := newOffice(t)
	o.answerHow("carl")
	before := o.state.Size
	if err := o.state.Do(&Submit{"main", "how"}, o.mark("carl"), Written{Digest: "sha256:x", Data: []byte(`{}`)}); err == nil {
		t.Error("a text beside answer.submit")
	}
	for _, action := range []Action{
		&RequestException{ID: "x-1", Plan: "main", Item: "A.6", Expires: "2026-06-30"}, &AddComment{Plan: "main", Key: "how"}, &Erase{Seqs: []int64{1}},
		&SetAnswer{Plan: "main", Key: "A.5", NotApplicable: true, Catalogue: o.set("A.5").Catalogue},
	} {
		if err := o.state.Do(action, o.mark("anna"), Written{}); err == nil {
			t.Errorf("%s says nothing", action.Name())
		}
	}
	if o.state.Size != before {
		t.Error("something was done")
	}
}

// TestBodiesHoldNoWords: where the domain takes an id, it takes no sentence, also in a replay.
func TestBodiesHoldNoWords(t *testing.T) {
	o := newOffice(t)
	words, catalogue := "Anna Berg, 070-123", o.set("how").Catalogue
	for _, action := range []Action{
		&SetAnswer{Plan: "main", Key: "how", NotApplicable: true, Values: []string{"yes"}, Catalogue: catalogue},
		&SetAnswer{Plan: "main", Key: "how", NotApplicable: true, Judged: "satisfied", Catalogue: catalogue},
		&SetAnswer{Plan: "main", Key: "how", Values: []string{words}, Catalogue: catalogue},
		&SetAnswer{Plan: "main", Key: "how", Judged: "because", Catalogue: catalogue},
		&SetAnswer{Plan: "main", Key: "how", Catalogue: words}, &SetAnswer{Plan: "main", Key: words, Catalogue: catalogue},
		&Assign{Plan: "main", Key: words}, &AddComment{Plan: "main", Key: words},
		&RequestException{ID: "x", Plan: "main", Control: words, Expires: "2026-06-30"},
		&AddEvidence{ID: "e", Kind: EvidenceFile, Media: words, Period: Period{Collected: "2026-06-01"}},
		&AddEvidence{ID: "e", Kind: EvidenceFile, Size: -1, Period: Period{Collected: "2026-06-01"}},
		&ChangePlan{ID: "main", Checklists: []string{words}, Environments: []string{"p"}, Settings: DefaultSettings},
		&ExportReports{Plan: "main", Root: words}, &ExportReports{Plan: "main", Root: strings.Repeat("A", 43) + "=", Files: map[string]string{words: strings.Repeat("0", 64)}},
		&ExportReports{Plan: "main", Root: strings.Repeat("A", 43) + "=", Files: map[string]string{"a.html": words}},
	} {
		if err := action.check(o.state, o.mark("anna")); err == nil {
			t.Errorf("%s takes %+v", action.Name(), action)
		}
	}
}

// TestAStatementHoldsNothingElse: a signed approval has one spelling.
func TestAStatementHoldsNothingElse(t *testing.T) {
	o := newOffice(t)
	o.submitHow()
	approval := &Approve{Plan: "main", Key: "how", Revision: 1}
	want := approval.statement(o.state, o.mark("ben"))
	more := want
	more.Subject = append(more.Subject, ledger.Subject{Name: "another", Digest: map[string]string{"sha256": strings.Repeat("0", 64)}})
	predicate := want
	predicate.Predicate = json.RawMessage(strings.Replace(string(want.Predicate), "}", `,"note":"words"}`, 1))
	for name, statement := range map[string]ledger.Statement{"another subject": more, "more in the predicate": predicate} {
		envelope, err := ledger.SignStatement(statement, o.key)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.do("ben", &Approve{Plan: "main", Key: "how", Revision: 1, Statement: envelope}); err == nil {
			t.Errorf("%s: approved", name)
		}
	}
	envelope, err := ledger.SignStatement(want, o.key)
	if err != nil {
		t.Fatal(err)
	}
	padded := json.RawMessage(strings.Replace(string(envelope), `{"payload`, `{"note":"words","payload`, 1))
	if err := o.do("ben", &Approve{Plan: "main", Key: "how", Revision: 1, Statement: padded}); err == nil {
		t.Error("an envelope with a note was taken")
	}
	o.must("ben", &Approve{Plan: "main", Key: "how", Revision: 1, Statement: envelope})
}

// TestLargeScansFitAnEntry: 5,000 controls are less than a line of the ledger may hold.
func TestLargeScansFitAnEntry(t *testing.T) {
	o := newOffice(t)
	o.scan("c", "C", manyControls(5000))
	line, err := ledger.Entry{Seq: 1, Time: o.now, Actor: "carl", Action: "scan.record", Body: o.log[len(o.log)-1].body}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("5,000 controls take %d of %d bytes", len(line), ledger.MaxLine)
}

func manyControls(n int) counts {
	controls := counts{}
	for i := range n {
		controls[fmt.Sprintf("container-has-a-rather-long-name-%d", i)] = mixed
	}
	return controls
}

// TestSecretsAreNotWritten: what people write is searched as files are, and the refusal does not repeat it.
func TestSecretsAreNotWritten(t *testing.T) {
	token := "ghp_" + "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY2"
	text := "we log in so:\npassword: Xk39-dkQ2pLm\n"
	o := newOffice(t)
	stages[Approved](o)
	how := o.how("see " + token)
	for name, action := range map[string]Action{
		"an answer": how, "a comment": &AddComment{Plan: "main", Key: "how", ReasonText: ReasonText{text}},
		"a request": &RequestChanges{Plan: "main", Key: "how", Revision: 1, ReasonText: ReasonText{token}}, "a reason": &Reopen{Plan: "main", Key: "how", ReasonText: ReasonText{token}},
		"a note":       &AddEvidence{ID: "e-9", Kind: EvidenceNote, Period: Period{Collected: "2026-06-01"}, EvidenceText: EvidenceText{Note: text}},
		"a link":       &AddEvidence{ID: "e-9", Kind: EvidenceLink, Period: Period{Collected: "2026-06-01"}, EvidenceText: EvidenceText{URL: "https://example.com/?token=" + token}},
		"an exception": &RequestException{ID: "x-1", Plan: "main", Item: "A.6", Expires: "2026-06-30", ExceptionText: ExceptionText{Reason: "r", Compensation: token}},
		"a scope":      &ChangePlan{ID: "main", Checklists: []string{"list"}, Environments: []string{"p"}, Settings: DefaultSettings, PlanText: PlanText{Scope: text}},
	} {
		tried := o.fork()
		err := error(nil)
		for _, who := range []string{"anna", "ben"} {
			if err = tried.do(who, action); err == nil {
				t.Errorf("%s with a secret was written", name)
				break
			}
			if strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "Xk39") {
				t.Errorf("%s: the refusal repeats it: %v", name, err)
			}
		}
	}
	for _, link := range []string{"ftp://anna:Xk39dkQ2@example.com/", "https://anna:Xk39%zz@example.com/", "https://anna:Xk39dkQ2@example.com/"} {
		err := o.do("carl", &AddEvidence{ID: "e-9", Kind: EvidenceLink, Period: Period{Collected: "2026-06-01"}, EvidenceText: EvidenceText{URL: link}})
		if err == nil || strings.Contains(err.Error(), "Xk39") {
			t.Errorf("a link with a password: %v", err)
		}
	}
	for _, harmless := range []string{
		"Passwords are at least 14 characters long and are kept in the vault.", "password policy: 14 characters, rotation every 90 days, checked by the directory",
		"The token lives for 15 minutes; see ticket OPS-42.", "secret rotation: every 30 days by external-secrets, see https://wiki.example.com/secrets?page=2",
		"Image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 was restored in 40 minutes.", "kubectl get secret db-password -n shop shows only metadata to auditors",
	} {
		o.must("carl", &AddComment{Plan: "main", Key: "how", ReasonText: ReasonText{harmless}})
	}
}

// TestIsSlug compares with the regular expression that it stands for.
func TestIsSlug(t *testing.T) {
	slug, chance := regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`), seeded(1)
	const letters = "az09.-_A /\n"
	for range 100_000 {
		id := make([]byte, chance.IntN(8))
		for i := range id {
			id[i] = letters[chance.IntN(len(letters))]
		}
		if got, want := isSlug(string(id)), slug.Match(id); got != want {
			t.Fatalf("%q: %v, want %v", id, got, want)
		}
	}
}
