package software

import (
	"compress/gzip"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRPM(t *testing.T) {
	file0, err := os.Open("rpmdb/testdata/rpm-4.18.sqlite.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file0.Close()
	unpacked, err := gzip.NewReader(file0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"rpm alpha 1.6-3.el9 noarch (MIT and BSD)", "rpm beta 2:1.5-3.el9 noarch (MIT and BSD)"}
	for name, memory := range map[string]int64{"in memory": 1 << 20, "through a file": 100} {
		t.Run(name, func(t *testing.T) {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			limits := DefaultLimits
			limits.Memory = memory
			packages, faults := gather(t, NewReader(limits), file{"var/lib/rpm/rpmdb.sqlite", 0, string(text)})
			if diff := cmp.Diff(want, short(packages)); diff != "" || len(faults) > 0 {
				t.Errorf("faults %v; (-want +got):\n%s", faults, diff)
			}
			if left, _ := os.ReadDir(temporary); len(left) > 0 {
				t.Errorf("%v was left behind", left)
			}
		})
	}
	limits := DefaultLimits
	limits.Memory, limits.Archive = 100, 1000
	_, faults := gather(t, NewReader(limits), file{"usr/lib/sysimage/rpm/rpmdb.sqlite", 0, string(text)})
	if len(faults) != 1 || faults[0].Message != "is larger than 1000 bytes: it was not read" {
		t.Errorf("too large: faults %v", faults)
	}
}

func TestRPMTexts(t *testing.T) {
	const manifest = "var/lib/rpmmanifest/container-manifest-2"
	runTable(t, []table{
		{"Mariner", manifest, "bash\t5.1.8-3.cm2\t1653816591\t1653753130\tMicrosoft Corporation\t(none)\t3471\tx86_64\t0\tbash-5.1.8-3.cm2.src.rpm\n" +
			"openssl-libs\t1.1.1k-15.cm2\t1\t1\tMicrosoft Corporation\t(none)\t3471\tx86_64\t(none)\topenssl-1.1.1k-15.cm2.src.rpm\n" +
			"perl\t1-2\t1\t1\tMicrosoft\t(none)\t1\tx86_64\t4\tperl-1-2.src.rpm\n",
			[]string{"rpm bash 5.1.8-3.cm2 x86_64", "rpm openssl-libs 1.1.1k-15.cm2 from openssl  x86_64", "rpm perl 4:1-2 x86_64"}, nil},
		{"broken", manifest, "bash\t5\n\n", nil, []string{manifest + ":1: has 2 fields where a package has 10: it was passed over"}},
		{"no database", "var/lib/rpm/Packages", "nothing of that kind",
			nil, []string{"var/lib/rpm/Packages: is no database that rpm writes: neither SQLite nor ndb nor a hash of Berkeley DB"}},
		{"log", "var/lib/rpm/rpmdb.sqlite-wal", "7\x7f\x06\x82 and more", nil,
			[]string{"var/lib/rpm/rpmdb.sqlite-wal: holds changes of the RPM database that were not written into it, and were not read: let rpm finish, as with `rpmdb --rebuilddb`"}},
		{"empty log", "var/lib/rpm/rpmdb.sqlite-wal", "", nil, nil},
	})
}

func TestCutSourceRPM(t *testing.T) {
	for file, want := range map[string][2]string{
		"bash-5.1.8-6.el9.src.rpm":       {"bash", "5.1.8-6.el9"},
		"java-1.8.0-openjdk-1-2.src.rpm": {"java-1.8.0-openjdk", "1-2"},
		"(none)":                         {}, "bash.src.rpm": {}, "-1-2.src.rpm": {},
	} {
		if name, version := cutSourceRPM(file); name != want[0] || version != want[1] {
			t.Errorf("%s: %q %q", file, name, version)
		}
	}
}

func FuzzRPMManifest(f *testing.F) {
	f.Add("a\t1-2\t\t\t\t\t\tx86_64\t0\ta-1-2.src.rpm\n")
	fuzzFormat(f, "var/lib/rpmmanifest/container-manifest-2")
}
