package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// A live store is a source too; its errors end the verification, its damage does not.
type store struct {
	Source
	contents error
	files    []File
}

func (s store) Contents(each func(Content) error) error {
	if s.contents != nil {
		return s.contents
	}
	return s.Source.Contents(each)
}

func (s store) Files() ([]File, error) {
	if s.files == nil {
		return nil, errors.New("folder is unreadable")
	}
	return s.files, nil
}

func TestSourceErrors(t *testing.T) {
	d := newDraft(t)
	d.add("a", nil, nil)
	d.sign()
	whole := bundleOf(d.parts())
	for want, source := range map[string]Source{
		"verify ledger: row is lost":          store{whole, errors.New("row is lost"), []File{}},
		"verify ledger: folder is unreadable": store{whole, nil, nil},
	} {
		if _, err := Verify(source, d.key.Verifier()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	damage := Damaged{{Seq: 0, What: "row is unreadable"}}
	wantProblems(t, must(Verify(store{whole, damage, []File{}}, d.key.Verifier()))(t), "entry 0: row is unreadable")
	if got := damage.Error(); got != "read ledger: entry 0: row is unreadable (1 problems)" {
		t.Errorf("damage %s", got)
	}
	gone := File{SHA256: strings.Repeat("0a", 32), Size: 3}
	if r := must(Verify(store{whole, nil, []File{gone}}, d.key.Verifier()))(t); !r.OK() || r.Files != 0 {
		t.Errorf("a file that is listed, but not there, and that no entry names: %+v", r)
	}
}

func TestFileOfAnotherSize(t *testing.T) {
	d := small(t)
	files := must(bundleOf(d.parts()).Files())(t)
	files[0].Size++
	wantProblems(t, must(Verify(store{bundleOf(d.parts()), nil, files}, d.key.Verifier()))(t), "has not the bytes of its name")
}

// A key in the bundle that is not the ledger's would be trusted by who takes it from there.
func TestForeignKeyInTheBundle(t *testing.T) {
	d := small(t)
	foreign := must(NewKey(d.key.Origin(), d.random))(t)
	b := must(open(d.packWith(foreign.Verifier())))(t)
	wantProblems(t, must(VerifyBundle(b, d.key.Verifier()))(t), "log.vkey in the bundle is not the ledger's current key")
	if r := must(VerifyBundle(b, foreign.Verifier()))(t); r.OK() {
		t.Error("the foreign key verifies the ledger")
	}
}

func TestFileListedTwice(t *testing.T) {
	d := small(t)
	files := must(bundleOf(d.parts()).Files())(t)
	r := must(Verify(store{bundleOf(d.parts()), nil, append(files, files...)}, d.key.Verifier()))(t)
	if last := r.Problems[len(r.Problems)-1]; !strings.Contains(last.What, "is listed twice") {
		t.Errorf("problems %v", r.Problems)
	}
}

// rows is a store whose contents and places a test sets.
type rows struct {
	Source
	contents []Content
	shift    int64
}

func (s rows) Contents(each func(Content) error) error {
	for _, c := range s.contents {
		if err := each(c); err != nil {
			return err
		}
	}
	return nil
}

func (s rows) Entries(each func(int64, []byte) error) error {
	return s.Source.Entries(func(seq int64, line []byte) error { return each(seq+s.shift, line) })
}

func TestRowsOfAStore(t *testing.T) {
	d := newDraft(t)
	d.add("a", nil, []byte("text"))
	d.sign()
	good := d.contents[0]
	// The digest is the same wherever salt ends and data begins.
	moved := Content{Salt: append(bytes.Clone(good.Salt), good.Data[0]), Data: good.Data[1:]}
	for name, test := range map[string]struct {
		contents []Content
		shift    int64
		want     []string
	}{
		"good":        {[]Content{good}, 0, nil},
		"twice":       {[]Content{good, good}, 0, []string{"entry 0: its content is there twice"}},
		"moved salt":  {[]Content{moved}, 0, []string{"entry 0: its content is not the one that was signed"}},
		"other place": {nil, 5, []string{"entry 0: its number is 0, its place 5"}},
		"negative":    {[]Content{{Seq: -3}, good}, 0, []string{"there is a content for it that no entry names"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantProblems(t, must(Verify(rows{bundleOf(d.parts()), test.contents, test.shift}, d.key.Verifier()))(t), test.want...)
		})
	}
}

// Where the text that names a file is changed or erased, the file itself is no second problem.
func TestFilesOfChangedAndErasedContents(t *testing.T) {
	d := newDraft(t)
	sum := d.attach("a photograph")
	d.sign()
	d.contents[0].Data = append(d.contents[0].Data, ' ')
	wantProblems(t, d.verify(), "entry 0: its content is not the one")

	d = newDraft(t)
	d.files = map[string][]byte{sum: []byte("a photograph")}
	d.add("evidence.add", map[string]any{"files": []string{sum}}, []byte("taken on the way home"))
	d.add("erase", map[string]any{"seqs": []int64{0}}, nil)
	d.sign()
	d.erase(0)
	hooks := Hooks{Files: func(e Entry, content []byte) []string {
		var named struct{ Files []string }
		_ = json.Unmarshal(e.Body, &named)
		return named.Files
	}}
	for _, files := range []map[string][]byte{d.files, {}} {
		d.files = files
		if r := must(hooks.Verify(bundleOf(d.parts()), d.key.Verifier()))(t); !r.OK() || r.Erased != 1 || r.Files != len(files) {
			t.Errorf("erased, with %d files: %+v", len(files), r)
		}
	}
}

// An entry without content may name files in its body.
func TestFilesNamedInABody(t *testing.T) {
	d := newDraft(t)
	sum := strings.Repeat("0a", 32)
	d.add("evidence.add", map[string]any{"files": []string{sum}}, nil)
	d.sign()
	hooks := Hooks{Files: func(e Entry, _ []byte) []string {
		var named struct{ Files []string }
		_ = json.Unmarshal(e.Body, &named)
		return named.Files
	}}
	wantProblems(t, must(hooks.Verify(bundleOf(d.parts()), d.key.Verifier()))(t), "entry 0: the file "+sum+" that it names is not there")
}
