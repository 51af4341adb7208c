package controlplane

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// EncryptionOfSecrets judges an EncryptionConfiguration. The API server takes the first entry that
// names a resource, and its first provider writes: a configuration in which that one is identity,
// or that does not name secrets, stores them readable.
func EncryptionOfSecrets(in assessment.Input) []assessment.Verdict {
	root := in.Subject.Root
	if in.Subject.Group() != "apiserver.config.k8s.io" {
		return assessment.Skipped("no configuration of the API server")
	}
	for _, entry := range root.Get("resources").Children() {
		if !coversSecrets(entry.Get("resources")) {
			continue
		}
		providers := entry.Get("providers").Children()
		if len(providers) == 0 {
			return []assessment.Verdict{assessment.Failed("secrets are stored readable: their entry has no provider", entry, "providers")}
		}
		if name, node := provider(providers[0]); name == "identity" {
			return []assessment.Verdict{assessment.Failed("secrets are stored readable: identity is their first provider", node)}
		}
		return nil
	}
	return []assessment.Verdict{assessment.Failed("secrets are stored readable: no entry names them", root, "resources")}
}

func coversSecrets(resources *document.Node) bool {
	return slices.ContainsFunc(resources.Children(), func(n *document.Node) bool {
		return slices.Contains([]string{"secrets", "*.", "*.*"}, n.Text())
	})
}

// provider names the provider of an entry, which is a map of one field.
func provider(n *document.Node) (string, *document.Node) {
	if n.Len() == 0 {
		return "", n
	}
	return n.Children()[0].Key(), n.Children()[0]
}

// EncryptionObserved judges a cluster by the metrics of its API server: it fails if secrets were
// written without encryption since it started.
func EncryptionObserved(in assessment.Input) []assessment.Verdict {
	root := in.Subject.Root
	metrics := root.Get("metrics")
	if metrics == nil {
		return []assessment.Verdict{assessment.At(assessment.Unknown, "metrics of the API server were not read: grant get on /metrics", root, "metrics")}
	}
	written := metrics.Get("encryption", "secrets")
	total, readable := int64(0), int64(0)
	for _, prefix := range written.Children() {
		total += prefix.Int64()
		if !strings.HasPrefix(prefix.Key(), "k8s:enc:") {
			readable += prefix.Int64()
		}
	}
	switch {
	case total == 0:
		return []assessment.Verdict{assessment.At(assessment.Unknown,
			"no secret was written since the API server started: create one and scan again", metrics, "encryption", "secrets")}
	case readable > 0:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("secrets are written without encryption: %d of %d since the API server started",
			readable, total), metrics, "encryption", "secrets", "identity")}
	}
	return nil
}
