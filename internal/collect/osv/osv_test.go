package osv

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect/vex"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/software"
)

// pack writes an archive as osv.dev packs it.
func pack(t testing.TB, file string, advisories ...string) {
	t.Helper()
	entries := map[string]string{}
	for i, text := range advisories {
		entries[fmt.Sprintf("%04d.json", i)] = text
	}
	packEntries(t, file, entries)
}

func packEntries(t testing.TB, file string, entries map[string]string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2026, 9, 2, 1, 2, 4, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(entries[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// advise writes an advisory; more are members such as "aliases":["CVE-1"].
func advise(id, ecosystem, name, fixed string, more ...string) string {
	events := `{"introduced":"0"}`
	if fixed != "" {
		events += `,{"fixed":"` + fixed + `"}`
	}
	extra := ""
	for _, one := range more {
		extra += "," + one
	}
	return fmt.Sprintf(`{"id":%q,"modified":"2026-05-06T07:08:09Z","published":"2026-01-02T03:04:05Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[%s]}]}]%s}`, id, ecosystem, name, events, extra)
}

func match(t testing.TB, place string, packages []software.Package, options Options) (Result, []string) {
	t.Helper()
	d, err := Open(place)
	if err != nil {
		t.Fatal(err)
	}
	result, errs := d.Match(context.Background(), packages, options)
	return result, messages(errs)
}

func messages(errs []inventory.Error) []string {
	var all []string
	for _, e := range errs {
		all = append(all, filepath.Base(e.File)+": "+e.Message)
	}
	return all
}

// short tells vulnerabilities in a line each.
func short(r Result) []string {
	var all []string
	for _, v := range r.Vulnerabilities {
		all = append(all, fmt.Sprintf("%s %s %s<%s %s %.1f %s", v.ID, v.Package.Name, v.Package.Version, v.Fixed, v.Severity, v.Score, strings.Join(v.Aliases, " ")))
	}
	return all
}

func system(kind software.Type, distribution, release, name, version string) software.Package {
	return software.Package{Type: kind, Name: name, Version: version, Distribution: distribution, DistributionVersion: release}
}

func source(p software.Package, name, version string) software.Package {
	p.Source, p.SourceVersion = name, version
	return p
}

func TestMatchFindsPackagesByTheNamesOfTheirEcosystem(t *testing.T) {
	for _, test := range []struct {
		name      string
		ecosystem string
		advised   string
		fixed     string
		pack      software.Package
		want      bool
	}{
		{"npm", "npm", "@scope/left", "2.0.0", software.Package{Type: software.NPM, Name: "@scope/left", Version: "1.0.0"}, true},
		{"npm, other case", "npm", "Left", "2.0.0", software.Package{Type: software.NPM, Name: "left", Version: "1.0.0"}, false},
		{"PyPI, normalised", "PyPI", "zope-interface", "2.0", software.Package{Type: software.PyPI, Name: "Zope._Interface", Version: "1.0"}, true},
		{"NuGet, any case", "NuGet", "Newtonsoft.Json", "13.0.1", software.Package{Type: software.NuGet, Name: "newtonsoft.json", Version: "12.0.0"}, true},
		{"Go module", "Go", "example.com/a/b", "1.2.0", software.Package{Type: software.Go, Name: "example.com/a/b", Version: "v1.1.9"}, true},
		{"Go pseudo-version", "Go", "example.com/a/b", "1.2.0", software.Package{Type: software.Go, Name: "example.com/a/b", Version: "v1.2.1-0.20240101000000-abcdefabcdef"}, false},
		{"Go standard library", "Go", "stdlib", "1.21.0-rc.3", software.Package{Type: software.Go, Name: "stdlib", Version: "go1.21rc2"}, true},
		{"Go standard library, mended", "Go", "stdlib", "1.21.8", software.Package{Type: software.Go, Name: "stdlib", Version: "1.22"}, false},
		{"Maven", "Maven", "org.a:b", "2.15.0", software.Package{Type: software.Maven, Name: "org.a:b", Version: "2.14.1"}, true},
		{"Maven of another registry", "Maven:https://maven.google.com", "org.a:b", "2.15.0", software.Package{Type: software.Maven, Name: "org.a:b", Version: "2.14.1"}, true},
		{"crates.io", "crates.io", "smallvec", "1.6.1", software.Package{Type: software.Cargo, Name: "smallvec", Version: "1.6.0"}, true},
		{"RubyGems with a platform", "RubyGems", "nokogiri", "1.15.0", software.Package{Type: software.Gem, Name: "nokogiri", Version: "1.15.0-x86_64-linux"}, false},
		{"Packagist", "Packagist", "symfony\\/http-kernel", "5.4.20", software.Package{Type: software.Composer, Name: "symfony/http-kernel", Version: "v5.4.19"}, true},
		{"Alpine by source", "Alpine:v3.19", "openssl", "3.1.4-r5", source(system(software.APK, "alpine", "3.19.1", "libssl3", "3.1.4-r2"), "openssl", "3.1.4-r2"), true},
		{"Alpine of another release", "Alpine:v3.18", "openssl", "3.1.4-r5", source(system(software.APK, "alpine", "3.19.1", "libssl3", "3.1.4-r2"), "openssl", "3.1.4-r2"), false},
		{"Debian by source", "Debian:12", "openssl", "3.0.11-1~deb12u2", source(system(software.Deb, "debian", "12", "libssl3", "3.0.11-1~deb12u1"), "openssl", ""), true},
		{"Debian, not by the installed name", "Debian:12", "libssl3", "", source(system(software.Deb, "debian", "12", "libssl3", "3.0.11-1"), "openssl", ""), false},
		{"Debian with a rebuild", "Debian:12", "openssl", "3.0.11-1", source(system(software.Deb, "debian", "12", "libssl3", "3.0.11-1+b1"), "openssl", "3.0.11-1"), false},
		{"Ubuntu", "Ubuntu:22.04:LTS", "bash", "5.1-6ubuntu1.1", system(software.Deb, "ubuntu", "22.04", "bash", "5.1-6ubuntu1"), true},
		{"Ubuntu, interim", "Ubuntu:24.10", "bash", "5.2", system(software.Deb, "ubuntu", "24.10", "bash", "5.1"), true},
		{"Ubuntu Pro", "Ubuntu:Pro:18.04:LTS", "bash", "5.1-6ubuntu1.1", system(software.Deb, "ubuntu", "18.04", "bash", "5.1-6ubuntu1"), true},
		{"Ubuntu Pro for FIPS", "Ubuntu:Pro:FIPS:18.04:LTS", "bash", "5.1-6ubuntu1.1", system(software.Deb, "ubuntu", "18.04", "bash", "5.1-6ubuntu1"), false},
		{"Rocky Linux", "Rocky Linux:9", "openssl", "1:3.0.7-27.el9", source(system(software.RPM, "rocky", "9.3", "openssl-libs", "1:3.0.7-25.el9"), "openssl", "3.0.7-25.el9"), true},
		{"Rocky Linux, an epoch the source leaves out", "Rocky Linux:9", "openssl", "1:3.0.7-25.el9", source(system(software.RPM, "rocky", "9.3", "openssl-libs", "1:3.0.7-25.el9"), "openssl", "3.0.7-25.el9"), false},
		{"AlmaLinux by the installed name", "AlmaLinux:8", "openssl-libs", "1:1.1.1k-9.el8", source(system(software.RPM, "almalinux", "8.9", "openssl-libs", "1:1.1.1k-7.el8"), "openssl", ""), true},
		{"Red Hat", "Red Hat:enterprise_linux:9::baseos", "bash", "0:5.1.8-9.el9", system(software.RPM, "rhel", "9.4", "bash", "5.1.8-6.el9"), true},
		{"Red Hat, another stream", "Red Hat:rhel_eus:9.2::baseos", "bash", "0:5.1.8-9.el9", system(software.RPM, "rhel", "9.4", "bash", "5.1.8-6.el9"), false},
		{"SUSE", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "bash", "4.4-150400.27.1", system(software.RPM, "sles", "15.5", "bash", "4.4-150400.25.22"), true},
		{"SUSE, longer support", "SUSE:Linux Enterprise Server 15 SP5-LTSS", "bash", "4.4-150400.27.1", system(software.RPM, "sles", "15.5", "bash", "4.4-150400.25.22"), true},
		{"SUSE, another service pack", "SUSE:Linux Enterprise Server 15 SP6", "bash", "4.4-150400.27.1", system(software.RPM, "sles", "15.5", "bash", "4.4-150400.25.22"), false},
		{"SUSE without a service pack", "SUSE:Linux Enterprise Server 15 SP6", "bash", "4.4-150400.27.1", system(software.RPM, "sles", "15", "bash", "4.4-150400.25.22"), false},
		{"openSUSE", "openSUSE:Leap 15.5", "bash", "4.4-2", system(software.RPM, "opensuse-leap", "15.5", "bash", "4.4-1"), true},
		{"openSUSE Tumbleweed", "openSUSE:Tumbleweed", "bash", "4.4-2", system(software.RPM, "opensuse-tumbleweed", "20260901", "bash", "4.4-1"), true},
		{"Wolfi", "Wolfi", "bash", "5.2-r3", system(software.APK, "wolfi", "20230201", "bash", "5.2-r2"), true},
		{"Chainguard", "Chainguard", "bash", "5.2-r3", system(software.APK, "chainguard", "20230214", "bash", "5.2-r2"), true},
		{"Mageia", "Mageia:9", "bash", "5.2-2.mga9", system(software.RPM, "mageia", "9", "bash", "5.2-1.mga9"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "some.zip")
			pack(t, file, strings.ReplaceAll(advise("X-1", test.ecosystem, test.advised, test.fixed), `\\/`, `\/`))
			result, errs := match(t, file, []software.Package{test.pack}, Options{})
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if got := len(result.Vulnerabilities) == 1; got != test.want {
				t.Errorf("found %v, want %v; scan %+v", got, test.want, result.Scan)
			}
		})
	}
}

func TestMatchTellsWhatItCouldNotJudge(t *testing.T) {
	folder := t.TempDir()
	pack(t, filepath.Join(folder, "npm", "all.zip"), advise("GHSA-1", "npm", "other", ""), advise("GHSA-2", "npm", "gone", "", `"withdrawn":"2026-02-01T00:00:00Z"`))
	pack(t, filepath.Join(folder, "Alpine", "all.zip"), advise("ALPINE-CVE-1", "Alpine:v3.18", "other", ""))
	pack(t, filepath.Join(folder, "Hex", "all.zip"), "{broken")
	packages := []software.Package{
		{Type: software.NPM, Name: "a", Version: "1.0.0"}, {Type: software.NPM, Name: "b", Version: "latest"},
		{Type: software.NPM, Name: "gone", Version: "1.0.0"}, {Type: software.PyPI, Name: "c", Version: "1"},
		system(software.APK, "alpine", "3.19.1", "musl", "1.2-r0"), system(software.APK, "alpine", "3.18.1", "musl", "1.2-r0"),
		system(software.Deb, "debian", "", "bash", "1"), system(software.RPM, "amzn", "2023", "bash", "1"), system(software.RPM, "", "", "bash", "1"),
		{Type: "swift", Name: "c", Version: "1"},
	}
	result, errs := match(t, folder, packages, Options{Observed: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)})
	want := Scan{Database: folder, Newest: "2026-05-06T07:08:09Z", Observed: "2026-10-01T00:00:00Z", Judged: 3,
		Ecosystems: []Ecosystem{
			{Ecosystem: "Alpine", Advisories: 1, Newest: "2026-05-06T07:08:09Z", Written: "2026-09-02T01:02:04Z", File: filepath.Join(folder, "Alpine", "all.zip")},
			{Ecosystem: "npm", Advisories: 1, Newest: "2026-05-06T07:08:09Z", Written: "2026-09-02T01:02:04Z", File: filepath.Join(folder, "npm", "all.zip")},
		},
		Unmatched: map[string]int{"PyPI": 1, "Alpine:v3.19": 1, "Debian": 1, "amzn:2023": 1, "rpm": 1, "swift": 1}, Unparsed: map[string]int{"npm": 1}}
	if diff := cmp.Diff(want, result.Scan); diff != "" {
		t.Errorf("scan (-want +got):\n%s", diff)
	}
	if len(result.Vulnerabilities) != 0 || len(errs) > 0 {
		t.Errorf("vulnerabilities %v, errors %v", short(result), errs)
	}
	text, err := json.Marshal(result)
	if err != nil || !strings.Contains(string(text), `"vulnerabilities":[]`) || !strings.Contains(string(text), `"unmatched":{`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestMatchMergesDatabases(t *testing.T) {
	high := `"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]`
	npm := software.Package{Type: software.NPM, Name: "a", Version: "1.0.0"}
	bash := system(software.Deb, "debian", "12", "bash", "5.1")
	for _, test := range []struct {
		name       string
		pack       software.Package
		advisories []string
		want       []string
	}{
		{"aliases lead to the CVE", npm, []string{
			advise("GHSA-b", "npm", "a", "2.0.0", `"aliases":["CVE-2025-1"]`, `"database_specific":{"severity":"MODERATE"}`),
			advise("PYSEC-1", "npm", "a", "2.0.1", `"aliases":["GHSA-b"]`, high),
		}, []string{"CVE-2025-1 a 1.0.0<2.0.1 high 7.5 GHSA-b PYSEC-1"}},
		{"two vulnerabilities", npm, []string{
			advise("GHSA-b", "npm", "a", "", `"aliases":["CVE-2025-1000"]`, high), advise("GHSA-c", "npm", "a", "", `"aliases":["CVE-2025-999"]`, high),
		}, []string{"CVE-2025-999 a 1.0.0< high 7.5 GHSA-c", "CVE-2025-1000 a 1.0.0< high 7.5 GHSA-b"}},
		{"related is another one", npm, []string{
			advise("GHSA-b", "npm", "a", "", `"related":["CVE-2025-1"]`), advise("GHSA-c", "npm", "a", "", `"aliases":["CVE-2025-1"]`),
		}, []string{"CVE-2025-1 a 1.0.0< unknown 0.0 GHSA-c", "GHSA-b a 1.0.0< unknown 0.0 "}},
		{"upstream leads to the CVE", bash, []string{
			advise("DEBIAN-CVE-2025-1", "Debian:12", "bash", "", `"upstream":["CVE-2025-1"]`, high),
		}, []string{"CVE-2025-1 bash 5.1< high 7.5 DEBIAN-CVE-2025-1"}},
		{"a notice belongs to each of its CVEs", bash, []string{
			advise("DEBIAN-CVE-2025-1", "Debian:12", "bash", "5.2", `"upstream":["CVE-2025-1"]`, `"database_specific":{"severity":"low"}`),
			advise("DSA-1-1", "Debian:12", "bash", "5.2", `"upstream":["CVE-2025-1","CVE-2025-2"]`, high),
		}, []string{"CVE-2025-2 bash 5.1<5.2 high 7.5 DSA-1-1", "CVE-2025-1 bash 5.1<5.2 low 0.0 DEBIAN-CVE-2025-1 DSA-1-1"}},
		{"a notice that names them as related", bash, []string{
			advise("DSA-1-1", "Debian:12", "bash", "5.2", `"related":["CVE-2025-1","CVE-2025-2"]`),
		}, []string{"CVE-2025-1 bash 5.1<5.2 unknown 0.0 DSA-1-1", "CVE-2025-2 bash 5.1<5.2 unknown 0.0 DSA-1-1"}},
		{"the newest form counts", npm, []string{
			strings.Replace(advise("GHSA-b", "npm", "a", "0.5.0"), "2026-05-06", "2026-06-06", 1), advise("GHSA-b", "npm", "a", ""),
		}, nil},
		{"the newest form is withdrawn", npm, []string{
			strings.Replace(advise("GHSA-b", "npm", "a", "", `"withdrawn":"2026-06-06T00:00:00Z"`), "2026-05-06", "2026-06-06", 1), advise("GHSA-b", "npm", "a", ""),
		}, nil},
		{"null is not withdrawn", npm, []string{advise("GHSA-b", "npm", "a", "", `"withdrawn":null`)}, []string{"GHSA-b a 1.0.0< unknown 0.0 "}},
		{"malicious", npm, []string{advise("MAL-2025-1", "npm", "a", "")}, []string{"MAL-2025-1 a 1.0.0< critical 0.0 "}},
		{"Debian's urgency", bash, []string{strings.Replace(advise("DEBIAN-CVE-2025-1", "Debian:12", "bash", ""), `"ranges"`, `"ecosystem_specific":{"urgency":"low**"},"ranges"`, 1)},
			[]string{"DEBIAN-CVE-2025-1 bash 5.1< low 0.0 "}},
		{"a title's word", bash, []string{advise("DSA-1", "Debian:12", "bash", "", `"summary":"Important: bash update"`)}, []string{"DSA-1 bash 5.1< high 0.0 "}},
		{"Ubuntu's priority", bash, []string{advise("DSA-1", "Debian:12", "bash", "", `"severity":[{"type":"Ubuntu","score":"medium"}]`)}, []string{"DSA-1 bash 5.1< medium 0.0 "}},
		{"CVSS 4 with a word", npm, []string{advise("GHSA-b", "npm", "a", "", `"severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}]`, `"database_specific":{"severity":"CRITICAL"}`)},
			[]string{"GHSA-b a 1.0.0< critical 0.0 "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "some.zip")
			pack(t, file, test.advisories...)
			result, errs := match(t, file, []software.Package{test.pack}, Options{})
			if diff := cmp.Diff(test.want, short(result)); diff != "" || len(errs) > 0 {
				t.Errorf("(-want +got):\n%s%v", diff, errs)
			}
		})
	}
}

func TestMatchPrefersTheReleaseToItsExtendedSupport(t *testing.T) {
	text := `{"id":"UBUNTU-CVE-2025-1","modified":"2026-05-06T07:08:09Z","affected":[
		{"package":{"ecosystem":"Ubuntu:Pro:22.04:LTS","name":"bash"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.1-6ubuntu1.1+esm1"}]}]},
		{"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"bash"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.1-6ubuntu1"}]}]}]}`
	file := filepath.Join(t.TempDir(), "one.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if result, _ := match(t, file, []software.Package{system(software.Deb, "ubuntu", "22.04", "bash", "5.1-6ubuntu1")}, Options{}); len(result.Vulnerabilities) != 0 {
		t.Errorf("mended in the release, but found: %v", short(result))
	}
	if result, _ := match(t, file, []software.Package{system(software.Deb, "ubuntu", "22.04", "bash", "5.1-5")}, Options{}); !slices.Equal(short(result), []string{"UBUNTU-CVE-2025-1 bash 5.1-5<5.1-6ubuntu1 unknown 0.0 "}) {
		t.Errorf("%v", short(result))
	}
}

func TestMatchTellsTimes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "some.zip")
	pack(t, file,
		advise("DEBIAN-CVE-2025-1", "Debian:12", "bash", "5.2", `"upstream":["CVE-2025-1"]`),
		strings.Replace(advise("DSA-1-1", "Debian:12", "bash", "5.2", `"upstream":["CVE-2025-1"]`, `"summary":"bash - update"`), "2026-01-02", "2026-03-02", 1),
		advise("DEBIAN-CVE-2025-2", "Debian:12", "bash", "5.2", `"upstream":["CVE-2025-2"]`, `"details":"A flaw.\nMore."`),
		advise("DEBIAN-CVE-2025-3", "Debian:12", "bash", "", `"upstream":["CVE-2025-3"]`))
	p := system(software.Deb, "debian", "12", "bash", "5.1")
	p.Path, p.Layer = "var/lib/dpkg/status", 2
	result, errs := match(t, file, []software.Package{p}, Options{})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	about := Affected{PURL: "pkg:deb/debian/bash@5.1?distro=debian-12", Name: "bash", Version: "5.1", Path: "var/lib/dpkg/status", Layer: 2}
	published, modified := "2026-01-02T03:04:05Z", "2026-05-06T07:08:09Z"
	want := []Vulnerability{
		{ID: "CVE-2025-1", Aliases: []string{"DEBIAN-CVE-2025-1", "DSA-1-1"}, Package: about, Fixed: "5.2", Severity: Unknown, Published: published, Modified: modified, FixedSince: "2026-03-02T03:04:05Z", Summary: "bash - update"},
		{ID: "CVE-2025-2", Aliases: []string{"DEBIAN-CVE-2025-2"}, Package: about, Fixed: "5.2", Severity: Unknown, Published: published, Modified: modified, FixedSince: modified, Summary: "A flaw."},
		{ID: "CVE-2025-3", Aliases: []string{"DEBIAN-CVE-2025-3"}, Package: about, Severity: Unknown, Published: published, Modified: modified},
	}
	if diff := cmp.Diff(want, result.Vulnerabilities); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMatchAppliesVEX(t *testing.T) {
	folder := t.TempDir()
	statement := filepath.Join(folder, "a.vex")
	if err := os.WriteFile(statement, []byte(`{"@context":"https://openvex.dev/ns/v0.2.0","author":"ann","timestamp":"2026-09-01T00:00:00Z","statements":[
		{"vulnerability":{"name":"GHSA-b"},"products":[{"@id":"pkg:npm/a@1.0.0"}],"status":"not_affected","justification":"vulnerable_code_not_present"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	statements, errs := vex.Read(statement)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	file := filepath.Join(folder, "some.zip")
	pack(t, file, advise("GHSA-b", "npm", "a", "", `"aliases":["CVE-2025-1"]`))
	result, _ := match(t, file, []software.Package{{Type: software.NPM, Name: "a", Version: "1.0.0"}, {Type: software.NPM, Name: "a", Version: "1.0.1"}}, Options{VEX: statements})
	var got []*vex.Verdict
	for _, v := range result.Vulnerabilities {
		got = append(got, v.VEX)
	}
	want := []*vex.Verdict{{Status: vex.NotAffected, Justification: "vulnerable_code_not_present", Author: "ann", Timestamp: "2026-09-01T00:00:00Z", Source: statement}, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMatchIsTheSameInAnyOrderAndByAnyNumberOfWorkers(t *testing.T) {
	folder := t.TempDir()
	var packages []software.Package
	for archive := range 3 {
		var advisories []string
		for i := range 900 {
			advisories = append(advisories, advise(fmt.Sprintf("GHSA-%d", (i*7+archive)%700), "npm", fmt.Sprintf("p%d", i%97), []string{"", "1.5.0", "2.0.0"}[i%3], fmt.Sprintf(`"aliases":["CVE-2025-%d"]`, i%300)))
		}
		advisories = append(advisories, "{", `{"id":"x"}`)
		pack(t, filepath.Join(folder, fmt.Sprint(archive)+".zip"), advisories...)
	}
	for i := range 120 {
		packages = append(packages, software.Package{Type: software.NPM, Name: fmt.Sprintf("p%d", i), Version: fmt.Sprintf("1.%d.0", i%9)})
	}
	first, firstErrs := match(t, folder, packages, Options{Workers: 1})
	if len(first.Vulnerabilities) < 80 || len(firstErrs) != 6 {
		t.Fatalf("%d vulnerabilities, errors %v", len(first.Vulnerabilities), firstErrs)
	}
	slices.Reverse(packages)
	for _, workers := range []int{0, 2, 7} {
		result, errs := match(t, folder, packages, Options{Workers: workers})
		if diff := cmp.Diff(first, result) + cmp.Diff(firstErrs, errs); diff != "" {
			t.Fatalf("%d workers differ:\n%.2000s", workers, diff)
		}
	}
}

func TestMatchStopsWhenItIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "some.zip")
	pack(t, file, advise("GHSA-b", "npm", "a", ""))
	d, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, errs := d.Match(ctx, nil, Options{}); len(errs) != 1 || !strings.HasPrefix(errs[0].Message, "matching was stopped: context canceled") {
		t.Errorf("%v", errs)
	}
}
