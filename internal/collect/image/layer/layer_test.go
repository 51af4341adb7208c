package layer

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func sha(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func tarOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(name)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func gzipOf(t testing.TB, text []byte) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, _ = w.Write(text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func zstdOf(t testing.TB, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(text, nil)
}

// names reads a layer and gives the names and contents of its entries.
func names(blob []byte, expected Expected, limits Limits) (Sum, []string, error) {
	var all []string
	sum, err := Read(context.Background(), bytes.NewReader(blob), expected, NewBudget(limits), func(e Entry) error {
		text, _ := io.ReadAll(e)
		all = append(all, e.Name+"="+string(text))
		return nil
	})
	return sum, all, err
}

func TestPackings(t *testing.T) {
	plain := tarOf(t, "a", "b/c")
	for packing, blob := range map[string][]byte{"": plain, "gzip": gzipOf(t, plain), "zstd": zstdOf(t, plain),
		"two gzips": append(gzipOf(t, plain[:700]), gzipOf(t, plain[700:])...)} {
		sum, all, err := names(blob, Expected{Digest: sha(blob), DiffID: sha(plain), Bytes: int64(len(blob))}, DefaultLimits)
		if err != nil {
			t.Errorf("%s: %v", packing, err)
		}
		if packing == "two gzips" {
			packing = "gzip"
		}
		if diff := cmp.Diff([]string{"a=a", "b/c=b/c"}, all); diff != "" {
			t.Errorf("%s (-want +got):\n%s", packing, diff)
		}
		if diff := cmp.Diff(Sum{int64(len(blob)), int64(len(plain)), 2, packing}, sum); diff != "" {
			t.Errorf("%s (-want +got):\n%s", packing, diff)
		}
	}
}

func TestBytesThatAreNotThoseOfTheDigest(t *testing.T) {
	plain := tarOf(t, "a")
	packed := gzipOf(t, plain)
	other := bytes.Clone(packed)
	other[4]++ // the time in the header of gzip: the content is the same
	tests := []struct {
		name     string
		blob     []byte
		expected Expected
		want     string
	}{
		{"changed", other, Expected{Digest: sha(packed)}, "the content was changed"},
		{"changed beyond reading", packed[:10], Expected{Digest: sha(packed)}, "the content was changed"},
		{"other content", plain, Expected{DiffID: sha(packed)}, "the content was changed"},
		{"longer", append(bytes.Clone(plain), 0), Expected{Digest: sha(plain)}, "the content was changed"},
		{"longer than its size", append(bytes.Clone(plain), 0), Expected{Digest: sha(plain), Bytes: int64(len(plain))}, "is longer than"},
		{"shorter than its size", plain, Expected{Digest: sha(plain), Bytes: int64(len(plain)) + 1}, "is cut short"},
		{"unknown algorithm", plain, Expected{Digest: "md5:abc"}, "neither sha256 nor sha512"},
		{"unknown content", plain, Expected{DiffID: "sha256:XX"}, "neither sha256 nor sha512"},
		{"cut short", plain[:300], Expected{}, "ends in the middle"},
		{"cut short in gzip", packed[:len(packed)-9], Expected{}, "unexpected EOF"},
		{"no tar", []byte(strings.Repeat("hello", 200)), Expected{}, "read the layer's tar"},
		{"bad gzip", []byte("\x1f\x8bxxxxxxxxxxxxxxxx"), Expected{}, "unpack gzip"},
		{"bad zstd", []byte("\x28\xb5\x2f\xfdxxxxxxxxxxxxxxxxxxx"), Expected{}, "read the layer's tar"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, _, err := names(test.blob, test.expected, DefaultLimits); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	for name, blob := range map[string][]byte{"nothing": nil, "end of a tar": make([]byte, 1024)} {
		if _, all, err := names(blob, Expected{Digest: sha(blob)}, DefaultLimits); err != nil || len(all) > 0 {
			t.Errorf("%s: %v %v", name, all, err)
		}
	}
}

// zeros is a tar of one file of so many zeros.
func zeros(size int64) io.Reader {
	var head bytes.Buffer
	_ = tar.NewWriter(&head).WriteHeader(&tar.Header{Name: "zeros", Size: size, Mode: 0o644})
	return io.MultiReader(&head, io.LimitReader(zero{}, size+1024))
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestBombsAreCutOff(t *testing.T) {
	limits := Limits{Entries: 10, Unpacked: 1 << 40, Bomb: 8 << 20, Ratio: 200}
	for _, packing := range []string{"gzip", "zstd"} {
		var packed bytes.Buffer
		var w io.WriteCloser = gzip.NewWriter(&packed)
		if packing == "zstd" {
			w, _ = zstd.NewWriter(&packed)
		}
		if _, err := io.Copy(w, zeros(64<<20)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		read := &counting{Reader: &packed}
		unpacked := int64(0)
		_, err := Read(t.Context(), read, Expected{}, NewBudget(limits), func(e Entry) error {
			n, err := io.Copy(io.Discard, e)
			unpacked = n
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "as a bomb does") || unpacked > 16<<20 {
			t.Errorf("%s: %d unpacked, %v", packing, unpacked, err)
		}
	}
	if _, err := Read(t.Context(), zeros(64<<20), Expected{}, NewBudget(limits), func(Entry) error { return nil }); err != nil {
		t.Errorf("a large file that is not packed is no bomb: %v", err)
	}
}

type counting struct {
	io.Reader
	count int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.count += n
	return n, err
}

func TestBudgetsAreOfAllLayers(t *testing.T) {
	budget := NewBudget(Limits{Entries: 3, Unpacked: 1 << 20, Bomb: 1 << 20, Ratio: 200})
	blob := tarOf(t, "a", "b")
	tell := func(Entry) error { return nil }
	if _, err := Read(t.Context(), bytes.NewReader(blob), Expected{}, budget, tell); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), bytes.NewReader(blob), Expected{}, budget, tell); err == nil || !strings.Contains(err.Error(), "more than 3 entries") {
		t.Errorf("%v", err)
	}
	budget = NewBudget(Limits{Entries: 3, Unpacked: 3000, Bomb: 1 << 20, Ratio: 200})
	if _, err := Read(t.Context(), zeros(5000), Expected{}, budget, tell); err == nil || !strings.Contains(err.Error(), "unpack to more than") {
		t.Errorf("%v", err)
	}
}

func TestStopping(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	blob := tarOf(t, "a", "b")
	_, err := Read(ctx, bytes.NewReader(blob), Expected{Digest: sha(blob)}, NewBudget(DefaultLimits), func(Entry) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	mine := errors.New("enough")
	if _, err := Read(t.Context(), bytes.NewReader(blob), Expected{}, NewBudget(DefaultLimits), func(Entry) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("%v", err)
	}
}

func TestSparseFilesAreNotExpanded(t *testing.T) {
	// A file of 2^60 bytes with nothing in it, as GNU tar writes it in the form of PAX 0.1.
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	records := map[string]string{"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": "1152921504606846976",
		"GNU.sparse.numblocks": "1", "GNU.sparse.map": "1152921504606846976,0"}
	var pax strings.Builder
	for _, key := range []string{"GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.size", "GNU.sparse.numblocks", "GNU.sparse.map"} {
		pax.WriteString(record(key, records[key]))
	}
	writeRaw(t, &buffer, 'x', pax.String())
	writeRaw(t, &buffer, '0', "")
	_ = w.Close()
	buffer.Write(make([]byte, 1024))
	count := 0
	_, err := Read(t.Context(), bytes.NewReader(buffer.Bytes()), Expected{}, NewBudget(DefaultLimits), func(e Entry) error {
		count++
		if !e.Sparse {
			t.Errorf("%s of %d bytes is not told to be sparse", e.Name, e.Size)
		}
		return nil
	})
	if err != nil || count != 1 {
		t.Errorf("%d entries, %v", count, err)
	}
}

func record(key, value string) string {
	for size := len(key) + len(value) + 3; ; size++ {
		text := itoa(size) + " " + key + "=" + value + "\n"
		if len(text) == size {
			return text
		}
	}
}

func itoa(n int) string {
	text := ""
	for ; n > 0; n /= 10 {
		text = string(rune('0'+n%10)) + text
	}
	return text
}

// writeRaw writes a header that the writer of archive/tar refuses.
func writeRaw(t *testing.T, buffer *bytes.Buffer, flag byte, text string) {
	t.Helper()
	var one bytes.Buffer
	w := tar.NewWriter(&one)
	if err := w.WriteHeader(&tar.Header{Name: "sparse", Size: int64(len(text)), Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, text)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	block := one.Bytes()
	block[156] = flag
	copy(block[148:156], "        ")
	sum := 0
	for _, c := range block[:512] {
		sum += int(c)
	}
	for at := 5; at >= 0; at-- {
		block[148+at] = byte('0' + sum%8)
		sum /= 8
	}
	block[154], block[155] = 0, ' '
	buffer.Write(block)
}

func FuzzLayer(f *testing.F) {
	plain := tarOf(f, "a", "b/c", ".wh.x")
	for _, seed := range [][]byte{plain, gzipOf(f, plain), zstdOf(f, plain), plain[:700], nil} {
		f.Add(seed)
	}
	limits := Limits{Entries: 1000, Unpacked: 16 << 20, Bomb: 1 << 20, Ratio: 200}
	f.Fuzz(func(t *testing.T, blob []byte) {
		sum, err := Read(t.Context(), bytes.NewReader(blob), Expected{Digest: sha(blob)}, NewBudget(limits), func(e Entry) error {
			_, _ = io.CopyN(io.Discard, e, 1000)
			return nil
		})
		if err == nil && sum.Bytes != int64(len(blob)) {
			t.Errorf("read %d of %d bytes without an error", sum.Bytes, len(blob))
		}
	})
}
