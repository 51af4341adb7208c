package engine

import (
	"context"
	"testing"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// fact is a Dockerfile as its collector describes it, with some commands before the guilty one.
func fact(before ...any) *inventory.Subject {
	commands := append(before, map[string]any{"instruction": "RUN", "commands": []any{map[string]any{"name": "sudo", "words": []any{"sudo", "id"}}}})
	root := document.Make(map[string]any{"stages": []any{map[string]any{"instructions": commands}}})
	return &inventory.Subject{Kind: inventory.FactDockerfile, APIVersion: inventory.FactVersion, Name: "Dockerfile", Root: root, Source: &inventory.Source{File: "Dockerfile"}}
}

func TestFingerprintsOfFactsStayWhenTheirListsGrow(t *testing.T) {
	c := &control.Control{ID: "no-sudo", Severity: control.Low, Team: control.Apps,
		Check: control.Check{Scope: "commands", CEL: `command.name != "sudo"`, Message: `"calls " + command.words[0] + " in " + instruction.instruction`}}
	plan, err := New([]*control.Control{c}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var prints []string
	for _, s := range []*inventory.Subject{fact(), fact(map[string]any{"instruction": "ENV"}, map[string]any{"instruction": "COPY"})} {
		result, err := plan.Judge(context.Background(), &inventory.Inventory{Subjects: []*inventory.Subject{s}})
		if err != nil || len(result.Findings) != 1 || result.Findings[0].Message != "calls sudo in RUN" {
			t.Fatalf("findings %v, %v", result.Findings, err)
		}
		prints = append(prints, result.Findings[0].Fingerprint)
	}
	if prints[0] != prints[1] {
		t.Errorf("fingerprints differ: %v", prints)
	}
}
