package posture

import (
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/engine/release"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Support is what is known of a cluster's version.
type Support struct {
	Version string // of Kubernetes, as the cluster told it; "" if no scan says it
	Latest  string // the latest fix of its line that the catalogue knows; "" if it has not the line
	End     string // the day after which the line gets no more fixes; "" if it is not known
	State   SupportState
	// Estimated is true if End follows from the project's policy and was not announced.
	Estimated bool
	Table     string // the day of the catalogue's table
}

// SupportState says whether a version gets fixes.
type SupportState string

// The states of support. A line newer than the catalogue's table is not known.
const (
	SupportUnknown SupportState = "not known"
	Supported      SupportState = "supported"
	EndsSoon       SupportState = "ends soon"
	Ended          SupportState = "ended"
)

// soon is how long before its end support is said to end soon.
const soon = 90 * 24 * time.Hour

var (
	versionIn = regexp.MustCompile(`(?:^| )Kubernetes (v?[0-9]{1,4}\.[0-9]{1,4}[0-9A-Za-z.+-]{0,60})(?: |,|$)`)
	releases  = sync.OnceValue(func() *release.Table { return release.Of(inventory.NewIndex(nil)) })
)

// SupportOf reads the version out of the line that describes a cluster, see inventory.Target, and tells
// how it is supported at a time.
func SupportOf(about string, now time.Time) Support {
	s := Support{State: SupportUnknown, Table: releases().Date}
	all := versionIn.FindAllStringSubmatch(about, -1)
	if all == nil {
		return s
	}
	s.Version = all[len(all)-1][1] // the name of the cluster, which stands first, may say anything
	version, ok := release.ParseVersion(s.Version)
	product := releases().Products["kubernetes"]
	if !ok || product == nil {
		return s
	}
	line := product.Line(version.Line())
	switch {
	case line == nil && product.Older(version):
		s.State = Ended
	case line != nil:
		s.End, s.Latest, s.Estimated, s.State = line.End, line.Latest, line.Estimated, Supported
		if line.Ended(now) {
			s.State = Ended
		} else if line.End == "" {
			s.State = SupportUnknown
		} else if line.Ended(now.Add(soon)) {
			s.State = EndsSoon
		}
	}
	return s
}

// Words says it in words, for those who do not know the line.
func (s Support) Words() string {
	about := ""
	if s.Estimated {
		about = " (estimated)"
	}
	switch {
	case s.Version == "":
		return "no scan says which version it is"
	case s.State == SupportUnknown:
		return "not in the table of " + s.Table
	case s.State == Ended && s.End == "":
		return "gets no more fixes"
	case s.State == Ended:
		return fmt.Sprintf("no more fixes since %s%s", s.End, about)
	case s.State == EndsSoon:
		return fmt.Sprintf("fixes end soon, on %s%s", s.End, about)
	}
	return fmt.Sprintf("gets fixes until %s%s", s.End, about)
}
