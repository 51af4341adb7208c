// Package selector matches the labels of pods and namespaces with the two kinds of selectors
// that Kubernetes objects carry: label selectors and the plain maps of Services.
// Begin with Matches.
package selector

import "github.com/kubeproof/kubeproof/internal/document"

// Matches reports whether a LabelSelector (matchLabels, matchExpressions) selects these labels,
// which may be nil. As in the API, an absent selector selects nothing and an empty one all;
// an operator that the API does not know selects nothing.
func Matches(labelSelector, labels *document.Node) bool {
	if labelSelector == nil || labelSelector.Kind != document.Map {
		return false
	}
	for _, want := range labelSelector.Get("matchLabels").Children() {
		if got := labels.Get(want.Key()); got == nil || got.Text() != want.Text() {
			return false
		}
	}
	for _, expression := range labelSelector.Get("matchExpressions").Children() {
		if !holds(expression, labels) {
			return false
		}
	}
	return true
}

// MatchesMap reports whether the spec.selector of a Service selects these labels. An absent or
// empty one selects nothing: such a Service has its endpoints written by hand.
func MatchesMap(selector, labels *document.Node) bool {
	for _, want := range selector.Children() {
		if got := labels.Get(want.Key()); got == nil || got.Text() != want.Text() {
			return false
		}
	}
	return selector.Len() > 0
}

func holds(expression, labels *document.Node) bool {
	label := labels.Get(expression.Get("key").Text())
	switch expression.Get("operator").Text() {
	case "In":
		return label != nil && contains(expression.Get("values"), label.Text())
	case "NotIn":
		return label == nil || !contains(expression.Get("values"), label.Text())
	case "Exists":
		return label != nil
	case "DoesNotExist":
		return label == nil
	}
	return false
}

func contains(values *document.Node, text string) bool {
	for _, value := range values.Children() {
		if value.Text() == text {
			return true
		}
	}
	return false
}
