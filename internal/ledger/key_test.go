package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func TestKeyIsANoteKey(t *testing.T) {
	k := newDraft(t).key
	if !regexp.MustCompile(`^kubeproof\.dev/ledger/[0-9a-f]{16}$`).MatchString(k.Origin()) {
		t.Errorf("origin %s", k.Origin())
	}
	seed := k.secret.Seed()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(seed), k.Origin())
	if err != nil {
		t.Fatal(err)
	}
	if skey+"\n" != string(k.Encode()) || vkey != k.Verifier().String() {
		t.Errorf("the reference writes %s, we %s", vkey, k.Verifier())
	}
	again := must(ParseKey(k.Encode()))(t)
	if again.Verifier() != k.Verifier() || must(ParseVerifier(vkey+"\n"))(t) != k.Verifier() {
		t.Error("read again, the key is another")
	}
	if id := k.Verifier().ID(); !strings.HasPrefix(vkey, id+"+") {
		t.Errorf("id %s", id)
	}
}

// All 64 values of the last character's place: keys in base64 with plus signs go round too.
func TestManyKeysGoRound(t *testing.T) {
	random := newDraft(t).random
	for range 300 {
		k := must(NewKey("example.org/log", random))(t)
		if must(ParseKey(k.Encode()))(t).Verifier() != must(ParseVerifier(k.Verifier().String()))(t) {
			t.Fatal("read again, the key is another")
		}
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	k := newDraft(t).key
	secrets := []string{fmt.Sprintf("%x", k.secret.Seed()), base64.StdEncoding.EncodeToString(k.secret.Seed())[:20], strings.TrimSpace(string(k.Encode()))[60:], fmt.Sprint(k.secret[0], " ", k.secret[1], " ", k.secret[2])}
	encoded := must(json.Marshal(struct{ K *Key }{k}))(t)
	printed := []string{string(encoded), fmt.Sprint(Key{})}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%X"} {
		printed = append(printed, fmt.Sprintf(verb, k), fmt.Sprintf(verb, *k))
	}
	for i := range len(k.Encode()) {
		broken := k.Encode()
		broken[i] ^= 1
		if again, err := ParseKey(broken); err == nil && i < len(broken)-1 {
			t.Errorf("byte %d changed: read as %v", i, again)
		} else if err != nil {
			printed = append(printed, err.Error())
		}
		if _, err := ParseVerifier(string(broken)); err == nil {
			t.Errorf("a private key is read as a public one")
		} else {
			printed = append(printed, err.Error())
		}
	}
	for _, text := range printed {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q shows %q", text, secret)
			}
		}
	}
}

func TestParseVerifierRefuses(t *testing.T) {
	good := newDraft(t).key.Verifier().String()
	for i := range good {
		for _, c := range []byte{good[i] ^ 1, good[i] ^ 0x20, 'A', '+', ' '} {
			changed := []byte(good)
			if changed[i] = c; string(changed) == good {
				continue
			}
			if v, err := ParseVerifier(string(changed)); err == nil {
				t.Errorf("%s is read as %s", changed, v)
			}
		}
	}
	for _, bad := range []string{"", "a", "a+b", "a+b+c", good + "=", good + "\n" + good, strings.Replace(good, "/", " ", 1)} {
		if v, err := ParseVerifier(bad); err == nil {
			t.Errorf("%q is read as %s", bad, v)
		}
	}
	if _, err := NewKey("two words", newDraft(t).random); err == nil {
		t.Error("an origin of two words")
	}
	var none Verifier
	if none.String() != "" || none.ID() != "no key" || none.Verify(nil, make([]byte, 64)) {
		t.Error("the zero verifier is something")
	}
}
