package software

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// archive is a jar, war or ear while it is read; archives in it share what may be unpacked.
type archive struct {
	s     *source
	path  string // of the archive: outer.jar!/inner.jar
	left  *budget
	depth int
}

// budget is what the archives in one file may still cost.
type budget struct {
	bytes  int64 // to unpack, or to read again
	nested int   // archives
}

// mostArchives is how many archives one may hold; the largest known have some thousand.
const mostArchives = 20_000

// readArchive reads the packages of an archive of Java: each that its pom.properties name, or else the
// one that its manifest or its file name tells, and those of the archives in it.
func readArchive(s *source) {
	at, size, done, ok := s.random()
	defer done()
	if !ok {
		return
	}
	a := &archive{s, s.path, &budget{s.limits.Unpacked, mostArchives}, 1}
	a.read(at, size)
}

func (a *archive) fail(format string, args ...any) {
	where := ""
	if a.path != a.s.path {
		where = a.path[len(a.s.path):] + ": "
	}
	a.s.fail(0, "%s%s", where, fmt.Sprintf(format, args...))
}

// longestDirectory in bytes is how much of the list of files at the end of an archive is read:
// some 200,000 files.
const longestDirectory = 24 << 20

func (a *archive) read(at io.ReaderAt, size int64) {
	counted := &countedReader{at: at, left: longestDirectory}
	files, err := zip.NewReader(counted, size)
	if err != nil {
		if errors.Is(err, errDirectory) {
			err = errDirectory
		}
		a.fail("is no archive of Java: %v: it was not read", err)
		return
	}
	counted.free = true
	found := len(a.s.packages)
	var manifest *zip.File
	for _, f := range files.File {
		switch name := f.Name; {
		case name == "META-INF/MANIFEST.MF":
			manifest = f
		case path.Base(name) == "pom.properties":
			a.readProperties(f)
		case isArchive(name):
			a.readNested(f, at)
		}
	}
	if own := a.s.packages[found:]; !hasPath(own, a.path) {
		a.readManifest(manifest)
	}
}

func hasPath(packages []software.Package, path string) bool {
	for _, p := range packages {
		if p.Path == path {
			return true
		}
	}
	return false
}

func isArchive(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".jar", ".war", ".ear", ".jpi", ".hpi":
		return true
	}
	return false
}

var errDirectory = fmt.Errorf("its list of files is longer than %d MiB", longestDirectory>>20)

// countedReader bounds what is read until free is set.
type countedReader struct {
	at   io.ReaderAt
	left int64
	free bool
}

func (c *countedReader) ReadAt(into []byte, from int64) (int, error) {
	if c.left -= int64(len(into)); c.left < 0 && !c.free {
		return 0, errDirectory
	}
	return c.at.ReadAt(into, from)
}

// longestEntry in bytes is how long the manifest and the properties of an archive may be.
const longestEntry = 1 << 20

// open unpacks an entry, at most so many bytes; nil, and a fault, if it cannot be had whole.
func (a *archive) open(f *zip.File, most int64) []byte {
	if most = min(most, a.left.bytes); f.UncompressedSize64 > uint64(most) {
		a.fail("%s unpacks to more than %d bytes: it was not read", f.Name, most)
		return nil
	}
	r, err := f.Open()
	if err != nil {
		a.fail("open %s: %v", f.Name, err)
		return nil
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	a.left.bytes -= int64(len(text))
	if err != nil || int64(len(text)) > most {
		a.fail("unpack %s: it is damaged or longer than it says (%v): it was not read", f.Name, err)
		return nil
	}
	return text
}

// readNested reads an archive in the archive. One that is stored as it is, as Spring Boot does,
// is read where it lies.
func (a *archive) readNested(f *zip.File, at io.ReaderAt) {
	inner := &archive{a.s, a.path + "!/" + f.Name, a.left, a.depth + 1}
	a.left.nested--
	switch {
	case len(inner.path) > longestPath:
		a.fail("holds an archive whose name is longer than %d bytes: it was not read", longestPath)
		return
	case inner.depth > a.s.limits.Depth:
		a.fail("%s is nested more than %d deep: it was not read", f.Name, a.s.limits.Depth)
		return
	case a.left.nested < 0:
		a.fail("there are more than %d archives in it: %s was not read", mostArchives, f.Name)
		return
	}
	if offset, err := f.DataOffset(); err == nil && f.Method == zip.Store && f.CompressedSize64 <= uint64(a.left.bytes) {
		a.left.bytes -= int64(f.CompressedSize64)
		inner.read(io.NewSectionReader(at, offset, int64(f.CompressedSize64)), int64(f.CompressedSize64))
		return
	}
	if text := a.open(f, mostNested); text != nil {
		inner.read(bytes.NewReader(text), int64(len(text)))
	}
}

// mostNested in bytes is how large an archive in another may be that has to be unpacked into memory;
// longestPath bounds the names of nested archives.
const (
	mostNested  = 64 << 20
	longestPath = 16 << 10
)

// readProperties reads pom.properties, which Maven puts into what it packs, below META-INF/maven.
func (a *archive) readProperties(f *zip.File) {
	fields := properties(a.open(f, longestEntry))
	a.add(fields["groupId"], fields["artifactId"], fields["version"], "")
}

func (a *archive) add(group, artifact, version, license string) {
	if artifact == "" || version == "" {
		return
	}
	name := artifact
	if group != "" {
		name = group + ":" + artifact
	}
	p := software.Package{Type: software.Maven, Name: name, Version: version, Path: a.path}
	if license != "" {
		p.Licenses = []string{license}
	}
	a.s.add(p)
}

// properties reads lines of name=value.
func properties(text []byte) map[string]string {
	fields := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if name, value, found := strings.Cut(lines.Text(), "="); found {
			fields[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return fields
}

// readManifest tells an archive that has no pom.properties by its manifest and its file name.
func (a *archive) readManifest(f *zip.File) {
	var fields map[string]string
	if f != nil {
		fields = manifestFieldsOf(a.open(f, longestEntry))
	}
	stem := strings.TrimSuffix(path.Base(a.path), path.Ext(a.path))
	artifact, version := cutVersion(stem)
	for _, name := range []string{"Implementation-Version", "Bundle-Version", "Specification-Version"} {
		if version == "" {
			version = fields[name]
		}
	}
	group := fields["Implementation-Vendor-Id"]
	if symbolic, _, _ := strings.Cut(fields["Bundle-SymbolicName"], ";"); group == "" {
		group = strings.TrimSuffix(strings.TrimSuffix(symbolic, artifact), ".")
	}
	if dot := strings.LastIndexByte(artifact, '.'); group == "" && dot > 0 {
		group = artifact[:dot] // as bundles of OSGi are called
	}
	if !strings.Contains(group, ".") || strings.ContainsAny(group, " /:") {
		group = ""
	}
	a.add(group, artifact, version, licenseOf(fields["Bundle-License"]))
}

func licenseOf(text string) string {
	if len(text) > longestLicense {
		return ""
	}
	return text
}

// manifestFieldsOf reads the first section of a manifest; lines are cut at 72 bytes and go on behind a blank.
func manifestFieldsOf(text []byte) map[string]string {
	whole := strings.NewReplacer("\r\n ", "", "\n ", "", "\r\n", "\n").Replace(string(text))
	fields := map[string]string{}
	for line := range strings.Lines(whole) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}

// cutVersion cuts commons-io-2.11.0 into name and version: before the first dash that a digit follows.
func cutVersion(stem string) (name, version string) {
	for i := 1; i+1 < len(stem); i++ {
		if stem[i] == '-' && stem[i+1] >= '0' && stem[i+1] <= '9' {
			return stem[:i], stem[i+1:]
		}
	}
	return stem, ""
}
