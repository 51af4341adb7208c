package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// advisory writes an advisory of Debian 12 as osv.dev has it.
func advisory(id, source, fixed, vector string, published time.Time) string {
	text, _ := json.Marshal(map[string]any{"schema_version": "1.6.0", "id": id, "aliases": []string{}, "upstream": []string{strings.TrimPrefix(id, "DEBIAN-")},
		"published": published.UTC().Format(time.RFC3339), "modified": published.UTC().Format(time.RFC3339),
		"severity": []any{map[string]string{"type": "CVSS_V3", "score": vector}},
		"affected": []any{map[string]any{"package": map[string]string{"ecosystem": "Debian:12", "name": source},
			"ranges": []any{map[string]any{"type": "ECOSYSTEM", "events": []any{map[string]string{"introduced": "0"}, map[string]string{"fixed": fixed}}}}}}})
	return string(text)
}

const (
	worst = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" // 9.8
	mild  = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N" // 2.2
)

// database writes advisories as the all.zip of osv.dev, for the time written.
func (h *harbour) database(file string, written time.Time, advisories map[string]string) string {
	h.Helper()
	file = filepath.Join(h.folder, file)
	h.must(os.MkdirAll(filepath.Dir(file), 0o755))
	out, err := os.Create(file)
	h.must(err)
	packed := zip.NewWriter(out)
	for _, id := range slices.Sorted(func(yield func(string) bool) {
		for id := range advisories {
			if !yield(id) {
				return
			}
		}
	}) {
		w, err := packed.CreateHeader(&zip.FileHeader{Name: id + ".json", Method: zip.Deflate, Modified: written})
		h.must(err)
		_, err = w.Write([]byte(advisories[id]))
		h.must(err)
	}
	h.must(packed.Close())
	h.must(out.Close())
	return file
}

func TestAdvisoriesAndVEX(t *testing.T) {
	h := newHarbour(t)
	digest := h.push("shop/app:1.2", h.careless())
	old, recent := h.now.AddDate(0, 0, -200), h.now.AddDate(0, 0, -2)
	file := h.database("osv/Debian/all.zip", recent, map[string]string{
		"DEBIAN-CVE-2026-0001": advisory("DEBIAN-CVE-2026-0001", "openssl", "3.0.11-1", worst, old),
		"DEBIAN-CVE-2026-0002": advisory("DEBIAN-CVE-2026-0002", "zlib", "1:1.2.13.dfsg-3", worst, recent),
		"DEBIAN-CVE-2026-0003": advisory("DEBIAN-CVE-2026-0003", "curl", "7.88.1-10+deb12u9", mild, recent),
		"DEBIAN-CVE-2026-0004": advisory("DEBIAN-CVE-2026-0004", "curl", "7.88.1-10+deb12u4", worst, old), // mended in what is installed
	})
	target := "image:" + h.host + "/shop/app:1.2"
	for _, place := range []string{file, filepath.Dir(filepath.Dir(file))} {
		report := h.scan("--advisories", place, target)
		h.holds(report, "image-vulnerability-severe", "fail package openssl 3.0.9-1 has CVE-2026-0001 (critical, fixed in 3.0.11-1)")
		h.holds(report, "image-vulnerability-severe", "fail package zlib1g 1:1.2.13.dfsg-1 has CVE-2026-0002 (critical, fixed in 1:1.2.13.dfsg-3)")
		h.says(report, "image-vulnerability-overdue", "CVE-2026-0001 (critical) could be fixed by 3.0.11-1 for 200 days")
		h.holds(report, "image-vulnerability-other", "CVE-2026-0003 (low, fixed in 7.88.1-10+deb12u9)")
		h.says(report, "image-scan-age", "")
		h.says(report, "image-scan-coverage", "")
		for _, f := range report.Findings {
			if strings.Contains(f.Message, "CVE-2026-0004") {
				t.Errorf("a fixed package is called vulnerable: %+v", f)
			}
		}
	}
	statement := h.write("vex/openvex.json", openVEX("CVE-2026-0001", "pkg:oci/app@"+digest, "pkg:deb/debian/openssl@3.0.9-1", `"status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"`))
	for _, place := range []string{statement, filepath.Dir(statement)} {
		report := h.scan("--advisories", file, "--vex", place, "--all", target)
		h.says(report, "image-vulnerability-overdue", "pass ")
		h.holds(report, "image-vulnerability-severe", "notapplicable CVE-2026-0001 of package openssl 3.0.9-1 does not count: VEX says not_affected: vulnerable_code_not_in_execute_path")
		h.holds(report, "image-vulnerability-severe", "fail package zlib1g")
	}
	unexplained := h.write("unexplained.json", openVEX("CVE-2026-0001", "pkg:oci/app@"+digest, "pkg:deb/debian/openssl@3.0.9-1", `"status": "not_affected"`))
	code, _, errs := h.run("scan", "--insecure-registry", "--advisories", file, "--vex", unexplained, target)
	if code != 2 || !strings.Contains(errs, "says not why: it was refused") || !strings.Contains(errs, unexplained) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func openVEX(id, product, component, status string) string {
	return fmt.Sprintf(`{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "shop", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
  "statements": [{"vulnerability": {"name": %q}, "products": [{"@id": %q, "subcomponents": [{"@id": %q}]}], %s}]}`, id, product, component, status)
}

// Old advisories, those of another system, and broken ones are told: what they do not judge is not clean.
func TestWantingAdvisories(t *testing.T) {
	h := newHarbour(t)
	h.push("shop/app:1.2", h.careless())
	target, long := "image:"+h.host+"/shop/app:1.2", h.now.AddDate(0, -3, 0)
	old := h.database("old.zip", long, map[string]string{"DEBIAN-CVE-2026-0003": advisory("DEBIAN-CVE-2026-0003", "curl", "7.88.1-10+deb12u9", mild, long)})
	h.says(h.scan("--advisories", old, target), "image-scan-age", "fail advisories of Debian are ")

	foreign := h.database("alpine.zip", h.now, map[string]string{"ALPINE-CVE-2026-0001": strings.Replace(advisory("ALPINE-CVE-2026-0001", "openssl", "3.1.4-r6", worst, h.now), "Debian:12", "Alpine:v3.19", 1)})
	report := h.scan("--advisories", foreign, target)
	h.says(report, "image-scan-coverage", "unknown 3 packages of Debian:12 were not judged: no advisories of it were given")
	if report.code != 3 {
		t.Errorf("exit code %d for packages that nothing judged", report.code)
	}

	text, err := os.ReadFile(old)
	h.must(err)
	cut := h.write("cut.zip", string(text[:len(text)/2]))
	h.lost(h.scan("--advisories", cut, target), cut, "download it again")
}
