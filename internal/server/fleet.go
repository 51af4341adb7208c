package server

import (
	"context"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/posture"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// scoreDays is for how many days the scores of clusters are drawn beside them.
const scoreDays = 90

// fleet is how all clusters stand, worked out once for each scan and shared: nobody changes it.
type fleet struct {
	number   int64 // of the newest scan
	at       time.Time
	clusters []*cluster // by their names
	byName   map[string]*cluster
	open     []store.OpenCount
}

// cluster is a source of scans, a cluster or something else that was scanned, with its newest scan.
type cluster struct {
	posture.Source
	Name   string         // of the source
	Scan   store.ScanRow  // without its summary
	Before *store.ScanRow // the scan before it; nil if there is none
	Spark  scoreLine      // the scores of the last days
	Open   openCounts
}

// openCounts is how many findings are open by severity, the worst first.
type openCounts [5]int

// Total is how many they are.
func (o openCounts) Total() (n int) {
	for _, one := range o {
		n += one
	}
	return n
}

// Moved is by how much the score went up since the scan before, and whether that can be told.
func (c *cluster) Moved() moved {
	if c.Before == nil || c.Before.Score < 0 || c.Scan.Score < 0 {
		return moved{}
	}
	return moved{true, c.Scan.Score - c.Before.Score}
}

// moved is a difference of scores.
type moved struct {
	Known bool
	By    float64
}

// reading is what was read out of the summary of a scan.
type reading struct {
	journal.ScanSummary
	Topics        []posture.Topic
	Judged, Known int // controls that gave something, and all there are
	Support       posture.Support
	About         string
}

// fleets keep what was worked out until there is another scan or a minute has passed.
type fleets struct {
	mutex    sync.Mutex
	newest   *fleet
	readings map[string]*reading // by the id of the scan
	trends   map[trendKey][]store.TrendPoint
}

func newFleets() *fleets {
	return &fleets{readings: map[string]*reading{}, trends: map[trendKey][]store.TrendPoint{}}
}

// mostReadings bounds how many summaries are kept in memory.
const mostReadings = 512

// fleet gives how the clusters stand.
func (s *Server) fleet(ctx context.Context) (*fleet, error) {
	number, err := s.Journal.ScanNumber(ctx)
	if err != nil {
		return nil, err
	}
	s.fleets.mutex.Lock()
	defer s.fleets.mutex.Unlock()
	now := s.Now()
	if known := s.fleets.newest; known != nil && known.number == number && now.Sub(known.at).Abs() < time.Minute {
		return known, nil
	}
	f := &fleet{number: number, at: now, byName: map[string]*cluster{}}
	if err := s.fill(ctx, f); err != nil {
		return nil, err
	}
	s.fleets.newest = f
	clear(s.fleets.trends)
	return f, nil
}

// fill reads the newest scans with what is open.
func (s *Server) fill(ctx context.Context, f *fleet) error {
	newest, err := s.Journal.NewestHeads(ctx, 0)
	if err != nil {
		return err
	}
	for _, scan := range newest {
		one := &cluster{Source: posture.ParseSource(scan.Source), Name: scan.Source, Scan: scan}
		f.clusters = append(f.clusters, one)
		f.byName[one.Name] = one
	}
	before, err := s.Journal.NewestHeads(ctx, 1)
	if err != nil {
		return err
	}
	for i := range before {
		if one := f.byName[before[i].Source]; one != nil {
			one.Before = &before[i]
		}
	}
	from := f.at.AddDate(0, 0, -scoreDays)
	days, err := s.Journal.Scores(ctx, nil, from)
	if err != nil {
		return err
	}
	if f.open, err = s.Journal.OpenByControl(ctx, nil); err != nil {
		return err
	}
	for _, one := range f.open {
		if at := f.byName[one.Source]; at != nil {
			at.Open[severityPlace(one.Severity)] += one.N
		}
	}
	for name, one := range f.byName {
		one.Spark = drawScores(days[name], from, f.at)
	}
	return nil
}

// of gives the clusters of a review.
func (f *fleet) of(plan string) (all []*cluster) {
	for _, one := range f.clusters {
		if one.Review == plan {
			all = append(all, one)
		}
	}
	return all
}

// read gives what a scan says of itself beside its findings; nil if the scan is not kept any more.
func (s *Server) read(ctx context.Context, scan string) (*reading, error) {
	s.fleets.mutex.Lock()
	known := s.fleets.readings[scan]
	s.fleets.mutex.Unlock()
	if known != nil {
		return known, nil
	}
	row, err := s.Journal.Scan(ctx, scan)
	if err != nil || row == nil {
		return nil, err
	}
	one := s.readingOf(row)
	s.fleets.mutex.Lock()
	defer s.fleets.mutex.Unlock()
	if len(s.fleets.readings) >= mostReadings {
		clear(s.fleets.readings)
	}
	s.fleets.readings[scan] = one
	return one, nil
}

func (s *Server) readingOf(row *store.ScanRow) *reading {
	one := &reading{ScanSummary: journal.ReadSummary(row.Summary), Known: len(s.Controls)}
	one.Topics = posture.TopicsOf(one.Controls, s.Controls)
	for i := range one.Topics {
		one.Judged += one.Topics[i].Judged()
	}
	for _, target := range one.Targets {
		if target.About != "" {
			one.About = target.About
			break
		}
	}
	one.Support = posture.SupportOf(one.About, s.Now())
	return one
}

// sight is a cluster as it is shown now.
type sight struct {
	*cluster
	*reading
	Age string
	// Stale says that the scan is too old to count in its review; Dropped that the review does not count it.
	Stale, Dropped bool
	Title          string // of its review
	// Plan is its review if another one is looked at: findings are those of the review that is looked at.
	Plan string
}

// sight tells what is to be shown of a cluster.
func (v *visit) sight(c *cluster) (sight, error) {
	read, err := v.s.read(v.Context(), c.Scan.ID)
	if err != nil {
		return sight{}, err
	}
	if read == nil {
		read = v.s.readingOf(&store.ScanRow{}) // it was deleted in between
	}
	one := sight{cluster: c, reading: read, Age: since(v.s.Now().Sub(c.Scan.Made)), Title: c.Review}
	plan := v.state.Plans[c.Review]
	if plan == nil {
		plan = &review.Plan{Settings: review.DefaultSettings}
	} else {
		one.Title = v.state.Describe(plan).Title
		if c.Review != v.plan {
			one.Plan = c.Review
		}
	}
	one.Stale = (&review.Scan{Made: c.Scan.Made}).IsStale(plan, v.s.Now())
	one.Dropped = v.state.Scans[c.Name] == nil
	return one, nil
}

// sights are those of several clusters.
func (v *visit) sights(clusters []*cluster) (all []sight, err error) {
	for _, one := range clusters {
		shown, err := v.sight(one)
		if err != nil {
			return nil, err
		}
		all = append(all, shown)
	}
	return all, nil
}

// outcomesOfFleet are the outcomes of controls by cluster.
func outcomesOfFleet(sights []sight) map[string]map[string]assessment.Counts {
	all := map[string]map[string]assessment.Counts{}
	for _, one := range sights {
		all[one.Name] = one.Controls
	}
	return all
}
