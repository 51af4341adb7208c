package server

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/posture"
	"github.com/kubeproof/kubeproof/internal/store"
)

const (
	pastOnPage = 30
	mostWorst  = 12
)

// clusterPage is one cluster.
type clusterPage struct {
	sight
	Worst   []posture.Control
	Kinds   []kindCount
	Line    scoreLine
	Trend   trendChart
	Scans   []store.ScanRow
	Older   string // where the scans before these are; "" at the end
	Begun   bool   // these are not the newest
	Dark    []string
	ByTopic []posture.Topic // those of which something was judged
}

type kindCount struct {
	Kind string
	N    int
}

// cluster shows one cluster with what became of it.
func (v *visit) cluster() error {
	f, err := v.s.fleet(v.Context())
	if err != nil {
		return err
	}
	one := f.byName[v.URL.Query().Get("cluster")]
	if one == nil {
		return problem(http.StatusNotFound, "There is no such cluster", "No scan was handed in under that name, or all of its scans were deleted. Choose one from the list of clusters.")
	}
	page := clusterPage{}
	if page.sight, err = v.sight(one); err != nil {
		return err
	}
	page.Worst = posture.Worst(page.Topics, mostWorst)
	for _, kind := range slices.Sorted(maps.Keys(page.ScanSummary.Kinds)) {
		page.Kinds = append(page.Kinds, kindCount{kind, page.ScanSummary.Kinds[kind]})
	}
	for _, topic := range page.Topics {
		if topic.Judged()+topic.NotApplied > 0 {
			page.ByTopic = append(page.ByTopic, topic)
		} else {
			page.Dark = append(page.Dark, topic.Name)
		}
	}
	if err := v.fillTime(&page, f); err != nil {
		return err
	}
	return v.show("cluster.html", one.Label, &page)
}

// fillTime reads how the cluster stood before.
func (v *visit) fillTime(page *clusterPage, f *fleet) error {
	days, now := v.spanOf(), v.s.Now()
	points, err := v.s.trend(v.Context(), f, page.Name, store.FindingFilter{Sources: []string{page.Name}}, days)
	if err != nil {
		return err
	}
	page.Trend = drawTrend(points, days)
	from := now.AddDate(0, 0, -days)
	scores, err := v.s.Journal.Scores(v.Context(), []string{page.Name}, from)
	if err != nil {
		return err
	}
	page.Line = drawScores(scores[page.Name], from, now)
	before, _ := time.Parse(time.RFC3339Nano, v.URL.Query().Get("before"))
	page.Begun = !before.IsZero()
	page.Scans, err = v.s.Journal.Scans(v.Context(), store.ScanFilter{Sources: []string{page.Name}, Before: before, Limit: pastOnPage + 1, Heads: true})
	if len(page.Scans) > pastOnPage {
		// A microsecond more, so that scans made at the same time are shown twice rather than not at all.
		next := page.Scans[pastOnPage].Made.Add(time.Microsecond)
		page.Scans = page.Scans[:pastOnPage]
		page.Older = page.To("before", next.Format(time.RFC3339Nano)) + "#scans"
	}
	return err
}

// To is an address of the page with more in its query.
func (p *clusterPage) To(pairs ...string) string {
	return "/clusters/view?" + queryOf(append([]string{"cluster", p.Name}, pairs...))
}

// Findings is the address of what is open of a topic.
func (p *clusterPage) Findings(t posture.Topic) string { return findingsOf(p.sight, &t) }

// Unsaid is how many places could not be read that are not named.
func (p *clusterPage) Unsaid() int { return p.Lost - len(p.Missing) }

// failed adds failures up.
func failed(counts [5]int) (n int) {
	for _, one := range counts {
		n += one
	}
	return n
}

// IsCluster tells whether a cluster was scanned, and not files alone.
func (p *clusterPage) IsCluster() bool {
	return slices.ContainsFunc(p.Targets, func(t inventory.Target) bool { return t.About != "" || strings.HasPrefix(t.Name, "cluster:") })
}
