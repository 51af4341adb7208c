package saved_test

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const built = `apiVersion: kubeproof.dev/v1
kind: Dockerfile
metadata: {name: Dockerfile}
stages:
- instructions:
  - {instruction: ENV, pairs: [{name: DB_PASSWORD, value: Winter2031-x}, {name: POSTGRES_PASSWORD, value: postgres}]}
  - instruction: RUN
    words: [curl, -u, "shop:Winter2031-x", "https://shop:Winter2031-x@example.com/app.tgz"]
    heredocs: [{name: EOF, text: "apt-get install postgres\nexport TOKEN=Winter2031-x\n"}]
  - {instruction: RUN, words: [git, checkout, 3f786850e387550fdab836ed7e6dc881de23001b]}
  - {instruction: COPY, sources: [server.key], destination: /etc/}
`

// A secret that a finding stands on is hidden wherever the Dockerfile has it; what is needed to judge stays.
func TestSecretsOfADockerfileAreHiddenEverywhere(t *testing.T) {
	documents, problems := document.Read([]byte(built), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	root := documents[0].Root
	s := &inventory.Subject{Kind: inventory.FactDockerfile, APIVersion: inventory.FactVersion, Name: "Dockerfile", Root: root, Source: &inventory.Source{File: "Dockerfile"}}
	instructions := root.Get("stages").Children()[0].Get("instructions").Children()
	pairs := instructions[0].Get("pairs").Children()
	line := document.PlacedText(document.At{Line: 9, Column: 1}, "")
	var findings []*assessment.Finding
	for _, at := range []*document.Node{pairs[0].Get("value"), pairs[1].Get("value"), line, instructions[3].Get("sources").Children()[0]} {
		findings = append(findings, &assessment.Finding{Control: "secrets", Outcome: assessment.Fail, Message: "a secret", Node: at, Object: s, Location: assessment.Location{Path: at.Path()}})
	}
	text := write(t, &inventory.Inventory{Subjects: []*inventory.Subject{s}}, findings)
	if strings.Contains(text, "Winter2031") {
		t.Errorf("the password is in the file: %s", text)
	}
	for _, want := range []string{"3f786850e387550fdab836ed7e6dc881de23001b", "https://***@example.com/app.tgz", "apt-get install postgres", "server.key", `"value":"sha256:`} {
		if !strings.Contains(text, want) && !strings.Contains(text, strings.Replace(want, "***", "shop:***", 1)) {
			t.Errorf("%s is gone: %s", want, text)
		}
	}
	again, err := saved.Read(strings.NewReader(text), document.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if told := again.Subjects[0].Told; told[2].Line != 9 || told[2].Column != 1 || told[0].Line != 0 {
		t.Errorf("told as %+v", told)
	}
}
