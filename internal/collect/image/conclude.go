package image

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
	"github.com/kubeproof/kubeproof/internal/software"
)

// mostListed bounds each list of files in the facts; counts go on.
const (
	mostListed   = 1000
	mostWritable = 100
)

// conclude makes the facts that depend on the files of all layers.
func (r *reading) conclude() {
	i := r.image
	i.Size, i.Waste, i.Files = new(r.size), new(r.waste), new(int64(0))
	i.Wasted = append([]Wasted{}, r.wasted...)
	i.Users, i.Groups = r.users(), r.groups()
	i.User = r.runUser()
	i.OS = r.os()
	i.Setuid, i.Writable, i.WritableCount = []Privileged{}, []Writable{}, new(0)
	i.Managers, i.Shells, i.Tools = []Program{}, []Program{}, []Program{}
	i.Owned = r.walk()
	i.Base = r.base()
	i.Executables = r.executables()
	i.Drops = r.drops()
	r.software()
}

// walk looks at every file of the finished file system.
func (r *reading) walk() []Owned {
	i := r.image
	owned := map[uint32]*Owned{}
	seen := map[any]bool{}
	r.tree.Walk(func(name []byte, base string, id tree.ID) {
		a := r.tree.Get(id)
		if a.Kind != tree.Dir {
			*i.Files++
		}
		r.rights(name, a)
		if a.UID != 0 {
			count(owned, name, a, a.Linked && r.tree.SharesContent(id, seen))
		}
		if a.Kind == tree.File || a.Kind == tree.Symlink {
			r.program(name, base, id)
		}
	})
	all := []Owned{}
	for _, one := range owned {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Owned) int { return int(int64(a.UID) - int64(b.UID)) })
	return all[:min(len(all), mostListed)]
}

// mostOwners bounds the users whose files are summed.
const mostOwners = 10_000

func count(owned map[uint32]*Owned, name []byte, a tree.Attributes, counted bool) {
	one := owned[a.UID]
	if one == nil {
		if len(owned) >= mostOwners {
			return
		}
		one = &Owned{UID: a.UID, Sample: string(name)}
		owned[a.UID] = one
	}
	if a.Kind != tree.Dir {
		one.Files++
	}
	if !counted && a.Kind == tree.File {
		one.Bytes += a.Size
	}
	mode := a.Mode()
	readsAlone := mode&0o400 != 0 && mode&0o044 == 0
	writesAlone := a.Kind == tree.Dir && mode&0o200 != 0 && mode&0o022 == 0
	if (a.Kind == tree.Dir || a.Kind == tree.File) && (readsAlone || writesAlone) {
		one.PrivateDirs++
	}
}

// rights takes setuid and setgid programs, and what everybody may write.
func (r *reading) rights(name []byte, a tree.Attributes) {
	i, mode := r.image, a.Mode()
	if a.Kind == tree.File && mode&0o6000 != 0 && len(i.Setuid) < mostListed {
		i.Setuid = append(i.Setuid, Privileged{string(name), octal(mode), a.UID, a.GID, r.ownerOf(string(name))})
	}
	if mode&0o002 == 0 || a.Kind == tree.Symlink || a.Kind == tree.Other || a.Kind == tree.Dir && mode&0o1000 != 0 {
		return
	}
	if *i.WritableCount++; len(i.Writable) < mostWritable {
		kind := "file"
		if a.Kind == tree.Dir {
			kind = "dir"
		}
		i.Writable = append(i.Writable, Writable{string(name), octal(mode), a.UID, kind})
	}
}

func octal(mode uint32) string { return fmt.Sprintf("%04o", mode) }

// ownerOf gives the package of the system that a file belongs to; "" if none is known.
func (r *reading) ownerOf(name string) string {
	return r.owners.of(name, r.holds)
}

// holds reports whether a file is in the image as a layer wrote it.
func (r *reading) holds(name string, number int) bool {
	id, found := r.tree.Lookup(name)
	return found && int(r.tree.Get(id).Layer) == number
}

// textOf gives the text of a small file that was kept, through links.
func (r *reading) textOf(name string) (text string, found bool) {
	id, err := r.tree.Resolve(name)
	if err != nil || id == tree.Missing || r.tree.Get(id).Kind != tree.File {
		return "", false
	}
	known, kept := r.texts[r.tree.Path(id)]
	if !kept || known.layer != int(r.tree.Get(id).Layer) {
		return "", r.tree.Get(id).Size == 0
	}
	return known.text, true
}

// software takes the packages of the finished file system: only here is it known what became of
// the files that were read, whether by whiteouts, links or what stands in their place.
func (r *reading) software() {
	if r.packages == nil {
		return
	}
	i := r.image
	for name, number := range r.given {
		id, found := r.tree.Lookup(name)
		if !found || int(r.tree.Get(id).Layer) != number || r.tree.Path(id) != name { // the way there may be a link by now
			r.packages.Remove(name[1:], number+1)
		}
	}
	i.Packages, i.PackageCounts = append([]software.Package{}, r.packages.Packages()...), map[string]int{}
	for _, p := range i.Packages {
		i.PackageCounts[string(p.Type)]++
	}
	slices.SortStableFunc(i.Packages, software.Compare)
}
