package software

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDpkg(t *testing.T) {
	runTable(t, []table{
		{"states", "var/lib/dpkg/status", `Package: libc6
Status: install ok installed
Source: glibc (2.36-9)
Version: 2.36-9+b1
Architecture: amd64
Depends: libgcc-s1
Description: GNU C Library
 Package: not-a-package
 .
 more

Package: gone
Status: deinstall ok config-files
Version: 1

Package: never
Status: unknown ok not-installed

Package: half
Status: install reinstreq half-installed
Version: 2:1.0~rc1
Source: half

`, []string{"deb half 2:1.0~rc1", "deb libc6 2.36-9+b1 from glibc 2.36-9 amd64"}, nil},
		{"distroless", "var/lib/dpkg/status.d/base-files", "Package: base-files\nVersion: 12.4\nArchitecture: arm64",
			[]string{"deb base-files 12.4 arm64"}, nil},
		{"broken", "var/lib/dpkg/status", "Package: a\nnonsense\nVersion: 1\n\nPackage: b\n\n\n\nPackage: c\r\nVersion: 3\r\n\r\n",
			[]string{"deb a 1", "deb c 3"},
			[]string{"var/lib/dpkg/status:2: no field of a package: it was passed over",
				"var/lib/dpkg/status:5: the package that ends here has no name or no version: it was left out"}},
		{"empty", "var/lib/dpkg/status", "", nil, nil},
	})
}

// TestDpkgQuery compares with what dpkg-query says of the machine that runs the test.
func TestDpkgQuery(t *testing.T) {
	text, err := os.ReadFile("/var/lib/dpkg/status")
	if err != nil {
		t.Skip("needs a system with dpkg: ", err)
	}
	said, err := exec.Command("dpkg-query", "-W", "-f", "${db:Status-Status} deb ${Package} ${Version} from ${source:Package} ${source:Version} ${Architecture}\n").Output()
	if err != nil {
		t.Skip("needs dpkg-query: ", err)
	}
	var want []string
	for line := range strings.Lines(string(said)) {
		state, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if state != "not-installed" && state != "config-files" {
			want = append(want, rest)
		}
	}
	packages, faults := gather(t, NewReader(DefaultLimits), file{"var/lib/dpkg/status", 0, string(text)})
	for i, p := range packages {
		if p.Source == "" {
			packages[i].Source = p.Name
		}
		if p.SourceVersion == "" {
			packages[i].SourceVersion = p.Version
		}
	}
	got := short(packages)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
		t.Errorf("faults %v; packages (-dpkg-query +read):\n%s", faults, diff)
	}
}

func FuzzDpkg(f *testing.F) {
	f.Add(bash)
	f.Add("Package: a\nSource: b (")
	fuzzFormat(f, "var/lib/dpkg/status")
}

// fuzzFormat reads any text as a file of that path: it must not panic, and what it gives holds to
// the rules of packages.
func fuzzFormat(f *testing.F, path string) {
	f.Helper()
	limits := DefaultLimits
	limits.Packages, limits.Unpacked, limits.Archive, limits.Text = 1000, 1<<20, 1<<20, 1<<20
	f.Fuzz(func(t *testing.T, text string) { readAs(t, NewReader(limits), path, text) })
}

func readAs(t *testing.T, r *Reader, path, text string) {
	t.Helper()
	_ = r.File(path, 3, strings.NewReader(text), int64(len(text))) // faults are expected
	for _, p := range r.Packages() {
		if p.Name == "" || len(p.Name) > longestName || p.Layer != 3 || !strings.HasPrefix(p.Path, path) {
			t.Errorf("bad package %+v", p)
		}
	}
}
