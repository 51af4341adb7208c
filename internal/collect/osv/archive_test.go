package osv

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/software"
)

var npmA = []software.Package{{Type: software.NPM, Name: "a", Version: "1.0.0"}}

func TestMatchReadsWhatIsLeftOfBadDatabases(t *testing.T) {
	good := advise("GHSA-b", "npm", "a", "2.0.0")
	for _, test := range []struct {
		name    string
		entries map[string]string
		limits  Limits
		found   int
		errors  []string
	}{
		{"names that climb out", map[string]string{"../../../evil.json": good, "/etc/x.json": advise("GHSA-c", "npm", "a", "")}, Limits{}, 2, nil},
		{"other files", map[string]string{"README.md": "# read me", "a.json": good, "dir/": ""}, Limits{}, 1, []string{"some.zip: 1 entries are no .json files and were not read"}},
		{"no JSON", map[string]string{"a.json": good, "b.json": "\x00\x01\x02", "c.json": "", "d.json": "[1]", "e.json": good[:200], "f.json": good + "x"}, Limits{}, 1, []string{
			`some.zip: "b.json": read advisory: it is no JSON object of an advisory`, `some.zip: "c.json": read advisory: it ends in the middle`,
			`some.zip: "d.json": read advisory: it is no JSON object of an advisory`, `some.zip: "e.json": read advisory: it ends in the middle`,
			`some.zip: "f.json": read advisory: it is no JSON object of an advisory`}},
		{"wrong types", map[string]string{"a.json": good, "b.json": strings.Replace(advise("GHSA-c", "npm", "a", ""), `[{"introduced":"0"}]`, `7`, 1), "c.json": advise("GHSA-d", "npm", "a", "", `"aliases":7`)}, Limits{}, 1, []string{
			`some.zip: "b.json": read advisory: an affected package is not as the schema has it: field ranges.events has a wrong type`, `some.zip: "c.json": read advisory: a list of identifiers in it is none`}},
		{"a version that cannot be compared", map[string]string{"a.json": advise("GHSA-d", "npm", "a", strings.Repeat("1", 300))}, Limits{}, 0, []string{
			`some.zip: "a.json": a 1.0.0 cannot be judged: its version "1111111111111111111111111111111111111111" cannot be compared`}},
		{"too large", map[string]string{"a.json": good, "b.json": advise("GHSA-c", "npm", "a", "", `"details":"`+strings.Repeat("x", 5000)+`"`)}, Limits{Advisory: 4000}, 1, []string{
			`some.zip: "b.json": larger than 4000 bytes: it was not read`}},
		{"many errors", map[string]string{"a.json": "x", "b.json": "x", "c.json": "x", "d.json": good}, Limits{Errors: 2}, 1, []string{
			`some.zip: "a.json": read advisory: it is no JSON object of an advisory`, `some.zip: "b.json": read advisory: it is no JSON object of an advisory`, `some.zip: 1 more advisories could not be read or judged`}},
		{"many advisories", map[string]string{"a.json": good, "b.json": advise("GHSA-c", "npm", "a", "")}, Limits{Kept: 1}, 1, []string{"some.zip: more than 1 advisories are about the packages: the rest was not judged"}},
		{"many vulnerabilities", map[string]string{"a.json": good, "b.json": advise("GHSA-c", "npm", "a", "")}, Limits{Vulnerabilities: 1}, 1, []string{"some.zip: more than 1 vulnerabilities: the 1 least severe were left out"}},
		{"a bomb", map[string]string{"a.json": good, "b.json": strings.Repeat("x", 8<<20)}, Limits{Unpacked: 1}, 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "some.zip")
			packEntries(t, file, test.entries)
			result, errs := match(t, file, npmA, Options{Limits: test.limits, Workers: 1})
			if test.name == "a bomb" {
				if len(errs) != 1 || !strings.Contains(errs[0], `unpack to far more than advisories do: from "b.json" on it was not read`) {
					t.Errorf("%v", errs)
				}
			} else if diff := cmp.Diff(test.errors, errs); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if len(result.Vulnerabilities) != test.found {
				t.Errorf("found %v, want %d", short(result), test.found)
			}
		})
	}
}

func TestMatchReadsBrokenArchives(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "some.zip")
	packEntries(t, file, map[string]string{"a.json": advise("GHSA-b", "npm", "a", "2.0.0"), "b.json": advise("GHSA-c", "npm", "a", "")})
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	second := bytes.LastIndex(whole[:bytes.Index(whole, []byte("PK\x01\x02"))], []byte("PK\x03\x04"))
	for _, test := range []struct {
		name   string
		change func([]byte) []byte
		found  int
		want   string // in the only error
	}{
		{"ends early", func(b []byte) []byte { return b[:len(b)-40] }, 0, "no zip archive, or one that ends early"},
		{"empty", func([]byte) []byte { return nil }, 0, "no zip archive"},
		{"text", func([]byte) []byte { return []byte(strings.Repeat("PK\x05\x06", 9000)) }, 0, "no zip archive"},
		{"something before it", func(b []byte) []byte { return append([]byte("#!/bin/sh\n"), b...) }, 2, ""},
		{"a flipped bit", func(b []byte) []byte { b[second+60] ^= 4; return b }, 1, `"b.json": read advisory: broken in the archive`},
		{"a broken header", func(b []byte) []byte { b[second] = 'x'; return b }, 1, `"b.json": read advisory: broken in the archive`},
		{"a broken directory", func(b []byte) []byte { b[bytes.LastIndex(b, []byte("PK\x01\x02"))] = 'x'; return b }, 1, "its directory is broken at entry 2 of 2"},
		{"encrypted", func(b []byte) []byte { b[bytes.LastIndex(b, []byte("PK\x01\x02"))+8] |= 1; return b }, 1, `"b.json": encrypted`},
		{"another method", func(b []byte) []byte { b[bytes.LastIndex(b, []byte("PK\x01\x02"))+10] = 93; return b }, 1, `"b.json": packed by method 93`},
		{"outside", func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[bytes.LastIndex(b, []byte("PK\x01\x02"))+42:], 1<<31)
			return b
		}, 1, `"b.json": it lies outside of the archive`},
		{"claims less than it unpacks to", func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[bytes.LastIndex(b, []byte("PK\x01\x02"))+24:], 30)
			return b
		}, 1, `"b.json": read advisory: broken in the archive`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(file, test.change(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			result, errs := match(t, file, npmA, Options{})
			if len(result.Vulnerabilities) != test.found {
				t.Errorf("found %v, want %d", short(result), test.found)
			}
			if test.want == "" && len(errs) > 0 || test.want != "" && (len(errs) != 1 || !strings.Contains(errs[0], test.want)) {
				t.Errorf("errors %q, want %q", errs, test.want)
			}
		})
	}
}

// overlap writes an archive of which every entry of the directory is the same one, as bombs do.
func overlap(t *testing.T, file string, entries int) {
	t.Helper()
	packEntries(t, file, map[string]string{"a.json": advise("GHSA-b", "npm", "a", "") + strings.Repeat(" ", 1<<20)})
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at, end := bytes.Index(b, []byte("PK\x01\x02")), bytes.Index(b, []byte("PK\x05\x06"))
	many := append(bytes.Clone(b[:at]), bytes.Repeat(b[at:end], entries)...)
	tail := bytes.Clone(b[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(entries))
	binary.LittleEndian.PutUint16(tail[10:], uint16(entries))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(many)-at))
	if err := os.WriteFile(file, append(many, tail...), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMatchDoesNotReadOneEntryAgainAndAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "some.zip")
	overlap(t, file, 60_000)
	_, errs := match(t, file, npmA, Options{Limits: Limits{Unpacked: 20 << 20}})
	if len(errs) != 1 || !strings.Contains(errs[0], "overlap or unpack to far more") {
		t.Errorf("%v", errs)
	}
}

// TestDirectoryAsTheStandardLibrary reads archives beside archive/zip: large ones, which need the
// fields for more than 65,535 entries, comments, extra fields and things before the archive.
func TestDirectoryAsTheStandardLibrary(t *testing.T) {
	var buffer bytes.Buffer
	z := zip.NewWriter(&buffer)
	for i := range 70_000 {
		h := &zip.FileHeader{Name: fmt.Sprintf("%d.json", i), Method: uint16(i % 2 * 8), Comment: strings.Repeat("c", i%3), Extra: []byte("\xfe\xca\x02\x00ab")}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(w, `{"n":%d}`, i*i); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.SetComment("a comment"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	want, err := zip.NewReader(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	if err != nil {
		t.Fatal(err)
	}
	a, err := openArchive(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var u unpacker
	number := 0
	err = a.each(func(e *entry) bool {
		f := want.File[number]
		if e.name != f.Name || e.unpacked != f.UncompressedSize64 || e.packed != f.CompressedSize64 || e.crc != f.CRC32 {
			t.Fatalf("entry %d is %+v, want %+v", number, e, f.FileHeader)
		}
		j := job{archive: a, entries: []entry{*e}, to: e.offset + localSize + 20}
		span, from := u.load(&j)
		text, err := u.unpack(a, e, span, from)
		if err != nil || string(text) != fmt.Sprintf(`{"n":%d}`, number*number) {
			t.Fatalf("entry %d holds %q, %v", number, text, err)
		}
		number++
		return true
	})
	if err != nil || number != len(want.File) {
		t.Errorf("%d entries of %d, %v", number, len(want.File), err)
	}
}

func TestFaultsAreTheSameInAnyOrder(t *testing.T) {
	var all [][]string
	for _, order := range [][]string{{"c", "a", "b", "d"}, {"d", "b", "a", "c"}} {
		f := newFaults(2)
		for _, file := range order {
			f.add(file, "", "broken")
		}
		all = append(all, messages(f.list()))
	}
	if !slices.Equal(all[0], []string{"a: broken", "b: broken", "a: 2 more advisories could not be read or judged"}) || !slices.Equal(all[0], all[1]) {
		t.Errorf("%v", all)
	}
}

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{
		filepath.Join(folder, "none"):      "no such file",
		filepath.Join(folder, "notes.txt"): "is no .zip or .json file",
		folder:                             "holds no .zip or .json file",
	} {
		if _, err := Open(place); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", place, err, want)
		}
	}
}

func TestMatchReadsFoldersOfAdvisories(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"2026/01/a.json": "\xef\xbb\xbf" + advise("GHSA-b", "npm", "a", "2.0.0"), "2026/b.json": "{", ".git/c.json": "{", "d.txt": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(folder, filepath.Join(folder, "2026", "loop")); err != nil {
		t.Skip(err)
	}
	result, errs := match(t, folder, npmA, Options{})
	if diff := cmp.Diff([]string{"GHSA-b a 1.0.0<2.0.0 unknown 0.0 "}, short(result)) + cmp.Diff([]string{"b.json: read advisory: it ends in the middle"}, errs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e := result.Scan.Ecosystems; len(e) != 1 || e[0].File != folder || e[0].Advisories != 1 || e[0].Written == "" {
		t.Errorf("%+v", e)
	}
}

func FuzzArchive(f *testing.F) {
	var buffer bytes.Buffer
	z := zip.NewWriter(&buffer)
	w, _ := z.Create("a.json")
	_, _ = w.Write([]byte(advise("GHSA-b", "npm", "a", "")))
	_ = z.Close()
	f.Add(buffer.Bytes())
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := openArchive(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		var u unpacker
		_ = a.each(func(e *entry) bool {
			feed := &feeder{reading: &reading{limits: Limits{Advisory: 1 << 16}}, next: job{archive: a}}
			if feed.refuse(e) != "" {
				return true
			}
			j := job{archive: a, entries: []entry{*e}, to: e.offset + localSize + int64(e.packed)}
			span, from := u.load(&j)
			if got, err := u.unpack(a, e, span, from); err == nil && (uint64(len(got)) != e.unpacked || crc32.ChecksumIEEE(got) != e.crc) {
				t.Errorf("%d bytes of %d", len(got), e.unpacked)
			}
			return true
		})
	})
}
