package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
)

// stated is something in words, with the mood that it shows: good, warn, bad, or "" for none.
type stated struct{ Word, Reason, Mood string }

// proof tells what is known of the signatures (field signed) or the provenance (field origin) of an
// image. Only what was verified is good.
func (f imageFact) proof(field string) stated {
	verdict := f.root.Get(field)
	reason := headOf(verdict.Get("reason").Text(), 1000)
	switch state := verdict.Get("state").Text(); state {
	case "verified":
		return f.verified(verdict, reason)
	case "invalid":
		return stated{"invalid", reason, "bad"}
	case "present":
		return stated{"present, not verified", reason, "warn"}
	case "absent":
		if rule := verdict.Get("policy").Text(); verdict.Get("required").Bool() {
			return stated{"none", "the rule for " + headOf(rule, 200) + " requires it", "bad"}
		}
		return stated{"none", reason, "warn"}
	}
	switch {
	case f.text("from") == "docker-archive":
		return stated{"not known", "an archive of docker save carries no signatures", ""}
	case verdict == nil:
		return stated{"not looked for", "", ""}
	}
	return stated{"not known", reason, "warn"}
}

func (f imageFact) verified(verdict *document.Node, reason string) stated {
	said := stated{"verified", reason, "good"}
	if level, known := amount(verdict.Get("level")); known && level > 0 {
		said.Word += fmt.Sprintf(", SLSA build level %d", level)
	}
	if verdict.Get("copied").Bool() {
		said.Word, said.Mood = said.Word+", made for another name", "warn"
	}
	return said
}

// severityCount counts vulnerabilities, each of one package, of one severity. Fixable are those that
// a newer version mends.
type severityCount struct {
	Severity      string
	Open, Fixable int
}

// vulnerabilities counts those that VEX does not answer, most severe first, and those that it does;
// looked is false if nobody looked for any.
func (f imageFact) vulnerabilities() (open []severityCount, answered int, looked bool) {
	if f.root.Get("scan") == nil {
		return nil, 0, false
	}
	byName := map[string]*severityCount{"unknown": {Severity: "unknown"}}
	order := []*severityCount{}
	for _, severity := range slices.Backward(control.Severities) {
		one := &severityCount{Severity: string(severity)}
		byName[one.Severity], order = one, append(order, one)
	}
	order = append(order, byName["unknown"])
	for _, n := range f.root.Get("vulnerabilities").Children() {
		if status := n.Get("vex", "status").Text(); status == "not_affected" || status == "fixed" {
			answered++
			continue
		}
		one := byName[n.Get("severity").Text()]
		if one == nil {
			one = byName["unknown"]
		}
		one.Open++
		if n.Get("fixed").Text() != "" {
			one.Fixable++
		}
	}
	for _, one := range order {
		if one.Open > 0 {
			open = append(open, *one)
		}
	}
	return open, answered, true
}

// scanned says by what vulnerabilities were looked for: how old the advisories are, and which
// packages they did not judge.
func (f imageFact) scanned() []string {
	scan := f.root.Get("scan")
	var said []string
	if judged, known := amount(scan.Get("judged")); known {
		said = append(said, count(judged, "package")+" judged")
	}
	for _, rest := range []struct{ field, why string }{
		{"unmatched", "no advisories of them were given"}, {"unparsed", "their versions cannot be compared"},
	} {
		if n, names := sums(scan.Get(rest.field)); n > 0 {
			said = append(said, fmt.Sprintf("%s not judged (%s): %s", count(n, "package"), counted(names), rest.why))
		}
	}
	return append(said, f.advisories())
}

// advisories says of which days the advisories of each ecosystem are: of their newest one, or of
// the archive if that is younger, as control image-scan-age judges it.
func (f imageFact) advisories() string {
	newest := map[string]time.Time{}
	for _, entry := range f.root.Get("scan", "ecosystems").Children() {
		name := headOf(entry.Get("ecosystem").Text(), 60)
		for _, field := range []string{"newest", "written"} {
			at, err := time.Parse(time.RFC3339, entry.Get(field).Text())
			if err == nil && at.After(newest[name]) && (len(newest) < mostTypes || !newest[name].IsZero()) {
				newest[name] = at
			}
		}
	}
	if len(newest) == 0 {
		return "how old the advisories are is not known"
	}
	observed := f.text("scan", "observed")
	if observed == "" {
		observed = f.text("observed")
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		parts = append(parts, safe(name)+" of "+dated(newest[name], observed))
	}
	return "advisories: " + strings.Join(parts, "; ")
}
