package assessment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

const wholeReport = `{"schema":"kubeproof.dev/scan/v1","targets":[{"name":"cluster:prod"}],"controls":[{"id":"a","title":"A","severity":"high","team":"apps","outcomes":{"pass":1,"fail":2}}],
"summary":{"subjects":3,"kinds":{"Pod":3},"severity":{"high":2}},"images":[{"deep":[[[]]]}],"errors":[{"message":"lost","lost":true}],"gaps":[{"kind":"Secret","reason":"no right"}],
"findings":[{"control":"a","outcome":"fail","message":"Ä < \u0000","fingerprint":"f1","subject":{"kind":"Pod","name":"p"},"location":{"line":3}},{"control":"a","outcome":"pass"}],"notices":[{"kind":"x","message":"m"}]}`

// gathered reads piece by piece and puts the findings back.
func gathered(r io.Reader) (*Assessment, error) {
	var all []*Finding
	a, err := ReadEach(r, func(f *Finding) error { all = append(all, f); return nil })
	if a != nil {
		a.Findings = all
	}
	return a, err
}

// TestReadEachReadsWhatReadReads, however the bytes come.
func TestReadEachReadsWhatReadReads(t *testing.T) {
	for name, text := range map[string]string{
		"whole":           wholeReport,
		"other order":     `{"findings":[{"control":"a"}],"summary":{"subjects":1},"schema":"kubeproof.dev/scan/v1"}`,
		"no findings":     `{"schema":"kubeproof.dev/scan/v1","findings":null}`,
		"other capitals":  `{"Schema":"kubeproof.dev/scan/v1","FINDINGS":[{"Control":"a"}]}`,
		"not UTF-8":       "{\"schema\":\"kubeproof.dev/scan/v1\",\"findings\":[{\"message\":\"\xff\"}]}",
		"space around":    " \n" + wholeReport + "\n ",
		"repeated inside": `{"schema":"kubeproof.dev/scan/v1","findings":[{"control":"a","control":"b"}]}`,
	} {
		want, err := readWhole([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			got, err := gathered(r)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *Finding) bool { return asJSON(a) == asJSON(b) })); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	return fmt.Sprint(string(text), err)
}

// TestReadEachRefusesEveryCutAndBrokenReport: at each byte.
func TestReadEachRefusesEveryCutAndBrokenReport(t *testing.T) {
	for at := range len(wholeReport) {
		if _, err := gathered(strings.NewReader(wholeReport[:at])); err == nil || !strings.HasPrefix(err.Error(), "it is no report of a scan: ") {
			t.Errorf("cut at %d: %v", at, err)
		}
		for _, sign := range []string{"\x00", "}", `"`} {
			broken := wholeReport[:at] + sign + wholeReport[at+1:]
			_, got := gathered(strings.NewReader(broken))
			if _, want := readWhole([]byte(broken)); want != nil && got == nil {
				t.Errorf("%q at %d is read, though it is %v", sign, at, want)
			}
		}
	}
}

func TestReadEachSaysWhatIsWrong(t *testing.T) {
	head := `{"schema":"kubeproof.dev/scan/v1",`
	for text, want := range map[string]string{
		"":                                    "it was cut off",
		"[]":                                  "[ stands where { belongs",
		"null":                                "stands where { belongs",
		`{"schema":"other"}`:                  `its schema is "other", not "kubeproof.dev/scan/v1"`,
		`{}`:                                  `its schema is ""`,
		head + `"findings":{}}`:               "its findings are no list",
		head + `"findings":[null]}`:           "a finding in it is null",
		head + `"findings":[],"Findings":[]}`: "it has findings twice",
		head + `"summary":{},"summary":{}}`:   "it has summary twice",
		head + `"findings":[]}{}`:             "something follows its end",
		head + `"findings":["x"]}`:            "cannot unmarshal string",
		head + `"x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`: "exceeded max depth",
		head + `"findings":[{"message":"` + strings.Repeat("a", 5<<20) + `"}]}`:         "a piece of it is too large",
		head + `"errors":[` + strings.Repeat(`{"message":"m"},`, 3<<20) + `]}`:          "a piece of it is too large",
		strings.Repeat(" ", 40<<20) + head + `"findings":[]}`:                           "a piece of it is too large",
	} {
		if _, err := gathered(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
}

// TestReadEachTellsWhoFailed: the reader, the function, or the report.
func TestReadEachTellsWhoFailed(t *testing.T) {
	torn, refused := errors.New("torn"), errors.New("refused")
	if _, err := gathered(io.MultiReader(strings.NewReader(wholeReport[:500]), iotest.ErrReader(torn))); !errors.Is(err, torn) || err.Error() != "torn" {
		t.Errorf("torn: %v", err)
	}
	if _, err := ReadEach(strings.NewReader(wholeReport), func(*Finding) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("refused: %v", err)
	}
}

// many is a report of so many findings, made while it is read.
func many(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, `{"schema":"kubeproof.dev/scan/v1","findings":[{"control":"a"}`)
		one := `,{"control":"a","outcome":"fail","message":"` + strings.Repeat("m", 900) + `"}`
		for range n - 1 {
			if _, err := io.WriteString(w, one); err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, `]}`)
		w.Close()
	}()
	return r
}

// TestReadEachHoldsLittle: memory does not grow with the report.
func TestReadEachHoldsLittle(t *testing.T) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, n := uint64(0), 0
	_, err := ReadEach(many(50_000), func(*Finding) error {
		if n++; n%10_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || n != 50_000 {
		t.Errorf("%d findings, %v", n, err)
	}
	if held := int64(most) - int64(before.HeapAlloc); held > 4<<20 {
		t.Errorf("%d bytes are held for 47 MB", held)
	}
}
