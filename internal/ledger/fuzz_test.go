package ledger

import (
	"bytes"
	"encoding/json"
	"testing"
)

func FuzzParseEntry(f *testing.F) {
	for _, line := range small(f).lines {
		f.Add(line)
	}
	f.Add([]byte(`{"seq":0,"time":"1970-01-01T00:00:00Z","actor":"a","action":"b","body":{"a":[{"\u0062\\":"\ud83d\ude00"}]}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ParseEntry(line)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, line) {
			t.Errorf("%q is read, but written again as %q (%v)", line, again, err)
		}
		var standard Entry
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&standard); err != nil || !standard.Time.Equal(e.Time) || standard.Seq != e.Seq || standard.Actor != e.Actor || standard.Action != e.Action || standard.Content != e.Content || !bytes.Equal(standard.Body, e.Body) {
			t.Errorf("%q: encoding/json reads %+v, we %+v (%v)", line, standard, e, err)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	d := small(f)
	v := d.key.Verifier()
	signed := map[string]bool{}
	for _, text := range d.notes {
		signed[string(text)] = true
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = ParseCheckpoint(text)
		if c, err := OpenCheckpoint(text, v); err == nil && !signed[string(text)] {
			t.Errorf("nobody signed %q: %v", text, c)
		}
	})
}

func FuzzOpenBundle(f *testing.F) {
	d := small(f)
	good := d.verify()
	f.Add(d.pack())
	f.Add(repack(f, map[string][]byte{entriesName: nil, contentsName: nil, checkpointsName: nil, keyName: nil}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		b, err := open(packed)
		if err != nil {
			return
		}
		// Whatever is accepted is one of the states that were signed.
		if r, err := d.hooks().Verify(b, d.key.Verifier()); err == nil && r.OK() && r.Root != good.Root && r.Entries > 6 {
			t.Errorf("another ledger is accepted: %+v", r)
		}
	})
}

// FuzzBundleLines spoils what a zip file's checksums would keep a fuzzer from.
func FuzzBundleLines(f *testing.F) {
	d := small(f)
	parts := d.parts()
	f.Add(parts[entriesName], parts[contentsName], parts[checkpointsName])
	good := map[int64]string{}
	for i, text := range d.notes {
		c := must(ParseCheckpoint(text))(f)
		good[c.Size] = c.Root.String()
		f.Add(bytes.Join(d.lines[:c.Size], []byte("\n")), parts[contentsName], bytes.Join(d.notes[:i+1], nil))
	}
	f.Fuzz(func(t *testing.T, entries, contents, checkpoints []byte) {
		b := bundleOf(map[string][]byte{entriesName: entries, contentsName: contents, checkpointsName: checkpoints, keyName: parts[keyName], readmeName: nil})
		r, err := Verify(b, d.key.Verifier())
		if err == nil && r.OK() && good[r.Entries] != r.Root {
			t.Errorf("another ledger is accepted: %+v", r)
		}
	})
}
