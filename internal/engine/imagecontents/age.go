package imagecontents

import (
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// firstImages is before the first release of Docker: times of images before it are those that
// reproducible builds set.
var firstImages = time.Date(2013, 3, 1, 0, 0, 0, 0, time.UTC)

// age fails if the image was made more days before it was looked at than the parameter "days".
func age(in assessment.Input) []assessment.Verdict {
	created, errCreated := time.Parse(time.RFC3339, in.Element.Get("created").Text())
	now, errNow := time.Parse(time.RFC3339, in.Element.Get("observed").Text())
	at := func(outcome assessment.Outcome, format string, args ...any) []assessment.Verdict {
		return []assessment.Verdict{assessment.At(outcome, fmt.Sprintf(format, args...), in.Element, "created")}
	}
	switch {
	case errCreated != nil:
		return at(assessment.Unknown, "the image does not say when it was made")
	case errNow != nil:
		return at(assessment.Unknown, "when the image was looked at is not known")
	case created.Before(firstImages):
		return at(assessment.NotApplicable, "the image does not say when it was made: its build sets %s", created.UTC().Format(time.DateOnly))
	case created.After(now.Add(24 * time.Hour)):
		return at(assessment.Unknown, "the image says that it was made on %s, after it was looked at", created.UTC().Format(time.DateOnly))
	}
	if days, most := int(now.Sub(created).Hours()/24), in.Values.Int("days"); days > most {
		return at(assessment.Fail, "image was made %d days ago, at most %d are wanted", days, most)
	}
	return nil
}
