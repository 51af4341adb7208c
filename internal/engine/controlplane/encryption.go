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
// written without encryption since it started, or read that lie in storage without it.
func EncryptionObserved(in assessment.Input) []assessment.Verdict {
	root := in.Subject.Root
	metrics := root.Get("metrics")
	if metrics == nil {
		return []assessment.Verdict{assessment.At(assessment.Unknown, "metrics of the API server were not read: grant get on /metrics", root, "metrics")}
	}
	written, readable := transformed(metrics.Get("encryption", "secrets"))
	read, old := transformed(metrics.Get("decryption", "secrets"))
	switch {
	case readable > 0:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("secrets are written without encryption: %d of %d since the API server started",
			readable, written), metrics, "encryption", "secrets", "identity")}
	case old > 0:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("secrets lie in storage without encryption: %d of %d that were read since the API server started",
			old, read), metrics, "decryption", "secrets", "identity")}
	case written+read == 0:
		return []assessment.Verdict{assessment.At(assessment.Unknown,
			"no secret was written or read since the API server started: create one and scan again", metrics, "encryption", "secrets")}
	}
	return nil
}

// transformed adds up how often secrets passed on their way to or from storage, and how often
// without encryption.
func transformed(byProvider *document.Node) (total, readable int64) {
	for _, count := range byProvider.Children() {
		total += count.Int64()
		if !strings.HasPrefix(count.Key(), "k8s:enc:") {
			readable += count.Int64()
		}
	}
	return total, readable
}
