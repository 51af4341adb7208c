package ledger

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

func TestStatementGoesRound(t *testing.T) {
	d := newDraft(t)
	other := must(NewKey("person/7f3a", d.random))(t)
	envelope := must(SignStatement(statement(), other))(t)
	got, by, err := OpenStatement(envelope, d.key.Verifier(), other.Verifier())
	if err != nil || by != other.Verifier() {
		t.Fatal(err, by)
	}
	want := statement()
	want.Type = StatementType
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// reference adapts a verifier to go-securesystemslib.
type reference struct{ Verifier }

func (r reference) Verify(_ context.Context, message, signature []byte) error {
	if !r.Verifier.Verify(message, signature) {
		return dsse.ErrNoSignature
	}
	return nil
}
func (r reference) KeyID() (string, error)   { return r.ID(), nil }
func (r reference) Public() crypto.PublicKey { return nil }

func TestTheReferenceOpensOurEnvelopes(t *testing.T) {
	d := newDraft(t)
	var envelope dsse.Envelope
	if err := json.Unmarshal(must(SignStatement(statement(), d.key))(t), &envelope); err != nil {
		t.Fatal(err)
	}
	opener := must(dsse.NewEnvelopeVerifier(reference{d.key.Verifier()}))(t)
	if _, payload, err := opener.VerifyAndDecode(context.Background(), &envelope); err != nil || !bytes.Contains(payload, []byte(StatementType)) {
		t.Errorf("payload %s, %v", payload, err)
	}
}

func TestChangedEnvelopes(t *testing.T) {
	d := newDraft(t)
	envelope := must(SignStatement(statement(), d.key))(t)
	want, _, _ := OpenStatement(envelope, d.key.Verifier())
	for i := range envelope {
		for _, c := range []byte{envelope[i] ^ 1, envelope[i] ^ 0x80, 'A', ' ', '\n'} {
			changed := bytes.Clone(envelope)
			if changed[i] = c; bytes.Equal(changed, envelope) {
				continue
			}
			// The names of fields in other letters are the same to encoding/json: what matters is that nothing signed differs.
			if got, _, err := OpenStatement(changed, d.key.Verifier()); err == nil && !cmp.Equal(want, got) {
				t.Errorf("byte %d as %q: %+v", i, c, got)
			}
		}
	}
}

// slack changes a bit of base64 that no byte depends on.
func slack(text string) string {
	i := len(text) - len("x==")
	return text[:i] + string(text[i]+1) + text[i+1:]
}

func TestOpenStatementRefuses(t *testing.T) {
	d := newDraft(t)
	envelope := func(payload string, change func(*dsse.Envelope)) []byte {
		e := dsse.Envelope{PayloadType: PayloadType, Payload: base64.StdEncoding.EncodeToString([]byte(payload))}
		e.Signatures = []dsse.Signature{{Sig: base64.StdEncoding.EncodeToString(d.key.sign(dsse.PAE(PayloadType, []byte(payload))))}}
		if change != nil {
			change(&e)
		}
		return must(json.Marshal(e))(t)
	}
	const good = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"00"}}],"predicateType":"b","predicate":{}}`
	if _, _, err := OpenStatement(envelope(good, nil), d.key.Verifier()); err != nil {
		t.Fatalf("an envelope that names no key: %v", err)
	}
	for want, text := range map[string][]byte{
		"envelope: not a JSON object":  []byte("x"),
		"envelope: key":                []byte(`{"payload":"","payload":""}`),
		"payload type":                 envelope(good, func(e *dsse.Envelope) { e.PayloadType = "text/plain" }),
		"0 signatures":                 envelope(good, func(e *dsse.Envelope) { e.Signatures = nil }),
		"2 signatures":                 envelope(good, func(e *dsse.Envelope) { e.Signatures = append(e.Signatures, e.Signatures[0]) }),
		"payload: not base64":          envelope(good, func(e *dsse.Envelope) { e.Payload = "?" }),
		"signature: not base64":        envelope(good, func(e *dsse.Envelope) { e.Signatures[0].Sig = "?" }),
		"open statement: signature: n": envelope(good, func(e *dsse.Envelope) { e.Signatures[0].Sig = slack(e.Signatures[0].Sig) }),
		"it names \"other\"":           envelope(good, func(e *dsse.Envelope) { e.Signatures[0].KeyID = "other" }),
		"payload: not a JSON object":   envelope("[]", nil),
		"payload: key \"_type\"":       envelope(strings.Replace(good, `{"_type"`, `{"_type":"","_type"`, 1), nil),
		"payload: json":                envelope(strings.Replace(good, `"b"`, `7`, 1), nil),
		"its type is":                  envelope(strings.Replace(good, "v1", "v0.1", 1), nil),
		"no predicate type":            envelope(strings.Replace(good, `"b"`, `""`, 1), nil),
		"has no digest":                envelope(strings.Replace(good, `"sha256":"00"`, ``, 1), nil),
		"envelope is longer":           make([]byte, MaxLine+1),
	} {
		if _, _, err := OpenStatement(text, d.key.Verifier()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for _, s := range []Statement{{}, {Type: "x"}, {PredicateType: "x", Subject: []Subject{{Name: "a"}}}, {PredicateType: "x", Subject: statement().Subject, Predicate: json.RawMessage(`{"a":1,"a":2}`)}} {
		if _, err := SignStatement(s, d.key); err == nil {
			t.Errorf("%+v is signed", s)
		}
	}
}

// A person who signs with a key of his own: then the log's key does not stand for him.
func TestStatementKeys(t *testing.T) {
	d := newDraft(t)
	person := must(NewKey("person/7f3a", d.random))(t)
	d.add("answer.approve", map[string]any{"statement": must(SignStatement(statement(), person))(t)}, nil)
	d.sign()
	wantProblems(t, d.verify(), "entry 0: open statement: none of the 1 keys")
	keys := []Verifier{person.Verifier()}
	hooks := Hooks{StatementKeys: func(e Entry) []Verifier {
		if e.Action != "answer.approve" {
			t.Errorf("asked for the keys of %s", e.Action)
		}
		return keys
	}}
	if r := must(hooks.Verify(bundleOf(d.parts()), d.key.Verifier()))(t); !r.OK() || r.Statements != 1 {
		t.Errorf("with the person's key: %+v", r)
	}
	keys = nil
	wantProblems(t, must(hooks.Verify(bundleOf(d.parts()), d.key.Verifier()))(t), "entry 0: open statement")
}
