package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestContentGoesRound(t *testing.T) {
	var controls []byte
	for c := range 0x80 {
		controls = append(controls, byte(c))
	}
	for name, data := range map[string][]byte{
		"empty": {}, "text": []byte("yes, \"monthly\""), "binary": {0xff, 0xfe}, "controls": controls, "wide": []byte("Å\u2028\U0001f600\ufffd<>&"),
	} {
		t.Run(name, func(t *testing.T) {
			c := must(NewContent(7, data, newDraft(t).random))(t)
			line := must(c.encode())(t)
			got := must(parseContent(line))(t)
			if got.Seq != 7 || !bytes.Equal(got.Data, data) || got.Digest() != c.Digest() {
				t.Errorf("read again %+v from %s", got, line)
			}
			if !json.Valid(line) || bytes.ContainsAny(line, "\n\r") {
				t.Errorf("not one line of JSON: %q", line)
			}
			sum := sha256.Sum256(append(bytes.Clone(c.Salt), data...))
			if c.Digest() != "sha256:"+hex.EncodeToString(sum[:]) {
				t.Errorf("digest %s", c.Digest())
			}
		})
	}
}

func TestContentSaltsDiffer(t *testing.T) {
	random := newDraft(t).random
	a, b := must(NewContent(1, []byte("yes"), random))(t), must(NewContent(1, []byte("yes"), random))(t)
	if a.Digest() == b.Digest() {
		t.Error("the same text has the same digest twice: who guesses it can check")
	}
}

func TestContentRefusals(t *testing.T) {
	if _, err := NewContent(1, nil, strings.NewReader("short")); err == nil {
		t.Error("a short salt")
	}
	if _, err := NewContent(1, make([]byte, MaxContent+1), newDraft(t).random); err == nil || !strings.Contains(err.Error(), "attach them as a file") {
		t.Errorf("too great: %v", err)
	}
	if _, err := (Content{Seq: 1, Salt: []byte("x")}).encode(); err == nil {
		t.Error("a salt of one byte is written")
	}
	salt := strings.Repeat("0a", 32)
	for _, line := range []string{
		"", "{}", `{"seq":1,"salt":"","text":"x"}`, `{"seq":1,"salt":"` + salt + `"}`, `{"seq":1,"salt":"` + salt + `","text":"a"b"}`,
		`{"seq":01,"salt":"` + salt + `","text":"x"}`, `{"seq":1,"salt":"` + strings.ToUpper(salt) + `","text":"x"}`,
		`{"seq":1,"salt":"` + salt + `","text":"\u0041"}`, `{"seq":1,"salt":"` + salt + `","text":"\ud800"}`, `{"seq":1,"salt":"` + salt + `","text":"\x"}`,
		`{"seq":1,"salt":"` + salt + `","data":"QUI="}`, `{"seq":1,"salt":"` + salt + `","data":"/x=="}`, `{"seq":1,"salt":"` + salt + `","data":"?"}`,
		`{"seq":1,"salt":"` + salt + `","more":"x"}`, `{"seq":x,"salt":"` + salt + `","text":"x"}`, `{"seq":1,"salt":"xx","text":"x"}`,
		`{"seq":1,"salt":"` + salt + `","text":x}`, `{"seq":-1,"salt":"` + salt + `","text":"x"}`, `{"seq":1,"salt":"` + salt + `","text":"x"} `,
	} {
		if c, err := parseContent([]byte(line)); err == nil {
			t.Errorf("%s is read as %+v", line, c)
		}
	}
	if _, err := NewKey("a", io.LimitReader(newDraft(t).random, 31)); err == nil {
		t.Error("a short key")
	}
	if _, err := NewOrigin(strings.NewReader("")); err == nil {
		t.Error("a short origin")
	}
}
