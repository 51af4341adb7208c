package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// files opens the files of a layout by their paths in it.
type files interface {
	open(name string) (io.ReadCloser, error)
}

// folder is a layout in a folder. Links do not lead out of it.
type folder struct{ root *os.Root }

func (f folder) open(name string) (io.ReadCloser, error) {
	info, err := f.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return nil, fmt.Errorf("open %s: it is no file", name)
	}
	return f.root.Open(name)
}

func openFolder(ctx context.Context, name string, wanted selection) (*Place, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("open image: %w", err)
	}
	place, err := openLayout(ctx, folder{root}, OCILayout, wanted)
	if err != nil {
		root.Close()
		return nil, err
	}
	place.close = root.Close
	return place, nil
}

// layout is an OCI layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
type layout struct {
	files files
	index []Descriptor // of index.json
}

func (l *layout) blob(_ context.Context, digest string) (io.ReadCloser, error) {
	if !layer.ValidDigest(digest) {
		return nil, fmt.Errorf("digest %q is neither sha256 nor sha512", digest)
	}
	algorithm, hash, _ := strings.Cut(digest, ":")
	return l.files.open("blobs/" + algorithm + "/" + hash)
}

func (l *layout) manifest(ctx context.Context, digest string) ([]byte, string, error) {
	blob, err := l.blob(ctx, digest)
	if err != nil {
		return nil, "", err
	}
	raw, err := readSmall(ctx, blob, digest, mostManifest)
	if err != nil {
		return nil, "", err
	}
	var head struct {
		MediaType string `json:"mediaType"`
	}
	_ = json.Unmarshal(raw, &head) // what is no JSON is told by who parses it
	if at := slices.IndexFunc(l.index, func(d Descriptor) bool { return d.Digest == digest }); head.MediaType == "" && at >= 0 {
		head.MediaType = l.index[at].MediaType
	}
	return raw, head.MediaType, nil
}

func openLayout(ctx context.Context, files files, from string, wanted selection) (*Place, error) {
	l := &layout{files: files}
	file, err := files.open("index.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no image: it has neither index.json nor manifest.json: save the image with docker save, skopeo or buildx", wanted.file)
	}
	if err != nil {
		return nil, fmt.Errorf("read index.json: %w", err)
	}
	raw, err := readSmall(ctx, file, "", mostManifest)
	if err != nil {
		return nil, fmt.Errorf("read index.json: %w", err)
	}
	index, err := parseManifest(raw)
	if err != nil {
		return nil, fmt.Errorf("read index.json: %w", err)
	}
	l.index = index.Manifests
	sum := sha256.Sum256(raw)
	return l.images(ctx, from, "sha256:"+hex.EncodeToString(sum[:]), wanted)
}

// images gives the images that the index names: each, but where several differ in nothing but their
// platform the one for the platform.
func (l *layout) images(ctx context.Context, from, digest string, wanted selection) (*Place, error) {
	entries := slices.DeleteFunc(slices.Clone(l.index), isAttached)
	if wanted.picked != "" {
		entries = slices.DeleteFunc(entries, func(d Descriptor) bool { return !named(d, wanted.picked) })
	}
	place := &Place{}
	var top []string
	if many := samePlatforms(entries); many {
		picked, platforms, err := pickPlatform(entries, wanted.platform)
		if err != nil {
			return nil, err
		}
		entries, top = []Descriptor{picked}, platforms
	}
	if len(entries) > mostImages {
		place.Errors = append(place.Errors, fmt.Errorf("there are %d images, of which %d are read: pick one with #TAG", len(entries), mostImages))
		entries = entries[:mostImages]
	}
	finder := &finder{content: l, from: from, platform: wanted.platform, strict: wanted.strict}
	for _, entry := range entries {
		i, err := finder.image(ctx, entry.Digest)
		if errors.Is(err, errNoImage) {
			continue
		}
		if err != nil {
			place.Errors = append(place.Errors, fmt.Errorf("image %s: %w", orDigest(entry), err))
			continue
		}
		if top != nil {
			i.Index, i.Platforms = digest, top
		}
		i.References, i.fetcher = references(entry), &layoutFetcher{l}
		place.add(i)
	}
	if len(place.Images) == 0 && len(place.Errors) == 0 {
		return nil, noImage(wanted, l.index)
	}
	place.name(wanted)
	return place, nil
}

// add merges images that one manifest has under several names.
func (p *Place) add(i *Image) {
	for _, known := range p.Images {
		if known.digest != "" && known.digest == i.digest {
			for _, reference := range i.References {
				if !slices.Contains(known.References, reference) {
					known.References = append(known.References, reference)
				}
			}
			return
		}
	}
	p.Images = append(p.Images, i)
}

// name tells several images apart by what picks them.
func (p *Place) name(wanted selection) {
	for _, i := range p.Images {
		i.Name = wanted.file
		switch {
		case wanted.picked != "" && strings.HasPrefix(wanted.picked, "sha256:"):
			i.Name += "@" + wanted.picked
		case wanted.picked != "":
			i.Name += "#" + wanted.picked
		case len(p.Images)+len(p.Errors) < 2:
		case len(i.References) > 0:
			i.Name += "#" + i.References[0]
		case i.digest != "":
			i.Name += "@" + i.digest
		default:
			i.Name += "@" + i.ConfigDigest
		}
	}
}

// samePlatforms reports whether entries are one image for several platforms, without an index.
func samePlatforms(entries []Descriptor) bool {
	if len(entries) < 2 {
		return false
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		if entry.Platform == nil || seen[entry.Platform.String()] || entry.Annotations[refName] != entries[0].Annotations[refName] {
			return false
		}
		seen[entry.Platform.String()] = true
	}
	return true
}

func references(d Descriptor) []string {
	var all []string
	for _, key := range []string{containerName, refName} {
		if name := d.Annotations[key]; name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func orDigest(d Descriptor) string {
	if names := references(d); len(names) > 0 {
		return names[0]
	}
	return d.Digest
}

// named reports whether a digest, a name or a tag is that of the entry.
func named(d Descriptor, picked string) bool {
	return d.Digest == picked || slices.ContainsFunc(references(d), func(name string) bool { return sameName(name, picked) })
}

// sameName takes app:1 and 1 for docker.io/library/app:1.
func sameName(name, picked string) bool {
	return name == picked || strings.HasSuffix(name, ":"+picked) || strings.HasSuffix(name, "/"+picked)
}

func noImage(wanted selection, index []Descriptor) error {
	if wanted.picked == "" {
		return fmt.Errorf("%s holds no image", wanted.file)
	}
	var names []string
	for _, entry := range index {
		if !isAttached(entry) {
			names = append(names, orDigest(entry))
		}
	}
	return fmt.Errorf("%s has no image %s, only %s", wanted.file, wanted.picked, strings.Join(names, ", "))
}
