package component

import (
	"fmt"
	"regexp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// ruleKinds are the kinds that hold alert rules in groups, as Prometheus reads them.
var ruleKinds = []string{"PrometheusRule", "VMRule", "AlertingRule", "GrafanaAlertRuleGroup", "LokiRule"}

// Alerts judges the fact that describes a cluster: it passes if an alert rule was seen whose
// expression, name or labels match the parameter "pattern" (RE2, without regard to case). Rules that
// are kept outside the cluster, or in files of Prometheus itself, are not seen.
func Alerts(in assessment.Input) []assessment.Verdict {
	pattern, err := regexp.Compile("(?i)" + in.Values.String("pattern"))
	if err != nil {
		return []assessment.Verdict{{Outcome: assessment.Error, Message: fmt.Sprintf("parameter pattern is no regular expression: %v", err)}}
	}
	rules := 0
	for _, kind := range ruleKinds {
		for _, object := range in.Index.Kind(kind) {
			for _, group := range object.Root.Get("spec", "groups").Children() {
				for _, rule := range group.Get("rules").Children() {
					if rule.Get("alert") == nil {
						continue
					}
					rules++
					if speaksOf(rule, pattern) {
						return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf(
							"alert %q of %s %s/%s", rule.Get("alert").Text(), kind, object.Namespace, object.Name)}}
					}
				}
			}
		}
	}
	about := in.Values.String("about")
	if rules == 0 {
		return []assessment.Verdict{assessment.Failed("no alert rule was seen, so none "+about, in.Element)}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("none of %d alert rules %s", rules, about), in.Element)}
}

func speaksOf(rule *document.Node, pattern *regexp.Regexp) bool {
	for _, text := range []*document.Node{rule.Get("alert"), rule.Get("expr")} {
		if pattern.MatchString(text.Text()) {
			return true
		}
	}
	for _, label := range rule.Get("labels").Children() {
		if pattern.MatchString(label.Text()) {
			return true
		}
	}
	return false
}
