package evidence

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

var png = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")

func archive(t *testing.T) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if _, err := w.Create("a.txt"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTakeBytes(t *testing.T) {
	secretLine := "password: hJ8-kQ2zR5wLx9\n"
	tests := []struct {
		name, file string
		data       []byte
		redact     bool
		media, err string
	}{
		{"picture", "shot.png", png, false, "image/png", ""},
		{"text", "notes.txt", []byte("backups were restored\n"), false, "text/plain", ""},
		{"json without an ending", "export", []byte(`{"users": 3}`), false, "application/json", ""},
		{"archive", "logs.zip", archive(t), false, "application/zip", ""},
		{"empty", "notes.txt", nil, false, "", "attach notes.txt: it is empty"},
		{"page that says it is a picture", "shot.png", []byte("<!DOCTYPE html><script>alert(1)</script>"), false, "",
			"its name says image/png, its content is text/html"},
		{"program that says it is a text", "notes.txt", []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 60)), false, "", "its name says text/plain"},
		{"program", "tool", []byte("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 60)), false, "", "which nobody can read as evidence"},
		{"picture that says it is a spreadsheet", "list.xlsx", png, false, "", "its name says application/vnd.openxmlformats"},
		{"archive that says it is a document", "plan.docx", archive(t), false, "", "its content is application/zip"},
		{"UTF-16", "notes.txt", []byte("\xff\xfea\x00b\x00"), false, "", "save it as UTF-8"},
		{"secret", "values.yaml", []byte("a: b\n" + secretLine), false, "", "attach values.yaml: line 2 holds a password: take them out, or let them be masked with --redact"},
		{"secret masked", "values.yaml", []byte("a: b\n" + secretLine), true, "text/plain", ""},
		{"many secrets masked", "values.yaml", []byte(strings.Repeat(secretLine, 100)), true, "text/plain", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			taken, err := TakeBytes(test.file, test.data, Options{Redact: test.redact})
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error is %v, want %q", err, test.err)
				}
				if strings.Contains(err.Error(), "hJ8") {
					t.Error("the error tells the secret")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if taken.Media != test.media || len(taken.SHA256) != 64 {
				t.Errorf("took %s with digest %q, want %s", taken.Media, taken.SHA256, test.media)
			}
			if bytes.Contains(taken.Data, []byte("hJ8")) || test.redact != (taken.Redacted > 0) {
				t.Errorf("secrets: %d lines masked in %q", taken.Redacted, taken.Data)
			}
		})
	}
}

func TestTakeRefusesWhatIsNoPlainFile(t *testing.T) {
	folder := t.TempDir()
	pipe, huge := filepath.Join(folder, "pipe"), filepath.Join(folder, "huge.log")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	file, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(5 << 30); err != nil { // sparse: 5 GiB that take no room
		t.Fatal(err)
	}
	file.Close()
	for path, want := range map[string]string{
		folder: "it is a folder", pipe: "it is no plain file", filepath.Join(folder, "none"): "no such file",
		huge: "it has 5120.0 MiB, the limit is 50.0 MiB",
	} {
		if _, err := Take(path, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want %q", path, err, want)
		}
	}
}

// FuzzTake: whatever is handed in is taken or refused, and what is taken holds no secret that is known.
func FuzzTake(f *testing.F) {
	f.Add("a.png", png, false)
	f.Add("a.yaml", []byte("password: hJ8-kQ2zR5wLx9\n"), true)
	f.Fuzz(func(t *testing.T, name string, data []byte, redact bool) {
		taken, err := TakeBytes(name, data, Options{Redact: redact})
		if err == nil && !taken.Unsearched {
			again := &Taken{Name: taken.Name, Data: taken.Data}
			if err := again.clean(false); err != nil {
				t.Errorf("kept a secret: %v", err)
			}
		}
	})
}
