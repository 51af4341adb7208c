package cli

import (
	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/review"
)

// period is a flag of days of a review's settings.
type period struct {
	flag, about string
	days        *int
}

func periods(s *review.Settings) []period {
	terms := s.Terms()
	s.Mend = &terms
	return []period{
		{"scan-fresh", "`DAYS` until a scan is too old to count", &s.ScanFresh},
		{"warn", "`DAYS` before something ends that it is told", &s.Warn},
		{"access-every", "`DAYS` between two reviews of who has access", &s.AccessEvery},
		{"exception-longest", "`DAYS` for which a risk can be accepted at once", &s.Longest},
		{"mend-critical", "`DAYS` within which what is critical is to be mended; 0 for no term", &terms.Critical},
		{"mend-high", "`DAYS` within which what is high is to be mended; 0 for no term", &terms.High},
		{"mend-medium", "`DAYS` within which what is medium is to be mended; 0 for no term", &terms.Medium},
		{"mend-low", "`DAYS` within which what is low is to be mended; 0 for no term", &terms.Low},
		{"mend-info", "`DAYS` within which what is info is to be mended; 0 for no term", &terms.Info},
	}
}

func registerDays(flags *pflag.FlagSet, s *review.Settings) {
	*s = review.DefaultSettings
	for _, one := range periods(s) {
		flags.IntVar(one.days, one.flag, *one.days, one.about)
	}
}
