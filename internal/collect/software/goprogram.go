package software

import (
	"bytes"
	"encoding/binary"
	"io"
	"runtime/debug"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// Go writes into every program, at a place divisible by 16, a mark, the size of pointers and
// flags, and, if the flags say so (since Go 1.18), the texts of its version and of its modules. The modules
// stand between two marks of their own. Package debug/buildinfo describes the form, but needs
// to read the file at any place; a layer comes as a stream.
var (
	goMark      = []byte("\xff Go buildinf:")
	moduleBegin = []byte("\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6")
	moduleEnd   = []byte("\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2")
)

const (
	goAlign  = 16
	goHeader = 32
	// goTexts in bytes is how long version and modules may be together; programs of a thousand
	// modules have 100 KiB.
	goTexts  = 512 << 10
	goWindow = 2 * goTexts
	goPage   = 4096
)

// readProgram reads what Go wrote into a program; programs of other languages give nothing.
func readProgram(s *source) {
	start := make([]byte, goPage)
	n, _ := io.ReadFull(s.content, start)
	if start = start[:n]; !isProgram(start) {
		return
	}
	if s.windows.held == nil {
		s.windows.held = make([]byte, 0, goWindow)
	}
	search := goSearch{r: io.MultiReader(bytes.NewReader(start), s.content), window: s.windows.held}
	for _, part := range dataOf(start) {
		if part.from >= s.limits.Program {
			search.cut = true
			break
		}
		if search.part(part.from, min(part.to, s.limits.Program)); search.found != nil {
			break
		}
		search.cut = search.cut || part.to > s.limits.Program && search.at >= s.limits.Program
	}
	switch {
	case search.found != nil:
		s.addProgram(search.found.version, search.found.modules)
	case search.modules != "":
		s.addProgram("", search.modules)
		s.fail(0, "was built with Go 1.17 or earlier: its modules were read, but not which version of Go built it")
	case search.cut:
		s.fail(0, "is larger than %s: the rest was not searched for what Go writes into programs", bytesOf(s.limits.Program))
	}
}

// isProgram knows ELF, PE and Mach-O by their first bytes.
func isProgram(start []byte) bool {
	if len(start) < goHeader {
		return false
	}
	switch binary.BigEndian.Uint32(start) {
	case elfMark, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe:
		return true
	}
	return start[0] == 'M' && start[1] == 'Z'
}

// windows keeps the memory of the search for the next program.
type windows struct{ held []byte }

// goInfo is what Go wrote.
type goInfo struct{ version, modules string }

// goSearch looks through a program once.
type goSearch struct {
	r       io.Reader
	at      int64 // where r stands
	window  []byte
	found   *goInfo
	modules string // a text of modules without a version beside it
	cut     bool   // part of the program was too far behind
}

// part searches from one place in the file to another, with a window that moves by half of its length.
func (g *goSearch) part(from, to int64) {
	from -= from % goAlign
	if from > g.at {
		n, _ := io.CopyN(io.Discard, g.r, from-g.at)
		g.at += n
	}
	limited := io.LimitReader(g.r, to-g.at)
	// Where parts overlap the window begins behind the place from which it was to begin.
	window := g.window[:g.at%goAlign]
	for {
		n, err := io.ReadFull(limited, window[len(window):cap(window)])
		window, g.at = window[:len(window)+n], g.at+int64(n)
		if g.found = findInfo(window, err != nil); g.found != nil {
			return
		}
		if g.modules == "" {
			g.modules = findModules(window)
		}
		if err != nil {
			return
		}
		window = window[:copy(window, window[goTexts:])]
	}
}

// findInfo looks for the mark in the first half of a window, or in all of the last one. The window
// begins at a place divisible by 16.
func findInfo(window []byte, last bool) *goInfo {
	within := len(window)
	if !last {
		within = min(within, goTexts)
	}
	for at := 0; at < within; {
		next := bytes.Index(window[at:], goMark)
		if next < 0 || at+next >= within {
			return nil
		}
		at += next
		if at%goAlign == 0 {
			if info := parseInfo(window[at:]); info != nil {
				return info
			}
		}
		at++
	}
	return nil
}

// parseInfo reads version and modules behind a mark; nil if it is another text that looks like it.
func parseInfo(from []byte) *goInfo {
	const inline = 2
	if len(from) < goHeader || from[15]&inline == 0 {
		return nil
	}
	version, rest, ok := cutCounted(from[goHeader:])
	if !ok || !strings.HasPrefix(version, "go") && !strings.HasPrefix(version, "devel ") {
		return nil
	}
	modules, _, _ := cutCounted(rest)
	if len(modules) < 2*len(moduleBegin) || modules[:len(moduleBegin)] != string(moduleBegin) {
		return &goInfo{version, ""}
	}
	return &goInfo{version, modules[len(moduleBegin) : len(modules)-len(moduleEnd)]}
}

// cutCounted takes a text with its length in front.
func cutCounted(from []byte) (text string, rest []byte, ok bool) {
	length, n := binary.Uvarint(from)
	if n <= 0 || length > uint64(len(from)-n) {
		return "", nil, false
	}
	return string(from[n : n+int(length)]), from[n+int(length):], true
}

// findModules gives the text between the marks of modules.
func findModules(window []byte) string {
	for {
		begin := bytes.Index(window, moduleBegin)
		if begin < 0 {
			return ""
		}
		window = window[begin+len(moduleBegin):]
		if !bytes.HasPrefix(window, []byte("path\t")) && !bytes.HasPrefix(window, []byte("mod\t")) {
			continue
		}
		if end := bytes.Index(window, moduleEnd); end >= 0 {
			return string(window[:end])
		}
	}
}

// addProgram adds the program itself, the modules that it was built from, and Go's library.
func (s *source) addProgram(version, modules string) {
	if version, found := strings.CutPrefix(version, "go"); found {
		version, _, _ = strings.Cut(version, " ") // what a distributor or an experiment adds
		version, _, _ = strings.Cut(version, "-")
		s.add(software.Package{Type: software.Go, Name: "stdlib", Version: version, Licenses: []string{"BSD-3-Clause"}})
	}
	info, err := debug.ParseBuildInfo(modules)
	if err != nil {
		s.fail(0, "the list of its modules is damaged: %v: it was not read", err)
		return
	}
	if info.Main.Path != "" {
		info.Main.Version = strings.TrimPrefix(info.Main.Version, "(devel)")
		s.addModule(&info.Main)
	}
	for _, module := range info.Deps {
		s.addModule(module)
	}
}

func (s *source) addModule(module *debug.Module) {
	if with := module.Replace; with != nil {
		if with.Version == "" { // a folder: nobody knows the version of what is in it
			with = &debug.Module{Path: module.Path}
		}
		module = with
	}
	s.add(software.Package{Type: software.Go, Name: module.Path, Version: module.Version})
}
