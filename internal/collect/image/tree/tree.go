// Package tree is the file system that the layers of an image make when one is laid over the
// other: names, kinds, modes and owners, no content, nothing on a disk. Layers are told entry by
// entry in their order; whiteouts, links and replaced files are followed as container runtimes
// follow them (https://github.com/opencontainers/image-spec/blob/main/layer.md). Begin with New
// and Add.
package tree

import (
	"errors"
	"io/fs"
)

// Kind is what stands at a path.
type Kind uint8

// The kinds of entries. Other is a device, a pipe or a socket.
const (
	Dir Kind = iota
	File
	Symlink
	Other
)

// Format is what the first bytes of a file say that it is.
type Format uint8

// The formats that are told apart.
const (
	Unknown Format = iota
	ELF
	Script
)

// Attributes are what is kept of an entry.
type Attributes struct {
	Size   int64
	UID    uint32
	GID    uint32
	Layer  uint16 // that wrote it last, from 0
	mode   uint16 // permissions with setuid, setgid and sticky as in Unix
	Kind   Kind
	Format Format
	// Linked is true for a file that has hard links.
	Linked bool
}

// Mode is the twelve bits of Unix: 04000 setuid, 02000 setgid, 01000 sticky, and the permissions.
func (a Attributes) Mode() uint32 { return uint32(a.mode) }

// SetMode takes the twelve bits of Unix out of a mode.
func (a *Attributes) SetMode(mode int64) { a.mode = uint16(mode & 0o7777) }

// FileMode is the mode in Go's form, as fs.FileInfo gives it.
func (a Attributes) FileMode() fs.FileMode {
	mode := fs.FileMode(a.mode & 0o777)
	for bit, flag := range map[uint16]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if a.mode&bit != 0 {
			mode |= flag
		}
	}
	switch a.Kind {
	case Dir:
		mode |= fs.ModeDir
	case Symlink:
		mode |= fs.ModeSymlink
	case Other:
		mode |= fs.ModeIrregular
	}
	return mode
}

// Limits bound what a tree may cost.
type Limits struct {
	Entries int // ever added, those of folders that no entry names too
	Text    int // bytes of names and targets of links
	Steps   int // parts of paths that are followed
}

// DefaultLimits keep a tree below about 512 MiB; an image of 100,000 files needs 15 MiB.
var DefaultLimits = Limits{Entries: 2_000_000, Text: 128 << 20, Steps: 200_000_000}

// Reasons why an entry was not added. ErrFull means that nothing more can be; the others concern
// the one entry.
var (
	ErrFull    = errors.New("more entries than the limit: split the image, or raise the limit")
	ErrLoop    = errors.New("symbolic links lead in a circle")
	ErrMissing = errors.New("hard link to a file that is not there")
	ErrName    = errors.New("path is longer than 4096 bytes, or one of its parts than 255")
)

// ID names an entry of a tree; it stays the same while the entry lives.
type ID int32

// Root is the folder at the top.
const Root ID = 0

const none ID = -1

type node struct {
	name        string
	up          ID
	first, next ID // child, sibling
	previous    ID
	length      uint16 // of the path
	gone        bool
	Attributes
}

type place struct {
	folder ID
	name   string
}

// Tree is a file system. It is used by one goroutine at a time.
type Tree struct {
	limits  Limits
	nodes   []node
	places  map[place]ID
	targets map[ID]string // of symbolic links
	inodes  map[ID]*inode // of files with hard links
	text    int
	steps   int
	// Lost is told of content that is no longer seen: the path, size and layer of the file, and
	// the layer that deleted or replaced it.
	Lost func(path string, size int64, layer, by uint16)
}

// inode is content that several names share.
type inode struct {
	size  int64
	layer uint16
	names int
}

// New makes a tree that holds nothing but its root.
func New(limits Limits) *Tree {
	t := &Tree{limits: limits, places: map[place]ID{}, targets: map[ID]string{}, inodes: map[ID]*inode{},
		Lost: func(string, int64, uint16, uint16) {}}
	t.nodes = []node{{up: none, first: none, next: none, previous: none, Attributes: Attributes{mode: 0o755}}}
	return t
}

// Get gives what is known of an entry.
func (t *Tree) Get(id ID) Attributes { return t.nodes[id].Attributes }

// SetFormat keeps what the first bytes of a file say.
func (t *Tree) SetFormat(id ID, format Format) { t.nodes[id].Format = format }

// Path is the absolute path of an entry.
func (t *Tree) Path(id ID) string {
	if id == Root {
		return "/"
	}
	length := 0
	for at := id; at != Root; at = t.nodes[at].up {
		length += 1 + len(t.nodes[at].name)
	}
	text := make([]byte, length)
	for at := id; at != Root; at = t.nodes[at].up {
		length -= len(t.nodes[at].name)
		copy(text[length:], t.nodes[at].name)
		length--
		text[length] = '/'
	}
	return string(text)
}
