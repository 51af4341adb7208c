package ledger

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// proven are the members of which every byte is covered.
func proven(parts map[string][]byte) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(parts)), func(name string) bool {
		return name == readmeName || name == verifierName || name == reportsFolder+"report.html"
	})
}

// spoiled verifies the parts with one member replaced.
func spoiled(t *testing.T, d *draft, parts map[string][]byte, name string, text []byte) bool {
	t.Helper()
	changed := maps.Clone(parts)
	changed[name] = text
	return found(d.hooks().Verify(bundleOf(changed), d.key.Verifier()))
}

func TestEveryChangedByteIsFound(t *testing.T) {
	t.Parallel()
	d := small(t)
	parts := d.parts()
	if spoiled(t, d, parts, readmeName, nil) {
		t.Fatal("the sample itself is refused")
	}
	for _, name := range proven(parts) {
		text, tried, seen := parts[name], 0, 0
		for i, was := range text {
			for _, is := range []byte{was ^ 1, was ^ 0x80, 'A', '0'} {
				if is == was {
					continue
				}
				tried++
				changed := bytes.Clone(text)
				changed[i] = is
				if spoiled(t, d, parts, name, changed) {
					seen++
				} else {
					t.Errorf("%s: byte %d from %q to %q is not found", name, i, was, is)
				}
			}
		}
		t.Logf("%s: %d bytes, %d changes tried, %d found", name, len(text), tried, seen)
	}
}

func TestEveryCutIsFound(t *testing.T) {
	d := small(t)
	parts := d.parts()
	cuts := 0
	for _, name := range proven(parts) {
		for i := range parts[name] {
			cuts++
			if !spoiled(t, d, parts, name, parts[name][:i]) {
				t.Errorf("%s: cut at byte %d is not found", name, i)
			}
		}
	}
	t.Logf("%d cuts tried", cuts)
}

func TestEveryAddedByteIsFound(t *testing.T) {
	t.Parallel()
	d := small(t)
	parts := d.parts()
	added := 0
	for _, name := range proven(parts) {
		for i := range len(parts[name]) + 1 {
			added++
			if c := " \n0"[i%3]; !spoiled(t, d, parts, name, slices.Insert(bytes.Clone(parts[name]), i, c)) {
				t.Errorf("%s: %q added at byte %d is not found", name, c, i)
			}
		}
	}
	t.Logf("%d additions tried", added)
}

func TestSwappedDeletedAndDoubledLinesAreFound(t *testing.T) {
	d := small(t)
	parts := d.parts()
	tried := 0
	for _, name := range []string{entriesName, contentsName} {
		lines := bytes.SplitAfter(parts[name], []byte("\n"))
		lines = lines[:len(lines)-1]
		check := func(what string, changed [][]byte) {
			tried++
			if !spoiled(t, d, parts, name, bytes.Join(changed, nil)) {
				t.Errorf("%s: %s is not found", name, what)
			}
		}
		for i := range lines {
			check(fmt.Sprintf("line %d deleted", i), slices.Delete(slices.Clone(lines), i, i+1))
			for j := range len(lines) + 1 {
				check(fmt.Sprintf("line %d again at %d", i, j), slices.Insert(slices.Clone(lines), j, lines[i]))
			}
			for j := range i {
				swapped := slices.Clone(lines)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				check(fmt.Sprintf("lines %d and %d swapped", i, j), swapped)
			}
		}
	}
	t.Logf("%d changes of lines tried", tried)
}

// What a packed bundle says is either refused or the same as before: bytes of a zip file that no reader looks at may change.
func TestChangedZipBytes(t *testing.T) {
	d := small(t)
	packed := d.pack()
	good := d.verify()
	refused := 0
	for i := range packed {
		changed := bytes.Clone(packed)
		changed[i] ^= 1 << (i % 8)
		b, err := open(changed)
		if err != nil {
			refused++
			continue
		}
		r, err := d.hooks().Verify(b, d.key.Verifier())
		switch {
		case found(r, err):
			refused++
		case r.Root != good.Root || r.Contents != good.Contents || r.Files != good.Files:
			t.Errorf("byte %d: another ledger is accepted: %+v", i, r)
		}
	}
	t.Logf("%d bytes of zip changed, %d refused, the others change nothing that is read", len(packed), refused)
}

func TestCutZip(t *testing.T) {
	d := small(t)
	packed := d.pack()
	for i := range packed {
		if b, err := open(packed[:i]); err == nil {
			if r, err := Verify(b, d.key.Verifier()); err == nil {
				t.Errorf("cut at %d of %d: %+v", i, len(packed), r)
			}
		}
	}
}
