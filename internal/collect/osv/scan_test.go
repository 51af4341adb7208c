package osv

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/software"
)

func TestOutlineIsDeepAndOddJSON(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 200_000) + strings.Repeat(`]}`, 200_000)
	for name, text := range map[string]string{
		"deep":    `{"id":"X","modified":"2026-01-01T00:00:00Z","database_specific":` + deep + `,"affected":[{"package":{"name":"a","ecosystem":"npm"}}]}`,
		"escapes": `{"summary":"\"affected\":[{\\","id":"X","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"name":"a","ecosystem":"npm"}}]}`,
		"spaces":  " {\n\"affected\" : [ { \"package\" :\t{ \"ecosystem\" : \"npm\" , \"name\" : \"a\" } , \"x\" : [ ] } ] , \"id\":\"X\",\r\n\"modified\" : \"2026-01-01T00:00:00Z\" } \n",
		"twice":   `{"affected":[{"package":{"name":"b","ecosystem":"npm"}}],"id":"Y","id":"X","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"name":"b","name":"a","ecosystem":"npm"}}]}`,
	} {
		var o outline
		if err := o.read([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(o.affected) != 1 || string(o.affected[0].name.of(o.text)) != `"a"` || string(o.id.of(o.text)) != `"X"` {
			t.Errorf("%s: %d affected, id %s", name, len(o.affected), o.id.of(o.text))
		}
	}
}

// FuzzAdvisory compares the outline of an advisory with what encoding/json reads, and judges it.
func FuzzAdvisory(f *testing.F) {
	f.Add([]byte(advise("GHSA-b", "npm", "a", "2.0.0", `"aliases":["CVE-2025-1"]`, `"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]`, `"details":"\"x\\"`)))
	f.Add([]byte(advise("DSA-1", "Debian:12", "a", "1:2.0-1~deb12u1", `"upstream":["CVE-2025-1","CVE-2025-2"]`)))
	f.Add([]byte(`{"id":"X","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"name":"a","ecosystem":"PyPI"},"versions":["1.0","1!2.0rc1"]},{"package":null}]}`))
	packages := []software.Package{{Type: software.NPM, Name: "a", Version: "1.0.0"}, {Type: software.PyPI, Name: "a", Version: "1.0"},
		{Type: software.Maven, Name: "a", Version: "1.0"}, {Type: software.Gem, Name: "a", Version: "1.0"}, {Type: software.Composer, Name: "a", Version: "1.0"},
		{Type: software.NuGet, Name: "a", Version: "1.0"}, system(software.Deb, "debian", "12", "a", "1.0"), system(software.APK, "alpine", "3.19", "a", "1.0-r0"),
		system(software.RPM, "rocky", "9", "a", "1.0-1.el9")}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &reading{ctx: t.Context(), limits: DefaultLimits, wanted: want(packages), faults: newFaults(3)}
		w := newWorker(r)
		w.current = map[string]*tally{}
		w.judge(text, origin{file: "a"}, time.Time{})
		list(r.wanted, gather(r, []*worker{w}).advisories, Options{})

		var o outline
		var strict map[string]json.RawMessage
		if json.Unmarshal(text, &strict) != nil || strict == nil {
			return
		}
		if slices.ContainsFunc([]string{"id", "modified"}, func(key string) bool { return len(strict[key]) == 0 }) {
			return
		}
		if err := o.read(text); err != nil {
			var items []struct{ Package *struct{} }
			if json.Unmarshal(strict["affected"], &items) == nil {
				t.Errorf("%v", err)
			}
		} else if id := string(strict["id"]); string(o.id.of(o.text)) != id && !strings.Contains(string(text), `\`) {
			t.Errorf("id %s, want %s", o.id.of(o.text), id)
		}
	})
}
