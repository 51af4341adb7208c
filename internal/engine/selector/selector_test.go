package selector_test

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
)

func read(t *testing.T, text string) *document.Node {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 || len(documents) != 1 {
		t.Fatalf("read %q: %v", text, problems)
	}
	return documents[0].Root
}

func TestMatches(t *testing.T) {
	labels := read(t, "{app: web, tier: front, version: 2}")
	for _, test := range []struct {
		name, selector string
		want           bool
	}{
		{"empty selects all", "{matchLabels: {}}", true},
		{"label", "{matchLabels: {app: web}}", true},
		{"other value", "{matchLabels: {app: api}}", false},
		{"absent label", "{matchLabels: {zone: a}}", false},
		{"number as text", "{matchLabels: {version: '2'}}", true},
		{"in", "{matchExpressions: [{key: app, operator: In, values: [api, web]}]}", true},
		{"not in", "{matchExpressions: [{key: app, operator: NotIn, values: [api, web]}]}", false},
		{"not in absent", "{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}", true},
		{"exists", "{matchExpressions: [{key: tier, operator: Exists}]}", true},
		{"does not exist", "{matchExpressions: [{key: tier, operator: DoesNotExist}]}", false},
		{"all must hold", "{matchLabels: {app: web}, matchExpressions: [{key: zone, operator: Exists}]}", false},
		{"unknown operator", "{matchExpressions: [{key: app, operator: Like, values: [w]}]}", false},
	} {
		if got := selector.Matches(read(t, test.selector), labels); got != test.want {
			t.Errorf("%s: Matches = %t, want %t", test.name, got, test.want)
		}
	}
	if selector.Matches(nil, labels) {
		t.Error("an absent selector selects nothing")
	}
}

func TestMatchesMap(t *testing.T) {
	labels := read(t, "{app: web, tier: front}")
	for _, test := range []struct {
		name, selector string
		want           bool
	}{
		{"subset", "{app: web}", true},
		{"other", "{app: web, tier: back}", false},
		{"empty", "{a: null}", false},
	} {
		if got := selector.MatchesMap(read(t, test.selector), labels); got != test.want {
			t.Errorf("%s: MatchesMap = %t, want %t", test.name, got, test.want)
		}
	}
	if selector.MatchesMap(nil, labels) {
		t.Error("an absent selector selects nothing")
	}
}
