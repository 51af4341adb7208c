package image

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/kubeproof/kubeproof/internal/collect/image/source"
)

func digestOf(t testing.TB, of interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	digest, err := of.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return digest.String()
}

// layoutOf writes an OCI layout with the images, each under its name.
func layoutOf(t testing.TB, images map[string]v1.Image) string {
	t.Helper()
	folder := t.TempDir()
	path, err := layout.Write(folder, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"1.0", "2.0", "3.0", "broken"} {
		if i, named := images[tag]; named {
			if err := path.AppendImage(i, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag})); err != nil {
				t.Fatal(err)
			}
		}
	}
	return folder
}

// tarred packs a folder as tar does.
func tarred(t testing.TB, folder string, more ...file) string {
	t.Helper()
	var files []file
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(folder, name)
		files = append(files, file{name: filepath.ToSlash(rel), text: string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return written(t, tarOf(t, append(files, more...)...))
}

func multi(t testing.TB, platforms ...string) v1.ImageIndex {
	t.Helper()
	index := v1.ImageIndex(empty.Index)
	for _, text := range platforms {
		platform, err := v1.ParsePlatform(text)
		if err != nil {
			t.Fatal(err)
		}
		i := imageOf(t, func(c *v1.ConfigFile) { c.OS, c.Architecture = platform.OS, platform.Architecture }, tarOf(t, file{name: platform.Architecture}))
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: i, Descriptor: v1.Descriptor{Platform: platform}})
	}
	attestation := imageOf(t, nil, tarOf(t, file{name: "x"}))
	return mutate.AppendManifests(index, mutate.IndexAddendum{Add: attestation, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "unknown", Architecture: "unknown"},
		Annotations: map[string]string{"vnd.docker.reference.type": "attestation-manifest"}}})
}

func TestFormsOfAnImageGiveTheSameFacts(t *testing.T) {
	i := shop(t)
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	reference, err := name.NewTag(strings.TrimPrefix(server.URL, "http://") + "/shop/web:1.0")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, i); err != nil {
		t.Fatal(err)
	}
	folder := layoutOf(t, map[string]v1.Image{"1.0": i})
	hybrid := tarred(t, folder, hybridManifest(t, i))
	places := map[string]string{source.DockerArchive: saved(t, "shop/web:1.0", i), source.OCILayout: folder, source.OCIArchive: tarred(t, folder),
		source.Registry: reference.String(), "hybrid": hybrid}
	for packing, pack := range map[string]func(testing.TB, []byte) []byte{"gzip": gzipped, "zstd": zstdPacked} {
		text, err := os.ReadFile(places[source.OCIArchive])
		if err != nil {
			t.Fatal(err)
		}
		places[packing] = written(t, pack(t, text))
	}
	want := collectOne(t, places[source.DockerArchive], Options{})
	for from, place := range places {
		got := collectOne(t, place, Options{})
		if from == "gzip" || from == "zstd" {
			from = source.OCIArchive
		}
		if from == "hybrid" {
			from = source.DockerArchive
			if got.References[0] != "shop/web:1.0" || len(got.References) != 1 || got.Digest == "" {
				t.Errorf("hybrid: references %v, digest %q", got.References, got.Digest)
			}
		}
		if got.From != from || got.ConfigDigest == "" || got.Digest != "" && got.Digest != digestOf(t, i) || (got.Digest == "") != (place == places[source.DockerArchive]) {
			t.Errorf("%s: from %s, digest %q", place, got.From, got.Digest)
		}
		comparable := *got
		comparable.From, comparable.Metadata, comparable.References, comparable.Reference, comparable.Digest = want.From, want.Metadata, want.References, want.Reference, ""
		comparable.Bytes = want.Bytes
		comparable.Layers = append([]Layer{}, got.Layers...)
		for at := range comparable.Layers {
			comparable.Layers[at].Digest, comparable.Layers[at].MediaType, comparable.Layers[at].Bytes = want.Layers[at].Digest, want.Layers[at].MediaType, want.Layers[at].Bytes
		}
		wantJSON, _ := json.Marshal(want)
		gotJSON, _ := json.Marshal(&comparable)
		if diff := cmp.Diff(string(wantJSON), string(gotJSON)); diff != "" {
			t.Errorf("%s (-docker-archive +got):\n%s", from, diff)
		}
	}
}

// hybridManifest is what docker save adds to an OCI layout since version 25.
func hybridManifest(t testing.TB, i v1.Image) file {
	t.Helper()
	m, err := i.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	entry := map[string]any{"Config": "blobs/sha256/" + m.Config.Digest.Hex, "RepoTags": []string{"shop/web:1.0"}}
	var layers []string
	for _, l := range m.Layers {
		layers = append(layers, "blobs/sha256/"+l.Digest.Hex)
	}
	entry["Layers"] = layers
	text, err := json.Marshal([]any{entry})
	if err != nil {
		t.Fatal(err)
	}
	return file{name: "manifest.json", text: string(text)}
}

func TestPlatforms(t *testing.T) {
	index := multi(t, "linux/amd64", "linux/arm64/v8", "windows/amd64")
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	reference, err := name.NewTag(strings.TrimPrefix(server.URL, "http://") + "/shop/web:1.0")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(reference, index); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	path, err := layout.Write(folder, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := path.AppendIndex(index); err != nil {
		t.Fatal(err)
	}
	flat := t.TempDir()
	if _, err := layout.Write(flat, index); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{reference.String(), folder, flat, reference.Context().Digest(digestOf(t, index)).String()} {
		for _, wanted := range []string{"linux/arm64", "linux/amd64", "linux/arm64/v8"} {
			i := collectOne(t, place, Options{Platform: wanted})
			if i.Platform != strings.TrimSuffix(wanted, "/v8") || len(i.Platforms) != 3 || i.Index == "" {
				t.Errorf("%s: platform %s of %v, index %q", place, i.Platform, i.Platforms, i.Index)
			}
		}
		_, errs := Collect(context.Background(), place, Options{Platform: "linux/s390x"})
		if len(errs) != 1 || !strings.Contains(errs[0].Message, "there is no image for linux/s390x, only for linux/amd64, linux/arm64/v8, windows/amd64: choose one of these with --platform") {
			t.Errorf("%s: %v", place, errs)
		}
	}
	_, errs := Collect(context.Background(), saved(t, "a:1", shop(t)), Options{Platform: "linux/arm"})
	if len(errs) != 1 || errs[0].Message != "the image is for linux/amd64, not for linux/arm" {
		t.Errorf("%v", errs)
	}
	absent := reference.Context().Tag("absent").String()
	if _, errs = Collect(context.Background(), absent, Options{}); len(errs) != 1 || !strings.Contains(errs[0].Message, "pull image: the registry has no such image") {
		t.Errorf("%v", errs)
	}
	if _, errs = Collect(context.Background(), "x:1", Options{Platform: "arm64"}); len(errs) != 1 || !strings.Contains(errs[0].Message, "OS/ARCH") {
		t.Errorf("%v", errs)
	}
}

func TestSeveralImagesInOnePlace(t *testing.T) {
	one := imageOf(t, nil, tarOf(t, file{name: "one"}))
	two := imageOf(t, nil, tarOf(t, file{name: "two"}))
	folder := layoutOf(t, map[string]v1.Image{"1.0": one, "2.0": two})
	images, errs := Collect(context.Background(), folder, Options{})
	if len(errs) > 0 || len(images) != 2 || images[0].Metadata.Name != folder+"#1.0" || images[1].Metadata.Name != folder+"#2.0" {
		t.Fatalf("%v, %d images", errs, len(images))
	}
	for place, want := range map[string]string{"#2.0": digestOf(t, two), "#1.0": digestOf(t, one), "@" + digestOf(t, two): digestOf(t, two)} {
		if got := collectOne(t, folder+place, Options{}); got.Digest != want || got.Metadata.Name != folder+place {
			t.Errorf("%s: %s, %s", place, got.Digest, got.Metadata.Name)
		}
	}
	_, errs = Collect(context.Background(), folder+"#3", Options{Target: "t"})
	if len(errs) != 1 || !strings.HasSuffix(errs[0].Message, "has no image 3, only 1.0, 2.0") || errs[0].Target != "t" || !errs[0].Lost {
		t.Errorf("%v", errs)
	}
}

// fetchers check what a verifier of signatures needs.
func TestFetchers(t *testing.T) {
	i := shop(t)
	digest := digestOf(t, i)
	signature := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	signature, err := mutate.AppendLayers(signature, static.NewLayer([]byte("payload"), "application/vnd.dev.cosign.simplesigning.v1+json"))
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := i.Digest()
	size, _ := i.Size()
	referrer := mutate.Subject(signature, v1.Descriptor{MediaType: types.DockerManifestSchema2, Digest: hash, Size: size}).(v1.Image)
	tag := strings.Replace(digest, ":", "-", 1) + ".sig"

	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)))
	defer server.Close()
	repository, err := name.NewRepository(strings.TrimPrefix(server.URL, "http://") + "/shop/web")
	if err != nil {
		t.Fatal(err)
	}
	for tag, one := range map[string]v1.Image{"1.0": i, tag: signature, "ref": referrer} {
		if err := remote.Write(repository.Tag(tag), one); err != nil {
			t.Fatal(err)
		}
	}
	folder := layoutOf(t, map[string]v1.Image{"1.0": i})
	path, err := layout.FromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	for tag, one := range map[string]v1.Image{tag: signature, "ref": referrer} {
		if err := path.AppendImage(one, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag})); err != nil {
			t.Fatal(err)
		}
	}
	for _, place := range []string{repository.Tag("1.0").String(), folder} {
		f := collectOne(t, place, Options{}).Fetcher()
		raw, mediaType, err := f.Manifest(t.Context(), tag)
		want, _ := signature.RawManifest()
		if err != nil || !bytes.Equal(raw, want) || mediaType != string(types.OCIManifestSchema1) {
			t.Errorf("%s: manifest of tag: %v %s", place, err, mediaType)
		}
		blob, err := f.Blob(t.Context(), "sha256:239f59ed55e737c77147cf55ad0c1b030b6d7ee748a7426952f9b852d5a935e5") // of "payload"
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(blob); err != nil || string(text) != "payload" {
			t.Errorf("%s: blob %q, %v", place, text, err)
		}
		blob.Close()
		index, err := f.Referrers(t.Context(), digest)
		if err != nil || !strings.Contains(string(index), digestOf(t, referrer)) || strings.Contains(string(index), digestOf(t, signature)) {
			t.Errorf("%s: referrers %s, %v", place, index, err)
		}
		if _, _, err := f.Manifest(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", place, err)
		}
	}
	if collectOne(t, saved(t, "a:1", i), Options{}).Fetcher() != nil {
		t.Error("an archive without a layout has a fetcher")
	}
}

func TestLegacyArchives(t *testing.T) {
	layer := func(name string) string { return string(tarOf(t, file{name: name})) }
	text := tarOf(t, file{name: "repositories", text: `{"old/app":{"1":"bb"}}`},
		file{name: "aa/json", text: `{"id":"aa","os":"linux","container_config":{"Cmd":["/bin/sh","-c","make"]}}`}, file{name: "aa/layer.tar", text: layer("below")},
		file{name: "bb/json", text: `{"id":"bb","parent":"aa","architecture":"amd64","os":"linux","config":{"User":"7","Cmd":["below"]}}`}, file{name: "bb/layer.tar", text: layer("above")})
	i := collectOne(t, written(t, text), Options{})
	if *i.Files != 2 || i.Config.User != "7" || i.History[0].By != "/bin/sh -c make" || i.Reference.Repository != "old/app" || i.User.Root {
		t.Errorf("%+v", i)
	}
	loop := tarOf(t, file{name: "repositories", text: `{"a":{"1":"x"}}`}, file{name: "x/json", text: `{"parent":"x"}`})
	if _, errs := Collect(t.Context(), written(t, loop), Options{}); len(errs) != 1 || !strings.Contains(errs[0].Message, "each other's parents") {
		t.Errorf("%v", errs)
	}
}

func TestEqualLayersAreLinks(t *testing.T) {
	text := tarOf(t, file{name: "one/layer.tar", text: string(tarOf(t, file{name: "x", text: "1"}))}, file{name: "two/layer.tar", to: "../one/layer.tar"},
		file{name: "c.json", text: `{"os":"linux"}`}, file{name: "manifest.json", text: `[{"Config":"c.json","Layers":["one/layer.tar","two/layer.tar"]}]`})
	if i := collectOne(t, written(t, text), Options{}); len(i.Layers) != 2 || *i.Files != 1 || *i.Waste != 1 {
		t.Errorf("%+v", i)
	}
}

func TestPlacesThatHoldNoImage(t *testing.T) {
	big := &tar.Header{Name: "layer.tar", Size: 10000, Mode: 0o644}
	var cut bytes.Buffer
	if err := tar.NewWriter(&cut).WriteHeader(big); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, place, want string
	}{
		{"no file", "./absent.tar", "no such file"},
		{"no reference", "Not A Reference", "neither a file that is there nor a valid reference"},
		{"empty file", written(t, nil), "it is empty"},
		{"no tar", written(t, []byte(strings.Repeat("hello", 500))), "it is no tar"},
		{"short", written(t, []byte("hello")), "it ends in the middle"},
		{"empty tar", written(t, make([]byte, 1024)), "holds no image: it has neither index.json nor manifest.json"},
		{"a file system", written(t, tarOf(t, file{name: "etc/passwd"})), "holds no image"},
		{"empty folder", t.TempDir(), "holds no image"},
		{"packed with xz", written(t, []byte("\xfd7zXZ\x00...")), "unpack it with unxz first"},
		{"packed, of nothing", written(t, gzipped(t, tarOf(t))), "holds no image"},
		{"packed, cut short", written(t, gzipped(t, tarOf(t, file{name: "manifest.json", text: "[]"}))[:40]), "it ends in the middle"},
		{"cut short", written(t, cut.Bytes()), "it ends in the middle"},
		{"no manifest", written(t, tarOf(t, file{name: "manifest.json", text: "[{"})), "manifest.json is no valid JSON"},
		{"no images", written(t, tarOf(t, file{name: "manifest.json", text: "[]"})), "holds no image"},
		{"no configuration", written(t, tarOf(t, file{name: "manifest.json", text: `[{"Config":"x.json"}]`})), "open x.json in the archive: file does not exist"},
		{"another configuration", written(t, tarOf(t, file{name: strings.Repeat("ab", 32) + ".json", text: "{}"},
			file{name: "manifest.json", text: `[{"Config":"` + strings.Repeat("ab", 32) + `.json"}]`})), "it was changed"},
		{"index of nothing", written(t, tarOf(t, file{name: "index.json", text: `{"manifests":[]}`})), "holds no image"},
		{"a path as digest", written(t, tarOf(t, file{name: "index.json", text: `{"manifests":[{"digest":"sha256:../../etc/passwd"}]}`})), "neither sha256 nor sha512"},
		{"both at once", written(t, tarOf(t, file{name: "index.json", text: `{"manifests":[],"layers":[]}`})), "an index and an image at once"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			images, errs := Collect(context.Background(), test.place, Options{})
			if len(images) > 0 || len(errs) != 1 || !strings.Contains(errs[0].Message, test.want) || !errs[0].Lost {
				t.Errorf("%d images, errors %v, want %q", len(images), errs, test.want)
			}
		})
	}
}
