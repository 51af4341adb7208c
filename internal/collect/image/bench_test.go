package image

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The image that is measured: 15,000 files of 400 MB in two layers, packed with gzip, of which a
// third are texts and a tenth programs, in an archive of docker save.
const (
	benchFiles = 15_000
	benchBytes = 400 << 20
)

// BenchmarkCollect compares reading the facts of an image with merely unpacking its layers and going
// through their tars: metric ratio. peak-MiB is the most memory in use above that before.
func BenchmarkCollect(b *testing.B) {
	place, layers := benchImage(b)
	var plain, facts time.Duration
	peak := uint64(0)
	for b.Loop() {
		start := cpu(b)
		for _, name := range layers {
			readPlain(b, name)
		}
		plain += cpu(b) - start
		runtime.GC()
		done, most := watch()
		start = cpu(b)
		images, errs := Collect(context.Background(), place, Options{})
		facts += cpu(b) - start
		done()
		if len(errs) > 0 || len(images) != 1 || *images[0].Files != benchFiles {
			b.Fatalf("%v", errs)
		}
		images[0].Close()
		peak = max(peak, most.Load())
	}
	b.ReportMetric(facts.Seconds()/plain.Seconds(), "ratio")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	b.ReportMetric(facts.Seconds()/float64(b.N), "cpu-s/op")
}

// watch samples the memory that is in use until it is told to stop.
func watch() (stop func(), most *atomic.Uint64) {
	most = &atomic.Uint64{}
	end := make(chan struct{})
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before := stats.HeapAlloc
	go func() {
		for {
			select {
			case <-end:
				return
			case <-time.After(20 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				if used := now.HeapAlloc - min(before, now.HeapAlloc); used > most.Load() {
					most.Store(used)
				}
			}
		}
	}()
	return func() { close(end) }, most
}

func readPlain(b *testing.B, name string) {
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(f, 64<<10))
	if err != nil {
		b.Fatal(err)
	}
	for r := tar.NewReader(unpacked); ; {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func benchImage(b *testing.B) (place string, layers []string) {
	folder := b.TempDir()
	random := rand.NewChaCha8(sha256.Sum256([]byte("kubeproof")))
	var files []file
	var diffIDs []string
	for number := range 2 {
		name := filepath.Join(folder, fmt.Sprint(number))
		diffIDs = append(diffIDs, benchLayer(b, name, number, random))
		layers = append(layers, name)
		files = append(files, file{name: fmt.Sprintf("%d/layer.tar", number)})
	}
	place = filepath.Join(folder, "image.tar")
	out, err := os.Create(place)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	w := tar.NewWriter(out)
	put := func(name string, from io.Reader, size int64) {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o644}); err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(w, from); err != nil {
			b.Fatal(err)
		}
	}
	for number, f := range files {
		text, err := os.Open(layers[number])
		if err != nil {
			b.Fatal(err)
		}
		info, _ := text.Stat()
		put(f.name, text, info.Size())
		text.Close()
	}
	config := `{"os":"linux","architecture":"amd64","config":{"Entrypoint":["/app/run.sh"]},"rootfs":{"diff_ids":["` + strings.Join(diffIDs, `","`) + `"]}}`
	manifest := `[{"Config":"config.json","RepoTags":["bench:1"],"Layers":["0/layer.tar","1/layer.tar"]}]`
	put("config.json", strings.NewReader(config), int64(len(config)))
	put("manifest.json", strings.NewReader(manifest), int64(len(manifest)))
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return place, layers
}

// benchLayer writes a layer and gives the digest of its tar.
func benchLayer(b *testing.B, name string, number int, random *rand.ChaCha8) string {
	out, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	packed, _ := gzip.NewWriterLevel(out, gzip.BestSpeed)
	sum := sha256.New()
	w := tar.NewWriter(io.MultiWriter(packed, sum))
	text := make([]byte, 0, 1<<20)
	for at := range benchFiles / 2 {
		h := &tar.Header{Mode: 0o644, Uid: at % 2}
		size := int(random.Uint64() % (2 * benchBytes / benchFiles))
		switch {
		case at%10 == 0:
			h.Name, h.Mode = fmt.Sprintf("usr/bin/program-%d-%d", number, at), 0o755
			text = append(text[:0], "\x7fELF"...)
		case at%3 == 0:
			h.Name, size = fmt.Sprintf("app/part%d/settings-%d-%d.yaml", at%20, number, at), size/10
			text = text[:0]
		default:
			h.Name = fmt.Sprintf("usr/lib/part%d/data-%d-%d", at%50, number, at)
			text = text[:0]
		}
		text = fill(text, size, random)
		h.Size = int64(len(text))
		if err := w.WriteHeader(h); err != nil {
			b.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		b.Fatal(err)
	}
	return fmt.Sprintf("sha256:%x", sum.Sum(nil))
}

// fill writes lines of words and numbers, which pack to about a third as programs and texts do.
func fill(text []byte, size int, random *rand.ChaCha8) []byte {
	words := []string{"name", "server", "listen", "timeout", "image", "replicas", "metadata", "port", "password-file", "key", "level", "enabled"}
	for size > len(text) {
		n := random.Uint64()
		text = fmt.Appendf(text, "%s_%s: %x\n", words[n%12], words[n>>8%12], n>>40)
	}
	return text
}
