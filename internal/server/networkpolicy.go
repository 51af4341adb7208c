package server

import (
	"errors"
	"io"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// policyPage is the least policies that the workloads of a namespace need.
type policyPage struct {
	*onCluster
	policing
	Space  string
	Wrong  string
	Policy *ask.Generated
}

func (v *visit) networkPolicy() error {
	c, err := v.onCluster(networkTabs, reach.Kinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := policyPage{onCluster: c, Space: escape.Clip(q.Get("namespace"), 300)}
	if c.Ready() {
		page.policing = policingOf(c.seen)
		page.Policy, err = c.seen.Suggested(page.Space)
		if errors.Is(err, ask.ErrNoWorkloads) {
			page.Wrong, err = "No workload was seen in this namespace: there is nothing to write policies for.", nil
		}
		if err != nil {
			return err
		}
	}
	if q.Get("download") == "" || page.Policy == nil {
		return v.show("network_policy.html", "Policies for "+page.Space, page)
	}
	return v.download("networkpolicy-"+page.Space+".yaml", "text/yaml", func(w io.Writer) error {
		_, err := io.WriteString(w, page.Policy.YAML)
		return err
	})
}
