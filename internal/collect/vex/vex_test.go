package vex

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/software"
)

var (
	ssl = software.Package{Type: software.APK, Name: "libssl3", Version: "3.0.8-r3", Source: "openssl", SourceVersion: "3.0.8-r3", Architecture: "x86_64", Distribution: "alpine", DistributionVersion: "3.19.1"}
	deb = software.Package{Type: software.Deb, Name: "libssl3", Version: "3.0.11-1~deb12u1", Source: "openssl", Architecture: "amd64", Distribution: "debian", DistributionVersion: "12"}
	rpm = software.Package{Type: software.RPM, Name: "openssl-libs", Version: "1:3.0.7-24.el9", Source: "openssl", SourceVersion: "1:3.0.7-24.el9", Architecture: "x86_64", Distribution: "rhel", DistributionVersion: "9.3"}
	npm = software.Package{Type: software.NPM, Name: "@scope/a", Version: "1.0.0"}
	web = Image{Digests: []string{"sha256:aaa"}, Names: []string{"registry.example.com:5000/shop/web:1.2"}}
)

func TestProducts(t *testing.T) {
	for _, test := range []struct {
		product string
		inside  []string
		pack    software.Package
		want    bool
	}{
		{"pkg:npm/%40scope/a@1.0.0", nil, npm, true},
		{"pkg:npm/%40scope/a", nil, npm, true},
		{"pkg:npm/@scope/a@1.0.0", nil, npm, true},
		{"pkg:npm/%40scope/a@1.0.1", nil, npm, false},
		{"pkg:npm/a@1.0.0", nil, npm, false},
		{"pkg:pypi/a@1.0.0", nil, npm, false},
		{"pkg:npm/%40scope/a@1.0.0?vcs_url=git", nil, npm, true},
		{"pkg:apk/alpine/libssl3@3.0.8-r3", nil, ssl, true},
		{"pkg:apk/alpine/libssl3@3.0.8-r3?arch=x86_64", nil, ssl, true},
		{"pkg:apk/alpine/libssl3@3.0.8-r3?arch=armv7", nil, ssl, false},
		{"pkg:apk/alpine/libssl3?distro=alpine-3.18.2", nil, ssl, false},
		{"pkg:apk/alpine/openssl", nil, ssl, false},
		{"pkg:deb/debian/openssl?arch=source", nil, deb, true},
		{"pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=source&distro=debian-12", nil, deb, true},
		{"pkg:deb/debian/openssl@3.0.11-1?arch=source", nil, deb, false},
		{"pkg:deb/ubuntu/libssl3", nil, deb, false},
		{"pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&epoch=1", nil, rpm, true},
		{"pkg:rpm/redhat/openssl@3.0.7-24.el9?arch=src&epoch=1", nil, rpm, true},
		{"pkg:rpm/redhat/openssl@3.0.7-24.el9?arch=src&epoch=2", nil, rpm, false},
		{"pkg:oci/web@sha256%3Aaaa", nil, npm, true},
		{"pkg:oci/web@sha256:bbb", nil, npm, false},
		{"pkg:oci/web@sha256:bbb?repository_url=registry.example.com:5000/shop/web", nil, npm, false},
		{"pkg:oci/web?repository_url=registry.example.com:5000/shop/web", nil, npm, true},
		{"pkg:oci/web?repository_url=registry.example.com:5000/shop/web&tag=1.3", nil, npm, false},
		{"pkg:oci/web?repository_url=other.example.com/web", nil, npm, false},
		{"pkg:oci/web", nil, npm, true},
		{"pkg:oci/web", []string{"pkg:npm/%40scope/a"}, npm, true},
		{"pkg:oci/web", []string{"pkg:npm/%40scope/b"}, npm, false},
		{"pkg:oci/other", []string{"pkg:npm/%40scope/a"}, npm, false},
		{"pkg:npm/%40scope/a", []string{"pkg:npm/%40scope/a"}, npm, false},
		{"sha256:aaa", nil, npm, true},
		{"registry.example.com:5000/shop/web", nil, npm, true},
		{"registry.example.com:5000/shop/web:1.2", nil, npm, true},
		{"registry.example.com:5000/shop/web:1.3", nil, npm, false},
		{"registry.example.com:5000/shop/web@sha256:aaa", nil, npm, true},
		{"registry.example.com:5000/shop/web:1.2@sha256:bbb", nil, npm, false},
		{"", nil, npm, false},
		{"pkg:", nil, npm, false},
		{"pkg:npm/", nil, npm, false},
		{"pkg:npm/%zz", nil, npm, false},
	} {
		product := Product{Name: test.product, Components: test.inside}
		if got := product.covers(test.pack, web); got != test.want {
			t.Errorf("%s with %v covers %s: %v, want %v", test.product, test.inside, test.pack.PURL(), got, test.want)
		}
	}
	if !(Image{Names: []string{"nginx:1.25"}}).is("pkg:docker/library/nginx@1.25") || !(Image{Names: []string{"docker.io/library/nginx:1.25"}}).is("nginx:1.25") {
		t.Error("names that docker completes are not the same")
	}
}

const old, recent = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"

func open(statements string) string {
	return `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"ann","timestamp":"` + old + `","version":1,"statements":[` + statements + `]}`
}

func cyclone(vulnerabilities string) string {
	return `{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:1","metadata":{"timestamp":"` + old + `","supplier":{"name":"ann"},"component":{"bom-ref":"image","type":"container","name":"registry.example.com:5000/shop/web","version":"sha256:aaa"}},
		"components":[{"bom-ref":"c1","type":"library","name":"b","components":[{"bom-ref":"c2","type":"library","name":"a","purl":"pkg:npm/%40scope/a@1.0.0"}]}],"vulnerabilities":[` + vulnerabilities + `]}`
}

func csaf(vulnerability string) string {
	return `{"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"name":"ann"},"tracking":{"current_release_date":"` + old + `"}},
		"product_tree":{"branches":[{"category":"vendor","name":"v","branches":[
			{"category":"product_version","name":"a","product":{"product_id":"A","name":"a","product_identification_helper":{"purl":"pkg:npm/%40scope/a@1.0.0"}}},
			{"category":"product_version","name":"i","product":{"product_id":"I","name":"i","product_identification_helper":{"purl":"pkg:oci/web@sha256%3Aaaa"}}},
			{"category":"product_version","name":"o","product":{"product_id":"O","name":"o","product_identification_helper":{"purl":"pkg:rpm/redhat/openssl-libs"}}},
			{"category":"product_name","name":"9","product":{"product_id":"R9","name":"9","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9::baseos"}}},
			{"category":"product_name","name":"8","product":{"product_id":"R8","name":"8","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:8"}}},
			{"category":"product_name","name":"s","product":{"product_id":"S","name":"s","product_identification_helper":{"cpe":"cpe:/a:redhat:openstack:16"}}}]}],
		"relationships":[
			{"category":"default_component_of","product_reference":"A","relates_to_product_reference":"I","full_product_name":{"product_id":"A@I","name":"x"}},
			{"category":"default_component_of","product_reference":"O","relates_to_product_reference":"R9","full_product_name":{"product_id":"O@9","name":"x"}},
			{"category":"default_component_of","product_reference":"O","relates_to_product_reference":"R8","full_product_name":{"product_id":"O@8","name":"x"}},
			{"category":"default_component_of","product_reference":"O","relates_to_product_reference":"S","full_product_name":{"product_id":"O@S","name":"x"}}],
		"product_groups":[{"group_id":"G","product_ids":["A"]}]},
		"vulnerabilities":[{"cve":"CVE-1",` + vulnerability + `}]}`
}

func TestVerdicts(t *testing.T) {
	absent := `"status":"not_affected","justification":"component_not_present"`
	for _, test := range []struct {
		name, text string
		pack       software.Package
		want       string // status, justification, impact, author, time
		errors     []string
	}{
		{"OpenVEX", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a@1.0.0"}],` + absent + `}`), npm, "not_affected component_not_present  ann " + old, nil},
		{"OpenVEX 0.0.1", strings.Replace(open(`{"vulnerability":"CVE-1","products":["pkg:oci/web"],"subcomponents":["pkg:npm/%40scope/a"],`+absent+`}`), "/v0.2.0", "", 1), npm, "not_affected component_not_present  ann " + old, nil},
		{"OpenVEX by an alias", open(`{"vulnerability":{"@id":"https://example.com/GHSA-x","name":"GHSA-x","aliases":["CVE-1"]},"products":[{"@id":"urn:x","identifiers":{"purl":"pkg:npm/%40scope/a"}}],"status":"under_investigation"}`), npm, "under_investigation   ann " + old, nil},
		{"OpenVEX by a digest", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"urn:x","hashes":{"sha-256":"aaa"},"subcomponents":[{"@id":"pkg:npm/%40scope/a"}]}],"status":"fixed"}`), npm, "fixed   ann " + old, nil},
		{"OpenVEX, subcomponents without names", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:oci/web","subcomponents":[{"identifiers":{"cpe23":"cpe:2.3:a:x"}}]}],"status":"fixed"}`), npm, "", []string{
			`read VEX: the statement on "CVE-1" names no product that is known by a package URL, digest or name: it was not used`}},
		{"the newest wins", open(`{"vulnerability":{"name":"CVE-1"},"timestamp":"` + recent + `","products":[{"@id":"pkg:npm/%40scope/a"}],"status":"affected"},{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],` + absent + `}`), npm, "affected   ann " + recent, nil},
		{"the newest that applies wins", open(`{"vulnerability":{"name":"CVE-1"},"timestamp":"` + recent + `","products":[{"@id":"pkg:npm/b"}],"status":"affected"},{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],` + absent + `}`), npm, "not_affected component_not_present  ann " + old, nil},
		{"at the same time the one that claims less wins", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],` + absent + `},{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],"status":"affected"}`), npm, "affected   ann " + old, nil},
		{"without a reason", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],"status":"not_affected","impact_statement":" "}`), npm, "", []string{
			`read VEX: the statement that "CVE-1" does not affect says not why: it was refused: add a justification or an impact statement`}},
		{"an impact is a reason", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],"status":"not_affected","impact_statement":"never called"}`), npm, "not_affected  never called ann " + old, nil},
		{"another status", open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/%40scope/a"}],"status":"fine"},{"vulnerability":7}`), npm, "", []string{`read VEX: statement 1: its status "fine" is none of OpenVEX`, "read VEX: statement 2: field vulnerability has a wrong type"}},
		{"CycloneDX", cyclone(`{"id":"CVE-1","analysis":{"state":"not_affected","justification":"code_not_reachable","detail":"never called","lastUpdated":"` + recent + `"},"affects":[{"ref":"c2"}]}`), npm, "not_affected code_not_reachable never called ann " + recent, nil},
		{"CycloneDX about the image", cyclone(`{"id":"GHSA-x","references":[{"id":"CVE-1"}],"analysis":{"state":"resolved"},"affects":[{"ref":"urn:cdx:1/1#image"}]}`), npm, "fixed   ann " + old, nil},
		{"CycloneDX with versions", cyclone(`{"id":"CVE-1","analysis":{"state":"exploitable"},"affects":[{"ref":"pkg:npm/%40scope/a","versions":[{"version":"1.0.0","status":"affected"},{"version":"2.0.0","status":"unaffected"}]}]}`), npm, "affected   ann " + old, nil},
		{"CycloneDX with other versions", cyclone(`{"id":"CVE-1","analysis":{"state":"resolved"},"affects":[{"ref":"pkg:npm/%40scope/a","versions":[{"version":"1.0.0","status":"affected"},{"version":"2.0.0","status":"unaffected"}]}]}`), npm, "", nil},
		{"CycloneDX with a range", cyclone(`{"id":"CVE-1","analysis":{"state":"resolved"},"affects":[{"ref":"pkg:npm/%40scope/a","versions":[{"range":"vers:npm/<2"}]}]}`), npm, "", []string{
			`read VEX: the analysis of "CVE-1" is about a range of versions, which is not compared: name each version`, `read VEX: the statement on "CVE-1" names no product that is known by a package URL, digest or name: it was not used`}},
		{"CycloneDX, false positive without a reason", cyclone(`{"id":"CVE-1","analysis":{"state":"false_positive"},"affects":[{"ref":"c2"}]},{"id":"CVE-2","affects":[{"ref":"c2"}]},{"id":"CVE-3","analysis":{"state":"odd"}}`), npm, "", []string{
			`read VEX: the statement that "CVE-1" does not affect says not why: it was refused: add a justification or an impact statement`, `read VEX: the analysis of "CVE-3" has the state "odd", which is none of CycloneDX`}},
		{"CSAF with a flag", csaf(`"product_status":{"known_not_affected":["A"]},"flags":[{"label":"vulnerable_code_not_present","group_ids":["G"]}]`), npm, "not_affected vulnerable_code_not_present  ann " + old, nil},
		{"CSAF with an impact", csaf(`"product_status":{"known_not_affected":["A@I"]},"threats":[{"category":"impact","details":"never called"}]`), npm, "not_affected  never called ann " + old, nil},
		{"CSAF with a reason for another", csaf(`"product_status":{"known_not_affected":["A"]},"flags":[{"label":"vulnerable_code_not_present","product_ids":["O"]}]`), npm, "", []string{
			`read VEX: the statement that "CVE-1" does not affect says not why: it was refused: add a justification or an impact statement`}},
		{"CSAF of a release", csaf(`"product_status":{"fixed":["O@9"],"known_affected":["O@8"]}`), rpm, "fixed   ann " + old, nil},
		{"CSAF of another release", csaf(`"product_status":{"fixed":["O@8"]}`), rpm, "", nil},
		{"CSAF of another product", csaf(`"product_status":{"fixed":["O@S"]}`), rpm, "", []string{`read VEX: 1 products of "CVE-1" are known by no package URL: what is said of them was not used`}},
		{"CSAF with both", csaf(`"product_status":{"fixed":["A"],"known_affected":["A"]}`), npm, "affected   ann " + old, nil},
		{"no VEX", `{"bomFormat":"SPDX"}`, npm, "", []string{"read VEX: it is no OpenVEX, CycloneDX or CSAF document"}},
		{"no JSON", `{"bomFormat":`, npm, "", []string{"read VEX: invalid JSON at byte 13"}},
		{"empty", ``, npm, "", []string{"read VEX: invalid JSON at byte 0"}},
		{"a list", `[]`, npm, "", []string{"read VEX: it is no JSON object"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a.json")
			if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			statements, errs := Read(file)
			if got := told(statements.Of([]string{"GHSA-other", "CVE-1"}, test.pack, web)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if diff := cmp.Diff(test.errors, messages(errs)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func told(v *Verdict) string {
	if v == nil {
		return ""
	}
	return strings.Join([]string{string(v.Status), v.Justification, v.Impact, v.Author, v.Timestamp}, " ")
}

func messages(errs []inventory.Error) []string {
	var all []string
	for _, e := range errs {
		all = append(all, e.Message)
	}
	return all
}

func TestReadFolders(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"a/b.json": open(`{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/b"}],"status":"fixed"}`), "c.json": "{", "d.txt": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	statements, errs := Read(folder, filepath.Join(folder, "none"))
	if v := statements.Of([]string{"CVE-1"}, software.Package{Type: software.NPM, Name: "b"}, Image{}); v == nil || v.Status != Fixed {
		t.Errorf("%+v", v)
	}
	if len(errs) != 2 || !strings.HasPrefix(errs[0].Message, "read VEX: invalid JSON") || !strings.Contains(errs[1].Message, "no such file") {
		t.Errorf("%v", errs)
	}
	if (*Statements)(nil).Of([]string{"CVE-1"}, npm, web) != nil {
		t.Error("no statements say something")
	}
}

func FuzzVEX(f *testing.F) {
	f.Add([]byte(open(`{"vulnerability":"CVE-1","products":["pkg:oci/web@sha256%3Aaaa",{"@id":"pkg:npm/%40scope/a?arch=x#y","subcomponents":[{"@id":"a:b@c"}]}],"status":"not_affected","justification":"x"}`)))
	f.Add([]byte(cyclone(`{"id":"CVE-1","analysis":{"state":"resolved"},"affects":[{"ref":"urn:cdx:1/1#image"},{"ref":"c2","versions":[{"version":"1"}]}]}`)))
	f.Add([]byte(csaf(`"product_status":{"known_not_affected":["A","A@I","O@9"]},"flags":[{"label":"x","group_ids":["G"]}],"threats":[{"category":"impact","details":"y"}]`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		statements, _ := Parse("a", text)
		all := &Statements{byID: map[string][]*Statement{}}
		for i := range statements {
			s := &statements[i]
			if s.Status == NotAffected && s.Justification+s.Impact == "" || len(s.Products) == 0 || claims[s.Status] == 0 {
				t.Errorf("kept %+v", s)
			}
			all.add(s)
			for _, p := range []software.Package{npm, ssl, deb, rpm} {
				all.Of(s.Vulnerabilities, p, web)
			}
		}
	})
}
