package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// makeFile makes files that a script cannot hold: make-file KIND ARGUMENT FILE
//
//	make-file deep 20000 x.yaml      a value nested so many levels deep
//	make-file documents 9 x.yaml     so many small documents
//	make-file megabytes 100 x.yaml   zeros, without taking their room on the disk
//	make-file pipe - x.yaml          a named pipe
//	make-file utf16 a.yaml x.yaml    the text of a file in UTF-16, as some editors save it
//	make-file bom a.yaml x.yaml      the same in UTF-8 with a byte order mark
//	make-file latin1 a.yaml x.yaml   the same in ISO 8859-1
//	make-file half a.zip x.zip       its first half
//	make-file nul a.yaml x.yaml      the same with a NUL byte for every @
func makeFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: make-file KIND ARGUMENT FILE")
	}
	kind, argument, file := args[0], args[1], ts.MkAbs(args[2])
	number, _ := strconv.Atoi(argument)
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	const object = "apiVersion: v1\nkind: Pod\nmetadata: {name: made}\n"
	var content []byte
	switch kind {
	case "deep":
		content = []byte(object + "spec:\n  a: " + strings.Repeat("[", number) + strings.Repeat("]", number) + "\n")
	case "documents":
		content = []byte(strings.Repeat("---\n"+object+"spec: {containers: [{name: app}]}\n", number))
	case "megabytes":
		ts.Check(os.WriteFile(file, nil, 0o644))
		ts.Check(os.Truncate(file, int64(number)<<20))
		return
	case "pipe":
		ts.Check(syscall.Mkfifo(file, 0o644))
		return
	default:
		content = encoded(ts, kind, ts.ReadFile(argument))
	}
	ts.Check(os.WriteFile(file, content, 0o644))
}

func encoded(ts *testscript.TestScript, kind, text string) []byte {
	var content []byte
	switch kind {
	case "utf16":
		content = []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			content = append(content, byte(unit), byte(unit>>8))
		}
	case "bom":
		content = append([]byte{0xef, 0xbb, 0xbf}, text...)
	case "half":
		content = []byte(text[:len(text)/2])
	case "latin1":
		for _, r := range text {
			content = append(content, byte(r))
		}
	case "nul":
		content = bytes.ReplaceAll([]byte(text), []byte("@"), []byte{0})
	default:
		ts.Fatalf("make-file knows no %s", kind)
	}
	return content
}

// condition is what scripts can ask beside testscript's own: [root] is true for those who may
// read every file.
func condition(name string) (bool, error) {
	return name == "root" && os.Geteuid() == 0, nil
}
