package component

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// duration is a length of time as Loki and Prometheus write it: 30d, 720h, 4w.
var duration = regexp.MustCompile(`^(\d+)(h|d|w|y|mo)$`)

// LogRetention judges the fact that describes a cluster: it looks for how long log stores of the
// cluster keep logs (Loki's settings in ConfigMaps, LokiStack, Elasticsearch's life cycle in
// OpenShift's ClusterLogging) and fails if that is less than the parameter "days". Stores outside
// the cluster are not seen.
func LogRetention(in assessment.Input) []assessment.Verdict {
	days, where := -1, ""
	keep := func(text, at string) {
		if found, ok := inDays(text); ok && (days < 0 || found < days) {
			days, where = found, at
		}
	}
	for _, config := range in.Index.Kind("ConfigMap") {
		for _, file := range config.Root.Get("data").Children() {
			if !strings.Contains(file.Text(), "retention_period") {
				continue
			}
			readSettings(file).Walk(func(n *document.Node) {
				if n.Key() == "retention_period" {
					keep(n.Text(), "ConfigMap "+config.Namespace+"/"+config.Name)
				}
			})
		}
	}
	for _, stack := range in.Index.Kind("LokiStack") {
		keep(stack.Root.Get("spec", "limits", "global", "retention", "days").Text()+"d", "LokiStack "+stack.Namespace+"/"+stack.Name)
	}
	for _, logging := range in.Index.Kind("ClusterLogging") {
		for _, policy := range logging.Root.Get("spec", "logStore", "retentionPolicy").Children() {
			keep(policy.Get("maxAge").Text(), "ClusterLogging "+logging.Namespace+"/"+logging.Name)
		}
	}
	switch least := in.Values.Int("days"); {
	case days < 0:
		return assessment.Skipped("no log store with settings for retention was seen in the cluster")
	case days < least:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s keeps logs for %d days, at least %d are wanted", where, days, least), in.Element)}
	}
	return nil
}

// inDays reads a length of time; 0 keeps for ever, which is no length.
func inDays(text string) (int, bool) {
	parts := duration.FindStringSubmatch(strings.TrimSuffix(strings.TrimSuffix(text, "0s"), "0m"))
	if parts == nil {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n == 0 {
		return 0, false
	}
	switch parts[2] {
	case "h":
		return n / 24, true
	case "w":
		return 7 * n, true
	case "mo":
		return 30 * n, true
	case "y":
		return 365 * n, true
	}
	return n, true
}
