package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// openArchive reads a tar: what docker save writes, with or without an OCI layout in it, or an OCI
// layout alone.
func openArchive(ctx context.Context, name string, wanted selection) (*Place, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open image: %w", err)
	}
	place, err := readArchive(ctx, file, wanted)
	if err != nil {
		file.Close()
		return nil, err
	}
	place.close = file.Close
	return place, nil
}

func readArchive(ctx context.Context, file *os.File, wanted selection) (*Place, error) {
	bytes, err := sectionsOf(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", wanted.file, err)
	}
	archive, err := indexTar(bytes)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", wanted.file, err)
	}
	isDocker := archive.has("manifest.json") || archive.has("repositories")
	if !isDocker {
		return openLayout(ctx, archive, OCIArchive, wanted)
	}
	place := &Place{}
	if archive.has("index.json") && archive.has("oci-layout") {
		// The layout tells digests; what only manifest.json names is read from there.
		if place, err = openLayout(ctx, archive, DockerArchive, wanted); err != nil {
			place = &Place{}
		}
	}
	images, faults := dockerImages(archive)
	place.addDocker(images, wanted)
	for _, fault := range faults {
		place.Errors = append(place.Errors, fmt.Errorf("read %s: %w", wanted.file, fault))
	}
	if len(place.Images)+len(place.Errors) == 0 {
		return nil, noDockerImage(images, wanted)
	}
	place.name(wanted)
	return place, nil
}

// dockerEntry is an image in manifest.json.
type dockerEntry struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// dockerImages reads the images of manifest.json; one that cannot be read is a fault.
func dockerImages(archive *tarFile) (images []*Image, faults []error) {
	if !archive.has("manifest.json") {
		return legacyImages(archive)
	}
	raw, err := archive.read("manifest.json", mostManifest)
	if err != nil {
		return nil, []error{err}
	}
	var entries []dockerEntry
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, []error{fmt.Errorf("manifest.json is no valid JSON: %s", plain(err))}
	}
	if len(entries) > mostImages {
		return nil, []error{fmt.Errorf("manifest.json names %d images, more than the limit of %d: save fewer at once", len(entries), mostImages)}
	}
	for _, entry := range entries {
		i, err := entry.image(archive)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		images = append(images, i)
	}
	return images, faults
}

func (e dockerEntry) image(archive *tarFile) (*Image, error) {
	if len(e.Layers) > mostLayers {
		return nil, fmt.Errorf("an image has %d layers, more than the limit of %d", len(e.Layers), mostLayers)
	}
	config, err := archive.read(e.Config, mostConfig)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(config)
	digest := hex.EncodeToString(sum[:])
	if claimed := hashIn(e.Config); claimed != "" && claimed != digest {
		return nil, fmt.Errorf("configuration %s has the digest %s: it was changed", e.Config, digest)
	}
	i := e.with(archive, config)
	i.ConfigDigest = "sha256:" + digest
	return i, nil
}

// with makes the image with a configuration.
func (e dockerEntry) with(archive *tarFile, config []byte) *Image {
	i := &Image{From: DockerArchive, References: e.RepoTags, Config: config}
	for _, name := range e.Layers {
		d := Descriptor{entry: name}
		if found, err := archive.span(name); err == nil {
			d.Size = found.size
		}
		if blob, found := strings.CutPrefix(name, "blobs/sha256/"); found {
			d.Digest = "sha256:" + blob
		}
		i.Layers = append(i.Layers, d)
	}
	i.open = func(_ context.Context, d Descriptor) (io.ReadCloser, error) { return archive.open(d.entry) }
	return i
}

// hashIn gives the hash that the name of a configuration is, as HEX.json or blobs/sha256/HEX; "" if
// it is none.
func hashIn(name string) string {
	name = strings.TrimPrefix(strings.TrimSuffix(name, ".json"), "blobs/sha256/")
	if decoded, err := hex.DecodeString(name); err != nil || len(decoded) != sha256.Size {
		return ""
	}
	return name
}

// addDocker adds the images of manifest.json that are wanted; to those that the layout gave too it
// adds the names.
func (p *Place) addDocker(images []*Image, wanted selection) {
	for _, i := range images {
		at := slices.IndexFunc(p.Images, func(known *Image) bool { return known.ConfigDigest == i.ConfigDigest })
		if at >= 0 {
			p.Images[at].References = merged(i.References, p.Images[at].References)
			continue
		}
		if wanted.picked != "" && i.ConfigDigest != wanted.picked &&
			!slices.ContainsFunc(i.References, func(name string) bool { return sameName(name, wanted.picked) }) {
			continue
		}
		if err := (&finder{platform: wanted.platform, strict: wanted.strict}).agrees(i); err != nil {
			p.Errors = append(p.Errors, err)
			continue
		}
		p.Images = append(p.Images, i)
	}
}

// merged puts the full names of manifest.json before those of the layout that add nothing to them.
func merged(full, others []string) []string {
	all := slices.Clone(full)
	for _, name := range others {
		if !slices.ContainsFunc(all, func(known string) bool {
			return known == name || strings.HasSuffix(known, ":"+name) || strings.HasSuffix(name, "/"+known)
		}) {
			all = append(all, name)
		}
	}
	return all
}

func noDockerImage(images []*Image, wanted selection) error {
	if wanted.picked == "" || len(images) == 0 {
		return fmt.Errorf("%s holds no image", wanted.file)
	}
	var names []string
	for _, i := range images {
		names = append(names, append(i.References, i.ConfigDigest)[0])
	}
	return fmt.Errorf("%s has no image %s, only %s", wanted.file, wanted.picked, strings.Join(names, ", "))
}
