package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// plantInZip copies a zip file with one letter of one member changed: plant-in-zip FROM MEMBER TO
func plantInZip(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: plant-in-zip FROM MEMBER TO")
	}
	from, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer from.Close()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, member := range from.File {
		content, err := member.Open()
		ts.Check(err)
		data, err := io.ReadAll(content)
		ts.Check(err)
		if member.Name == args[1] {
			data[len(data)/2] ^= 1
		}
		copied, err := to.Create(member.Name)
		ts.Check(err)
		_, err = copied.Write(data)
		ts.Check(err)
	}
	ts.Check(to.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o600))
}
