package software

import (
	"bytes"
	"debug/buildinfo"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubeproof/kubeproof/internal/software"
)

// TestGoPrograms compares with debug/buildinfo on real programs: this test, and those of the Go
// installation that runs it.
func TestGoPrograms(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	programs := []string{own}
	if root, err := exec.Command("go", "env", "GOROOT").Output(); err == nil {
		found, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "bin", "*"))
		programs = append(programs, found...)
	}
	for _, name := range programs {
		t.Run(filepath.Base(name), func(t *testing.T) {
			info, err := buildinfo.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"stdlib": strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go")}
			if info.Main.Path != "" {
				want[info.Main.Path] = strings.TrimPrefix(info.Main.Version, "(devel)")
			}
			for _, module := range info.Deps {
				if module.Replace != nil {
					module = module.Replace
				}
				want[module.Path] = module.Version
			}
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			got := map[string]string{}
			for _, p := range readProgramFile(t, struct{ io.Reader }{file}, 1<<30) {
				got[p.Name] = p.Version
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error("(-debug/buildinfo +read):\n", diff)
			}
		})
	}
}

func readProgramFile(t *testing.T, content io.Reader, size int64) []software.Package {
	t.Helper()
	r := NewReader(DefaultLimits)
	if !r.Wants("usr/bin/x", 0o755, size) || r.Wants("usr/bin/x", 0o644, size) || r.Wants("usr/bin/x", 0o755, 1000) {
		t.Error("what is executable and large enough is wanted, and nothing else")
	}
	if err := r.File("usr/bin/x", 0, content, size); err != nil {
		t.Error(err)
	}
	return r.Packages()
}

// goProgram builds something that looks like a program with what Go writes at some place.
func goProgram(at int, version, modules string) []byte {
	text := append([]byte("\x7fELF"), make([]byte, at-4)...)
	text = append(append(text, goMark...), 8, 2)
	text = append(text, make([]byte, 16)...)
	text = binary.AppendUvarint(text, uint64(len(version)))
	text = append(text, version...)
	if modules != "" {
		modules = string(moduleBegin) + modules + string(moduleEnd)
	}
	text = binary.AppendUvarint(text, uint64(len(modules)))
	return append(append(text, modules...), make([]byte, 100)...)
}

const goModules = "path\tx.org/a/cmd\nmod\tx.org/a\tv1.0.0\th1:x=\ndep\tx.org/b\tv2.0.0\n=>\tx.org/c\tv2.1.0\th1:\ndep\tx.org/d\tv0.1.0\n=>\t./d\t\t\n"

func TestGoProgramPlaces(t *testing.T) {
	want := []string{"golang stdlib 1.22.3 (BSD-3-Clause)", "golang x.org/a v1.0.0", "golang x.org/c v2.1.0", "golang x.org/d "}
	for _, at := range []int{16, goTexts - 16, goTexts, goWindow - 16, goWindow, 3*goTexts - 32, 5 * goWindow} {
		got := readProgramFile(t, bytes.NewReader(goProgram(at, "go1.22.3 X:boring", goModules)), 1<<20)
		if diff := cmp.Diff(want, short(got)); diff != "" {
			t.Errorf("at %d (-want +got):\n%s", at, diff)
		}
	}
	tests := []struct {
		name string
		text []byte
		want []string
	}{
		{"not at a sixteenth byte", goProgram(24, "go1.22", ""), nil},
		{"another text first", append(goProgram(32, "no version", ""), goProgram(160, "go1.22", "")...), []string{"golang stdlib 1.22 (BSD-3-Clause)"}},
		{"without modules", goProgram(32, "go1.22", ""), []string{"golang stdlib 1.22 (BSD-3-Clause)"}},
		{"no program", bytes.Replace(goProgram(32, "go1.22", ""), []byte("\x7fELF"), []byte("#!/b"), 1), nil},
		{"cut off", goProgram(32, "go1.22", "")[:70], nil},
		{"not released", goProgram(32, "devel go1.23-abcdef", goModules), want[1:]},
	}
	for _, test := range tests {
		if got := short(readProgramFile(t, bytes.NewReader(test.text), 1<<20)); !cmp.Equal(got, test.want) {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestGoProgramOld(t *testing.T) {
	text := append([]byte("\x7fELF"), make([]byte, 100)...)
	text = append(append(append(text, moduleBegin...), goModules...), moduleEnd...)
	r := NewReader(DefaultLimits)
	err := r.File("bin/old", 0, bytes.NewReader(text), 1<<20)
	if got := short(r.Packages()); len(got) != 3 || got[0] != "golang x.org/a v1.0.0" {
		t.Errorf("packages %v", got)
	}
	if err == nil || err.Error() != "bin/old: was built with Go 1.17 or earlier: its modules were read, but not which version of Go built it" {
		t.Errorf("error %v", err)
	}
}

func TestGoProgramTooLarge(t *testing.T) {
	limits := DefaultLimits
	limits.Program = 1 << 20
	r := NewReader(limits)
	err := r.File("bin/large", 0, bytes.NewReader(goProgram(2<<20, "go1.22", goModules)), 3<<20)
	if err == nil || err.Error() != "bin/large: is larger than 1 MiB: the rest was not searched for what Go writes into programs" || len(r.Packages()) > 0 {
		t.Errorf("error %v", err)
	}
}

func FuzzGoProgram(f *testing.F) {
	f.Add(goProgram(16, "go1.22", goModules))
	limits := DefaultLimits
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(limits)
		_ = r.File("bin/x", 0, bytes.NewReader(text), 1<<20)
		for _, p := range r.Packages() {
			if p.Name == "" {
				t.Errorf("bad package %+v", p)
			}
		}
	})
}
