package acceptance

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// TestHadolintComments: where a comment for hadolint stands says what it switches off.
func TestHadolintComments(t *testing.T) {
	const dockerfile = `kind: Dockerfile
ignores: [DL4000]
stages:
  - base: debian
    ignores: [DL3006, DL3002]
    instructions:
      - instruction: RUN
        ignores: [DL3008, DL3009]
        commands: [a]
      - instruction: RUN
        commands: [b]
`
	const stage = "stages[0]."
	tests := []struct {
		name, path string
		rules      []string
		want       *assessment.Exception
	}{
		{"above the instruction", stage + "instructions[0].commands[0]", []string{"DL3009"}, &assessment.Exception{Reason: "hadolint ignore=DL3009", Source: "deploy/shop.yaml:7"}},
		{"the instruction itself", stage + "instructions[0]", []string{"DL3008"}, &assessment.Exception{Reason: "hadolint ignore=DL3008", Source: "deploy/shop.yaml:7"}},
		{"above another instruction", stage + "instructions[1].commands[0]", []string{"DL3008"}, nil},
		{"of another rule", stage + "instructions[0].commands[0]", []string{"DL3013"}, nil},
		{"of no rule", stage + "instructions[0].commands[0]", nil, nil},
		{"above FROM", stage + "base", []string{"DL3006"}, &assessment.Exception{Reason: "hadolint ignore=DL3006", Source: "deploy/shop.yaml:4"}},
		{"above FROM, not for what follows", stage + "instructions[1]", []string{"DL3002"}, nil},
		{"for the whole file", stage + "instructions[1].commands[0]", []string{"DL4000"}, &assessment.Exception{Reason: "hadolint ignore=DL4000", Source: "deploy/shop.yaml:1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings, subjects := seen(dockerfile, map[string]string{"x": test.path})
			if len(findings) != 1 {
				t.Fatalf("got %d findings, want 1", len(findings))
			}
			findings[0].Maps = map[string][]string{"hadolint": test.rules}
			Apply(findings, subjects, nil, nil, today)
			if diff := cmp.Diff(test.want, findings[0].Exception); diff != "" {
				t.Errorf("exception (-want +got):\n%s", diff)
			}
			if got := findings[0].Outcome == assessment.Accepted; got != (test.want != nil) {
				t.Errorf("outcome is %s", findings[0].Outcome)
			}
		})
	}
}

// TestHadolintCommentsOfManifests: what no Dockerfile is has no such comments.
func TestHadolintCommentsOfManifests(t *testing.T) {
	findings, subjects := seen("kind: Pod\nignores: [DL3008]\nspec: {a: 1}\n", map[string]string{"x": "spec.a"})
	findings[0].Maps = map[string][]string{"hadolint": {"DL3008"}}
	if Apply(findings, subjects, nil, nil, today); findings[0].Outcome != assessment.Fail {
		t.Errorf("outcome is %s", findings[0].Outcome)
	}
}
