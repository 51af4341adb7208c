package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

func TestDrawTrend(t *testing.T) {
	if c := drawTrend(nil, 90); len(c.Points)+len(c.Areas) != 0 {
		t.Errorf("nothing is drawn as %+v", c)
	}
	day := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	c := drawTrend([]store.TrendPoint{{At: day, Open: 3, New: 3, BySeverity: [5]int{1, 0, 0, 0, 2}}, {At: day.AddDate(0, 0, 7), Open: 1, Fixed: 2, BySeverity: [5]int{1, 0, 0, 0, 0}}}, 365)
	if c.Step != 7 || c.Top != 4 || c.Half() != 2 || c.Peak != 4 || len(c.New) != 1 || len(c.Fixed) != 1 || c.Middle() != day.Add(84*time.Hour) {
		t.Errorf("the trend is %+v", c)
	}
	if c.Words != "open findings: 3 at first, 1 now; 3 were found and 2 fixed in between" {
		t.Error(c.Words)
	}
	if first := c.Points[0].By; first != (openCounts{2, 0, 0, 0, 1}) || c.Areas[0].Severity != "critical" || c.Areas[0].Now != 0 || c.Areas[4].Now != 1 {
		t.Errorf("severities are in the wrong order: %v, %+v", first, c.Areas)
	}
}

func TestDrawScores(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	from := now.AddDate(0, 0, -10)
	at := func(days int, score float64) store.DayScore {
		return store.DayScore{Made: from.AddDate(0, 0, days), Score: score}
	}
	tests := []struct {
		days        []store.DayScore
		path, words string
	}{
		{nil, "", "no score in this time"},
		{[]store.DayScore{at(5, 50)}, "M488 150L512 150", "score 50.0 on 2026-05-27"},
		{[]store.DayScore{at(-1, 10), at(0, 0), at(10, 100)}, "M0 300L1000 0", "score 0.0 on 2026-05-22, then 100.0 on 2026-06-01"},
		{[]store.DayScore{at(0, 0), at(5, -1), at(10, 100)}, "M0 300L12 300M988 0L1000 0", "score 0.0 on 2026-05-22, then 100.0 on 2026-06-01"},
		{[]store.DayScore{at(10, -1)}, "", "score not judged on 2026-06-01"},
	}
	for _, one := range tests {
		if got := drawScores(one.days, from, now); got.Path != one.path || got.Words != one.words {
			t.Errorf("%v: %q, %q", one.days, got.Path, got.Words)
		}
	}
}

func TestTrendSpans(t *testing.T) {
	h := newHouse(t)
	twoClusters(t, h)
	vera := h.as("vera")
	for query, want := range map[string]int{"": 90, "?days=30": 30, "?days=365": 52, "?days=7": 90, "?days=x": 90} {
		text := vera.get("/" + query).text
		if got := strings.Count(text, `<th scope="row" class="nowrap"><time>`); got != want {
			t.Errorf("%s has %d points, want %d", query, got, want)
		}
		if !strings.Contains(text, "<time>2026-07-11</time></div></div>") && !strings.Contains(text, "<time>2026-07-05</time></div></div>") {
			t.Errorf("%s does not end today", query)
		}
	}
}

func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		moved{}.Words(): "", moved{true, 1.25}.Words(): "▲ 1.2 better", moved{true, -3}.Words(): "▼ 3.0 worse", moved{true, 0}.Words(): "= as before",
		since(time.Minute): "within the hour", since(-time.Minute): "in the future", since(47 * time.Hour): "47 hours ago", since(49 * time.Hour): "2 days ago",
		apart(-72 * time.Hour): "3 days earlier", apart(time.Hour): "1 hour later", apart(0): "within the hour", score(-1): "not judged", score(99.96): "100.0",
		fmt.Sprint(pagerOf(0, 0, 50)): "{1 1 0 0}", fmt.Sprint(pagerOf(2, 101, 50)): "{2 3 1 3}", fmt.Sprint(pagerOf(99, 101, 50)): "{3 3 2 0}", fmt.Sprint(pagerOf(-1, 101, 50)): "{1 3 0 2}",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
