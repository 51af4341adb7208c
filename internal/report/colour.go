package report

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// style is the number of an ANSI "select graphic rendition" sequence.
type style string

const (
	bold    style = "1"
	dim     style = "2"
	red     style = "31"
	green   style = "32"
	yellow  style = "33"
	blue    style = "34"
	cyan    style = "36"
	alarm   style = "1;97;41" // white on red
	boldRed style = "1;31"
)

// painter colours text, or leaves it alone where colours are not wanted.
type painter bool

func (p painter) paint(s style, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

func severityStyle(s control.Severity) style {
	switch s {
	case control.Critical:
		return alarm
	case control.High:
		return boldRed
	case control.Medium:
		return yellow
	case control.Low:
		return cyan
	}
	return blue
}

// badge is the word that leads a finding: its severity if it failed, else its outcome.
func badge(f *assessment.Finding) (word string, s style) {
	switch f.Outcome {
	case assessment.Fail:
		return string(f.Severity), severityStyle(f.Severity)
	case assessment.Error:
		return "error", red
	case assessment.Unknown:
		return "unknown", yellow
	case assessment.Accepted:
		return "accepted", green
	case assessment.Pass:
		return "pass", green
	}
	return "n/a", dim
}
