package supplychain

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// DatabaseAge fails for every ecosystem whose advisories are older than the parameter "days". Their
// age is that of the newest advisory or of the archive, whichever is younger.
func DatabaseAge(in assessment.Input) []assessment.Verdict {
	scan := in.Element.Get("scan")
	if scan == nil {
		return scanned(in.Element)
	}
	now, known := observed(in.Element)
	if !known {
		return []assessment.Verdict{unknown(scan, "when the %s was scanned is not known", subjectOf(in.Element))}
	}
	newest := map[string]advisories{}
	for _, entry := range scan.Get("ecosystems").Children() {
		name := entry.Get("ecosystem").Text()
		if age, dated := youngest(entry); dated && age.After(newest[name].at) {
			newest[name] = advisories{age, entry}
		}
	}
	if len(newest) == 0 {
		return []assessment.Verdict{unknown(scan, "how old the advisories are is not known: the database has no dates")}
	}
	var verdicts []assessment.Verdict
	most := in.Values.Int("days")
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		if age := days(now.Sub(newest[name].at)); age > most {
			verdicts = append(verdicts, fail(newest[name].entry, "advisories of %s are %d days old, at most %d are wanted: %s", name, age, most, newest[name].entry.Get("file").Text()))
		}
	}
	return verdicts
}

// advisories are those of one ecosystem.
type advisories struct {
	at    time.Time
	entry *document.Node
}

func youngest(entry *document.Node) (time.Time, bool) {
	newest, known := timeOf(entry.Get("newest"))
	if written, dated := timeOf(entry.Get("written")); dated && written.After(newest) {
		return written, true
	}
	return newest, known
}

const notAsked = " not judged: no advisories were given, give them with --advisories"

// Coverage is unknown for all packages of an image, folder or bill of materials that no advisories could judge, with the reason; where
// none were given nobody asked it of an image.
func Coverage(in assessment.Input) []assessment.Verdict {
	packages := in.Element.Get("packages")
	scan := in.Element.Get("scan")
	switch {
	case packages == nil && scan == nil:
		return []assessment.Verdict{unknown(in.Element, "the packages of the %s were not read", subjectOf(in.Element))}
	case scan == nil && packages.Len() == 0:
		return assessment.Skipped("no package was found in the " + subjectOf(in.Element))
	case scan == nil && in.Element.Get("kind").Text() != inventory.FactBill:
		return assessment.Skipped(number(packages.Len()) + were(packages.Len()) + notAsked)
	case scan == nil: // a bill of materials is there for nothing else
		return []assessment.Verdict{unknown(in.Element, "%s", number(packages.Len())+were(packages.Len())+notAsked)}
	}
	verdicts := unjudged(scan.Get("unmatched"), "no advisories of it were given")
	return append(verdicts, unjudged(scan.Get("unparsed"), "their versions cannot be compared")...)
}

func unjudged(counts *document.Node, why string) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, entry := range counts.Children() {
		if entry.Kind != document.Int || entry.Int64() <= 0 {
			continue
		}
		n := int(entry.Int64())
		verdicts = append(verdicts, unknown(entry, "%s of %s%s not judged: %s", number(n), entry.Key(), were(n), why))
	}
	return verdicts
}

func number(packages int) string {
	if packages == 1 {
		return "1 package"
	}
	return strconv.Itoa(packages) + " packages"
}

func were(packages int) string {
	if packages == 1 {
		return " was"
	}
	return " were"
}
