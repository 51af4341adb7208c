package reach

import "github.com/kubeproof/kubeproof/internal/inventory"

const ciliumGroup = "cilium.io"

func speaksCilium(index *inventory.Index) bool { return false }
func (m *Model) readCiliumPolicies()           {}
