package server

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// networkTabs are the pages about what can talk to what.
var networkTabs = []tab{{"/network", "Namespaces", false}, {"/network/can", "Can it connect", false}, {"/network/exposed", "From outside", false}}

// namespacesOnPage is how many rows and columns the matrix of namespaces has, and longestMatrix how long
// it may take to work one out.
const (
	namespacesOnPage = 40
	longestMatrix    = 20 * time.Second
)

// policing is what every answer about the network needs: whether policies are enforced, and what of them
// cannot be read.
type policing struct {
	Enforcement ask.Enforcement
	Problems    []ask.Reason
}

// Enforces reports whether policies are known to be more than paper.
func (p policing) Enforces() bool { return p.Enforcement.State == string(reach.Enforces) }

func policingOf(seen *ask.Seen) policing {
	problems := seen.Problems()
	return policing{seen.Enforcement(), problems[:min(len(problems), mostNotes)]}
}

// networkPage is which namespace may open connections to which.
type networkPage struct {
	*onCluster
	policing
	Q             string
	Names         []string // that fit
	Down, Across  []string // the names of the rows and of the columns
	Rows, Columns rows
	Zones         [][]ask.Zone
	States        []ask.NamespaceState
	Picture       picture
	Why           string // why there is no matrix
}

func (v *visit) network() error {
	c, err := v.onCluster(networkTabs, reach.Kinds...)
	if err != nil {
		return err
	}
	page := networkPage{onCluster: c, Q: escape.Clip(v.URL.Query().Get("q"), 200)}
	if c.Ready() {
		if err := v.zones(&page); err != nil {
			return err
		}
	}
	return v.show("network.html", "Network", page)
}

// zones works out the part of the matrix that is asked for.
func (v *visit) zones(page *networkPage) error {
	q := v.URL.Query()
	page.policing = policingOf(page.seen)
	for _, name := range page.seen.WorkloadNamespaces() {
		if strings.Contains(strings.ToLower(name), strings.ToLower(page.Q)) {
			page.Names = append(page.Names, name)
		}
	}
	if len(page.Names) == 0 {
		return nil
	}
	page.Rows, page.Columns = rowsOf(q.Get("page"), len(page.Names), namespacesOnPage), rowsOf(q.Get("to"), len(page.Names), namespacesOnPage)
	page.Down = page.Names[page.Rows.From:page.Rows.To]
	page.Across = append(slices.Clone(page.Names[page.Columns.From:page.Columns.To]), ask.Internet)
	for _, name := range page.Down {
		page.States = append(page.States, page.seen.Namespace(name))
	}
	ctx, cancel := context.WithTimeout(v.Context(), longestMatrix)
	defer cancel()
	var err error
	page.Zones, err = page.seen.Zones(ctx, append(slices.Clone(page.Down), ask.Internet), page.Across)
	if err != nil && v.Context().Err() == nil {
		page.Why = "The matrix takes too long to work out. Choose fewer namespaces by a part of their names; what was worked out is kept, so that asking again goes on from there."
		return nil
	}
	if err != nil {
		return err
	}
	page.Picture, err = pictureOf(ask.ZonesDrawn("Which namespace may open connections to which, by network policies", page.Zones))
	return err
}

// ZoneClass is the class of a field of the matrix.
func (p networkPage) ZoneClass(z ask.Zone) string {
	return map[string]string{"all": "c-all", "some": "c-some", "none": "c-none", "unknown": "c-unknown"}[z.Word()]
}

// namespacePage is what policies do in a namespace, and what may pass between its workloads.
type namespacePage struct {
	*onCluster
	policing
	Space   string
	Wrong   string
	State   ask.NamespaceState
	Matrix  *ask.Matrix
	Large   bool // too large for a table: it is listed
	More    int  // flows that are not listed
	Picture picture
	Exposed []ask.Way
	Most    int
}

// A table of workloads has at most so many columns, and a list so many lines.
const (
	mostAcross = 40
	mostFlows  = 500
	mostOpen   = 100
)

func (v *visit) networkNamespace() error {
	c, err := v.onCluster(networkTabs, reach.Kinds...)
	if err != nil {
		return err
	}
	page := namespacePage{onCluster: c, Space: escape.Clip(v.URL.Query().Get("namespace"), 300), Most: mostOpen}
	if c.Ready() {
		if err := page.fill(); err != nil {
			return err
		}
	}
	return v.show("network_namespace.html", "Network of "+page.Space, page)
}

func (p *namespacePage) fill() error {
	p.policing = policingOf(p.seen)
	if !slices.Contains(p.seen.WorkloadNamespaces(), p.Space) {
		p.Wrong = "No workload was seen in this namespace. Choose another one."
		return nil
	}
	asked := func(name string) bool { return name == p.Space }
	p.State = p.seen.Namespace(p.Space)
	p.Exposed = p.seen.Exposed(asked).Ways
	p.Exposed = p.Exposed[:min(len(p.Exposed), mostOpen)]
	var err error
	if p.Matrix, err = p.seen.Matrix(asked, ask.MostGroups); err != nil {
		p.Wrong = sentence(err.Error()) + "."
		return nil
	}
	if p.Large = len(p.Matrix.Groups) > mostAcross; p.Large {
		p.More = max(0, len(p.Matrix.Flows)-mostFlows)
		p.Matrix.Flows = p.Matrix.Flows[:min(len(p.Matrix.Flows), mostFlows)]
	}
	drawn, err := p.seen.Connections(asked, "workload")
	if err == nil {
		p.Picture, err = pictureOf(drawn)
	}
	return err
}

// FlowClass is the class of a field of the matrix.
func (p namespacePage) FlowClass(f ask.Flow) string {
	return map[string]string{"allowed": "c-all", "some": "c-some", "denied": "c-none", "unknown": "c-unknown"}[f.Answer]
}
