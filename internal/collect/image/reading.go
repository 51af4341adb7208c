package image

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
	"github.com/kubeproof/kubeproof/internal/collect/image/source"
	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
)

// reading is one image while its layers are read.
type reading struct {
	image    *Image
	config   *rawConfig
	from     *source.Image
	options  Options
	tree     *tree.Tree
	packages PackageReader
	given    map[string]int // paths that packages was given, with the last layer
	buffer   []byte         // for small files

	number  int // of the layer
	size    int64
	waste   int64
	wasted  []Wasted
	texts   map[string]kept   // small files whose text the facts need, by path
	scripts map[string]script // by path
	started map[string]bool   // last parts of the words that start programs
	owners  owners
	hits    []Secret // in files
	// repositories are the folders of version control systems, with the first layer that has them.
	repositories map[string]int
	text         int64 // bytes that may still be searched for secrets
	lost         int   // unread that is not told one by one
}

// kept is a small file of the layer that wrote it last.
type kept struct {
	layer int
	text  string
}

func newReading(i *Image, config *rawConfig, from *source.Image, options Options) *reading {
	r := &reading{image: i, config: config, from: from, options: options, tree: tree.New(options.Limits.Tree),
		texts: map[string]kept{}, scripts: map[string]script{}, owners: newOwners(), text: options.Limits.Text}
	r.started = map[string]bool{}
	for _, s := range r.starts() {
		r.started[path.Base(s.word)] = true
	}
	if options.Software != nil {
		r.packages, r.given = options.Software(), map[string]int{}
	}
	r.tree.Lost = r.forget
	return r
}

// mostWasted is how many files that later layers hide are told one by one.
const mostWasted = 20

// forget counts content that a layer hides, and keeps the largest in order.
func (r *reading) forget(name string, size int64, number, by uint16) {
	r.waste += size
	if number != by {
		r.image.Layers[number].Removed += size
	}
	if len(r.wasted) == mostWasted && r.wasted[mostWasted-1].Bytes >= size {
		return
	}
	at := len(r.wasted)
	for at > 0 && r.wasted[at-1].Bytes < size {
		at--
	}
	r.wasted = append(r.wasted, Wasted{})
	copy(r.wasted[at+1:], r.wasted[at:])
	r.wasted[at] = Wasted{strings.Clone(name), size, int(number), int(by)}
	r.wasted = r.wasted[:min(len(r.wasted), mostWasted)]
}

// layers reads all layers in their order. A layer that cannot be read is a fault; those after it are
// read for the secrets in them.
func (r *reading) layers(ctx context.Context) (faults []error) {
	i := r.image
	i.Layers = []Layer{}
	diffIDs := r.config.RootFS.DiffIDs
	if len(diffIDs) > 0 && len(diffIDs) != len(r.from.Layers) {
		faults = append(faults, fmt.Errorf("the configuration names %d layers, but there are %d: no runtime starts such an image, and it is not judged by its files",
			len(diffIDs), len(r.from.Layers)))
	}
	budget := layer.NewBudget(r.options.Limits.Layers)
	for number, d := range r.from.Layers {
		told := Layer{Index: number, Digest: d.Digest, MediaType: d.MediaType, Bytes: d.Size, By: i.commandOf(number)}
		if number < len(diffIDs) {
			told.DiffID = diffIDs[number]
		}
		i.Layers = append(i.Layers, told)
		r.number = number
		err := r.layer(ctx, d, budget)
		r.options.layerRead()
		if err != nil {
			faults = append(faults, layerFault(number, err))
			i.Unread = append(i.Unread, Unread{Layer: number, Reason: err.Error()})
			if ctx.Err() != nil {
				return faults
			}
		}
		i.Bytes += i.Layers[number].Bytes
		r.size += i.Layers[number].Size
	}
	if r.lost > 0 {
		i.Unread = append(i.Unread, Unread{Reason: fmt.Sprintf("%d more files were not read", r.lost)})
	}
	return faults
}

var errForeign = errors.New("it is to be had from its URLs only, which are not followed")

func (r *reading) layer(ctx context.Context, d source.Descriptor, budget *layer.Budget) error {
	blob, err := r.from.Open(ctx, d)
	if err != nil && d.Foreign() {
		return errForeign
	}
	if err != nil {
		return err
	}
	defer blob.Close()
	told := &r.image.Layers[r.number]
	expected := layer.Expected{Digest: d.Digest, Bytes: d.Size}
	if d.Digest == "" && layer.ValidDigest(told.DiffID) {
		expected.DiffID = told.DiffID
	}
	sum, err := layer.Read(ctx, blob, expected, budget, r.entry)
	if err == nil {
		told.Bytes = sum.Bytes
	}
	return err
}

// The names by which a layer hides what is in lower ones.
const (
	whiteout     = ".wh."
	whiteoutMeta = ".wh..wh."
	opaque       = ".wh..wh..opq"
)

// entry takes one entry of a layer. Only a tree that is full ends the layer.
func (r *reading) entry(e layer.Entry) error {
	number := uint16(r.number)
	folder, base := path.Split(path.Clean("/" + e.Name))
	var err error
	switch {
	case base == opaque:
		err = r.tree.Opaque(folder, number)
	case strings.HasPrefix(base, whiteoutMeta): // of aufs, for itself
	case strings.HasPrefix(base, whiteout):
		err = r.tree.Whiteout(folder+base[len(whiteout):], number)
	default:
		err = r.add(e, number)
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, tree.ErrFull) {
		return err
	}
	r.unread(e.Name, err.Error())
	return nil
}

// longestTold bounds the path of a file that was not read, in bytes.
const longestTold = 300

// mostUnread is how many files that were not read are told one by one.
const mostUnread = 100

func (r *reading) unread(name, reason string) {
	if len(r.image.Unread) >= mostUnread {
		r.lost++
		return
	}
	name = path.Clean("/" + name)
	if len(name) > longestTold {
		name = name[:longestTold] + "..."
	}
	if len(reason) > 500 {
		reason = reason[:500] + "..."
	}
	r.image.Unread = append(r.image.Unread, Unread{name, r.number, reason})
}

func (r *reading) add(e layer.Entry, number uint16) error {
	attributes := tree.Attributes{UID: identity(e.Uid), GID: identity(e.Gid), Layer: number, Kind: tree.Other}
	attributes.SetMode(e.Mode)
	told := &r.image.Layers[r.number]
	switch e.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		attributes.Kind = tree.File
		if !e.Sparse {
			attributes.Size = e.Size
			told.Size += e.Size
		}
		told.Files++
	case tar.TypeDir:
		attributes.Kind = tree.Dir
	case tar.TypeSymlink:
		attributes.Kind = tree.Symlink
		told.Files++
	case tar.TypeLink:
		told.Files++
		return r.link(e, number)
	}
	target := ""
	if attributes.Kind == tree.Symlink {
		target = e.Linkname
	}
	id, err := r.tree.Add(e.Name, attributes, target)
	if err == nil && mayBeRepository(e.Name) {
		r.seeRepository(r.tree.Path(id))
	}
	if err != nil || attributes.Kind != tree.File || id == tree.Root {
		return err
	}
	if e.Sparse {
		if !r.options.OnlyPackages || r.packages.Wants(r.tree.Path(id)[1:], attributes.FileMode(), e.Size) {
			r.unread(e.Name, "it has holes: its content was not read")
		}
		return nil
	}
	return r.content(e, id)
}

// link adds a hard link. What its content is was told at its other name; where only this name
// tells that it should be read, it was not.
func (r *reading) link(e layer.Entry, number uint16) error {
	id, err := r.tree.Link(e.Name, e.Linkname, number)
	if err != nil {
		return err
	}
	name, attributes := r.tree.Path(id), r.tree.Get(id)
	from := path.Clean("/" + e.Linkname)
	if known, found := r.scripts[from]; found && len(r.scripts) < mostScripts {
		known.layer = r.number
		r.scripts[name] = known
	}
	if known, found := r.texts[from]; found && len(r.texts) < mostTexts {
		known.layer = r.number
		r.texts[name] = known
	}
	plain := attributes.FileMode() &^ 0o111
	if r.packages != nil && r.packages.Wants(name[1:], plain, attributes.Size) && !r.packages.Wants(from[1:], plain, attributes.Size) {
		r.unread(name, "it is a hard link to "+e.Linkname+", under which name it was not read")
	}
	return nil
}

// identity keeps a numeric owner in the range that Linux has.
func identity(id int) uint32 { return uint32(max(0, min(int64(id), 1<<32-1))) }
