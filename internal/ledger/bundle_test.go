package ledger

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBundleIsTheSameEveryTime(t *testing.T) {
	if !bytes.Equal(small(t).pack(), small(t).pack()) {
		t.Error("two bundles of one ledger differ")
	}
}

func TestBundleGivesWhatWasPacked(t *testing.T) {
	d := small(t)
	b := must(open(d.pack()))(t)
	var lines [][]byte
	if err := b.Entries(func(_ int64, line []byte) error { lines = append(lines, bytes.Clone(line)); return nil }); err != nil {
		t.Fatal(err)
	}
	var contents []Content
	if err := b.Contents(func(c Content) error { contents = append(contents, c); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.lines, lines) + cmp.Diff(d.contents, contents) + cmp.Diff(d.notes, must(b.Checkpoints())(t)); diff != "" {
		t.Error(diff)
	}
	sum := slices.Sorted(maps.Keys(d.files))[0]
	if diff := cmp.Diff([]File{{sum, int64(len(d.files[sum]))}}, must(b.Files())(t)) + cmp.Diff([]string{"report.html"}, b.Reports()); diff != "" {
		t.Error(diff)
	}
	report := must(b.OpenReport("report.html"))(t)
	if text := must(io.ReadAll(report))(t); string(text) != "<p>report</p>" {
		t.Errorf("report %s", text)
	}
	if _, err := b.OpenFile(strings.Repeat("00", 32)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if v := must(b.Verifier())(t); v != d.key.Verifier() {
		t.Errorf("key %s", v)
	}
}

func TestBundleAsAFolder(t *testing.T) {
	d := small(t)
	folder := t.TempDir()
	for name, text := range d.parts() {
		write(t, filepath.Join(folder, filepath.FromSlash(name)), text)
	}
	b := must(OpenBundle(folder))(t)
	if diff := cmp.Diff(d.verify(), must(d.hooks().Verify(b, d.key.Verifier()))(t)); diff != "" {
		t.Error(diff)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	zipped := filepath.Join(folder, "bundle.zip")
	write(t, zipped, d.pack())
	b = must(OpenBundle(zipped))(t)
	if r := must(VerifyBundle(b, d.key.Verifier()))(t); !r.OK() {
		t.Errorf("from a zip file: %v", r.Problems)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	wantUnusable(t, folder, `unexpected file "bundle.zip"`)
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantUnusable(t *testing.T, path, want string) {
	t.Helper()
	if _, err := OpenBundle(path); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestUnusableFolders(t *testing.T) {
	for want, spoil := range map[string]func(folder string){
		"has no ledger.jsonl":                 func(folder string) { _ = os.Remove(filepath.Join(folder, entriesName)) },
		`unexpected folder "more"`:            func(folder string) { _ = os.Mkdir(filepath.Join(folder, "more"), 0o755) },
		`unexpected folder "reports/more"`:    func(folder string) { _ = os.Mkdir(filepath.Join(folder, "reports", "more"), 0o755) },
		`"README.md" is a link or a device`:   func(folder string) { relink(folder, readmeName, "/etc/hostname") },
		`"ledger.jsonl" is a link or a devic`: func(folder string) { relink(folder, entriesName, contentsName) },
		`unexpected file "files/sha256/x"`:    func(folder string) { _ = os.WriteFile(filepath.Join(folder, "files/sha256/x"), nil, 0o600) },
	} {
		t.Run(want, func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range small(t).parts() {
				write(t, filepath.Join(folder, filepath.FromSlash(name)), text)
			}
			spoil(folder)
			wantUnusable(t, folder, want)
		})
	}
	wantUnusable(t, filepath.Join(t.TempDir(), "none"), "no such file")
	wantUnusable(t, os.DevNull, "neither a zip file nor a folder")
}

func relink(folder, name, to string) {
	_ = os.Remove(filepath.Join(folder, name))
	_ = os.Symlink(to, filepath.Join(folder, name))
}

// headers are members for zipped, with their text as comment.
func headers(parts map[string][]byte) (all []*zip.FileHeader) {
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		all = append(all, &zip.FileHeader{Name: name, Comment: string(parts[name]), Method: zip.Deflate})
	}
	return all
}

// zipped packs members as they are named, in this order.
func zipped(t testing.TB, members ...*zip.FileHeader) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		text := m.Comment
		m.Comment = ""
		_ = must(must(w.CreateHeader(m))(t).Write([]byte(text)))(t)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUnusableZips(t *testing.T) {
	d := small(t)
	parts := headers(d.parts())
	with := func(h *zip.FileHeader) []byte {
		var all []*zip.FileHeader
		for _, m := range append(parts[:len(parts):len(parts)], h) {
			again := *m
			all = append(all, &again)
		}
		return zipped(t, all...)
	}
	link := &zip.FileHeader{Name: "reports/link", Comment: "/etc/passwd"}
	link.SetMode(fs.ModeSymlink | 0o777)
	for want, packed := range map[string][]byte{
		"not a whole zip file: get it again": []byte("this is no zip"),
		"zip: not a valid zip file":          nil,
		"it has no ledger.jsonl":             zipped(t),
		`unexpected file "../evil"`:          with(&zip.FileHeader{Name: "../evil"}),
		`unexpected file "/etc/passwd"`:      with(&zip.FileHeader{Name: "/etc/passwd"}),
		`unexpected file "reports/../x"`:     with(&zip.FileHeader{Name: "reports/../x"}),
		`unexpected file "reports/a/b"`:      with(&zip.FileHeader{Name: "reports/a/b"}),
		`unexpected file "reports/.a"`:       with(&zip.FileHeader{Name: "reports/.a"}),
		`unexpected file "reports\\a"`:       with(&zip.FileHeader{Name: `reports\a`}),
		`unexpected file "Ledger.jsonl"`:     with(&zip.FileHeader{Name: "Ledger.jsonl"}),
		`unexpected file "files/sha256/AA`:   with(&zip.FileHeader{Name: filesFolder + strings.Repeat("AA", 32)}),
		"ledger.jsonl is there twice":        with(&zip.FileHeader{Name: entriesName}),
		`"reports/link" is a link`:           with(link),
		"is a link, a folder or encrypted":   with(&zip.FileHeader{Name: "reports/x", Flags: 1}),
	} {
		if _, err := open(packed); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	again := must(open(with(&zip.FileHeader{Name: "reports/"})))(t)
	if r := must(VerifyBundle(again, d.key.Verifier()))(t); !r.OK() {
		t.Errorf("packed again by another program: %v", r.Problems)
	}
}

func TestBounds(t *testing.T) {
	packed := small(t).pack()
	total := int64(0)
	for _, text := range small(t).parts() {
		total += int64(len(text))
	}
	for want, limits := range map[string]bounds{
		"more than 3 files":                  {3, 1e6, 1e6, 1e6, 1e6, 1e6, 1e7},
		"ledger.jsonl is of 1777 bytes, mor": {9e3, 1e3, 1e6, 1e6, 1e6, 1e6, 1e7},
		"contents.jsonl is of":               {9e3, 1e6, 1e2, 1e6, 1e6, 1e6, 1e7},
		"checkpoints.txt is of":              {9e3, 1e6, 1e6, 1e2, 1e6, 1e6, 1e7},
		"README.md is of":                    {9e3, 1e6, 1e6, 1e6, 1e2, 1e6, 1e7},
		"is of 12 bytes, more than 10":       {9e3, 1e6, 1e6, 1e6, 1e6, 1e1, 1e7},
		"too great together":                 {9e3, 1e6, 1e6, 1e6, 1e6, 1e6, total - 1},
		"more than all of a bundle may have": {9e3, 1e6, 1e6, 1e6, 1e6, 1e6, 1e3},
	} {
		if _, err := openZip(bytes.NewReader(packed), int64(len(packed)), limits); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A member that unpacks to more than it announces is not read to its end.
func TestLyingSizes(t *testing.T) {
	d := small(t)
	b := bundleOf(d.parts())
	m := b.members[entriesName]
	m.size -= 5
	b.members[entriesName] = m
	if _, err := Verify(b, d.key.Verifier()); err == nil || !strings.Contains(err.Error(), "longer than announced") {
		t.Errorf("error %v", err)
	}
}

func TestLongLines(t *testing.T) {
	parts := small(t).parts()
	key := small(t).key.Verifier()
	whole := parts[entriesName]
	parts[entriesName] = append(bytes.Repeat([]byte("x"), 3*MaxLine), append([]byte("\n"), whole...)...)
	r := must(Verify(bundleOf(parts), key))(t)
	if r.Entries != 9 || !strings.Contains(r.Problems[0].What, "longer than 1048576") {
		t.Errorf("%d entries, %v", r.Entries, r.Problems[0])
	}
	d := newDraft(t)
	e := Entry{Actor: "a", Action: "b", Time: d.now(), Body: []byte(`{"a":""}`)}
	line := must(e.Encode())(t)
	e.Body = []byte(`{"a":"` + strings.Repeat("x", MaxLine-len(line)) + `"}`)
	d.lines = [][]byte{must(e.Encode())(t)}
	d.sign()
	if r := d.verify(); !r.OK() || len(d.lines[0]) != MaxLine {
		t.Errorf("the longest line, of %d bytes: %v", len(d.lines[0]), r.Problems)
	}
}

func TestFiles(t *testing.T) {
	d := small(t)
	sum := slices.Sorted(maps.Keys(d.files))[0]
	parts := d.parts()
	parts[filesFolder+sum] = []byte("another shot")
	wantProblems(t, must(d.hooks().Verify(bundleOf(parts), d.key.Verifier()))(t), "file "+sum+" has not the bytes of its name")

	delete(parts, filesFolder+sum)
	wantProblems(t, must(d.hooks().Verify(bundleOf(parts), d.key.Verifier()))(t), "entry 3: the file "+sum+" that it names is not there")
	if r := must(Verify(bundleOf(parts), d.key.Verifier()))(t); !r.OK() {
		t.Errorf("without the hook a missing file cannot be known: %v", r.Problems)
	}

	extra := sha256.Sum256([]byte("extra"))
	d.files[hex.EncodeToString(extra[:])] = []byte("extra")
	wantProblems(t, d.verify(), "is named by no entry")
}

func TestBundleWriterRefuses(t *testing.T) {
	d := small(t)
	c := d.contents[0]
	sum := slices.Sorted(maps.Keys(d.files))[0]
	other := strings.Repeat("00", 32)
	for want, use := range map[string]func(w *BundleWriter) error{
		"entries come before contents":     func(w *BundleWriter) error { _ = w.Content(c); return w.Entry([]byte("{}")) },
		"contents come before checkpoints": func(w *BundleWriter) error { _ = w.Checkpoint(d.notes[0]); return w.Content(c) },
		"checkpoints come before reports":  func(w *BundleWriter) error { _ = w.Report("a", strings.NewReader("")); return w.Checkpoint(d.notes[0]) },
		"an entry is not one line":         func(w *BundleWriter) error { return w.Entry([]byte("{}\n")) },
		"content of entry 1 comes after":   func(w *BundleWriter) error { _ = w.Content(c); return w.Content(c) },
		"its salt has not 32 bytes":        func(w *BundleWriter) error { return w.Content(Content{}) },
		"checkpoint is not a note":         func(w *BundleWriter) error { return w.Checkpoint(append(d.notes[0], d.notes[1]...)) },
		"not a note with one signature":    func(w *BundleWriter) error { return w.Checkpoint(bytes.TrimSpace(d.notes[0])) },
		"has not the bytes of its name":    func(w *BundleWriter) error { return w.File(sum, 12, strings.NewReader("a screen shot")) },
		"restore it from its backup":       func(w *BundleWriter) error { return w.File(sum, 11, strings.NewReader("a screenshot")) },
		"comes after files/sha256/": func(w *BundleWriter) error {
			_ = w.File(sum, 12, strings.NewReader("a screenshot"))
			return w.File(other, 0, nil)
		},
		`"files/sha256/x" is no name in a`:  func(w *BundleWriter) error { return w.File("x", 0, strings.NewReader("")) },
		`"reports/../x" is no name in a bu`: func(w *BundleWriter) error { return w.Report("../x", strings.NewReader("")) },
		"read error":                        func(w *BundleWriter) error { return w.Report("x", errReader{}) },
	} {
		w := must(NewBundleWriter(io.Discard, d.key.Verifier()))(t)
		err := use(w)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if closing := w.Close(); !errors.Is(closing, err) {
			t.Errorf("%s: close says %v", want, closing)
		}
	}
	if _, err := NewBundleWriter(io.Discard, Verifier{}); err == nil {
		t.Error("a bundle without a key")
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("read error") }
