package journal

import (
	"encoding/json"
	"math"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// ScanSummary is what is kept of a scan beside its findings, to be drawn and compared without reading
// its report.
type ScanSummary struct {
	Targets []inventory.Target `json:"targets"`
	// Subjects and Judged count objects, as assessment.Summary does.
	Subjects int `json:"subjects"`
	Judged   int `json:"judged"`
	// Kinds counts the objects seen by kind.
	Kinds map[string]int `json:"kinds,omitempty"`
	// Controls are the outcomes of the controls that gave any, by id; Unseen counts those that saw no
	// subject.
	Controls map[string]assessment.Counts `json:"controls"`
	Unseen   int                          `json:"unseen"`
	// Lost counts what could not be read, without what a provider keeps to itself, and Missing says some
	// of it, in words.
	Lost    int      `json:"lost"`
	Missing []string `json:"missing,omitempty"`
}

// What a summary keeps at most, so that it stays small whatever the scan was.
const (
	mostMissing  = 50
	mostTargets  = 100
	mostKinds    = 300
	mostSummary  = 1 << 20
	longestWords = 300
)

// summaryOf sums a scan up.
func summaryOf(a *assessment.Assessment) ScanSummary {
	s := ScanSummary{Subjects: a.Summary.Subjects, Judged: a.Summary.Judged, Kinds: a.Summary.Kinds, Controls: map[string]assessment.Counts{}}
	s.Targets = a.Targets[:min(len(a.Targets), mostTargets)]
	if len(s.Kinds) > mostKinds {
		s.Kinds = nil
	}
	for _, one := range a.Controls {
		if one.Outcomes.Total() == 0 {
			s.Unseen++
			continue
		}
		s.Controls[one.ID] = one.Outcomes
	}
	miss := func(text string) {
		s.Lost++
		if len(s.Missing) < mostMissing {
			s.Missing = append(s.Missing, cut(text))
		}
	}
	for _, one := range a.Errors {
		if one.Lost {
			miss(one.Message)
		}
	}
	for _, one := range a.Gaps {
		if one.Provider {
			continue // nobody can read it but who runs it: controls do not apply there, and the report says so
		}
		miss(one.Kind + ": " + one.Reason)
	}
	return s
}

// cut shortens words to what a summary keeps of them.
func cut(text string) string {
	letters := []rune(text)
	if len(letters) <= longestWords {
		return text
	}
	return string(letters[:longestWords]) + "…"
}

// encode writes the summary as it is kept; one that would be too large is kept without its details.
func (s ScanSummary) encode() ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil || len(text) <= mostSummary {
		return text, err
	}
	return json.Marshal(ScanSummary{Subjects: s.Subjects, Judged: s.Judged, Unseen: s.Unseen, Lost: s.Lost})
}

// ReadSummary reads what is kept of a scan; of a scan that was kept without it it is empty.
func ReadSummary(text []byte) (s ScanSummary) {
	if json.Unmarshal(text, &s) != nil {
		return ScanSummary{}
	}
	return s
}

// weights are what controls weigh in the score of a scan, from info to critical.
var weights = [...]int{1, 2, 4, 7, 10}

// scoreOf is the share, from 0 to 100, of controls without failure and without doubt among those that
// gave pass, fail, accepted, unknown or error, weighed by severity. A control of which something is
// unknown counts as one that failed; an accepted risk does not. It is -1 where nothing was judged.
func scoreOf(a *assessment.Assessment) float64 {
	all, good := 0, 0
	for _, one := range a.Controls {
		n := one.Outcomes
		doubt := n.Fail + n.Unknown + n.Error
		if n.Pass+n.Accepted+doubt == 0 {
			continue
		}
		weight := weights[min(max(one.Severity.Rank(), 0), len(weights)-1)]
		all += weight
		if doubt == 0 {
			good += weight
		}
	}
	if all == 0 {
		return -1
	}
	return math.Floor(1000*float64(good)/float64(all)) / 10 // so that 100 is all of it
}
