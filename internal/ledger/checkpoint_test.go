package ledger

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func sampleCheckpoint(t *testing.T) (Checkpoint, *Key, []byte) {
	d := newDraft(t)
	c := Checkpoint{Origin: d.key.Origin(), Size: 1234, Root: LeafHash([]byte("x"))}
	return c, d.key, must(c.Sign(d.key))(t)
}

func TestCheckpointIsANote(t *testing.T) {
	c, k, text := sampleCheckpoint(t)
	v := must(note.NewVerifier(k.Verifier().String()))(t)
	opened := must(note.Open(text, note.VerifierList(v)))(t)
	if opened.Text != c.String() {
		t.Errorf("the reference reads %q", opened.Text)
	}
	signer := must(note.NewSigner(strings.TrimSpace(string(k.Encode()))))(t)
	if again := must(note.Sign(&note.Note{Text: c.String()}, signer))(t); !bytes.Equal(again, text) {
		t.Errorf("the reference writes\n%s, we write\n%s", again, text)
	}
	if got := must(OpenCheckpoint(text, k.Verifier()))(t); got != c {
		t.Errorf("opened %v", got)
	}
}

// note.Open alone lets some changes pass; each must be refused here.
func TestCheckpointMalleability(t *testing.T) {
	t.Parallel()
	_, k, text := sampleCheckpoint(t)
	reference := note.VerifierList(must(note.NewVerifier(k.Verifier().String()))(t))
	tried, slack := 0, 0
	try := func(changed []byte) {
		if bytes.Equal(changed, text) {
			return
		}
		tried++
		if _, err := note.Open(changed, reference); err == nil {
			slack++
		}
		if _, err := OpenCheckpoint(changed, k.Verifier()); err == nil {
			t.Errorf("accepted:\n%q", changed)
		}
	}
	for i := range text {
		for c := range 256 {
			changed := bytes.Clone(text)
			changed[i] = byte(c)
			try(changed)
		}
		try(text[:i])
		try(append(bytes.Clone(text[:i]), text[i+1:]...))
		try(append(append(bytes.Clone(text[:i]), '\r'), text[i:]...))
	}
	other := must(NewKey("example.org/other", newDraft(t).random))(t)
	line := bytes.SplitAfter(must(Checkpoint{Origin: "example.org/other"}.Sign(other))(t), []byte("\n"))[4]
	try(append(bytes.Clone(text), line...))
	try(append(bytes.Clone(text), text[bytes.LastIndex(text, []byte("— ")):]...))
	try(append(bytes.Clone(text), '\n'))
	t.Logf("%d changes tried, none accepted; note.Open alone accepts %d", tried, slack)
	if slack == 0 {
		t.Error("note.Open accepts none of them: does this test still try the trap?")
	}
}

func TestOpenCheckpointRefusals(t *testing.T) {
	c, k, text := sampleCheckpoint(t)
	sign := func(body string) []byte {
		return []byte(body + "\n" + strings.SplitAfterN(string(must(note.Sign(&note.Note{Text: body}, must(note.NewSigner(strings.TrimSpace(string(k.Encode()))))(t)))(t)), "\n\n", 2)[1])
	}
	otherKey := must(NewKey(c.Origin, bytes.NewReader(make([]byte, 32))))(t)
	for name, test := range map[string]struct {
		text []byte
		v    Verifier
		want string
	}{
		"other key":     {text, otherKey.Verifier(), "not signed by"},
		"no key":        {text, Verifier{}, "not signed by no key"},
		"empty":         {nil, k.Verifier(), "malformed note"},
		"other origin":  {sign("example.org/log\n1\n" + c.Root.String() + "\n"), k.Verifier(), "it is of example.org/log"},
		"leading zero":  {sign(c.Origin + "\n01\n" + c.Root.String() + "\n"), k.Verifier(), "not spelled"},
		"negative":      {sign(c.Origin + "\n-1\n" + c.Root.String() + "\n"), k.Verifier(), "size is not a number"},
		"short root":    {sign(c.Origin + "\n1\nAAAA\n"), k.Verifier(), "root is not a SHA-256"},
		"extension":     {sign(c.String() + "more\n"), k.Verifier(), "has not three lines"},
		"endless":       {bytes.Repeat(text, 50), k.Verifier(), "longer than 4096 bytes"},
		"a whole other": {[]byte("x"), k.Verifier(), "malformed note"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := OpenCheckpoint(test.text, test.v); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if _, err := c.Sign(must(NewKey("other", bytes.NewReader(make([]byte, 32))))(t)); err == nil {
		t.Error("a key of another origin signs")
	}
}

func TestParseCheckpoint(t *testing.T) {
	c, _, text := sampleCheckpoint(t)
	for name, pin := range map[string]string{
		"note":       string(text),
		"three":      c.String(),
		"no newline": strings.TrimSpace(c.String()),
		"windows":    strings.ReplaceAll(string(text), "\n", "\r\n"),
		"one line":   strings.ReplaceAll(c.String(), "\n", " "),
	} {
		if got, err := ParseCheckpoint([]byte(pin)); err != nil || got != c {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for _, bad := range []string{"", "a\n1", "a\n1\n2", "a 1 " + c.Root.String() + " x", c.Origin + " +1 " + c.Root.String(), "a+b 1 " + c.Root.String()} {
		if got, err := ParseCheckpoint([]byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}
