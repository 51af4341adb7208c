package dockerfile

import (
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"mvdan.cc/sh/v3/syntax"

	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/corpus"
)

const benchFiles = 500

// BenchmarkReference only parses 500 Dockerfiles with the reference parser and their shells with a
// shell's grammar: what the other figures are compared with.
func BenchmarkReference(b *testing.B) {
	files := corpus.Dockerfiles(benchFiles, 1)
	shell := syntax.NewParser()
	for b.Loop() {
		for _, file := range files {
			result, err := parser.Parse(strings.NewReader(file))
			if err != nil {
				b.Fatal(err)
			}
			stages, _, err := instructions.Parse(result.AST, nil)
			if err != nil {
				b.Fatal(err)
			}
			for _, stage := range stages {
				for _, command := range stage.Commands {
					if run, ok := command.(*instructions.RunCommand); ok && run.PrependShell && len(run.Files) == 0 {
						if _, err := shell.Parse(strings.NewReader(run.CmdLine[0]), ""); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		}
	}
}

// BenchmarkRead reads the same files into subjects.
func BenchmarkRead(b *testing.B) {
	files := corpus.Dockerfiles(benchFiles, 1)
	for b.Loop() {
		for _, file := range files {
			if _, errs := Read(&inventory.Source{File: "Dockerfile", Text: []byte(file)}, Options{}); len(errs) > 0 {
				b.Fatal(errs)
			}
		}
	}
}
