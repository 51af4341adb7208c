package review

import (
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/control"
)

// Terms are within how many days findings are to be mended, by severity; 0 is no term.
type Terms struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// DefaultTerms are those of a plan that sets none.
var DefaultTerms = Terms{Critical: 7, High: 30, Medium: 90, Low: 180}

// Terms are those that are set, or else DefaultTerms.
func (s Settings) Terms() Terms {
	if s.Mend == nil {
		return DefaultTerms
	}
	return *s.Mend
}

// Days is the term of a severity; 0 if it has none.
func (t Terms) Days(severity control.Severity) int {
	return map[control.Severity]int{control.Critical: t.Critical, control.High: t.High, control.Medium: t.Medium, control.Low: t.Low, control.Info: t.Info}[severity]
}

// Due is when a finding of a severity, open since a time, has to be mended; zero if there is no term.
func (t Terms) Due(severity control.Severity, since time.Time) time.Time {
	days := t.Days(severity)
	if days == 0 {
		return time.Time{}
	}
	return since.Add(time.Duration(days) * 24 * time.Hour)
}

// Late gives by severity after how long an open finding is late, without those that have no term.
func (t Terms) Late() map[string]time.Duration {
	late := map[string]time.Duration{}
	for _, severity := range control.Severities {
		if days := t.Days(severity); days > 0 {
			late[string(severity)] = time.Duration(days) * 24 * time.Hour
		}
	}
	return late
}

// check asks for days that can be meant.
func (t *Terms) check(what string) error {
	if t == nil {
		return nil
	}
	for _, severity := range control.Severities {
		if days := t.Days(severity); days < 0 || days > 3660 {
			return fmt.Errorf("%s: %d days to mend what is %s is out of range: use 1 to 3660, or 0 for no term", what, days, severity)
		}
	}
	return nil
}
