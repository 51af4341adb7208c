package sbom

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kubeproof/kubeproof/internal/software"
)

var update = flag.Bool("update", false, "write the golden files anew")

// example has everything that a bill can hold.
var example = Bill{
	Kind: Image, Name: "registry.example.org:5000/shop/web:1.2", Digest: "sha256:" + strings.Repeat("ab", 32), Version: "0.4.0",
	Created: time.Date(2026, 5, 1, 10, 0, 0, 0, time.FixedZone("CEST", 7200)),
	Packages: []software.Package{
		{Type: software.NPM, Name: "@babel/core", Version: "7.1.0", Licenses: []string{"MIT"}, Path: "app/node_modules/@babel/core/package.json", Layer: 3},
		{Type: software.NPM, Name: "@babel/core", Version: "7.1.0", Path: "app/package-lock.json", Layer: 3, Declared: true},
		{Type: software.NPM, Name: "left-pad", Version: "1.3.0", Path: "app/package-lock.json", Layer: 3, Declared: true, Licenses: []string{"WTFPL", "Own <license> & more"}},
		{Type: software.Deb, Name: "libc6", Version: "2.36-9+deb12u3", Source: "glibc", Architecture: "amd64", Distribution: "debian", DistributionVersion: "12", Path: "var/lib/dpkg/status"},
		{Type: software.RPM, Name: "openssl-libs", Version: "1:3.0.7-6.el9", Source: "openssl", SourceVersion: "1:3.0.7-5.el9", Architecture: "x86_64",
			Distribution: "rhel", DistributionVersion: "9.3", Licenses: []string{"Apache-2.0 OR (MIT AND BSD-3-Clause)"}, Path: "var/lib/rpm/rpmdb.sqlite", Layer: 1},
		{Type: software.Go, Name: "github.com/Masterminds/sprig/v3", Version: "v3.3.0", Path: "usr/bin/helm", Layer: 2},
		{Type: software.Go, Name: "example.org/own", Path: "usr/bin/own", Layer: 2},
		{Type: software.Maven, Name: "org.apache.commons:commons-io", Version: "2.11.0", Path: "app.jar!/lib/commons-io-2.11.0.jar", Layer: 4},
		{Type: software.PyPI, Name: "Flask_SQLAlchemy", Version: "3.0", Licenses: []string{"BSD License"}, Path: "usr/lib/python3/dist-packages/x.dist-info/METADATA"},
	},
}

func written(t testing.TB, format string, b Bill) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, format, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGolden(t *testing.T) {
	for _, format := range Formats {
		t.Run(format, func(t *testing.T) {
			got := written(t, format, example)
			golden := filepath.Join("testdata", format+".json")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error("(-want +got):\n", diff)
			}
		})
	}
}

// TestOrder gives the packages the other way round.
func TestOrder(t *testing.T) {
	turned := example
	turned.Packages = slices.Clone(example.Packages)
	slices.Reverse(turned.Packages)
	for _, format := range Formats {
		if !bytes.Equal(written(t, format, example), written(t, format, turned)) {
			t.Errorf("%s: the order of the packages shows", format)
		}
	}
}

// TestIdentifier changes one package: then the identifier must differ, and else not.
func TestIdentifier(t *testing.T) {
	other := example
	other.Packages = slices.Clone(example.Packages)
	other.Packages[0].Version = "7.1.1"
	serial := func(b Bill) string {
		var document struct {
			SerialNumber string `json:"serialNumber"`
			Namespace    string `json:"documentNamespace"`
		}
		for _, format := range Formats {
			if err := json.Unmarshal(written(t, format, b), &document); err != nil {
				t.Fatal(err)
			}
		}
		return document.SerialNumber + document.Namespace
	}
	again := example
	if serial(example) != serial(again) || serial(example) == serial(other) {
		t.Error("the serial number does not follow the content")
	}
}

// TestReadBack reads what was written.
func TestReadBack(t *testing.T) {
	want := slices.Clone(example.Packages)
	want[1].Licenses = []string{"MIT"} // the licences of one package are put together
	want[8].Name = "flask-sqlalchemy"  // the name by which the index knows it
	slices.SortStableFunc(want, software.Compare)
	for _, format := range Formats {
		t.Run(format, func(t *testing.T) {
			got, gotFormat, err := Read(bytes.NewReader(written(t, format, example)))
			if err != nil || gotFormat != format {
				t.Fatalf("format %q, error %v", gotFormat, err)
			}
			want := slices.Clone(want)
			if format == SPDX { // which has one expression for all licences
				for i := range want {
					if len(want[i].Licenses) > 1 {
						want[i].Licenses = []string{"WTFPL AND " + licenseReference("Own <license> & more")}
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error("(-want +got):\n", diff)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	for _, format := range Formats {
		got, _, err := Read(bytes.NewReader(written(t, format, Bill{Kind: Folder, Name: "shop"})))
		if err != nil || len(got) != 0 {
			t.Errorf("%s: %v, error %v", format, got, err)
		}
	}
	if err := Write(io.Discard, "swid", Bill{}); err == nil || err.Error() != `no bill of materials is called "swid": take one of cyclonedx, spdx` {
		t.Errorf("error %v", err)
	}
}

func TestRead(t *testing.T) {
	const cdx = `{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [%]}`
	with := func(components string) string { return strings.Replace(cdx, "%", components, 1) }
	tests := []struct {
		name, text string
		want       []software.Package
		err        string
	}{
		{"trivy", with(`{"type": "operating-system", "name": "debian", "version": "12.4"},
			{"type": "library", "name": "libc6", "version": "2.36-9", "purl": "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12.4",
			 "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "glibc"}, {"name": "aquasecurity:trivy:SrcVersion", "value": "2.36"}, {"name": "aquasecurity:trivy:SrcRelease", "value": "9"}]}`),
			[]software.Package{{Type: software.Deb, Name: "libc6", Version: "2.36-9", Architecture: "amd64", Distribution: "debian", DistributionVersion: "12.4", Source: "glibc"}}, ""},
		{"syft", with(`{"type": "operating-system", "name": "alpine", "version": "3.19.0"}, {"type": "library", "name": "libssl3", "purl": "pkg:apk/alpine/libssl3@3.1.4-r5?upstream=openssl",
			"licenses": [{"license": {"id": "Apache-2.0"}}], "properties": [{"name": "syft:location:0:path", "value": "/lib/apk/db/installed"}]}, {"type": "file", "name": "x"}`),
			[]software.Package{{Type: software.APK, Name: "libssl3", Version: "3.1.4-r5", Distribution: "alpine", DistributionVersion: "3.19.0", Source: "openssl",
				Licenses: []string{"Apache-2.0"}, Path: "lib/apk/db/installed"}}, ""},
		{"nested", with(`{"type": "application", "name": "app", "components": [{"type": "library", "name": "a", "purl": "pkg:npm/a@1"}]}`),
			[]software.Package{{Type: software.NPM, Name: "a", Version: "1"}}, ""},
		{"capitals", with(`{"type": "library", "name": "github.com/Azure/x", "purl": "pkg:golang/github.com/azure/x@v1"}`),
			[]software.Package{{Type: software.Go, Name: "github.com/Azure/x", Version: "v1"}}, ""},
		{"left out", with(`{"type": "library", "name": "a"}, {"type": "library", "name": "b", "purl": "npm:b"}, {"type": "library", "name": "c", "purl": "pkg:npm/c@1"}`),
			[]software.Package{{Type: software.NPM, Name: "c", Version: "1"}}, `2 packages have no package URL that can be read (first: "a", which has none): they were left out`},
		{"attestation", `{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://cyclonedx.org/bom", "predicate": ` + with(`{"type": "library", "name": "a", "purl": "pkg:npm/a@1"}`) + `}`,
			[]software.Package{{Type: software.NPM, Name: "a", Version: "1"}}, ""},
		{"GitHub", `{"sbom": {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": [{"name": "a", "SPDXID": "SPDXRef-a", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}], "licenseConcluded": "MIT"}]}}`,
			[]software.Package{{Type: software.NPM, Name: "a", Version: "1", Licenses: []string{"MIT"}}}, ""},
		{"SPDX 3", `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`, nil, "bill of materials is of SPDX 3, which is not read: write SPDX 2.3 or CycloneDX"},
		{"XML", `<bom/>`, nil, "bill of materials is no JSON: invalid character '<' looking for beginning of value at byte 1: give CycloneDX or SPDX in JSON"},
		{"other JSON", `{"predicate": {"predicate": {"bomFormat": "CycloneDX"}}}`, nil, "is no bill of materials: neither bomFormat CycloneDX nor spdxVersion SPDX-2.x stands in it"},
		{"wrong type", `{"bomFormat": "CycloneDX", "components": {}}`, nil, "bill of materials is not as cyclonedx wants it: field components is object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := Read(strings.NewReader(test.text))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error("(-want +got):\n", diff)
			}
			if err == nil && test.err != "" || err != nil && err.Error() != test.err {
				t.Errorf("error %v, want %q", err, test.err)
			}
		})
	}
}

func TestReadDeep(t *testing.T) {
	text := `{"bomFormat": "CycloneDX", "components": [` + strings.Repeat(`{"type": "library", "components": [`, 200) + strings.Repeat(`]}`, 200) + `]}`
	_, _, err := Read(strings.NewReader(text))
	var left *LeftOut
	if !errors.As(err, &left) || left.First != `"", nested too deep` {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, format := range Formats {
		f.Add(written(f, format, example))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		packages, _, _ := Read(bytes.NewReader(text))
		for _, p := range packages {
			if p.Name == "" || p.Type == "" {
				t.Errorf("bad package %+v", p)
			}
		}
		for _, format := range Formats {
			written(t, format, Bill{Kind: Folder, Name: "x", Packages: packages})
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	large := example
	large.Packages = nil
	for i := range 2000 {
		large.Packages = append(large.Packages, software.Package{Type: software.NPM, Name: "p", Version: string(rune('a'+i%26)) + strings.Repeat("1", i/26), Path: "a"})
	}
	for _, format := range Formats {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				written(b, format, large)
			}
		})
	}
}
