package mesh

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// CiliumEncryption gives a verdict for the configuration of Cilium: it fails if Cilium encrypts
// nothing between nodes and no service mesh was seen that does.
func CiliumEncryption(in assessment.Input) []assessment.Verdict {
	settings := ciliumConfig(in.Index)
	if settings == nil || len(Of(in.Index).Meshes) > 0 {
		return nil
	}
	verdict := placed(assessment.Pass, "", settings)
	if encryption(settings.Root.Get("data")) == "" {
		verdict = assessment.Failed("traffic between nodes is not encrypted: neither enable-wireguard nor enable-ipsec is true", settings.Root, "data", "enable-wireguard")
		verdict.Subject = settings
	}
	return []assessment.Verdict{verdict}
}

// ciliumConfig is the ConfigMap of Cilium's agents; nil if it was not seen.
func ciliumConfig(index *inventory.Index) *inventory.Subject {
	for _, s := range index.Kind("ConfigMap") {
		if s.Name == "cilium-config" {
			return s
		}
	}
	return nil
}

// encryption names how the settings of Cilium encrypt traffic between nodes; "" if not at all.
func encryption(settings *document.Node) string {
	var how []string
	for _, way := range []struct{ key, title string }{{"enable-wireguard", "WireGuard"}, {"enable-ipsec", "IPsec"}} {
		if strings.EqualFold(settings.Get(way.key).Text(), "true") {
			how = append(how, way.title)
		}
	}
	return strings.Join(how, ", ")
}
