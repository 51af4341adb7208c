package software

import (
	"io/fs"
	"slices"
	"strings"
)

// format is one kind of file.
type format struct {
	read func(*source)
	// folders are those in which the file must stand; nil if it may stand anywhere.
	folders []string
	// declares holds for lock files and manifests, which say what shall be installed. Those that
	// packages bring along are not read.
	declares bool
}

// byName are the formats of files that have one name.
var byName = map[string][]*format{
	"os-release":     {{read: readOSRelease, folders: []string{"etc", "usr/lib"}}},
	"redhat-release": {{read: readOldRelease, folders: []string{"etc"}}},
	"centos-release": {{read: readOldRelease, folders: []string{"etc"}}},
	"status":         {{read: readDpkg, folders: []string{"var/lib/dpkg", "usr/lib/sysimage/dpkg"}}},
	"installed":      {{read: readAPK, folders: []string{"lib/apk/db", "usr/lib/apk/db"}}},
}

var dpkgPart = &format{read: readDpkg}

// formatOf gives the format of a file by its name; nil if it is none that is read.
func formatOf(name string, mode fs.FileMode, size int64) *format {
	folder, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		folder, base = name[:i], name[i+1:]
	}
	for _, f := range byName[base] {
		if (f.folders == nil || slices.Contains(f.folders, folder)) && !(f.declares && brought(folder)) {
			return f
		}
	}
	if folder == "var/lib/dpkg/status.d" && !strings.HasSuffix(base, ".md5sums") {
		return dpkgPart
	}
	return nil
}

// brought reports whether a folder holds what a package tool has put there.
func brought(folder string) bool {
	for part := range strings.SplitSeq(folder, "/") {
		switch part {
		case "node_modules", "site-packages", "dist-packages", "vendor", "gems", "bower_components":
			return true
		}
	}
	return strings.Contains(folder, "pkg/mod/")
}
