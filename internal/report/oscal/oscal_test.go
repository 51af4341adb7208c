package oscal

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/report/dossier/fixture"
	"github.com/kubeproof/kubeproof/internal/review"
)

var update = flag.Bool("update", false, "write the goldens anew")

func worlds() map[string]*fixture.World {
	return map[string]*fixture.World{"full": fixture.Full(), "empty": fixture.Empty(), "erased": fixture.Erased(), "hostile": fixture.Hostile(), "catalogue": fixture.Catalogue()}
}

func inputOf(w *fixture.World) Input {
	return Input{View: w.View(), Checkpoint: w.Checkpoint(), Program: "1.2.0"}
}

func results(t *testing.T, d Input) []byte {
	t.Helper()
	text, err := Results(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func planOf(t *testing.T, d Input) []byte {
	t.Helper()
	text, err := POAM(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestGoldens: go test ./internal/report/oscal -update writes them anew.
func TestGoldens(t *testing.T) {
	for name, got := range map[string][]byte{"results.json": results(t, inputOf(fixture.Full())), "poam.json": planOf(t, inputOf(fixture.Full()))} {
		path := filepath.Join("testdata", name)
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
			t.Errorf("%s (-golden +got)\n%s", name, diff)
		}
	}
}

func TestDeterministic(t *testing.T) {
	if again := fixture.Full(); !bytes.Equal(results(t, inputOf(again)), results(t, inputOf(fixture.Full()))) || !bytes.Equal(planOf(t, inputOf(again)), planOf(t, inputOf(fixture.Full()))) {
		t.Error("documents of equal views differ")
	}
}

func TestVersions(t *testing.T) {
	input := inputOf(fixture.Full())
	if !strings.Contains(string(results(t, input)), `"oscal-version": "1.1.3"`) {
		t.Error("the version is not 1.1.3 by default")
	}
	input.Version = "2.0.0"
	want := `write assessment results: version "2.0.0" of OSCAL is unknown: use 1.1.3 or 1.2.2`
	if _, err := Results(input); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNothingToDo(t *testing.T) {
	if _, err := POAM(inputOf(fixture.Empty())); !errors.Is(err, ErrNothingToDo) {
		t.Errorf("got %v", err)
	}
}

// TestReferences: every UUID is there once, and whatever is referred to is there.
func TestReferences(t *testing.T) {
	for name, world := range worlds() {
		documents := map[string][]byte{"results": results(t, inputOf(world))}
		if name != "empty" {
			documents["poam"] = planOf(t, inputOf(world))
		}
		for kind, text := range documents {
			defined := map[string]bool{}
			for _, found := range regexp.MustCompile(`"uuid": "([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
				if defined[found[1]] {
					t.Errorf("%s of %s: %s stands twice", kind, name, found[1])
				}
				defined[found[1]] = true
			}
			for _, found := range regexp.MustCompile(`(?m)^.*"#?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",?$`).FindAllStringSubmatch(string(text), -1) {
				if !defined[found[1]] && !strings.Contains(found[0], `"id": `) { // that of the system, which stands nowhere else
					t.Errorf("%s of %s: %s is referred to and not there", kind, name, found[0])
				}
			}
		}
	}
}

// TestHostile: nothing that a terminal, a browser or a reader of markup obeys is left.
func TestHostile(t *testing.T) {
	input := inputOf(fixture.Hostile())
	for _, text := range [][]byte{results(t, input), planOf(t, input)} {
		for _, r := range string(text) {
			if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("holds %U", r)
			}
		}
		var any any
		if err := json.Unmarshal(text, &any); err != nil {
			t.Fatal(err)
		}
		for _, href := range regexp.MustCompile(`"href": "([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			if !regexp.MustCompile(`^(#[0-9a-f-]{36}|https?://ok\.example/|files/sha256/[0-9a-f]{64}$)`).MatchString(href[1]) {
				t.Errorf("refers to %s", href[1])
			}
		}
		checkMarkup(t, any)
	}
}

// checkMarkup looks at fields of markup: elements, links and insertions are escaped there.
func checkMarkup(t *testing.T, value any) {
	t.Helper()
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			checkMarkup(t, one)
		}
	case map[string]any:
		for key, one := range value {
			text, isText := one.(string)
			if isText && strings.Contains(" title description statement remarks prose ", " "+key+" ") && regexp.MustCompile(`<|(^|[^\\])[\[{]`).MatchString(text) {
				t.Errorf("%s holds markup: %.200s", key, text)
			}
			checkMarkup(t, one)
		}
	}
}

func TestToken(t *testing.T) {
	for id, want := range map[string]string{"S0.001": "S0.001", "12.10.1": "_12.10.1", "164.312(a)(1)": "_164.312.a..1", "": "_", "a b": "a.b", "é_1": "é_1", "-x": "_-x", "<x>": "x"} {
		if got := token(id); got != want {
			t.Errorf("%q: got %s, want %s", id, got, want)
		}
	}
}

// TestUUID holds version 5 to the example of RFC 9562.
func TestUUID(t *testing.T) {
	dns := [16]byte{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	if got, want := uuidText(named(dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestStates holds each state of items to what OSCAL says of it.
func TestStates(t *testing.T) {
	var document struct {
		Results assessmentResults `json:"assessment-results"`
	}
	if err := json.Unmarshal(results(t, inputOf(fixture.Full())), &document); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, finding := range document.Results.Results[0].Findings {
		for _, prop := range finding.Props {
			if prop.Name == "state" {
				got[prop.Value] = finding.Target.Status.State + " " + finding.Target.Status.Reason
			}
		}
	}
	want := map[string]string{"satisfied": "satisfied pass", "not-satisfied": "not-satisfied fail", "contradicted": "not-satisfied fail"}
	for _, state := range review.ItemStates {
		if want[string(state)] == "" {
			want[string(state)] = "not-satisfied other"
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestRisks holds exceptions to their states in OSCAL.
func TestRisks(t *testing.T) {
	var document struct {
		Results assessmentResults `json:"assessment-results"`
	}
	if err := json.Unmarshal(results(t, inputOf(fixture.Full())), &document); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, risk := range document.Results.Results[0].Risks {
		got[risk.Title] = risk.Status + " " + risk.Deadline
	}
	want := map[string]string{
		"Exception agent from privileged": "deviation-requested 2027-06-18T23:59:59Z", "Exception done from B.01": "closed 2027-03-10T23:59:59Z",
		"Exception never from B.13": "open 2027-03-10T23:59:59Z", "Exception no-mesh from B.06": "deviation-approved 2026-12-30T23:59:59Z",
		"Exception short from B.03": "open 2026-12-03T23:59:59Z",
		"B.03 is not satisfied":     "open ", "B.04 is partly": "open ", "B.05 is contradicted": "open ", "B.07 is stale": "open ",
		"B.13 is not satisfied": "open 2026-12-30T23:59:59Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
