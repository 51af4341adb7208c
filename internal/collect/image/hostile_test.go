package image

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// archiveOf makes an archive of docker save by hand, so that its layers may be anything.
func archiveOf(t testing.TB, config string, layers ...[]byte) string {
	t.Helper()
	files := []file{{name: "config.json", text: config}}
	var names []string
	for at, text := range layers {
		name := fmt.Sprintf("%d/layer.tar", at)
		files, names = append(files, file{name: name, text: string(text)}), append(names, `"`+name+`"`)
	}
	files = append(files, file{name: "manifest.json", text: `[{"Config":"config.json","Layers":[` + strings.Join(names, ",") + `]}]`})
	return written(t, tarOf(t, files...))
}

func TestLayersThatCannotBeRead(t *testing.T) {
	good := tarOf(t, file{name: "etc/passwd", text: "root::0:0::/:/bin/sh\n"}, file{name: "app/.env", text: "DB_PASSWORD=Zx8qLm2Rt9\n"})
	tests := []struct {
		name   string
		config string
		layers [][]byte
		want   string
	}{
		{"cut short", `{"os":"linux"}`, [][]byte{tarOf(t, file{name: "x"})[:300], good}, "layer 0: the layer ends in the middle"},
		{"no tar", `{"os":"linux"}`, [][]byte{[]byte(strings.Repeat("hello", 300)), good}, "layer 0: read the layer's tar"},
		{"other content", `{"rootfs":{"diff_ids":["sha256:` + strings.Repeat("ab", 32) + `","sha256:` + strings.Repeat("ab", 32) + `"]}}`, [][]byte{good, good}, "the content was changed"},
		{"other number", `{"rootfs":{"diff_ids":["a","b","c"]}}`, [][]byte{nil, good}, "names 3 layers, but there are 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			images, errs := Collect(context.Background(), archiveOf(t, test.config, test.layers...), Options{})
			if len(images) != 1 || len(errs) == 0 || !strings.Contains(errs[0].Message, test.want) || !errs[0].Lost {
				t.Fatalf("%d images, errors %v", len(images), errs)
			}
			i := images[0]
			if i.Files != nil || i.Setuid != nil || i.Users != nil || i.User != nil || i.Base != "" || i.Writable != nil {
				t.Errorf("facts about files of an image that was not read whole: %+v", i)
			}
			if len(i.Secrets) == 0 || i.Secrets[0].Path != "/app/.env" {
				t.Errorf("secrets that were read are lost: %v", i.Secrets)
			}
		})
	}
}

func TestWrongDigestsInALayout(t *testing.T) {
	i := shop(t)
	folder := layoutOf(t, map[string]v1.Image{"1.0": i})
	m, err := i.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	change := func(hash v1.Hash) {
		name := filepath.Join(folder, "blobs", "sha256", hash.Hex)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)/2] ^= 1
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change(m.Layers[0].Digest)
	images, errs := Collect(context.Background(), folder, Options{})
	if len(images) != 1 || images[0].Files != nil || len(errs) != 1 || !strings.Contains(errs[0].Message, "the content was changed") || len(images[0].Unread) != 1 {
		t.Fatalf("%d images, errors %v", len(images), errs)
	}
	change(m.Config.Digest)
	if images, errs = Collect(context.Background(), folder, Options{}); len(images) != 0 || len(errs) != 1 || !strings.Contains(errs[0].Message, "read configuration: digest is") {
		t.Errorf("%d images, errors %v", len(images), errs)
	}
	hash, _ := i.Digest()
	change(hash)
	if images, errs = Collect(context.Background(), folder, Options{}); len(images) != 0 || len(errs) != 1 || !strings.Contains(errs[0].Message, "read manifest: digest is") {
		t.Errorf("%d images, errors %v", len(images), errs)
	}
}

func TestForeignLayersAreNotFetched(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	config := `{"os":"windows"}`
	sum, _, _ := v1.SHA256(strings.NewReader(config))
	m := `{"config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"` + sum.String() + `"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",` +
		`"digest":"sha256:` + hash + `","urls":["http://127.0.0.1:1/x"]}]}`
	manifest, _, _ := v1.SHA256(strings.NewReader(m))
	text := tarOf(t, file{name: "index.json", text: `{"manifests":[{"digest":"` + manifest.String() + `"}]}`},
		file{name: "blobs/sha256/" + manifest.Hex, text: m}, file{name: "blobs/sha256/" + sum.Hex, text: config})
	images, errs := Collect(context.Background(), written(t, text), Options{})
	if len(images) != 1 || len(errs) != 1 {
		t.Fatalf("%d images, errors %v", len(images), errs)
	}
	if diff := cmp.Diff([]Unread{{Layer: 0, Reason: errForeign.Error()}}, images[0].Unread); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHostileLayers(t *testing.T) {
	tests := []struct {
		name  string
		files []file
		check func(*Image) bool
	}{
		{"paths lead nowhere else", []file{{name: "../../../etc/passwd", text: "root::0:0::/:/bin/sh\n"}, {name: "/abs", text: "x"}},
			func(i *Image) bool { return len(i.Users) == 1 && *i.Files == 2 }},
		{"links in a circle", []file{{name: "a", to: "b"}, {name: "b", to: "a"}, {name: "a/x", text: "x"}},
			func(i *Image) bool { return len(i.Unread) == 1 && i.Unread[0].Path == "/a/x" }},
		{"passwd in a circle", []file{{name: "etc/passwd", to: "passwd"}, {name: "bin/sh", to: "/bin/sh"}},
			func(i *Image) bool { return len(i.Users) == 0 && len(i.Shells) == 0 }},
		{"a link out of the image", []file{{name: "etc", to: "/../../../../etc"}, {name: "etc/passwd", text: "a:x:1:1::/:/\n"}},
			func(i *Image) bool { return *i.Files == 1 || len(i.Unread) > 0 }},
		{"a hard link to nothing", []file{{name: "a", same: "b"}}, func(i *Image) bool { return len(i.Unread) == 1 }},
		{"twice the same", []file{{name: "a", text: "1"}, {name: "a", text: "22", mode: 0o4755}},
			func(i *Image) bool { return *i.Files == 1 && len(i.Setuid) == 1 && *i.Waste == 1 }},
		{"names that are long", []file{{name: strings.Repeat("n", 300)}, {name: strings.Repeat("d/", 3000) + "x"}},
			func(i *Image) bool { return len(i.Unread) == 2 && *i.Files == 0 }},
		{"hard links keep rights", []file{{name: "a", text: "1", mode: 0o4755}, {name: "b", same: "a"}},
			func(i *Image) bool { return len(i.Setuid) == 2 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := collectOne(t, archiveOf(t, `{"os":"linux"}`, tarOf(t, test.files...)), Options{})
			if !test.check(i) {
				t.Errorf("%+v", i)
			}
		})
	}
}

func TestBombsAreReported(t *testing.T) {
	bomb := gzipped(t, tarOf(t, file{name: "zeros", text: string(make([]byte, 16<<20))}))
	limits := DefaultLimits
	limits.Layers.Bomb = 4 << 20
	images, errs := Collect(context.Background(), archiveOf(t, `{"os":"linux"}`, bomb), Options{Limits: limits})
	if len(images) != 1 || len(errs) != 1 || !strings.Contains(errs[0].Message, "as a bomb does") || len(images[0].Unread) != 1 {
		t.Errorf("%d images, errors %v", len(images), errs)
	}
	limits = DefaultLimits
	limits.Layers = layer.Limits{Entries: 2, Unpacked: 1 << 30, Bomb: 1 << 30, Ratio: 200}
	if _, errs = Collect(context.Background(), archiveOf(t, `{}`, tarOf(t, file{name: "a"}, file{name: "b"}, file{name: "c"})), Options{Limits: limits}); len(errs) != 1 {
		t.Errorf("errors %v", errs)
	}
}

func TestACancelledScanEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	images, errs := Collect(ctx, saved(t, "a:1", shop(t)), Options{})
	if len(errs) != 1 || !strings.Contains(errs[0].Message, "stopped: context canceled") || len(images) == 1 && images[0].Files != nil {
		t.Errorf("%d images, errors %v", len(images), errs)
	}
}

func TestManyFiles(t *testing.T) {
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for at := range 100_000 {
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprintf("srv/%d/%d/file", at/1000, at), Size: 1, Mode: 0o644, Uid: at % 3}); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte("x"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	i := collectOne(t, archiveOf(t, `{"os":"linux"}`, gzipped(t, text.Bytes())), Options{})
	if *i.Files != 100_000 || len(i.Owned) != 2 || i.Owned[0].Files != 33_333 || *i.Size != 100_000 {
		t.Errorf("%d files, owned %v", *i.Files, i.Owned)
	}
}

func FuzzArchive(f *testing.F) {
	for _, place := range []string{saved(f, "a:1", shop(f)), tarred(f, layoutOf(f, map[string]v1.Image{"1.0": shop(f)})), archiveOf(f, `{"config":{"User":"7"}}`, tarOf(f, file{name: "a"}))} {
		text, err := os.ReadFile(place)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	limits := DefaultLimits
	limits.Layers = layer.Limits{Entries: 1000, Unpacked: 8 << 20, Bomb: 1 << 20, Ratio: 200}
	f.Fuzz(func(t *testing.T, text []byte) {
		images, errs := Collect(t.Context(), written(t, text), Options{Limits: limits})
		if len(images)+len(errs) == 0 {
			t.Error("neither an image nor an error")
		}
		for _, i := range images {
			treeOf(t, i)
			i.Close()
		}
	})
}
