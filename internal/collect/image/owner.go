package image

import (
	"bytes"
	"hash/maphash"
	"path"
	"strings"
)

// owners know which package of the system a file belongs to: what dpkg lists in
// /var/lib/dpkg/info/*.list and apk in /lib/apk/db/installed. Only hashes of paths are kept.
type owners struct {
	seed     maphash.Seed
	packages []owning
	byName   map[string]int32
	byPath   map[uint64]int32
}

// owning is a package and the file that lists what belongs to it.
type owning struct {
	name, list string
	layer      int
}

// mostOwned bounds the files that are known: large images have 200,000.
const mostOwned = 1_000_000

// mostOwning bounds the packages that are known.
const mostOwning = 50_000

func newOwners() owners {
	return owners{seed: maphash.MakeSeed(), byName: map[string]int32{}, byPath: map[uint64]int32{}}
}

func isOwnerList(name string) bool {
	return strings.HasPrefix(name, "/var/lib/dpkg/info/") && strings.HasSuffix(name, ".list") || isAPK(name)
}

func isAPK(name string) bool {
	return name == "/lib/apk/db/installed" || name == "/usr/lib/apk/db/installed"
}

func (o *owners) read(name string, layer int, text []byte) {
	if isAPK(name) {
		o.readAPK(name, layer, text)
		return
	}
	owner, _, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".list"), ":")
	id := o.owner(owner, name, layer)
	for line := range bytes.Lines(text) {
		o.add(id, bytes.TrimRight(line, "\n"))
	}
}

func (o *owners) readAPK(name string, layer int, text []byte) {
	var id int32
	var folder []byte
	for line := range bytes.Lines(text) {
		key, value, _ := bytes.Cut(bytes.TrimRight(line, "\n"), []byte(":"))
		switch string(key) {
		case "P":
			id = o.owner(string(value), name, layer)
		case "F":
			folder = append(append(folder[:0], '/'), value...)
		case "R":
			if len(o.packages) > 0 {
				o.add(id, append(append(bytes.Clone(folder), '/'), value...))
			}
		}
	}
}

func (o *owners) owner(name, list string, layer int) int32 {
	id, known := o.byName[name]
	if !known && len(o.packages) >= mostOwning {
		return 0 // an image with so many packages is no real one
	}
	if !known {
		id = int32(len(o.packages))
		o.byName[name] = id
		o.packages = append(o.packages, owning{})
	}
	o.packages[id] = owning{name, list, layer}
	return id
}

// add keeps a path without the /usr that some systems have merged their folders into.
func (o *owners) add(id int32, name []byte) {
	if len(o.byPath) < mostOwned {
		o.byPath[maphash.Bytes(o.seed, bytes.TrimPrefix(name, []byte("/usr")))] = id
	}
}

// of gives the package of a file; "" if none is known. there tells whether a list is still in the
// image as the layer wrote it.
func (o *owners) of(name string, there func(list string, layer int) bool) string {
	id, known := o.byPath[maphash.String(o.seed, strings.TrimPrefix(name, "/usr"))]
	if !known || !there(o.packages[id].list, o.packages[id].layer) {
		return ""
	}
	return o.packages[id].name
}
