package dossier

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/report/dossier/fixture"
)

var update = flag.Bool("update", false, "write the goldens anew")

func dossierOf(w *fixture.World) *Dossier {
	return &Dossier{View: w.View(), Checkpoint: w.Checkpoint(), Signer: w.Key.Verifier().String(), Version: "1.2.0"}
}

// worlds are the fixtures by name.
func worlds() map[string]*fixture.World {
	return map[string]*fixture.World{"full": fixture.Full(), "empty": fixture.Empty(), "erased": fixture.Erased(), "hostile": fixture.Hostile()}
}

func written(t testing.TB, format string, d *Dossier) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(format, &b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGoldens compares what is text with what stands in testdata; go test
// ./internal/report/dossier -update writes it anew.
func TestGoldens(t *testing.T) {
	all := worlds()
	delete(all, "hostile") // what holds there is tested by rules
	for name, world := range all {
		for _, format := range []string{"html", "markdown", "json"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				got := written(t, format, dossierOf(world))
				path := filepath.Join("testdata", name+"."+format)
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

// TestDeterministic writes each format of the same view twice, and that of a world made anew.
func TestDeterministic(t *testing.T) {
	again := worlds()
	for name, world := range worlds() {
		d := dossierOf(world)
		for _, format := range Names() {
			first := written(t, format, d)
			if !bytes.Equal(first, written(t, format, d)) {
				t.Errorf("%s of %s: two reports of one view differ", format, name)
			}
			if !bytes.Equal(first, written(t, format, dossierOf(again[name]))) {
				t.Errorf("%s of %s: reports of equal views differ", format, name)
			}
		}
	}
}

// TestWritingChangesNothing: reports make texts harmless in copies, never in the review.
func TestWritingChangesNothing(t *testing.T) {
	world := fixture.Hostile()
	d := dossierOf(world)
	before := written(t, "json", d)
	for _, format := range Names() {
		written(t, format, d)
	}
	if !bytes.Equal(before, written(t, "json", d)) {
		t.Error("a report changed the view")
	}
}

func TestUnknownFormat(t *testing.T) {
	err := Write("pdf", &bytes.Buffer{}, dossierOf(fixture.Empty()))
	want := `write report of review: format "pdf" is unknown: use one of html, markdown, xlsx, json`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriterFails(t *testing.T) {
	for _, format := range Names() {
		if err := Write(format, broken{}, dossierOf(fixture.Empty())); err == nil {
			t.Errorf("%s: a writer that fails is not told of", format)
		}
	}
}

func TestWholeCatalogue(t *testing.T) {
	d := dossierOf(fixture.Catalogue())
	document := Gather(d)
	items := 0
	for _, list := range document.Checklists {
		for _, section := range list.Sections {
			items += len(section.All())
		}
	}
	if len(document.Items) == 0 || items != len(document.Items) || document.Score.Items != items {
		t.Errorf("%d items in sections, %d in the list, %d counted", items, len(document.Items), document.Score.Items)
	}
	for _, format := range Names() {
		if n := len(written(t, format, d)); n < 40_000 || n > 4_000_000 {
			t.Errorf("%s has %d bytes", format, n)
		}
	}
}
