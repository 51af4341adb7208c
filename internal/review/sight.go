package review

import (
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// sight is what the scans of some environments show at one time, and what they do not show.
type sight struct {
	seen    assessment.Seen
	made    time.Time // of the oldest scan that counts
	stale   []*Scan   // that count no more and were not made anew
	missing []string  // environments of which no scan counts
}

// sight adds up the scans of environments of a plan.
func (s *State) sight(plan *Plan, environments []string, now time.Time) *sight {
	var fresh []*Scan
	sight := &sight{}
	for _, scan := range s.ScansOf(plan.ID) {
		switch {
		case !slices.Contains(environments, scan.Environment):
			continue
		case scan.IsStale(plan, now):
			sight.stale = append(sight.stale, scan)
			continue
		}
		fresh = append(fresh, scan)
		if sight.made.IsZero() || scan.Made.Before(sight.made) {
			sight.made = scan.Made
		}
	}
	sight.seen = s.together(fresh)
	for _, environment := range environments {
		if !slices.ContainsFunc(fresh, func(scan *Scan) bool { return scan.Environment == environment }) {
			sight.missing = append(sight.missing, environment)
		}
	}
	return sight
}

// sightOf is what scans show of an item: all of them, or those of the environments that it is about;
// nil if the plan has none of these, so that people alone can tell.
func (a *asking) sightOf(item *checklist.Item) *sight {
	if len(item.Environments) == 0 {
		return a.all
	}
	about := slices.DeleteFunc(slices.Clone(a.plan.Environments), func(name string) bool { return !slices.Contains(item.Environments, name) })
	if len(about) == 0 {
		return nil
	}
	key := strings.Join(about, " ")
	if a.sights[key] == nil {
		a.sights[key] = a.state.sight(a.plan, about, a.now)
	}
	return a.sights[key]
}

// newestStale tells when the newest scan was made that no longer counts and judged one of the
// controls; "" if there is none.
func (s *sight) newestStale(controls []string) string {
	newest := time.Time{}
	for _, scan := range s.stale {
		judged := slices.ContainsFunc(controls, func(id string) bool { return scan.Seen.Controls[id].Outcomes.Total() > 0 })
		if judged && scan.Made.After(newest) {
			newest = scan.Made
		}
	}
	if newest.IsZero() {
		return ""
	}
	return newest.UTC().Format(Day)
}

// halfSeen is an item of which fresh scans show nothing wrong, while other scans would have to show
// it too: one that grew too old, or one of an environment that was not scanned. "" if all was seen.
func (s *sight) halfSeen(view *ItemView, people ItemState) (ItemState, string) {
	if people != ItemSatisfied && people != ItemNotApplicable {
		return people, ""
	}
	if old := s.newestStale(view.Item.Controls); old != "" {
		return ItemStale, "a scan that judged it is too old (" + old + "): make it anew, or drop it"
	}
	if len(s.missing) == 0 {
		return people, ""
	}
	state := ItemPartly
	if people == ItemNotApplicable && view.Machine.State == assessment.ItemNotApplicable {
		state = ItemOpen
	}
	return state, "no scan shows " + strings.Join(s.missing, " and ")
}

// unscanned is an item whose controls saw nothing: unknown is never a yes.
func (s *sight) unscanned(item *checklist.Item, people ItemState, join func(string) string) (ItemState, string) {
	why := "no scan has shown what controls judge"
	if stale := s.newestStale(item.Controls); stale != "" {
		why = "the scan that would show it is too old (" + stale + ")"
		if people == ItemNotApplicable || people == ItemSatisfied {
			return ItemStale, join(why)
		}
	}
	switch people {
	case ItemNotApplicable:
		return ItemOpen, join(why)
	case ItemSatisfied:
		return ItemPartly, join(why)
	}
	return people, join(why)
}
