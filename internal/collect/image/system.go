package image

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
)

// os reads os-release (https://www.freedesktop.org/software/systemd/man/os-release.html); nil if
// there is none.
func (r *reading) os() *OS {
	text, found := r.textOf("/etc/os-release")
	if !found {
		if text, found = r.textOf("/usr/lib/os-release"); !found {
			return nil
		}
	}
	values := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, assigned := strings.Cut(strings.TrimSpace(line), "=")
		if !assigned || strings.HasPrefix(key, "#") || len(values) > 100 {
			continue
		}
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		values[key] = strings.Trim(value, `"'`)
	}
	return &OS{ID: values["ID"], Version: values["VERSION_ID"], Name: values["PRETTY_NAME"],
		Like: strings.Fields(values["ID_LIKE"]), Codename: values["VERSION_CODENAME"]}
}

// The kinds of base by what is inside.
const (
	baseScratch    = "scratch"    // no files of an operating system
	baseDistroless = "distroless" // neither shell nor package manager, or built as distroless is
	baseAlpine     = "alpine"
	baseWolfi      = "wolfi"
	baseBusybox    = "busybox"   // nothing but busybox
	baseUBIMicro   = "ubi-micro" // of the Red Hat family, without a package manager
	baseFull       = "full"
)

// base tells how much of an operating system the image has.
func (r *reading) base() string {
	i := r.image
	id, managed := "", false
	if i.OS != nil {
		id = i.OS.ID
	}
	for _, manager := range i.Managers {
		managed = managed || manager.Kind == "system"
	}
	switch {
	case i.OS == nil && len(i.Shells) == 0 && !managed && !r.isDir("/var/lib/dpkg") && !r.isDir("/lib/apk/db"):
		return baseScratch
	case id == "wolfi" || id == "chainguard":
		return baseWolfi
	case id == "alpine":
		return baseAlpine
	case r.isDir("/var/lib/dpkg/status.d") && !managed, len(i.Shells) == 0 && !managed:
		return baseDistroless
	case i.OS == nil && !managed && r.onlyBusybox():
		return baseBusybox
	case !managed && (id == "rhel" || id == "centos" || id == "fedora" || strings.Contains(strings.Join(append(i.OS.like(), id), " "), "rhel")):
		return baseUBIMicro
	}
	return baseFull
}

func (o *OS) like() []string {
	if o == nil {
		return nil
	}
	return o.Like
}

func (r *reading) isDir(name string) bool {
	id, err := r.tree.Resolve(name)
	return err == nil && id != tree.Missing && r.tree.Get(id).Kind == tree.Dir
}

// onlyBusybox reports whether all shells are links to busybox, or it is there and no shell else.
func (r *reading) onlyBusybox() bool {
	for _, folder := range []string{"/bin/", "/usr/bin/", "/busybox/"} {
		if id, err := r.tree.Resolve(folder + "busybox"); err == nil && id != tree.Missing {
			for _, shell := range r.image.Shells {
				if shell.Name != "sh" && shell.Name != "ash" && shell.Name != "hush" && shell.Name != "busybox" {
					return false
				}
			}
			return true
		}
	}
	return false
}
