package software

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubeproof/kubeproof/internal/software"
)

// file is a path, the number of a layer, and a text.
type file struct {
	path  string
	layer int
	text  string
}

// gather reads files, which must all be wanted, and gives the packages and the faults.
func gather(t *testing.T, r *Reader, files ...file) ([]software.Package, Faults) {
	t.Helper()
	var all Faults
	for _, f := range files {
		if !r.Wants(f.path, 0o644, int64(len(f.text))) {
			t.Errorf("%s is not wanted", f.path)
		}
		stream := struct{ io.Reader }{strings.NewReader(f.text)} // as a layer gives it: no ReaderAt
		err := r.File(f.path, f.layer, stream, int64(len(f.text)))
		var faults Faults
		if err != nil && !errors.As(err, &faults) {
			t.Errorf("%s: error %v is no Faults", f.path, err)
		}
		all = append(all, faults...)
	}
	return r.Packages(), all
}

// short writes packages as lines of what the formats differ in.
func short(all []software.Package) []string {
	var lines []string
	for _, p := range all {
		line := string(p.Type) + " " + p.Name + " " + p.Version
		if p.Source != "" || p.SourceVersion != "" {
			line += " from " + p.Source + " " + p.SourceVersion
		}
		if p.Architecture != "" {
			line += " " + p.Architecture
		}
		if len(p.Licenses) > 0 {
			line += " (" + strings.Join(p.Licenses, ", ") + ")"
		}
		if p.Declared {
			line += " declared"
		}
		lines = append(lines, line)
	}
	return lines
}

func messages(faults Faults) []string {
	var lines []string
	for _, f := range faults {
		lines = append(lines, f.Error())
	}
	return lines
}

// table is a test of one format.
type table struct {
	name, path, text string
	want, faults     []string
}

func runTable(t *testing.T, tests []table) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			packages, faults := gather(t, NewReader(DefaultLimits), file{test.path, 0, test.text})
			if diff := cmp.Diff(test.want, short(packages)); diff != "" {
				t.Error("packages (-want +got):\n", diff)
			}
			if diff := cmp.Diff(test.faults, messages(faults)); diff != "" {
				t.Error("faults (-want +got):\n", diff)
			}
		})
	}
}

const bash = "Package: bash\nStatus: install ok installed\nVersion: 5.2\n"

func TestTopmostLayerCounts(t *testing.T) {
	const dpkg = "var/lib/dpkg/status"
	newer := strings.ReplaceAll(bash, "5.2", "5.3")
	tests := []struct {
		name  string
		files []file
		want  []string
	}{
		{"from below", []file{{dpkg, 0, bash}, {dpkg, 1, newer}}, []string{"deb bash 5.3"}},
		{"from above", []file{{dpkg, 1, newer}, {dpkg, 0, bash}}, []string{"deb bash 5.3"}},
		{"emptied above", []file{{dpkg, 0, bash}, {dpkg, 1, ""}}, nil},
		{"two databases", []file{{"var/lib/dpkg/status.d/bash", 0, bash}, {dpkg, 1, bash}}, []string{"deb bash 5.2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			packages, _ := gather(t, NewReader(DefaultLimits), test.files...)
			if diff := cmp.Diff(test.want, short(packages)); diff != "" {
				t.Error("(-want +got):\n", diff)
			}
		})
	}
}

func TestRemove(t *testing.T) {
	tests := []struct {
		name, path string
		layer      int
		want       int
	}{
		{"the file", "var/lib/dpkg/status", 1, 0},
		{"its folder", "var/lib", 1, 0},
		{"everything", "", 1, 0},
		{"a namesake", "var/lib/dpkg/stat", 1, 1},
		{"in its own layer", "var/lib/dpkg", 0, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, after := NewReader(DefaultLimits), NewReader(DefaultLimits)
			before.Remove(test.path, test.layer)
			gather(t, before, file{"var/lib/dpkg/status", 0, bash})
			gather(t, after, file{"var/lib/dpkg/status", 0, bash})
			after.Remove(test.path, test.layer)
			if got := len(before.Packages()); got != test.want {
				t.Errorf("removed first: %d packages, want %d", got, test.want)
			}
			if got := len(after.Packages()); got != test.want {
				t.Errorf("removed afterwards: %d packages, want %d", got, test.want)
			}
		})
	}
}

// TestRemoveBeforeMerging has two databases that name the same package: the one that is taken away must
// not stand for both.
func TestRemoveBeforeMerging(t *testing.T) {
	const part, status = "var/lib/dpkg/status.d/bash", "var/lib/dpkg/status"
	for _, gone := range []string{part, status} {
		r := NewReader(DefaultLimits)
		gather(t, r, file{part, 0, bash}, file{status, 1, bash})
		r.Remove(gone, 2)
		if got := r.Packages(); len(got) != 1 || got[0].Path == gone {
			t.Errorf("without %s: %v", gone, got)
		}
	}
}

func TestRemovedDistribution(t *testing.T) {
	const etc, usr = "etc/os-release", "usr/lib/os-release"
	tests := []struct{ gone, want string }{{etc, "debian 12"}, {usr, "mine 1"}, {"etc", "debian 12"}, {"", " "}}
	for _, test := range tests {
		r := NewReader(DefaultLimits)
		gather(t, r, file{etc, 0, "ID=mine\nVERSION_ID=1\n"}, file{usr, 0, "ID=debian\nVERSION_ID=12\n"})
		r.Remove(test.gone, 1)
		if id, version := r.Distribution(); id+" "+version != test.want {
			t.Errorf("without %q: %s %s, want %s", test.gone, id, version, test.want)
		}
	}
}

func TestDistribution(t *testing.T) {
	const debian = "# a comment\nNAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"
	tests := []struct {
		name  string
		files []file
		want  string
	}{
		{"none", nil, " "},
		{"usr only", []file{{"usr/lib/os-release", 0, debian}}, "debian 12"},
		{"etc first", []file{{"etc/os-release", 0, "ID=mine\nVERSION_ID=1\n"}, {"usr/lib/os-release", 0, debian}}, "mine 1"},
		{"upgraded", []file{{"etc/os-release", 0, debian}, {"etc/os-release", 2, "ID=debian\nVERSION_ID='13'"}}, "debian 13"},
		{"not released", []file{{"etc/os-release", 0, "ID=debian\nVERSION_CODENAME=sid\n"}}, "debian sid"},
		{"old", []file{{"etc/redhat-release", 0, "CentOS release 6.10 (Final)\n"}}, "centos 6.10"},
		{"old Red Hat", []file{{"etc/redhat-release", 0, "Red Hat Enterprise Linux Server release 7.9 (Maipo)\n"}}, "rhel 7.9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(DefaultLimits)
			packages, faults := gather(t, r, append(test.files, file{"var/lib/dpkg/status", 0, bash})...)
			id, version := r.Distribution()
			if got := id + " " + version; got != test.want || len(faults) > 0 {
				t.Errorf("distribution %q, want %q; faults %v", got, test.want, faults)
			}
			if p := packages[0]; p.Distribution != id || p.DistributionVersion != version {
				t.Errorf("package is of %q %q", p.Distribution, p.DistributionVersion)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	many := strings.Repeat(bash+"\n", 3)
	tests := []struct {
		name     string
		limits   func(*Limits)
		text     string
		packages int
		faults   []string
	}{
		{"packages", func(l *Limits) { l.Packages = 2 }, strings.NewReplacer("bash", "a").Replace(bash) + "\n" + bash + "\n" + many, 2,
			[]string{"var/lib/dpkg/status: there are more than 2 packages: the rest was left out"}},
		{"line", func(l *Limits) { l.Line = 100 }, "Package: " + strings.Repeat("x", 200) + "\n\n" + bash, 1,
			[]string{"var/lib/dpkg/status:1: line is longer than 100 bytes: it was not read"}},
		{"text", func(l *Limits) { l.Text = 60 }, bash + "\n" + bash, 1,
			[]string{"var/lib/dpkg/status:5: the file is larger than 60 bytes: what follows was not read"}},
		{"faults", func(l *Limits) { l.Faults = 1 }, "a\nb\nc\n\n" + bash, 1,
			[]string{"var/lib/dpkg/status:1: no field of a package: it was passed over", "var/lib/dpkg/status: 3 more faults"}},
		{"name", func(*Limits) {}, strings.ReplaceAll(bash, "bash", strings.Repeat("x", 2000)), 0,
			[]string{"var/lib/dpkg/status: the name of a package is longer than 1024 bytes: it was left out"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			limits := DefaultLimits
			test.limits(&limits)
			packages, faults := gather(t, NewReader(limits), file{"var/lib/dpkg/status", 0, test.text})
			if len(packages) != test.packages {
				t.Errorf("%d packages, want %d", len(packages), test.packages)
			}
			if diff := cmp.Diff(test.faults, messages(faults)); diff != "" {
				t.Error("faults (-want +got):\n", diff)
			}
		})
	}
}

func TestWants(t *testing.T) {
	for path, want := range map[string]bool{
		"var/lib/dpkg/status":                true,
		"srv/var/lib/dpkg/status":            false,
		"var/lib/dpkg/status-old":            false,
		"var/lib/dpkg/status.d/base":         true,
		"var/lib/dpkg/status.d/base.md5sums": false,
		"lib/apk/db/installed":               true,
		"usr/lib/apk/db/installed":           true,
		"etc/os-release":                     true,
		"etc/apt/os-release":                 false,
		"usr/share/doc/adduser/copyright":    false,
	} {
		if got := NewReader(DefaultLimits).Wants(path, 0o644, 100); got != want {
			t.Errorf("Wants(%q) = %v", path, got)
		}
	}
}
