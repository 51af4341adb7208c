package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

func written(t testing.TB, format string, r *Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(format, &b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGoldens compares every format of every fixture with what stands in testdata; go test
// ./internal/report -update writes it anew.
func TestGoldens(t *testing.T) {
	for name, r := range fixtures() {
		for _, format := range Formats {
			t.Run(name+"/"+format.Name, func(t *testing.T) {
				got := written(t, format.Name, r)
				if !bytes.Equal(got, written(t, format.Name, r)) {
					t.Error("two reports of one assessment differ")
				}
				path := filepath.Join("testdata", name+"."+format.Name)
				if *update {
					if err := os.WriteFile(path, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("(-golden +got)\n%s", diff)
				}
			})
		}
	}
}
