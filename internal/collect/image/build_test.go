package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
)

// file is an entry of a layer in tests: a folder if its name ends with a slash, a link if to is set.
type file struct {
	name, text string
	mode       int64
	uid, gid   int
	to         string // target of a symbolic link
	same       string // target of a hard link
}

func tarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: f.mode, Uid: f.uid, Gid: f.gid, Size: int64(len(f.text)), Typeflag: tar.TypeReg}
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		switch {
		case f.to != "":
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.to, 0
		case f.same != "":
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, f.same, 0
		case f.name[len(f.name)-1] == '/':
			h.Typeflag = tar.TypeDir
			if f.mode == 0 {
				h.Mode = 0o755
			}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func gzipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func zstdPacked(t testing.TB, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(text, nil)
}

// imageOf makes an image of layers with the configuration that edit makes.
func imageOf(t testing.TB, edit func(*v1.ConfigFile), layers ...[]byte) v1.Image {
	t.Helper()
	i := v1.Image(empty.Image)
	var adds []mutate.Addendum
	for _, text := range layers {
		adds = append(adds, mutate.Addendum{Layer: static.NewLayer(gzipped(t, text), types.DockerLayer), History: v1.History{CreatedBy: "RUN step"}})
	}
	i, err := mutate.Append(i, adds...)
	if err != nil {
		t.Fatal(err)
	}
	config, err := i.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.RootFS.DiffIDs = "linux", "amd64", nil
	for _, text := range layers {
		sum, _, err := v1.SHA256(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, sum)
	}
	if edit != nil {
		edit(config)
	}
	if i, err = mutate.ConfigFile(i, config); err != nil {
		t.Fatal(err)
	}
	return i
}

// saved writes an image as docker save does.
func saved(t testing.TB, tag string, i v1.Image) string {
	t.Helper()
	reference, err := name.NewTag(tag)
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(t.TempDir(), "image.tar")
	if err := tarball.WriteToFile(place, reference, i); err != nil {
		t.Fatal(err)
	}
	return place
}

func written(t testing.TB, text []byte) string {
	t.Helper()
	place := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(place, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return place
}

// collectOne reads a place with exactly one image and no error.
func collectOne(t testing.TB, place string, options Options) *Image {
	t.Helper()
	images, errs := Collect(context.Background(), place, options)
	if len(errs) > 0 || len(images) != 1 {
		t.Fatalf("%d images, errors %v", len(images), errs)
	}
	t.Cleanup(func() { images[0].Close() })
	return images[0]
}
