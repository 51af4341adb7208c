package software

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkDpkg reads a status file of 800 packages, of the usual length of an entry.
func BenchmarkDpkg(b *testing.B) {
	var text strings.Builder
	for i := range 800 {
		fmt.Fprintf(&text, "Package: package%d\nStatus: install ok installed\nPriority: optional\nSection: libs\nInstalled-Size: 100\n"+
			"Maintainer: Somebody <somebody@example.org>\nArchitecture: amd64\nMulti-Arch: same\nSource: source%d\nVersion: 1.2.%d-3\n"+
			"Depends: libc6 (>= 2.34), libgcc-s1 (>= 3.0), libstdc++6 (>= 11)\nConffiles:\n /etc/a 0123456789abcdef0123456789abcdef\n"+
			"Description: a package\n"+strings.Repeat(" A line that says at length what the package is for, as descriptions do.\n", 6)+"Homepage: https://example.org\n\n", i, i, i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		r := NewReader(DefaultLimits)
		if err := r.File("var/lib/dpkg/status", 0, strings.NewReader(text.String()), int64(text.Len())); err != nil || len(r.Packages()) != 800 {
			b.Fatal(err, len(r.Packages()))
		}
	}
}

// BenchmarkWants asks for 100,000 paths as images hold them.
func BenchmarkWants(b *testing.B) {
	var paths []string
	for i := range 10_000 {
		for _, format := range []string{"usr/lib/x86_64-linux-gnu/lib%d.so.1", "usr/share/doc/package%d/copyright", "usr/share/locale/de/LC_MESSAGES/p%d.mo",
			"app/node_modules/p%d/index.js", "app/node_modules/p%d/package.json", "usr/lib/python3/dist-packages/p%d/__init__.py", "usr/bin/p%d",
			"usr/share/zoneinfo/p%d", "etc/p%d/requirements.conf", "var/lib/dpkg/info/p%d.list"} {
			paths = append(paths, fmt.Sprintf(format, i))
		}
	}
	r := NewReader(DefaultLimits)
	for b.Loop() {
		wanted := 0
		for _, path := range paths {
			if r.Wants(path, 0o644, 100_000) {
				wanted++
			}
		}
		if wanted != 10_000 {
			b.Fatal(wanted)
		}
	}
}

// BenchmarkGoProgram searches a program of 64 MiB that holds nothing.
func BenchmarkGoProgram(b *testing.B) {
	text := append([]byte("\x7fELF"), make([]byte, 64<<20)...)
	own, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	if code, err := os.ReadFile(own); err == nil {
		for at := 4; at < len(text); { // real code, but for the mark
			at += copy(text[at:], strings.ReplaceAll(string(code), " Go buildinf:", " no buildinf:"))
		}
	}
	b.SetBytes(int64(len(text)))
	r := NewReader(DefaultLimits)
	for b.Loop() {
		_ = r.File("usr/bin/x", 0, strings.NewReader(string(text)), int64(len(text))) // old modules are a fault
	}
}
