package server

import (
	"cmp"
	"slices"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/posture"
	"github.com/kubeproof/kubeproof/internal/store"
)

// clustersPart is what the overview tells of the clusters of a review.
type clustersPart struct {
	Shown    []sight // those that need it most
	N        int
	Stale    int
	Trend    trendChart
	Mendings []mending
	Heat     heatMap
	Changed  []sight // those whose newest scan changed something
	Unseen   []sight // those that did not see everything
}

// mending is a mending with the cluster that it is about, if there is but one.
type mending struct {
	posture.Mending
	Only string
}

const (
	mostClusters = 6  // on the overview
	mostMendings = 10 // on the overview
	mostSights   = 300
)

// clustersOf works out what the overview tells of the clusters of a review.
func (v *visit) clustersOf(now *seen) (p clustersPart, err error) {
	f, err := v.s.fleet(v.Context())
	if err != nil {
		return p, err
	}
	here := f.of(v.plan)
	p.N = len(here)
	days := v.spanOf()
	points, err := v.s.trend(v.Context(), f, v.plan+"/", store.FindingFilter{Reviews: []string{v.plan}}, days)
	if err != nil {
		return p, err
	}
	p.Trend = drawTrend(points, days)
	all, err := v.sights(here[:min(len(here), mostSights)])
	if err != nil {
		return p, err
	}
	slices.SortStableFunc(all, needier)
	p.Shown, p.Heat = all[:min(len(all), mostClusters)], heatOf(all)
	for _, one := range all {
		if one.Stale {
			p.Stale++
		}
		if r := one.Scan.Result; one.Before != nil && r.New+r.Regressed+r.Fixed > 0 && len(p.Changed) < mostColumns {
			p.Changed = append(p.Changed, one)
		}
		if one.Lost+one.Unseen > 0 && len(p.Unseen) < mostColumns {
			p.Unseen = append(p.Unseen, one)
		}
	}
	p.Mendings = mendingsOf(all, now, v.s)
	return p, nil
}

// needier orders clusters: what the review does not count last, then by the score, the lowest first.
func needier(a, b sight) int {
	return cmp.Or(rank(a.Dropped)-rank(b.Dropped), cmp.Compare(a.Scan.Score, b.Scan.Score), cmp.Compare(a.Name, b.Name))
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// mendingsOf ranks what would help most in clusters.
func mendingsOf(all []sight, now *seen, s *Server) (shown []mending) {
	var open []store.OpenCount
	for _, one := range all {
		open = append(open, one.open...)
	}
	var lists []*checklist.Checklist
	for _, list := range now.Lists {
		lists = append(lists, list.List)
	}
	ranked := posture.Mendings(open, outcomesOfFleet(all), s.Controls, lists)
	for _, one := range ranked[:min(len(ranked), mostMendings)] {
		m := mending{Mending: one}
		if len(one.Sources) == 1 {
			m.Only = one.Sources[0]
		}
		shown = append(shown, m)
	}
	return shown
}
