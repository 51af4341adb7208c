package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// draft is a ledger that a test builds, changes and packs. Random bytes come from a seed, so it is always the same.
type draft struct {
	t        testing.TB
	random   io.Reader
	key      *Key
	lines    [][]byte
	contents []Content
	notes    [][]byte
	files    map[string][]byte
}

func newDraft(t testing.TB) *draft {
	random := rand.NewChaCha8([32]byte{1})
	origin := must(NewOrigin(random))(t)
	return &draft{t: t, random: random, key: must(NewKey(origin, random))(t), files: map[string][]byte{}}
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (d *draft) size() int64 { return int64(len(d.lines)) }

// add appends an entry; of a nil text there is no content.
func (d *draft) add(action string, body any, text []byte) {
	d.t.Helper()
	e := Entry{Seq: d.size(), Time: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC).Add(time.Duration(d.size()) * 1500 * time.Millisecond), Actor: "p-7f3a", Action: action}
	if body != nil {
		e.Body = must(json.Marshal(body))(d.t)
	}
	if text != nil {
		c := must(NewContent(e.Seq, text, d.random))(d.t)
		d.contents = append(d.contents, c)
		e.Content = c.Digest()
	}
	d.lines = append(d.lines, must(e.Encode())(d.t))
}

// attach appends an entry whose content names a file.
func (d *draft) attach(data string) (sum string) {
	digest := sha256.Sum256([]byte(data))
	sum = hex.EncodeToString(digest[:])
	d.files[sum] = []byte(data)
	d.add("evidence.add", nil, must(json.Marshal(map[string]any{"files": []string{sum}}))(d.t))
	return sum
}

func (d *draft) sign() { d.signAs(d.key) }

func (d *draft) signAs(k *Key) {
	var tree frontier
	for _, line := range d.lines {
		tree.add(LeafHash(line))
	}
	note := must(Checkpoint{Origin: k.Origin(), Size: d.size(), Root: tree.root()}.Sign(k))(d.t)
	d.notes = append(d.notes, note)
}

func (d *draft) erase(seq int64) {
	d.contents = slices.DeleteFunc(d.contents, func(c Content) bool { return c.Seq == seq })
}

func (d *draft) pack() []byte {
	d.t.Helper()
	return d.packWith(d.key.Verifier())
}

func (d *draft) packWith(v Verifier) []byte {
	d.t.Helper()
	var out bytes.Buffer
	w := must(NewBundleWriter(&out, v))(d.t)
	for _, line := range d.lines {
		_ = w.Entry(line)
	}
	for _, c := range d.contents {
		_ = w.Content(c)
	}
	for _, note := range d.notes {
		_ = w.Checkpoint(note)
	}
	for _, sum := range slices.Sorted(maps.Keys(d.files)) {
		_ = w.File(sum, int64(len(d.files[sum])), bytes.NewReader(d.files[sum]))
	}
	_ = w.Report("report.html", bytes.NewReader([]byte("<p>report</p>")))
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	return out.Bytes()
}

// parts are the members of a bundle, to be changed one by one.
func (d *draft) parts() map[string][]byte {
	d.t.Helper()
	return partsOf(d.t, must(open(d.pack()))(d.t))
}

func partsOf(t testing.TB, b *Bundle) map[string][]byte {
	parts := map[string][]byte{}
	for name := range b.members {
		parts[name] = must(b.read(name))(t)
	}
	return parts
}

func open(packed []byte) (*Bundle, error) {
	return NewBundle(bytes.NewReader(packed), int64(len(packed)))
}

func bundleOf(parts map[string][]byte) *Bundle {
	b := &Bundle{members: map[string]stored{}, bounds: defaultBounds}
	for name, text := range parts {
		b.members[name] = stored{size: int64(len(text)), open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
	}
	return b
}

// hooks read the files that attach names.
func (d *draft) hooks() Hooks {
	return Hooks{Files: func(_ Entry, content []byte) []string {
		var named struct{ Files []string }
		_ = json.Unmarshal(content, &named)
		return named.Files
	}}
}

func (d *draft) verify(pins ...Pin) *Result {
	d.t.Helper()
	return must(d.hooks().Verify(must(open(d.pack()))(d.t), d.key.Verifier(), pins...))(d.t)
}

// small is a ledger with one of everything, whole.
func small(t testing.TB) *draft {
	d := newDraft(t)
	d.add("ledger.init", map[string]string{"catalogue": "kubeproof"}, nil)
	d.add("answer.set", map[string]any{"question": "backups", "revision": 1}, []byte("We restore \"all\" of it\nevery quarter: Åsa\\Bo \u2028 \x01"))
	d.add("note.add", nil, []byte{0xff, 0, 1, 2})
	d.sign()
	d.attach("a screenshot")
	d.add("answer.approve", map[string]any{"statement": must(SignStatement(statement(), d.key))(t)}, nil)
	d.add("erase", map[string]any{"seqs": []int64{2}}, nil)
	d.erase(2)
	d.sign()
	d.add("answer.set", map[string]any{"question": "keys"}, []byte{})
	d.add("note.add", nil, []byte{0x80, 0, 1, 2, 3})
	d.sign()
	return d
}

func statement() Statement {
	return Statement{
		Subject:       []Subject{{Name: "answer/backups@1", Digest: map[string]string{"sha256": fmt.Sprintf("%064x", 7)}}},
		PredicateType: "https://kubeproof.dev/approval/v1",
		Predicate:     json.RawMessage(`{"decision":"approve"}`),
	}
}

// found tells whether a verifier would have refused.
func found(r *Result, err error) bool { return err != nil || !r.OK() }

func (d *draft) now() time.Time { return time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC) }
