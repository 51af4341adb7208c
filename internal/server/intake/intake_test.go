package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/store"
)

const aReport = `{"schema":"kubeproof.dev/scan/v1","summary":{"subjects":1},"findings":[{"control":"a"}]}`

func packed(text string) []byte {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, _ = io.WriteString(zip, text)
	_ = zip.Close()
	return out.Bytes()
}

func of(data []byte) Opener {
	return func(*store.Tx) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// TestReport: a report is the same, plain and packed, and can be read again.
func TestReport(t *testing.T) {
	for name, data := range map[string][]byte{"plain": []byte(aReport), "packed": packed(aReport)} {
		report, handed, err := Report(t.Context(), nil, of(data))
		if err != nil || report.Summary.Subjects != 1 || len(report.Findings) != 0 {
			t.Fatalf("%s: %+v, %v", name, report, err)
		}
		if handed.SHA256 != sum([]byte(aReport)) || handed.Size != int64(len(aReport)) {
			t.Errorf("%s: digest and size are those of something else: %+v", name, handed)
		}
		again, err := handed.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(again); err != nil || string(text) != aReport {
			t.Errorf("%s: read again it is %q, %v", name, text, err)
		}
	}
}

// TestWrongReports: what is wrong with a report is told apart from what keeps it from being read.
func TestWrongReports(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	gone := errors.New("the disk is gone")
	for name, one := range map[string]struct {
		ctx   context.Context
		open  Opener
		want  string
		wrong bool
	}{
		"empty":        {t.Context(), of(nil), "cut off", true},
		"no report":    {t.Context(), of([]byte("[]")), "it is no report of a scan", true},
		"packed, cut":  {t.Context(), of(packed(aReport)[:40]), "unpack it: it was cut off", true},
		"no gzip":      {t.Context(), of([]byte("\x1f\x8bnot packed")), "unpack it: gzip: invalid header", false},
		"not openable": {t.Context(), func(*store.Tx) (io.ReadCloser, error) { return nil, gone }, "the disk is gone", false},
		"nobody waits": {ended, of([]byte(aReport)), "context canceled", true},
	} {
		_, _, err := Report(one.ctx, nil, one.open)
		var wrong WrongReport
		if err == nil || !strings.Contains(err.Error(), one.want) || errors.As(err, &wrong) != one.wrong {
			t.Errorf("%s: %v, want %q", name, err, one.want)
		}
	}
}

// TestBombsAreNotUnpacked beyond the limit.
func TestBombsAreNotUnpacked(t *testing.T) {
	r, err := Unpacked(of(packed(strings.Repeat("x", 1<<20))), 1000)(nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r); n > 1000 || !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, _, err := Inventory(bytes.NewReader(packed(anInventory+strings.Repeat(" ", 1<<20))), 1000); err == nil || !strings.Contains(err.Error(), "it unpacks to more than") {
		t.Errorf("an inventory: %v", err)
	}
}

const anInventory = `{"schema":"kubeproof.dev/inventory/v1","targets":[],"subjects":0}` + "\n"

// TestInventory: what was seen is read to its end, packed as it is.
func TestInventory(t *testing.T) {
	data := packed(anInventory)
	digest, size, err := Inventory(bytes.NewReader(data), 1<<20)
	if err != nil || digest != sum(data) || size != int64(len(data)) {
		t.Errorf("%s of %d bytes, %v", digest, size, err)
	}
	for name, one := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "it is not packed with gzip"},
		"plain":     {[]byte(anInventory), "it is not packed with gzip"},
		"cut":       {data[:len(data)-9], "cut off"},
		"a report":  {packed(aReport), `its format is "kubeproof.dev/scan/v1"`},
		"no header": {packed("{}\n"), "it is no saved inventory"},
	} {
		if _, _, err := Inventory(bytes.NewReader(one.data), 1<<20); err == nil || !strings.Contains(err.Error(), one.want) {
			t.Errorf("%s: %v, want %q", name, err, one.want)
		}
	}
}
