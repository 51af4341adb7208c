package collect

import (
	"cmp"
	"path"
	"path/filepath"

	"github.com/kubeproof/kubeproof/internal/collect/chart"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// releaseNamespace stands for the namespace that a chart's release will have, which nobody has
// chosen yet: "default" would look like a choice.
const releaseNamespace = "release-namespace"

// planChart renders the chart in a folder or a .tgz.
func (r *run) planChart(target int, name, place string) {
	show := path.Clean(filepath.ToSlash(place))
	r.add(target, name, show, func() []part { return []part{r.readChart(name, place, show)} })
}

func (r *run) readChart(target, place, show string) part {
	counted := &inventory.Target{Kind: "chart", Name: target}
	options := r.options.Chart
	options.Target, options.Show = counted, show
	options.PodTemplates, options.Limits = r.options.Templates, r.options.Limits
	if options.Namespace == "" {
		options.Namespace = cmp.Or(r.options.Namespace, releaseNamespace)
	}
	subjects, errs := chart.Collect(r.ctx, place, options)
	return part{show: show, subjects: subjects, errors: errs, files: counted.Files, documents: counted.Documents, skipped: counted.Skipped}
}
