package assessment

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
)

func TestFailed(t *testing.T) {
	documents, _ := document.Read([]byte("spec:\n  limits: {cpu: 1}\n  labels: ~\n"), document.DefaultLimits)
	root := documents[0].Root
	for _, test := range []struct {
		path           []string
		stands, absent string
	}{
		{[]string{"spec", "limits", "cpu"}, "spec.limits.cpu", ""},
		{[]string{"spec", "limits", "memory"}, "spec.limits", "memory"},
		{[]string{"spec", "requests", "ephemeral-storage"}, "spec", "requests.ephemeral-storage"},
		{[]string{"spec", "labels", "a.b/c"}, "spec", `labels["a.b/c"]`},
		{nil, "", ""},
	} {
		got := Failed("wrong", root, test.path...)
		if got.Outcome != Fail || got.Node.Path() != test.stands || got.Missing != test.absent {
			t.Errorf("Failed(%v) = %s at %q, missing %q; want %q, missing %q", test.path, got.Outcome, got.Node.Path(), got.Missing, test.stands, test.absent)
		}
	}
}
