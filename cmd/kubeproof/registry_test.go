package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/kubeproof/kubeproof/internal/cli"
	"github.com/kubeproof/kubeproof/test/signing"
)

// harbour is a real registry on loopback, a folder to work in, and kubeproof as a user calls it.
type harbour struct {
	*testing.T
	host   string
	folder string
	// before answers a request instead of the registry if it says so.
	before func(http.ResponseWriter, *http.Request) bool
	now    time.Time
}

func newHarbour(t *testing.T) *harbour {
	t.Helper()
	h := &harbour{T: t, folder: t.TempDir(), now: time.Now().Add(time.Minute)}
	t.Setenv("DOCKER_CONFIG", t.TempDir()) // credentials of who runs the test stay out of it
	kept := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if h.before == nil || !h.before(w, request) {
			kept.ServeHTTP(w, request)
		}
	}))
	t.Cleanup(server.Close)
	h.host = strings.TrimPrefix(server.URL, "http://")
	return h
}

func (h *harbour) with(t *testing.T) *harbour {
	other := *h
	other.T = t
	return &other
}

func (h *harbour) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// write makes a file in the folder and gives its path.
func (h *harbour) write(file, text string) string {
	h.Helper()
	file = filepath.Join(h.folder, file)
	h.must(os.MkdirAll(filepath.Dir(file), 0o755))
	h.must(os.WriteFile(file, []byte(text), 0o600))
	return file
}

// run calls kubeproof and gives its exit code and both outputs.
func (h *harbour) run(args ...string) (code int, out, errs string) {
	h.Helper()
	return h.runUntil(context.Background(), args...)
}

func (h *harbour) runUntil(ctx context.Context, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = cli.Main(ctx, args, &cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Getenv: func(name string) string {
		if name == "SOURCE_DATE_EPOCH" {
			return epoch(h.now)
		}
		return ""
	}})
	return code, stdout.String(), stderr.String()
}

// judged is the report of a scan.
type judged struct {
	code     int
	Findings []found
	Errors   []struct{ Target, File, Message string }
	Controls []struct{ ID string }
}

type found struct {
	Control, Outcome, Severity, Message string
	Subject                             struct{ Kind, Name, Namespace, Container string }
	Location                            struct{ File, Path string }
}

// scan runs a scan with a report as JSON.
func (h *harbour) scan(args ...string) judged {
	h.Helper()
	code, out, errs := h.run(append([]string{"scan", "--insecure-registry", "-o", "json"}, args...)...)
	report := judged{code: code}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		h.Fatalf("scan %v gives exit code %d and no report: %s", args, code, errs)
	}
	return report
}

// of gives what a control says, as "OUTCOME MESSAGE".
func (j judged) of(control string) []string {
	var all []string
	for _, f := range j.Findings {
		if f.Control == control {
			all = append(all, f.Outcome+" "+f.Message)
		}
	}
	return all
}

// says checks that a control says something, and nothing else; "" that it says nothing.
func (h *harbour) says(j judged, control, want string) {
	h.Helper()
	got := j.of(control)
	if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !strings.Contains(got[0], want)) {
		h.Errorf("%s says %q, want %q", control, got, want)
	}
}

// holds checks that a control says something among others.
func (h *harbour) holds(j judged, control, want string) {
	h.Helper()
	if !slices.ContainsFunc(j.of(control), func(one string) bool { return strings.Contains(one, want) }) {
		h.Errorf("%s says %q, not %q", control, j.of(control), want)
	}
}

// entry is a file of a layer; a folder if its name ends with a slash.
type entry struct {
	name, text string
	mode       int64
}

func (h *harbour) layer(entries ...entry) v1.Layer {
	h.Helper()
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, e := range entries {
		head := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.text)), Typeflag: tar.TypeReg}
		if strings.HasSuffix(e.name, "/") {
			head.Typeflag = tar.TypeDir
		}
		if head.Mode == 0 {
			head.Mode = 0o755
		}
		h.must(w.WriteHeader(head))
		_, err := w.Write([]byte(e.text))
		h.must(err)
	}
	h.must(w.Close())
	return static.NewLayer(buffer.Bytes(), types.OCIUncompressedLayer)
}

// build makes an image of layers.
func (h *harbour) build(config v1.Config, layers ...v1.Layer) v1.Image {
	h.Helper()
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	var adds []mutate.Addendum
	for i, layer := range layers {
		adds = append(adds, mutate.Addendum{Layer: layer, History: v1.History{CreatedBy: []string{"COPY . /", "RUN rm -rf /app/.env"}[min(i, 1)]}})
	}
	image, err := mutate.Append(image, adds...)
	h.must(err)
	whole, err := image.ConfigFile()
	h.must(err)
	whole = whole.DeepCopy()
	whole.OS, whole.Architecture, whole.Config, whole.Created = "linux", "amd64", config, v1.Time{Time: h.now.AddDate(0, 0, -3)}
	image, err = mutate.ConfigFile(image, whole)
	h.must(err)
	return image
}

// push pushes an image under a name such as shop/app:1.2 and gives its digest.
func (h *harbour) push(as string, image v1.Image) string {
	h.Helper()
	h.must(remote.Write(h.tag(as), image))
	digest, err := image.Digest()
	h.must(err)
	return digest.String()
}

func (h *harbour) tag(as string) name.Tag {
	h.Helper()
	tag, err := name.NewTag(h.host + "/" + as)
	h.must(err)
	return tag
}

func (h *harbour) repository(as string) signing.Repository {
	h.Helper()
	repository, err := name.NewRepository(h.host + "/" + as)
	h.must(err)
	return signing.Repository{T: h.T, Name: repository}
}

// epoch writes a time as SOURCE_DATE_EPOCH does.
func epoch(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
