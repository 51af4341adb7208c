package chart

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
)

// secretName is what values that must not be told are called. It is wide: hiding too much in an
// error's text costs little.
var secretName = regexp.MustCompile(`(?i)pass|secret|token|key|credential|auth|cert`)

// shortestHidden spares short words, which messages hold for other reasons.
const shortestHidden = 6

// hider takes the values of secrets out of what a chart's author makes a template say.
type hider struct{ secrets []string }

// newHider finds all texts below keys that are called like secrets.
func newHider(values any) *hider {
	h := &hider{}
	h.find(values, false)
	// The longest first: one secret may be a part of another.
	slices.SortFunc(h.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return h
}

func (h *hider) find(value any, secret bool) {
	switch v := value.(type) {
	case string:
		if secret && len(v) >= shortestHidden {
			h.secrets = append(h.secrets, v)
		}
	case common.Values:
		h.find(map[string]any(v), secret)
	case map[string]any:
		for key, element := range v {
			h.find(element, secret || secretName.MatchString(key))
		}
	case []any:
		for _, element := range v {
			h.find(element, secret)
		}
	}
}

func (h *hider) hide(text string) string {
	for _, secret := range h.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
