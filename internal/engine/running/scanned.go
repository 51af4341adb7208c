package running

import (
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// scanned fails if the image that a container runs was last searched for vulnerabilities longer ago than
// the parameter "days" allows. Proof is a match with advisories that judged the share "coverage" (in
// percent) of the packages, or an attestation of a scan whose signature was verified.
func scanned(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	scan, packages := fact.Get("scan"), fact.Get("packages")
	latest, dated := attested(fact)
	judged, all := coverage(scan)
	enough := scan != nil && (all == 0 || judged*100 >= in.Values.Int("coverage")*all)
	if at, known := knowledge(scan); enough && known && at.After(latest) {
		latest, dated = at, true
	}
	switch {
	case dated && u.model.now.IsZero():
		return unknown(u.node, "%s: how long ago %s was scanned is not known", title(in), u.title())
	case dated:
		return age(in, u, int(u.model.now.Sub(latest).Hours()/24))
	case packages != nil && packages.Len() == 0 && all == 0:
		return assessment.Skipped("no package was found in the image")
	case scan == nil && packages == nil:
		return unknown(u.node, "%s: %s was not scanned, since its packages were not read", title(in), u.title())
	case scan == nil:
		return assessment.Skipped(u.title() + " was read, but not scanned: give --advisories")
	case !enough:
		return unknown(u.node, "%s: of %d packages of %s the advisories that were given could judge %d only", title(in), all, u.title(), judged)
	}
	return unknown(u.node, "%s: when %s was scanned is not known", title(in), u.title())
}

func age(in assessment.Input, u use, days int) []assessment.Verdict {
	if most := in.Values.Int("days"); days > most {
		return failed(u.node, "%s: %s was last scanned with what was known %d days ago, at most %d are wanted", title(in), u.title(), days, most)
	}
	return passed("%s was scanned with what was known %d days ago", u.title(), max(days, 0))
}

// coverage counts the packages that advisories judged, and all.
func coverage(scan *document.Node) (judged, all int) {
	judged = count(scan.Get("judged"))
	all = judged
	for _, list := range []string{"unmatched", "unparsed"} {
		for _, n := range scan.Get(list).Children() {
			all += count(n)
		}
	}
	return judged, all
}

// count is a number of packages: no image has a million.
func count(n *document.Node) int { return int(min(max(n.Int64(), 0), 1_000_000)) }

// knowledge is the time whose knowledge a scan has: that of its newest advisory or archive, but not
// after the scan itself; that of the scan where advisories have no dates.
func knowledge(scan *document.Node) (time.Time, bool) {
	at, known := timeOf(scan.Get("observed"))
	newest, dated := timeOf(scan.Get("newest"))
	for _, entry := range scan.Get("ecosystems").Children() {
		for _, field := range []string{"newest", "written"} {
			if t, ok := timeOf(entry.Get(field)); ok && t.After(newest) {
				newest, dated = t, true
			}
		}
	}
	if dated && (!known || newest.Before(at)) {
		return newest, true
	}
	return at, known
}

// attested is the newest scan that a verified attestation tells of.
func attested(fact *document.Node) (latest time.Time, found bool) {
	for _, entry := range fact.Get("attestations").Children() {
		if entry.Get("kind").Text() != "vulnerabilities" || entry.Get("state").Text() != "verified" {
			continue
		}
		if at, dated := timeOf(entry.Get("scannedAt")); dated && at.After(latest) {
			latest, found = at, true
		}
	}
	return latest, found
}
