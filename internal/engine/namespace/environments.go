package namespace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Environments judges the fact that describes a cluster: it fails if namespaces of production stand
// beside namespaces of other environments. The environment is that of the labels in the parameter
// "labels", else a word at either end of the namespace's name.
func Environments(in assessment.Input) []assessment.Verdict {
	production, others := "", ""
	for _, namespace := range in.Index.Kind("Namespace") {
		switch word := environmentOf(namespace, in.Values.Strings("labels")); {
		case word == "":
		case slices.Contains(in.Values.Strings("production"), word):
			production = first(production, namespace.Name)
		case slices.Contains(in.Values.Strings("others"), word):
			others = first(others, namespace.Name)
		}
	}
	switch {
	case production != "" && others != "":
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
			"production and other environments share the cluster: namespaces %q and %q", production, others), in.Element)}
	case production == "" && others == "":
		return []assessment.Verdict{assessment.At(assessment.Unknown, "no namespace tells its environment: label them, as with environment: production", in.Element)}
	}
	return nil
}

func environmentOf(namespace *inventory.Subject, labels []string) string {
	for _, key := range labels {
		if value := namespace.Labels().Get(key).Text(); value != "" {
			return strings.ToLower(value)
		}
	}
	words := strings.Split(namespace.Name, "-")
	if len(words) == 1 {
		return words[0]
	}
	for _, word := range []string{words[0], words[len(words)-1]} {
		if slices.Contains(environmentWords, word) {
			return word
		}
	}
	return ""
}

// environmentWords are the words that name an environment where they stand at the end of a name.
var environmentWords = []string{"production", "prod", "prd", "live", "staging", "stage", "stg", "preprod",
	"development", "dev", "testing", "test", "tst", "qa", "uat", "sandbox"}

func first(known, name string) string {
	if known != "" {
		return known
	}
	return name
}
