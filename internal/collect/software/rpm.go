package software

import (
	"bytes"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/software/rpmdb"
	"github.com/kubeproof/kubeproof/internal/software"
)

// rpmFolders are where distributions keep the database of RPM.
var rpmFolders = []string{"var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"}

// readRPM reads a database of RPM.
func readRPM(s *source) {
	at, size, done, ok := s.random()
	defer done()
	if !ok {
		return
	}
	limits := rpmdb.DefaultLimits
	limits.Packages = max(s.room, 1)
	limits.Faults = s.limits.Faults
	packages, faults := rpmdb.Read(at, size, limits)
	for _, p := range packages {
		s.add(rpmPackage(p))
	}
	for _, fault := range faults {
		s.fail(0, "%v", fault)
	}
}

func rpmPackage(p rpmdb.Package) software.Package {
	version := p.Version
	if p.Release != "" {
		version += "-" + p.Release
	}
	epoch := ""
	if p.Epoch != "" && p.Epoch != "0" {
		epoch = p.Epoch + ":"
	}
	out := software.Package{Type: software.RPM, Name: p.Name, Version: epoch + version, Architecture: p.Arch}
	if p.License != "" {
		out.Licenses = []string{p.License}
	}
	if name, sourceVersion := cutSourceRPM(p.SourceRPM); name != "" {
		if name != p.Name {
			out.Source = name
		}
		if sourceVersion != version {
			out.SourceVersion = epoch + sourceVersion
		}
	}
	return out
}

// cutSourceRPM cuts bash-5.1.8-6.el9.src.rpm into name, and version with release; "" if it is none.
func cutSourceRPM(file string) (name, version string) {
	rest, found := strings.CutSuffix(file, ".src.rpm")
	if !found {
		rest, found = strings.CutSuffix(file, ".nosrc.rpm")
	}
	release := strings.LastIndexByte(rest, '-')
	if !found || release < 0 {
		return "", ""
	}
	dash := strings.LastIndexByte(rest[:release], '-')
	if dash <= 0 {
		return "", ""
	}
	return rest[:dash], rest[dash+1:]
}

// readRPMLog reports the write-ahead log of a database in SQLite form: what stands in it is not in
// the database yet, and is not read.
func readRPMLog(s *source) {
	var any [32]byte
	if n, _ := s.content.Read(any[:]); n > 0 && !bytes.Equal(any[:4], make([]byte, 4)) {
		s.fail(0, "holds changes of the RPM database that were not written into it, and were not read: "+
			"let rpm finish, as with `rpmdb --rebuilddb`")
	}
}

// manifestFields are those of a line of container-manifest-2, apart by tabs: name,
// version-release, two times, vendor, none, size, architecture, epoch, source package.
const manifestFields = 10

// readRPMManifest reads the list of packages that images of CBL-Mariner and Azure Linux without
// rpm keep instead of a database.
func readRPMManifest(s *source) {
	l := s.lines()
	for l.next() {
		if len(bytes.TrimSpace(l.text)) == 0 {
			continue
		}
		fields := strings.Split(string(l.text), "\t")
		if len(fields) < manifestFields {
			s.fail(l.number, "has %d fields where a package has %d: it was passed over", len(fields), manifestFields)
			continue
		}
		version, release, _ := strings.Cut(fields[1], "-")
		p := rpmdb.Package{Name: fields[0], Version: version, Release: release, Arch: fields[7], SourceRPM: fields[9]}
		if fields[8] != "(none)" {
			p.Epoch = fields[8]
		}
		s.add(rpmPackage(p))
	}
}
