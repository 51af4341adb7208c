package report

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// TestJSONIsEncodingJSON compares with the standard encoder, white space aside.
func TestJSONIsEncodingJSON(t *testing.T) {
	all := fixtures()
	all["large"] = large(500)
	all["filled"] = filled(t)
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			a := *r.Assessment
			if a.Targets == nil {
				a.Targets = []inventory.Target{}
			}
			if a.Controls == nil {
				a.Controls = []assessment.ControlResult{}
			}
			if a.Errors == nil {
				a.Errors = []inventory.Error{}
			}
			if a.Findings == nil {
				a.Findings = []*assessment.Finding{}
			}
			want, err := encodeJSON(a)
			if err != nil {
				t.Fatal(err)
			}
			if images := r.imagesJSON(); images != nil {
				listed, err := encodeJSON(images)
				if err != nil {
					t.Fatal(err)
				}
				want = bytes.Replace(want, []byte(`,"findings":`), slices.Concat([]byte(`,"images":`), listed, []byte(`,"findings":`)), 1)
			}
			var got bytes.Buffer
			if err := json.Compact(&got, written(t, "json", r)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// filled is an assessment in which every field of a finding has a value of its own, so that a new
// field that the writer does not know is noticed.
func filled(t *testing.T) *Report {
	var f assessment.Finding
	n := 0
	fill(t, reflect.ValueOf(&f).Elem(), &n)
	again := f
	again.Title += "other"
	empty := assessment.Finding{Evidence: &assessment.Evidence{}, Exception: &assessment.Exception{}, Maps: map[string][]string{},
		Location: assessment.Location{Value: &inventory.Place{}}}
	return New(&assessment.Assessment{Schema: assessment.Schema, Findings: []*assessment.Finding{&f, &again, &f, &empty}}, nil, Options{})
}

// fill sets all fields that JSON shows to values that are not zero.
func fill(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("x", *n) + "\"<\u2028\x00\xff>")
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string][]string{"b<": {"2", "&"}, "a": {"1"}}))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(t, v.Field(i), n)
			}
		}
	default:
		t.Fatalf("a finding has a %s: teach the JSON writer and this test", v.Kind())
	}
}

func FuzzAppendText(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x00\x1f\x7f\"\\/<>&", "\b\f\n\r\t", "é漢字\u2028\u2029\ufffd", "\xff\xfe\xc3", "a\xe2\x80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := encodeJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendText(nil, text); !bytes.Equal(got, want) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	r := large(300000)
	b.Run("report", func(b *testing.B) {
		for b.Loop() {
			if err := Write("json", io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding", func(b *testing.B) {
		for b.Loop() {
			encoder := json.NewEncoder(io.Discard)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(r.Assessment); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkHTML(b *testing.B) {
	r := large(10000)
	for b.Loop() {
		if err := Write("html", io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
