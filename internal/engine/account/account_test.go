package account

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func TestUseOf(t *testing.T) {
	const accounts = `
{kind: ServiceAccount, metadata: {name: quiet, namespace: shop}, automountServiceAccountToken: false}
---
{kind: ServiceAccount, metadata: {name: loud, namespace: shop}, automountServiceAccountToken: true}
`
	for _, test := range []struct {
		name, spec, account string
		mounted             bool
	}{
		{"nothing said", "{}", "default", true},
		{"account says no", "{serviceAccountName: quiet}", "quiet", false},
		{"pod wins", "{serviceAccountName: quiet, automountServiceAccountToken: true}", "quiet", true},
		{"pod says no", "{serviceAccountName: loud, automountServiceAccountToken: false}", "loud", false},
		{"old field", "{serviceAccount: quiet}", "quiet", false},
		{"new field wins", "{serviceAccount: quiet, serviceAccountName: loud}", "loud", true},
		{"null is absent", "{serviceAccountName: quiet, automountServiceAccountToken: ~}", "quiet", false},
		{"a wrong type is no refusal", "{serviceAccountName: quiet, automountServiceAccountToken: \"false\"}", "quiet", true},
		{"account unseen", "{serviceAccountName: unseen}", "unseen", true},
	} {
		text := "{kind: Pod, metadata: {name: p, namespace: shop}, spec: " + test.spec + "}\n---" + accounts
		documents, problems := document.Read([]byte(text), document.DefaultLimits)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", test.name, problems)
		}
		var subjects []*inventory.Subject
		for _, d := range documents {
			subjects = append(subjects, inventory.NewSubject(d.Root, &inventory.Source{}, d.EndLine, "", nil))
		}
		got := useOf(subjects[0], inventory.NewIndex(subjects))
		if got.name != test.account || got.mounted != test.mounted {
			t.Errorf("%s: account %q mounted %t, want %q %t", test.name, got.name, got.mounted, test.account, test.mounted)
		}
	}
}
