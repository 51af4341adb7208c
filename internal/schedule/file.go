// Package schedule decides when clusters are scanned: one at a time, at their hours, later again after
// an error, and only once after a pause however long it was. It scans nothing itself. Begin with Read and
// New.
package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/document"
)

// File is what is scanned, and by whom it is recorded.
type File struct {
	// As is the person who records the scans: name, address or id of a contributor.
	As       string  `yaml:"as"`
	Clusters []Entry `yaml:"clusters"`
}

// Entry is a cluster, or another target, that is scanned again and again.
type Entry struct {
	// Name tells scans of one environment apart; Review and Environment are what they count in.
	Name        string `yaml:"name"`
	Review      string `yaml:"review"`
	Environment string `yaml:"environment"`
	// Context is one of the kubeconfig; Target is another target, as for kubeproof scan. With neither it
	// is the current context, or the cluster in which this program runs.
	Context    string `yaml:"context"`
	Target     string `yaml:"target"`
	Kubeconfig string `yaml:"kubeconfig"`
	// Every is the time between two scans; At is an hour and a minute of UTC at which one falls.
	Every Period `yaml:"every"`
	At    Hour   `yaml:"at"`
	// Timeout ends a scan that takes too long.
	Timeout Period `yaml:"timeout"`
	// Controls, Exclude, Namespace, Config, NoProbe and ReadSecrets are the flags of kubeproof scan.
	Controls    []string `yaml:"controls"`
	Exclude     []string `yaml:"exclude"`
	Namespace   string   `yaml:"namespace"`
	Config      string   `yaml:"config"`
	NoProbe     bool     `yaml:"noProbe"`
	ReadSecrets bool     `yaml:"readSecrets"`
}

// Period is a time as 24h or 30m.
type Period time.Duration

// UnmarshalYAML reads it.
func (p *Period) UnmarshalYAML(node *yaml.Node) error {
	d, err := time.ParseDuration(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || d <= 0 {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is no period: write it as 24h or 30m", node.Line, node.Value)}}
	}
	*p = Period(d)
	return nil
}

// Hour is a time of the day in UTC, as 02:30.
type Hour struct {
	Set    bool
	Offset time.Duration // since midnight
}

// UnmarshalYAML reads it.
func (h *Hour) UnmarshalYAML(node *yaml.Node) error {
	at, err := time.Parse("15:04", node.Value)
	if node.Kind != yaml.ScalarNode || err != nil {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is no time of the day: write it in quotes, as \"02:30\", in UTC", node.Line, node.Value)}}
	}
	*h = Hour{true, time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute}
	return nil
}

// The bounds of a schedule.
const (
	shortestEvery  = 10 * time.Minute
	longestEvery   = 90 * 24 * time.Hour
	longestTimeout = 12 * time.Hour
	usualTimeout   = 30 * time.Minute
	mostEntries    = 500
)

// Read reads a schedule strictly. All that is wrong comes at once, each with file and line.
func Read(name string, text []byte) (*File, error) {
	f := &File{}
	if err := document.DecodeStrict(name, text, f); err != nil {
		return nil, err
	}
	var errs []error
	if strings.TrimSpace(f.As) == "" {
		errs = append(errs, fmt.Errorf("%s: say who records the scans: as: PERSON, who has to be a contributor", name))
	}
	if len(f.Clusters) == 0 || len(f.Clusters) > mostEntries {
		errs = append(errs, fmt.Errorf("%s: it holds %d clusters: name 1 to %d", name, len(f.Clusters), mostEntries))
	}
	lines := linesOf(text)
	seen := map[string]bool{}
	for i := range f.Clusters {
		one := &f.Clusters[i]
		one.fill()
		for _, wrong := range one.wrong() {
			errs = append(errs, fmt.Errorf("%s:%d: %s", name, lines(i), wrong))
		}
		if seen[one.Name] && one.Name != "" {
			errs = append(errs, fmt.Errorf("%s:%d: the name %s stands twice: each scan needs its own", name, lines(i), one.Name))
		}
		seen[one.Name] = true
	}
	return f, errors.Join(errs...)
}

func (e *Entry) fill() {
	if e.Timeout == 0 {
		e.Timeout = Period(usualTimeout)
	}
	if e.Review == "" {
		e.Review = "main"
	}
	if e.Environment == "" {
		e.Environment = "production"
	}
}

// wrong says what is wrong with an entry.
func (e *Entry) wrong() (all []string) {
	if e.Name == "" {
		all = append(all, "the cluster has no name: add name: NAME")
	}
	if e.Target != "" && e.Context != "" {
		all = append(all, "name either a context or a target, not both")
	}
	if e.Target == "-" {
		all = append(all, "a schedule cannot read standard input: name a file or a cluster")
	}
	if every := time.Duration(e.Every); every < shortestEvery || every > longestEvery {
		all = append(all, fmt.Sprintf("every: %s is out of range: write a period from 10m to 2160h", every))
	}
	if timeout := time.Duration(e.Timeout); timeout > longestTimeout {
		all = append(all, fmt.Sprintf("timeout: %s is too long: write at most 12h", timeout))
	}
	return all
}

// linesOf gives the lines at which entries begin.
func linesOf(text []byte) func(entry int) int {
	var root struct {
		Clusters []yaml.Node `yaml:"clusters"`
	}
	_ = yaml.Unmarshal(text, &root) // it was read before
	return func(entry int) int {
		if entry < len(root.Clusters) {
			return root.Clusters[entry].Line
		}
		return 1
	}
}

// Source is what findings of the entry's scans are told apart by.
func (e *Entry) Source() string { return e.Review + "/" + e.Environment + "/" + e.Name }

// TargetName is what is scanned, as for kubeproof scan.
func (e *Entry) TargetName() string {
	if e.Target != "" {
		return e.Target
	}
	return "cluster:" + e.Context
}

// When says how often it is scanned, in words.
func (e *Entry) When() string {
	text := "every " + short(time.Duration(e.Every))
	if e.At.Set {
		text += fmt.Sprintf(" at %02d:%02d UTC", int(e.At.Offset.Hours()), int(e.At.Offset.Minutes())%60)
	}
	return text
}

// short writes a period without parts that are nothing.
func short(d time.Duration) string {
	text := strings.TrimSuffix(d.String(), "0s")
	return strings.TrimSuffix(text, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(text, "h0m")]
}
