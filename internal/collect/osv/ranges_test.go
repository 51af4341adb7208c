package osv

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The oracle is the pseudo code of https://ossf.github.io/osv-schema/#evaluation word by word, over
// versions of three numbers whose order needs no library.
type number [3]int

func (n number) String() string { return fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]) }

func read(version string) number {
	var n number
	if version == "0" {
		return number{-1, -1, -1}
	}
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &n[0], &n[1], &n[2]); err != nil {
		panic(version)
	}
	return n
}

func atLeast(v, w number) bool { return slices.Compare(v[:], w[:]) >= 0 }

func isVulnerable(v number, a *affected) bool {
	return includedInVersions(v, a.Versions) || includedInRanges(v, a.Ranges)
}

func includedInVersions(v number, versions []string) bool {
	for _, version := range versions {
		if v == read(version) {
			return true
		}
	}
	return false
}

func includedInRanges(v number, ranges []eventRange) bool {
	for _, r := range ranges {
		if r.Type == "GIT" {
			continue
		}
		if beforeLimits(v, r) {
			vulnerable := false
			for _, evt := range sortedEvents(r.Events) {
				if evt.Introduced != "" && atLeast(v, read(evt.Introduced)) {
					vulnerable = true
				} else if evt.Fixed != "" && atLeast(v, read(evt.Fixed)) {
					vulnerable = false
				} else if evt.LastAffected != "" && atLeast(v, read(evt.LastAffected)) && v != read(evt.LastAffected) {
					vulnerable = false
				}
			}
			if vulnerable {
				return true
			}
		}
	}
	return false
}

func sortedEvents(events []event) []event {
	key := func(e event) number {
		for _, version := range []string{e.Introduced, e.Fixed, e.LastAffected} {
			if version != "" {
				return read(version)
			}
		}
		return number{-2}
	}
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b event) int { x, y := key(a), key(b); return slices.Compare(x[:], y[:]) })
	return events
}

func beforeLimits(v number, r eventRange) bool {
	limited := false
	for _, evt := range r.Events {
		if evt.Limit != "" {
			limited = true
			if evt.Limit == "*" || !atLeast(v, read(evt.Limit)) {
				return true
			}
		}
	}
	return !limited
}

func randomNumber(random *rand.Rand) number {
	return number{random.IntN(3), random.IntN(4), random.IntN(3)}
}

func randomAffected(random *rand.Rand) *affected {
	a := &affected{}
	for range random.IntN(4) {
		r := eventRange{Type: []string{"SEMVER", "ECOSYSTEM", "ECOSYSTEM", "GIT"}[random.IntN(4)]}
		for range 1 + random.IntN(5) {
			version := randomNumber(random).String()
			switch kind := random.IntN(12); {
			case kind < 2:
				r.Events = append(r.Events, event{Introduced: "0"})
			case kind < 5:
				r.Events = append(r.Events, event{Introduced: version})
			case kind < 8:
				r.Events = append(r.Events, event{Fixed: version})
			case kind < 10:
				r.Events = append(r.Events, event{LastAffected: version})
			case kind < 11:
				r.Events = append(r.Events, event{Limit: version})
			default:
				r.Events = append(r.Events, event{Limit: "*"})
			}
		}
		a.Ranges = append(a.Ranges, r)
	}
	for range random.IntN(3) {
		a.Versions = append(a.Versions, randomNumber(random).String())
	}
	return a
}

func TestRangesAsTheSpecificationEvaluatesThem(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	ecosystems := []string{"npm", "PyPI", "Go", "Maven", "crates.io", "RubyGems", "Packagist", "NuGet", "Alpine", "Debian", "Ubuntu",
		"Rocky Linux", "AlmaLinux", "Red Hat", "SUSE", "openSUSE", "Wolfi", "Chainguard", "Mageia"}
	vulnerable, differences := 0, 0
	for i := range 20_000 {
		a, v := randomAffected(random), randomNumber(random)
		ecosystem := ecosystems[i%len(ecosystems)]
		parsed, err := parse(ecosystem, v.String())
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.includes(&subject{version: v.String(), order: parsed})
		if err != nil {
			t.Fatal(err)
		}
		want := isVulnerable(v, a)
		if want {
			vulnerable++
		}
		if got.vulnerable != want {
			text, _ := json.Marshal(a)
			if differences++; differences < 5 {
				t.Errorf("%s %s is vulnerable: got %v, want %v by %s", ecosystem, v, got.vulnerable, want, text)
			}
		}
		if got.fixed != "" && (!got.vulnerable || atLeast(v, read(got.fixed))) {
			t.Errorf("%s mends %s, which it is not above", got.fixed, v)
		}
	}
	if vulnerable < 3_000 || vulnerable > 17_000 {
		t.Errorf("%d of 20,000 are vulnerable: the ranges test little", vulnerable)
	}
}

func TestRanges(t *testing.T) {
	for _, test := range []struct {
		name, ecosystem, affected, version string
		want                               string // no, yes, or the version that mends
	}{
		{"from the beginning", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}`, "9.9.9", "yes"},
		{"before the fix", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.2"}]}]}`, "1.0.1", "1.0.2"},
		{"the fix itself", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.2"}]}]}`, "1.0.2", "no"},
		{"before a pre-release that mends", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.2-rc.1"}]}]}`, "1.0.2-beta", "1.0.2-rc.1"},
		{"last affected", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"last_affected":"1.4.0"}]}]}`, "1.4.0", "yes"},
		{"above the last affected", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"last_affected":"1.4.0"}]}]}`, "1.4.1", "no"},
		{"second branch", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.3"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}]}]}`, "2.0.5", "2.1.0"},
		{"between branches", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.3"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}]}]}`, "1.9.0", "no"},
		{"events out of order", "npm", `{"ranges":[{"type":"SEMVER","events":[{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.2.3"},{"introduced":"0"}]}]}`, "2.0.5", "2.1.0"},
		{"an early form with both in one", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0","fixed":"1.0.0"}]}]}`, "1.5.0", "no"},
		{"two ranges", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.3"}]},{"type":"SEMVER","events":[{"introduced":"2.0.0"}]}]}`, "2.5.0", "yes"},
		{"beyond the limit", "npm", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"limit":"2.0.0"}]}]}`, "2.0.0", "no"},
		{"commits alone", "npm", `{"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}`, "1.0.0", "no"},
		{"commits and a list", "PyPI", `{"ranges":[{"type":"GIT","events":[{"introduced":"0"},{"fixed":"abcdef"}]}],"versions":["1.0"]}`, "1.0.0", "yes"},
		{"listed, and mended later", "PyPI", `{"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"5"},{"fixed":"6"},{"introduced":"8"},{"fixed":"9"}]}],"versions":["1.0"]}`, "1.0", "6"},
		{"nothing said", "npm", `{}`, "1.0.0", "no"},
		{"a tilde of Debian", "Debian:12", `{"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.11-1~deb12u2"}]}]}`, "3.0.11-1~deb12u1", "3.0.11-1~deb12u2"},
		{"an epoch of Debian", "Debian:12", `{"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.2-3"}]}]}`, "9.9-9", "1:1.2-3"},
		{"a build of Alpine", "Alpine:v3.19", `{"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.1.4-r5"}]}]}`, "3.1.4-r4", "3.1.4-r5"},
		{"a release of Rocky", "Rocky Linux:9", `{"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:3.0.7-27.el9"}]}]}`, "1:3.0.7-9.el9", "1:3.0.7-27.el9"},
		{"a qualifier of Maven", "Maven", `{"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.0-beta9"},{"fixed":"2.15.0"}]}]}`, "2.0-beta8", "no"},
		{"semantic order where the ecosystem has another", "PyPI", `{"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}]}`, "1.0.0-post", "1.0.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var a affected
			if err := json.Unmarshal([]byte(test.affected), &a); err != nil {
				t.Fatal(err)
			}
			base, _, _ := strings.Cut(test.ecosystem, ":")
			parsed, err := parse(base, test.version)
			if err != nil {
				t.Fatal(err)
			}
			outcome, err := a.includes(&subject{version: test.version, order: parsed})
			if err != nil {
				t.Fatal(err)
			}
			got := "no"
			if outcome.vulnerable {
				got = "yes"
			}
			if outcome.fixed != "" {
				got = outcome.fixed
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestVersionsThatCannotBeCompared(t *testing.T) {
	for _, test := range []struct{ ecosystem, version string }{
		{"npm", ""}, {"npm", "latest"}, {"npm", "git+ssh://x/1"}, {"Go", "(devel)"}, {"Go", "v"}, {"Packagist", "dev-main1"}, {"Maven", "${project.version}"},
		{"Alpine", "1.2-3"}, {"Alpine", "x1"}, {"Debian", "a:1"}, {"npm", "1." + string(make([]byte, 300))}, {"Unknown", "1.0"},
	} {
		if _, err := parse(test.ecosystem, test.version); err == nil {
			t.Errorf("%s takes %.20q for a version", test.ecosystem, test.version)
		}
	}
	parsed, err := parse("Debian", "1.0")
	if err != nil {
		t.Fatal(err)
	}
	a := affected{Ranges: []eventRange{{Type: "ECOSYSTEM", Events: []event{{Introduced: "0"}, {Fixed: "x:1"}}}}}
	if _, err := a.includes(&subject{version: "1.0", order: parsed}); err == nil {
		t.Error("a fix that is no version is passed over in silence")
	}
}

func TestLater(t *testing.T) {
	for _, test := range []struct{ ecosystem, a, b, want string }{
		{"npm", "", "", ""}, {"npm", "1.0.0", "", "1.0.0"}, {"npm", "1.10.0", "1.9.0", "1.10.0"}, {"npm", "1.9.0", "1.10.0", "1.10.0"}, {"Debian", "1:1", "2", "1:1"},
	} {
		if got := later(test.ecosystem, test.a, test.b); got != test.want {
			t.Errorf("later of %s and %s is %s", test.a, test.b, got)
		}
	}
}
