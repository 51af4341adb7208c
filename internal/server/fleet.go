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

// fleet is how all clusters stand, worked out once for each scan and shared: nobody changes it, but for
// trends, which are kept as they are asked for.
type fleet struct {
	number   int64 // of the newest scan
	at       time.Time
	clusters []*cluster // by their names
	byName   map[string]*cluster
	mutex    sync.Mutex // of trends
	trends   map[trendKey][]store.TrendPoint
}

// cluster is a source of scans, a cluster or something else that was scanned, with its newest scan.
type cluster struct {
	posture.Source
	Name   string         // of the source
	Scan   store.ScanRow  // without its summary
	Before *store.ScanRow // the scan before it; nil if there is none
	Spark  scoreLine      // the scores of the last days
	Open   openCounts

	open []store.OpenCount
	days []store.DayScore
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

// fleets keep what was worked out until there is another scan, or fleetAge has passed.
type fleets struct {
	mutex    sync.Mutex
	newest   *fleet
	readings map[string]*reading // by the id of the scan
}

func newFleets() *fleets { return &fleets{readings: map[string]*reading{}} }

const (
	mostReadings = 512 // summaries that are kept in memory
	fleetAge     = 10 * time.Minute
)

// fleet gives how the clusters stand.
func (s *Server) fleet(ctx context.Context) (*fleet, error) {
	number, err := s.Journal.ScanNumber(ctx)
	if err != nil {
		return nil, err
	}
	s.fleets.mutex.Lock()
	defer s.fleets.mutex.Unlock()
	now := s.Now()
	if known := s.fleets.newest; known != nil && known.number == number && now.Sub(known.at).Abs() < fleetAge {
		return known, nil
	}
	f := &fleet{number: number, at: now, byName: map[string]*cluster{}, trends: map[trendKey][]store.TrendPoint{}}
	if err := s.fill(ctx, f, s.fleets.newest); err != nil {
		return nil, err
	}
	s.fleets.newest = f
	return f, nil
}

// fill reads the newest scans. What is open, and the scores, are read of those clusters alone that were
// scanned since an older fleet was filled: nothing else changes them.
func (s *Server) fill(ctx context.Context, f, older *fleet) error {
	newest, err := s.Journal.NewestHeads(ctx, 0)
	if err != nil {
		return err
	}
	var scanned []string
	for _, scan := range newest {
		one := &cluster{Source: posture.ParseSource(scan.Source), Name: scan.Source, Scan: scan}
		f.clusters = append(f.clusters, one)
		f.byName[one.Name] = one
		if older != nil && older.byName[one.Name] != nil && older.byName[one.Name].Scan.ID == scan.ID {
			one.open, one.days = older.byName[one.Name].open, older.byName[one.Name].days
			continue
		}
		scanned = append(scanned, one.Name)
	}
	if err := s.fillScanned(ctx, f, scanned); err != nil {
		return err
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
	for _, one := range f.clusters {
		for _, count := range one.open {
			one.Open[severityPlace(count.Severity)] += count.N
		}
		one.Spark = drawScores(one.days, f.at.AddDate(0, 0, -scoreDays), f.at)
	}
	return nil
}

// fillScanned reads what is open in some clusters, and their scores.
func (s *Server) fillScanned(ctx context.Context, f *fleet, names []string) error {
	if len(names) == 0 {
		return nil
	}
	named := map[string]bool{}
	for _, name := range names {
		named[name] = true
	}
	if len(names) > mostSources {
		names = nil // all
	}
	open, err := s.Journal.OpenByControl(ctx, names)
	if err != nil {
		return err
	}
	for _, one := range open {
		if named[one.Source] && f.byName[one.Source] != nil {
			f.byName[one.Source].open = append(f.byName[one.Source].open, one)
		}
	}
	days, err := s.Journal.Scores(ctx, names, f.at.AddDate(0, 0, -scoreDays))
	for name, some := range days {
		if named[name] && f.byName[name] != nil {
			f.byName[name].days = some
		}
	}
	return err
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
	// Planned is when it is scanned by schedule; nil if it is not.
	Planned *Planned
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
	if v.s.Schedule != nil {
		for _, planned := range v.s.Schedule.Planned() {
			if planned.Source() == c.Name {
				one.Planned = &planned
			}
		}
	}
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
