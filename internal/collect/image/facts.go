package image

import (
	"github.com/kubeproof/kubeproof/internal/collect/image/source"
	"github.com/kubeproof/kubeproof/internal/software"
)

// Image is the facts of an image. What depends on the files of all layers is absent if one could
// not be read; else lists are there even if empty, and files, the number of them, is.
type Image struct {
	APIVersion   string     `json:"apiVersion"`
	Kind         string     `json:"kind"`
	Metadata     Metadata   `json:"metadata"`
	From         string     `json:"from"`
	References   []string   `json:"references,omitempty"`
	Reference    *Reference `json:"reference,omitempty"`
	Digest       string     `json:"digest,omitempty"`
	ConfigDigest string     `json:"configDigest,omitempty"`
	Index        string     `json:"index,omitempty"`
	Platform     string     `json:"platform,omitempty"`
	Platforms    []string   `json:"platforms,omitempty"`
	Created      string     `json:"created,omitempty"`
	Observed     string     `json:"observed,omitempty"`
	Config       Config     `json:"config"`
	History      []History  `json:"history,omitempty"`
	Layers       []Layer    `json:"layers"`
	// Bytes are as stored, Size the content of all files, Waste the part of it that is not seen.
	Bytes         int64              `json:"bytes"`
	Size          *int64             `json:"size,omitempty"`
	Files         *int64             `json:"files,omitempty"`
	Waste         *int64             `json:"waste,omitempty"`
	Wasted        []Wasted           `json:"wasted,omitzero"`
	OS            *OS                `json:"os,omitempty"`
	Base          string             `json:"base,omitempty"`
	Users         []User             `json:"users,omitzero"`
	Groups        []Group            `json:"groups,omitzero"`
	User          *RunUser           `json:"user,omitempty"`
	Packages      []software.Package `json:"packages,omitzero"`
	PackageCounts map[string]int     `json:"packageCounts,omitzero"`
	Managers      []Program          `json:"managers,omitzero"`
	Shells        []Program          `json:"shells,omitzero"`
	Tools         []Program          `json:"tools,omitzero"`
	Setuid        []Privileged       `json:"setuid,omitzero"`
	Writable      []Writable         `json:"writable,omitzero"`
	WritableCount *int               `json:"writableCount,omitempty"`
	Executables   []Executable       `json:"executables,omitzero"`
	Drops         []string           `json:"drops,omitzero"`
	Owned         []Owned            `json:"owned,omitzero"`
	Secrets       []Secret           `json:"secrets,omitzero"`
	Unsearched    *Unsearched        `json:"unsearched,omitempty"`
	Repositories  []Repository       `json:"repositories,omitzero"`
	Unread        []Unread           `json:"unread,omitempty"`

	from   *source.Image
	place  *sharedPlace
	hidden []string // values of secrets, which never leave this package
}

// Metadata names the image as the user did.
type Metadata struct {
	Name string `json:"name"`
}

// Reference is the name of an image taken apart as docker does.
type Reference struct {
	Registry   string `json:"registry"`
	Repository string `json:"repository"`
	Tag        string `json:"tag,omitempty"`
}

// Wasted is content that a later layer deletes or replaces.
type Wasted struct {
	Path      string `json:"path"`
	Bytes     int64  `json:"bytes"`
	Layer     int    `json:"layer"`
	RemovedBy int    `json:"removedBy"`
}

// OS is what os-release says.
type OS struct {
	ID       string   `json:"id,omitempty"`
	Version  string   `json:"version,omitempty"`
	Name     string   `json:"name,omitempty"`
	Like     []string `json:"like,omitempty"`
	Codename string   `json:"codename,omitempty"`
}

// User is a line of /etc/passwd. Password is empty (none is asked for), locked, set, or none (no
// line in /etc/shadow).
type User struct {
	Name     string `json:"name"`
	UID      int64  `json:"uid"`
	GID      int64  `json:"gid"`
	Home     string `json:"home,omitempty"`
	Shell    string `json:"shell,omitempty"`
	Password string `json:"password"`
}

// Group is a line of /etc/group.
type Group struct {
	Name    string   `json:"name"`
	GID     int64    `json:"gid"`
	Members []string `json:"members,omitempty"`
}

// RunUser is the USER of the configuration, found in /etc/passwd.
type RunUser struct {
	Spec  string `json:"spec"`
	UID   *int64 `json:"uid,omitempty"`
	GID   *int64 `json:"gid,omitempty"`
	Name  string `json:"name,omitempty"`
	Known bool   `json:"known"`
	Root  bool   `json:"root"`
}

// Program is a program that is there: a package manager, a shell, a tool.
type Program struct {
	Name    string `json:"name"`
	Kind    string `json:"kind,omitempty"`
	Path    string `json:"path"`
	Package string `json:"package,omitempty"`
}

// Privileged is a setuid or setgid file.
type Privileged struct {
	Path    string `json:"path"`
	Mode    string `json:"mode"`
	UID     uint32 `json:"uid"`
	GID     uint32 `json:"gid"`
	Package string `json:"package,omitempty"`
}

// Writable is a file or folder that everybody may write.
type Writable struct {
	Path string `json:"path"`
	Mode string `json:"mode"`
	UID  uint32 `json:"uid"`
	Kind string `json:"kind"`
}

// Executable is a program that the image starts.
type Executable struct {
	Word          string `json:"word"`
	From          string `json:"from"` // entrypoint or cmd
	Path          string `json:"path,omitempty"`
	Target        string `json:"target,omitempty"`
	Mode          string `json:"mode,omitempty"`
	UID           uint32 `json:"uid"`
	GID           uint32 `json:"gid"`
	ELF           bool   `json:"elf"`
	Script        string `json:"script,omitempty"` // its interpreter
	GroupWritable bool   `json:"groupWritable"`
	OtherWritable bool   `json:"otherWritable"`
	OwnerWritable bool   `json:"ownerWritable"` // by the user that runs
	Missing       bool   `json:"missing"`
}

// Owned sums the files of a user other than root. PrivateDirs counts folders into which only that
// user may write, and folders and files that only it may read.
type Owned struct {
	UID         uint32 `json:"uid"`
	Files       int64  `json:"files"`
	Bytes       int64  `json:"bytes"`
	Sample      string `json:"sample"`
	PrivateDirs int64  `json:"privateDirs"`
}

// Secret is where a secret is, never its value. Deleted is true if a later layer hides it, so that
// everybody who has the image can still read it though no container shows it.
type Secret struct {
	What     string `json:"what"`
	Path     string `json:"path,omitempty"`
	Variable string `json:"variable,omitempty"`
	Label    string `json:"label,omitempty"`
	Word     string `json:"word,omitempty"`    // entrypoint, cmd or healthcheck
	History  *int   `json:"history,omitempty"` // index into the history
	Line     int    `json:"line,omitempty"`
	Layer    *int   `json:"layer,omitempty"`
	Deleted  bool   `json:"deleted,omitempty"`
}

// Unread is what was not read, and why.
type Unread struct {
	Path   string `json:"path,omitempty"`
	Layer  int    `json:"layer"`
	Reason string `json:"reason"`
}
