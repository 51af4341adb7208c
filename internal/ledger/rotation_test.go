package ledger

import (
	"encoding/base64"
	"strings"
	"testing"
)

// rotated is a ledger whose key changed at entry 2 and, lost or not, at entry 4, and which is signed after each change.
func rotated(t *testing.T, lost bool) (d *draft, keys []*Key) {
	d = newDraft(t)
	keys = []*Key{d.key, must(NewKey(d.key.Origin(), d.random))(t), must(NewKey(d.key.Origin(), d.random))(t)}
	d.add("ledger.init", nil, nil)
	d.add("answer.set", nil, []byte("yes"))
	d.sign()
	d.rotate(must(NewRotation(2, keys[0], keys[1]))(t), keys[1])
	d.add("answer.approve", map[string]any{"statement": must(SignStatement(statement(), keys[1]))(t)}, nil)
	d.sign()
	r := must(NewRotation(4, keys[1], keys[2]))(t)
	if lost {
		r = must(NewLostRotation(4, keys[1].Verifier(), keys[2]))(t)
	}
	d.rotate(r, keys[2])
	return d, keys
}

func (d *draft) rotate(r Rotation, to *Key) {
	d.add(ActionRotate, r, nil)
	d.key = to
	d.sign()
}

func TestRotationIsFollowedFromEveryKey(t *testing.T) {
	d, keys := rotated(t, false)
	for i, k := range keys {
		r := must(Verify(bundleOf(d.parts()), k.Verifier()))(t)
		if !r.OK() || len(r.Warnings) > 0 || r.Signer != keys[2].Verifier().ID() || r.Checkpoints != 4 {
			t.Errorf("with key %d: %+v", i, r)
		}
		if spans := r.Keys; len(spans) != 3 || spans[0].To != 2 || spans[1] != (KeySpan{keys[1].Verifier().String(), 3, 4}) || spans[2].From != 5 || spans[2].To != 5 {
			t.Errorf("with key %d: spans %+v", i, spans)
		}
		if r.Statements != 1 {
			t.Errorf("with key %d: %d statements", i, r.Statements)
		}
	}
	stranger := must(NewKey(d.key.Origin(), d.random))(t)
	wantProblems(t, must(Verify(bundleOf(d.parts()), stranger.Verifier()))(t), "is none of this ledger's")
}

func TestLostKey(t *testing.T) {
	d, keys := rotated(t, true)
	for _, k := range keys[:2] {
		r := must(Verify(bundleOf(d.parts()), k.Verifier()))(t)
		wantProblems(t, r, "entry 4: the key was replaced as lost, so that nothing of yours vouches for "+keys[2].Verifier().ID())
	}
	r := must(Verify(bundleOf(d.parts()), keys[2].Verifier()))(t)
	if !r.OK() || len(r.Warnings) != 1 || r.Warnings[0] != "entry 4 replaced a lost key: what lies before rests on the new key alone" {
		t.Errorf("with the new key: %+v", r)
	}
}

func TestForgedRotations(t *testing.T) {
	for name, test := range map[string]struct {
		forge func(d *draft, evil *Key) Rotation
		want  []string
	}{
		"by the new key alone": {func(d *draft, evil *Key) Rotation {
			r := must(NewLostRotation(1, d.key.Verifier(), evil))(d.t)
			r.Lost = false
			return r
		}, []string{"entry 1: verify rotation of the key: the new key has not signed it", "checkpoint 1 of 1"}},
		"old signature of the new key": {func(d *draft, evil *Key) Rotation {
			r := must(NewRotation(1, d.key, evil))(d.t)
			r.OldSignature = r.NewSignature
			return r
		}, []string{"entry 1: verify rotation of the key: the old key has not signed it", "checkpoint 1 of 1"}},
		"from a key that never was": {func(d *draft, evil *Key) Rotation {
			return must(NewRotation(1, must(NewKey(d.key.Origin(), d.random))(d.t), evil))(d.t)
		}, []string{"is none of this ledger's"}},
		"to another place": {func(d *draft, evil *Key) Rotation { return must(NewRotation(7, d.key, evil))(d.t) },
			[]string{"entry 1: rotation of the key was signed for entry 7", "checkpoint 1 of 1"}},
		"called lost": {func(d *draft, evil *Key) Rotation { return must(NewLostRotation(1, d.key.Verifier(), evil))(d.t) },
			[]string{"entry 1: the key was replaced as lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDraft(t)
			honest, evil := d.key, must(NewKey(d.key.Origin(), d.random))(t)
			d.add("ledger.init", nil, nil)
			d.rotate(test.forge(d, evil), evil)
			r := must(Verify(bundleOf(d.parts()), honest.Verifier()))(t)
			if r.OK() {
				t.Fatal("a forged rotation is accepted")
			}
			for i, want := range test.want {
				if i >= len(r.Problems) || !strings.Contains(r.Problems[i].String(), want) {
					t.Errorf("problems %v, want %q", r.Problems, test.want)
				}
			}
		})
	}
}

func TestRotationsThatDoNotLink(t *testing.T) {
	d, keys := rotated(t, false)
	d.add(ActionRotate, must(NewRotation(5, keys[0], must(NewKey(d.key.Origin(), d.random))(t)))(t), nil)
	d.add(ActionRotate, must(NewRotation(6, keys[2], keys[0]))(t), nil)
	d.add(ActionRotate, map[string]int{"seq": 7}, nil)
	d.sign()
	wantProblems(t, must(Verify(bundleOf(d.parts()), keys[2].Verifier()))(t),
		"entry 7: its body is not a rotation", "entry 5: rotation replaces the key", "entry 6: rotation brings back the key")
}

// Checkpoints of the old key end where the new one begins.
func TestOldKeySignsNothingNew(t *testing.T) {
	d, keys := rotated(t, false)
	d.add("answer.set", nil, nil)
	d.signAs(keys[1])
	r := must(Verify(bundleOf(d.parts()), keys[2].Verifier()))(t)
	wantProblems(t, r, "checkpoint 5 of 5: open checkpoint: not signed by "+keys[2].Verifier().ID(), "entry 5: the entries from here to 5")
}

func TestRotationVerify(t *testing.T) {
	d := newDraft(t)
	next, stranger := must(NewKey(d.key.Origin(), d.random))(t), must(NewKey("example.org/log", d.random))(t)
	if _, err := NewRotation(1, d.key, stranger); err == nil {
		t.Error("rotation to a key of another origin")
	}
	if _, err := NewRotation(1, d.key, d.key); err == nil {
		t.Error("rotation to the same key")
	}
	good := must(NewRotation(1, d.key, next))(t)
	for name, change := range map[string]func(*Rotation){
		"seq":        func(r *Rotation) { r.Seq++ },
		"lost":       func(r *Rotation) { r.Lost = true },
		"swapped":    func(r *Rotation) { r.Old, r.New = r.New, r.Old },
		"old spaces": func(r *Rotation) { r.Old += " " },
		"no key":     func(r *Rotation) { r.New = "" },
		"slack":      func(r *Rotation) { r.NewSignature = strings.Replace(r.NewSignature, "==", "", 1) },
	} {
		r := good
		if change(&r); r.Verify() == nil {
			t.Errorf("%s: changed rotation is accepted", name)
		}
	}
}

// Rotations that their makers signed as they are, but that have a second spelling or say two things.
func TestSignedRotationsOfAnotherForm(t *testing.T) {
	d := newDraft(t)
	next := must(NewKey(d.key.Origin(), d.random))(t)
	for name, change := range map[string]func(*Rotation){
		"":               func(*Rotation) {},
		"space":          func(r *Rotation) { r.Old += " " },
		"lost, but here": func(r *Rotation) { r.Lost = true },
		"negative":       func(r *Rotation) { r.Seq = -1 },
	} {
		r := Rotation{Old: d.key.Verifier().String(), New: next.Verifier().String(), Seq: 3}
		change(&r)
		r.OldSignature = base64.StdEncoding.EncodeToString(d.key.sign(r.message()))
		r.NewSignature = base64.StdEncoding.EncodeToString(next.sign(r.message()))
		if err := r.Verify(); (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
