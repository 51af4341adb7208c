package server

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/server/shelf"
)

// onCluster is what pages about a cluster have in common: which cluster and scan is looked at, what
// keeps it from being shown, and what was not seen of it.
type onCluster struct {
	// Path is the page's, and Tabs are those beside it.
	Path     string
	Tabs     []tab
	Clusters []clusterLink
	// Source is the cluster that is looked at, "" if none was scanned, and Called its name for people.
	Source, Called string
	// Scan is the scan if another one than the newest is asked for.
	Scan string
	Made time.Time
	// Newest is true if no later scan is known.
	Newest bool
	// Missing is why there is nothing to show: none, unknown, inventory, broken; "" if there is.
	Missing, Broken string
	// Unseen is what the scan did not see: every answer lacks it.
	Unseen []string

	seen *ask.Seen
	row  shelf.Found
	kept url.Values
}

// tab is a page beside others about the same cluster.
type tab struct {
	Path, Text string
	Current    bool
}

type clusterLink struct {
	Source, Name string
	Current      bool
}

// Ready reports whether there is something to show.
func (c *onCluster) Ready() bool { return c.Missing == "" }

// To is the address of a page about the same cluster and scan, with a query; values that are empty are
// left out.
func (c *onCluster) To(path string, pairs ...string) string {
	return path + "?" + queryOf(append([]string{"cluster", c.Source, "scan", c.Scan}, pairs...))
}

// With is the address of this page with one thing of its query set anew, from its beginning.
func (c *onCluster) With(name, value string) string {
	query := url.Values{}
	for key, values := range c.kept {
		if key != "page" && key != name {
			query[key] = values
		}
	}
	if value != "" {
		query.Set(name, value)
	}
	return here(c.Path, query)
}

// Page is the address of another page of the same list.
func (c *onCluster) Page(name, number string) string {
	query := url.Values{}
	for key, values := range c.kept {
		query[key] = values
	}
	query.Set(name, number)
	return here(c.Path, query)
}

// onCluster finds what the address asks for. Kinds are those without which answers are incomplete.
func (v *visit) onCluster(tabs []tab, kinds ...string) (*onCluster, error) {
	query := v.URL.Query()
	c := &onCluster{Path: v.URL.EscapedPath(), Tabs: slices.Clone(tabs), Source: escape.Clip(query.Get("cluster"), 1000), Scan: escape.Clip(query.Get("scan"), 200), kept: query}
	for i := range c.Tabs {
		c.Tabs[i].Current = c.Tabs[i].Path == v.URL.Path
	}
	clusters, err := v.s.Shelf.Clusters(v.Context())
	if err != nil {
		return nil, err
	}
	if len(clusters) == 0 {
		c.Missing = "none"
		return c, nil
	}
	c.Source = cmp.Or(c.Source, v.firstCluster(clusters))
	for _, one := range clusters {
		name := one.Name()
		if review, _, _ := shelf.Parts(one.Source); len(v.state.Plans) > 1 {
			name += ", " + review
		}
		c.Clusters = append(c.Clusters, clusterLink{one.Source, name, one.Source == c.Source})
	}
	return c, v.find(c, kinds)
}

// firstCluster is the one that is shown if none is named: of the review that is looked at, if it has any.
func (v *visit) firstCluster(clusters []shelf.Cluster) string {
	for _, one := range clusters {
		if strings.HasPrefix(one.Source, v.plan+"/") {
			return one.Source
		}
	}
	return clusters[0].Source
}

// find gets the inventory, or says why there is none.
func (v *visit) find(c *onCluster, kinds []string) error {
	found, err := v.s.Shelf.Find(v.Context(), c.Source, c.Scan)
	var broken *shelf.BrokenError
	switch {
	case errors.Is(err, shelf.ErrUnknown):
		c.Missing = "unknown"
		return nil
	case errors.Is(err, shelf.ErrNone):
		c.Missing = "inventory"
	case errors.As(err, &broken):
		c.Missing, c.Broken = "broken", broken.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return problem(503, "That takes too long", "The inventory is large and is still being read. Wait a minute and open the page again.")
	case err != nil:
		return err
	default:
		c.seen, c.Unseen = found.Seen, found.Unseen(kinds...)
	}
	c.row, c.Made, c.Newest = found, found.Scan.Made, found.Newest
	if c.Newest {
		c.Scan = ""
	}
	c.Called = shelf.Cluster{Source: c.Source}.Name()
	return nil
}
