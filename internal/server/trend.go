package server

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/server/chart"
	"github.com/kubeproof/kubeproof/internal/store"
)

// trendSpans are the days that a trend may be of; the first is the usual one.
var trendSpans = []int{90, 30, 365}

// spanOf is how many days ?days= asks for.
func (v *visit) spanOf() int {
	days, _ := strconv.Atoi(v.URL.Query().Get("days"))
	if slices.Contains(trendSpans, days) {
		return days
	}
	return trendSpans[0]
}

// trendKey says which trend it is.
type trendKey struct {
	of   string // a review or a source
	days int
}

// trend gives how many findings were open over so many days; of stands for the filter.
func (s *Server) trend(ctx context.Context, f *fleet, of string, which store.FindingFilter, days int) ([]store.TrendPoint, error) {
	key := trendKey{of, days}
	f.mutex.Lock()
	known, there := f.trends[key]
	f.mutex.Unlock()
	if there {
		return known, nil
	}
	step, to := store.Day, s.Now()
	from := to.AddDate(0, 0, 1-days)
	if days > 100 { // weeks, the last of which ends today
		step, from = store.Week, to.AddDate(0, 0, 1-7*(days/7))
	}
	points, err := s.Journal.Trend(ctx, which, from, to, step)
	if err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if len(f.trends) >= mostReadings {
		clear(f.trends)
	}
	f.trends[key] = points
	return points, nil
}

// trendChart is a trend as it is drawn, with its words and its table.
type trendChart struct {
	Days, Step   int // Step is how many days a point stands for
	Spans        []int
	Points       []trendRow
	Areas        []trendArea
	Top          int
	New, Fixed   []chart.Column
	Peak         int // of new and fixed
	From, To     time.Time
	News, Mended int
	Words        string
}

// trendRow is a point of a trend; Open is by severity, the worst first.
type trendRow struct {
	store.TrendPoint
	By openCounts
}

type trendArea struct {
	Severity, Path string
	Now            int
}

// drawTrend makes a chart of points.
func drawTrend(points []store.TrendPoint, days int) trendChart {
	c := trendChart{Days: days, Spans: slices.Sorted(slices.Values(trendSpans)), Step: 1}
	if len(points) == 0 {
		return c
	}
	if len(points) > 1 {
		c.Step = int(points[1].At.Sub(points[0].At) / store.Day)
	}
	rows, news, fixes := make([][]int, len(findingSeverities)), make([]int, len(points)), make([]int, len(points))
	for i, one := range points {
		row := trendRow{TrendPoint: one}
		for place := range findingSeverities {
			row.By[place] = one.BySeverity[len(findingSeverities)-1-place]
			rows[place] = append(rows[place], row.By[place])
		}
		c.Points = append(c.Points, row)
		news[i], fixes[i] = one.New, one.Fixed
		c.News, c.Mended, c.Peak = c.News+one.New, c.Mended+one.Fixed, max(c.Peak, one.New, one.Fixed)
	}
	paths, top := chart.Areas(rows)
	c.Top, c.Peak = top, chart.Ceiling(c.Peak)
	last := c.Points[len(points)-1]
	for place, severity := range findingSeverities {
		c.Areas = append(c.Areas, trendArea{severity, paths[place], last.By[place]})
	}
	c.New, c.Fixed = chart.Columns(news, 0, 2, c.Peak), chart.Columns(fixes, 1, 2, c.Peak)
	c.From, c.To = points[0].At, points[len(points)-1].At
	c.Words = fmt.Sprintf("open findings: %s at first, %s now; %s were found and %s fixed in between", number(points[0].Open), number(last.Open), number(c.News), number(c.Mended))
	return c
}

// Half is half of the scale.
func (c trendChart) Half() int { return c.Top / 2 }

// Middle is the time in the middle.
func (c trendChart) Middle() time.Time { return c.From.Add(c.To.Sub(c.From) / 2) }

// severityPlace is where a severity stands among all, the worst first.
func severityPlace(severity string) int {
	if place := slices.Index(findingSeverities, severity); place >= 0 {
		return place
	}
	return len(findingSeverities) - 1
}

// Tally is what is open, to be drawn side by side.
func (o openCounts) Tally() tally {
	t := tally{N: o.Total()}
	for place, part := range chart.Parts(o[:]...) {
		t.Parts = append(t.Parts, severityPart{findingSeverities[place], part.From, part.Share, part.N})
	}
	return t
}

// scoreLine is the score of a cluster over time, as it is drawn.
type scoreLine struct {
	Path, Words string
	From, To    time.Time
}

// drawScores draws the scores from a time to another; older ones are left out.
func drawScores(days []store.DayScore, from, to time.Time) scoreLine {
	line := scoreLine{From: from, To: to}
	for len(days) > 0 && days[0].Made.Before(from) {
		days = days[1:]
	}
	var points []chart.Point
	var told []string
	for _, one := range days {
		points = append(points, chart.Point{X: one.Made.Sub(from).Seconds() / to.Sub(from).Seconds(), Y: one.Score / 100})
	}
	for _, one := range []int{0, len(days) - 1} {
		if one >= 0 && one < len(days) {
			told = append(told, fmt.Sprintf("%s on %s", score(days[one].Score), moment(days[one].Made, time.DateOnly)))
		}
	}
	if len(days) == 1 {
		told = told[:1]
	}
	line.Path = chart.Line(points)
	line.Words = "score " + strings.Join(told, ", then ")
	if len(days) == 0 {
		line.Words = "no score in this time"
	}
	return line
}

// score writes a score.
func score(n float64) string {
	if n < 0 {
		return "not judged"
	}
	return strconv.FormatFloat(n, 'f', 1, 64)
}

// Words writes a difference of scores, with an arrow.
func (m moved) Words() string {
	switch {
	case !m.Known:
		return ""
	case m.By > 0:
		return fmt.Sprintf("▲ %.1f better", m.By)
	case m.By < 0:
		return fmt.Sprintf("▼ %.1f worse", -m.By)
	}
	return "= as before"
}

// since writes how long ago something was.
func since(d time.Duration) string {
	switch hours := int(d / time.Hour); {
	case d < 0:
		return "in the future"
	case hours >= 48:
		return count(hours/24, "day") + " ago"
	case hours >= 1:
		return count(hours, "hour") + " ago"
	}
	return "within the hour"
}
