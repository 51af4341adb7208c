package saved_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const manifests = `apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
data: {password: aHVudGVyMg==, user: cm9vdA==}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: web
        env:
        - {name: TOKEN, value: ghp_16C7e42F292c6912E7710c838347Ae178B4a}
`

func sample(t *testing.T) *inventory.Inventory {
	t.Helper()
	source := &inventory.Source{Target: "deploy", File: "deploy/all.yaml", Text: []byte(manifests)}
	documents, problems := document.Read(source.Text, document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	inv := &inventory.Inventory{Targets: []inventory.Target{{Kind: "path", Name: "deploy", Files: 1}},
		Gaps:   []inventory.Gap{{Target: "deploy", Kind: "Node", Reason: "no right to list nodes"}},
		Errors: []inventory.Error{{Target: "deploy", File: "x", Message: "broken", Lost: true}}}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return inv
}

func write(t *testing.T, inv *inventory.Inventory, findings []*assessment.Finding) string {
	t.Helper()
	var out bytes.Buffer
	if err := saved.Write(&out, inv, findings); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestInventoryComesBackWithoutSecrets(t *testing.T) {
	inv := sample(t)
	guilty := inv.Subjects[1].Pod.Containers()[0].Node.Get("env").Children()[0].Get("value")
	text := write(t, inv, []*assessment.Finding{{Control: "secret-in-env", Outcome: assessment.Fail, Message: "holds a token",
		Node: guilty, Object: inv.Subjects[1], Location: assessment.Location{Path: guilty.Path()}, Subject: assessment.Subject{Container: "web"}}})
	for _, secret := range []string{"aHVudGVyMg", "cm9vdA", "ghp_"} {
		if strings.Contains(text, secret) {
			t.Errorf("the secret %s is in the file", secret)
		}
	}
	again, err := saved.Read(strings.NewReader(text), document.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(inv.Targets, again.Targets); diff != "" {
		t.Errorf("targets (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(inv.Gaps, again.Gaps); diff != "" {
		t.Errorf("gaps (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(inv.Errors, again.Errors); diff != "" {
		t.Errorf("errors (-before +after):\n%s", diff)
	}
	deployment := again.Subjects[1]
	if deployment.Pod == nil || deployment.Namespace != "shop" || deployment.Source.File != "deploy/all.yaml" {
		t.Errorf("the Deployment came back as %+v", deployment)
	}
	if diff := cmp.Diff(inv.Subjects[1].Root.Places(), deployment.Root.Places()); diff != "" {
		t.Errorf("places (-before +after):\n%s", diff)
	}
	want := []inventory.Told{{Control: "secret-in-env", Outcome: "fail", Message: "holds a token", Path: guilty.Path(), Container: "web"}}
	if diff := cmp.Diff(want, deployment.Told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if twice := write(t, again, nil); strings.Count(twice, "sha256:") != 3 || !strings.Contains(twice, "holds a token") {
		t.Errorf("saved once more it lost something: %s", twice)
	}
}

func TestBrokenInventories(t *testing.T) {
	whole := write(t, sample(t), nil)
	lines := strings.SplitAfter(whole, "\n")
	tests := []struct{ name, text, err, lost string }{
		{"empty", "", "it is empty", ""},
		{"not JSON", "apiVersion: v1\n", "it is no saved inventory", ""},
		{"a report", `{"schema": "kubeproof.dev/scan/v1"}` + "\n", `its format is "kubeproof.dev/scan/v1"`, ""},
		{"a line too long", lines[0] + strings.Repeat("x", 65<<20), "", "longer than 64 MiB"},
		{"cut off", lines[0] + lines[1], "", "holds 1 of its 2 objects"},
		{"a broken line", lines[0] + "{\n" + lines[2], "", "object of the saved inventory cannot be read"},
		{"no object", lines[0] + `{"kind":"Pod","object":[]}` + "\n" + lines[2], "", "it holds no object"},
		{"places that do not fit", lines[0] + `{"kind":"Pod","places":[1,2],"object":{"a":1}}` + "\n" + lines[2], "", "its places do not fit"},
		{"two objects in one", lines[0] + `{"kind":"Pod","object":{"a":1}{"b":2}}` + "\n" + lines[2], "", "cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inv, err := saved.Read(strings.NewReader(test.text), document.DefaultLimits)
			switch {
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("error is %v, want %q", err, test.err)
			case test.err == "" && err != nil:
				t.Errorf("error is %v", err)
			case test.lost != "":
				last := inv.Errors[len(inv.Errors)-1]
				if !last.Lost || !strings.Contains(last.Message, test.lost) {
					t.Errorf("lost is %+v, want %q", last, test.lost)
				}
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":"kubeproof.dev/inventory/v1","subjects":1}` + "\n" + `{"kind":"Pod","pod":"a.b","under":["x"],"places":[1,1,0,0],"object":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		inv, err := saved.Read(bytes.NewReader(text), document.DefaultLimits)
		if err == nil && inv == nil {
			t.Error("neither an inventory nor an error")
		}
	})
}
