package rpmdb

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	official "github.com/knqyf263/go-rpmdb/pkg"
)

// moduleFile reads a file of a module that go.mod requires: its authors' real databases.
func moduleFile(t testing.TB, module, name string) string {
	t.Helper()
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Skip("needs the go command and the module's source: ", err)
	}
	path := filepath.Join(strings.TrimSpace(string(folder)), name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the module has no such file any more: ", err)
	}
	return path
}

const scalibr = "extractor/filesystem/os/rpm/testdata/"

func readFile(t testing.TB, path string) ([]Package, []error) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return Read(file, info.Size(), DefaultLimits)
}

func line(p Package) string {
	return strings.Join([]string{p.Name, p.Epoch, p.Version, p.Release, p.Arch, p.SourceRPM, p.License}, "|")
}

// TestRealDatabases reads the databases of real distributions. What is expected was written by
// rpm -qa --qf '%{NAME}|%{EPOCH}|%{VERSION}|%{RELEASE}|%{ARCH}|%{SOURCERPM}|%{LICENSE}\n'
// but for ndb, which Debian's rpm does not read: there some packages were taken from the database's own text.
func TestRealDatabases(t *testing.T) {
	tests := []struct {
		file  string
		count int
		some  []string
	}{
		{"rpmdb.sqlite", 141, []string{"bash||5.1.8|6.el9_1|x86_64|bash-5.1.8-6.el9_1.src.rpm|GPLv3+"}},
		{"Packages", 148, []string{"bash||4.2.46|34.el7|x86_64|bash-4.2.46-34.el7.src.rpm|GPLv3+"}},
		{"Packages.db", 132, []string{"aaa_base||84.87+git20180409.04c9dae|150300.10.3.1|x86_64|aaa_base-84.87+git20180409.04c9dae-150300.10.3.1.src.rpm|GPL-2.0+",
			"bash||4.4|150400.25.22|x86_64|bash-4.4-150400.25.22.src.rpm|GPL-3.0-or-later"}},
		{"Packages_epoch", 1, []string{"hello|1|0.0.1|rls|x86_64|hello-0.0.1-rls.src.rpm|GPL"}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			packages, faults := readFile(t, moduleFile(t, "github.com/google/osv-scalibr", scalibr+test.file))
			if len(packages) != test.count || len(faults) > 0 {
				t.Errorf("%d packages, want %d; faults %v", len(packages), test.count, faults)
			}
			for _, want := range test.some {
				if !slices.ContainsFunc(packages, func(p Package) bool { return line(p) == want }) {
					t.Errorf("%q is missing", want)
				}
			}
		})
	}
}

// TestOtherReader compares with go-rpmdb on its own databases, of CentOS 5 to 8.
func TestOtherReader(t *testing.T) {
	for _, name := range []string{"centos5-plain", "centos6-plain", "centos8-modularitylabel"} {
		t.Run(name, func(t *testing.T) {
			path := moduleFile(t, "github.com/knqyf263/go-rpmdb", "pkg/testdata/"+name+"/Packages")
			db, err := official.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			said, err := db.ListPackages()
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			for _, p := range said {
				epoch := "" // go-rpmdb does not tell none from 0
				if p.Epoch != 0 {
					epoch = strconv.Itoa(p.Epoch)
				}
				if p.Name != "gpg-pubkey" {
					want = append(want, line(Package{p.Name, p.Version, p.Release, p.Arch, epoch, p.SourceRpm, p.License}))
				}
			}
			packages, faults := readFile(t, path)
			for _, p := range packages {
				p.Epoch = strings.TrimPrefix(p.Epoch, "0")
				got = append(got, line(p))
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
				t.Errorf("faults %v; (-go-rpmdb +read):\n%s", faults, diff)
			}
		})
	}
}

func TestRPMErased(t *testing.T) {
	text := unpacked(t, "rpm-4.18.sqlite.gz")
	packages, faults := Read(bytes.NewReader(text), int64(len(text)), DefaultLimits)
	want := []Package{
		{Name: "beta", Epoch: "2", Version: "1.5", Release: "3.el9", Arch: "noarch", SourceRPM: "beta-1.5-3.el9.src.rpm", License: "MIT and BSD"},
		{Name: "alpha", Version: "1.6", Release: "3.el9", Arch: "noarch", SourceRPM: "alpha-1.6-3.el9.src.rpm", License: "MIT and BSD"},
	}
	if diff := cmp.Diff(want, packages); diff != "" || len(faults) > 0 {
		t.Errorf("faults %v; (-want +got):\n%s", faults, diff)
	}
}

func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestNoDatabase(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":        {"", "read: it ends before byte 16"},
		"text":         {strings.Repeat("text ", 10), "is no database that rpm writes: neither SQLite nor ndb nor a hash of Berkeley DB"},
		"SQLite only":  {sqliteMagic, "read: it ends before byte 100"},
		"no page size": {sqliteMagic + strings.Repeat("\x00", 100), "its pages cannot have 0 bytes, 0 of them usable: the file is damaged"},
		"ndb only":     {ndbMagic + strings.Repeat("\x00", 20), "read: it ends before byte 32"},
		"ndb version":  {ndbMagic + "\x01" + strings.Repeat("\x00", 40), "is of version 1, and only 0 is known"},
	} {
		t.Run(name, func(t *testing.T) {
			packages, faults := Read(strings.NewReader(test.text), int64(len(test.text)), DefaultLimits)
			if len(packages) > 0 || len(faults) != 1 || faults[0].Error() != test.want {
				t.Errorf("packages %v, faults %q, want %q", packages, faults, test.want)
			}
		})
	}
}
