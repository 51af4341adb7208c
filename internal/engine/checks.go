package engine

import (
	"maps"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/access"
	"github.com/kubeproof/kubeproof/internal/engine/account"
	"github.com/kubeproof/kubeproof/internal/engine/admission"
	"github.com/kubeproof/kubeproof/internal/engine/audit"
	"github.com/kubeproof/kubeproof/internal/engine/build"
	"github.com/kubeproof/kubeproof/internal/engine/component"
	"github.com/kubeproof/kubeproof/internal/engine/composefile"
	"github.com/kubeproof/kubeproof/internal/engine/controlplane"
	"github.com/kubeproof/kubeproof/internal/engine/copying"
	"github.com/kubeproof/kubeproof/internal/engine/download"
	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/engine/imagecontents"
	"github.com/kubeproof/kubeproof/internal/engine/install"
	"github.com/kubeproof/kubeproof/internal/engine/mesh"
	"github.com/kubeproof/kubeproof/internal/engine/namespace"
	"github.com/kubeproof/kubeproof/internal/engine/network"
	"github.com/kubeproof/kubeproof/internal/engine/node"
	"github.com/kubeproof/kubeproof/internal/engine/running"
	"github.com/kubeproof/kubeproof/internal/engine/secret"
	"github.com/kubeproof/kubeproof/internal/engine/segmentation"
	"github.com/kubeproof/kubeproof/internal/engine/supplychain"
	"github.com/kubeproof/kubeproof/internal/engine/workload"
)

// checks are the Go checks of all packages by the name that controls use.
var checks = joinedChecks(
	access.Checks,
	account.Checks,
	admission.Checks,
	audit.Checks,
	build.Checks,
	component.Checks,
	composefile.Checks,
	controlplane.Checks,
	copying.Checks,
	download.Checks,
	escalation.Checks,
	image.Checks,
	imagecontents.Checks,
	install.Checks,
	mesh.Checks,
	namespace.Checks,
	network.Checks,
	node.Checks,
	running.Checks,
	secret.Checks,
	segmentation.Checks,
	supplychain.Checks,
	workload.Checks,
)

func joinedChecks(lists ...map[string]assessment.Check) map[string]assessment.Check {
	all := map[string]assessment.Check{}
	for _, list := range lists {
		maps.Copy(all, list)
	}
	return all
}
