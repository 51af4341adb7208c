package bench

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"mvdan.cc/sh/v3/syntax"

	"github.com/kubeproof/kubeproof/test/corpus"
)

// referenceOnly names the folder whose Dockerfiles this program, started again, only parses.
const referenceOnly = "KUBEPROOF_BENCH_REFERENCE_ONLY"

// readDockerfiles parses every Dockerfile below a folder with the reference parser, and the shell of its RUNs.
func readDockerfiles(folder string) error {
	shell := syntax.NewParser()
	return filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		result, err := parser.Parse(strings.NewReader(string(text)))
		if err != nil {
			return nil // files of other collections may be broken
		}
		stages, _, err := instructions.Parse(result.AST, nil)
		if err != nil {
			return nil
		}
		for _, stage := range stages {
			for _, command := range stage.Commands {
				if run, ok := command.(*instructions.RunCommand); ok && run.PrependShell {
					_, _ = shell.Parse(strings.NewReader(run.CmdLine[0]), "")
				}
			}
		}
		return nil
	})
}

func dockerfiles(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	for i, text := range corpus.Dockerfiles(n, 1) {
		folder := filepath.Join(dir, fmt.Sprintf("service-%04d", i))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkDockerfiles gives the processor time of scanning 500 Dockerfiles with all controls and a JSON report,
// as a multiple of only parsing them, and its growth from 100 files (5 is linear). KUBEPROOF_DOCKERFILES
// names a folder of others to scan.
func BenchmarkDockerfiles(b *testing.B) {
	binary, many, few := program(b), dockerfiles(b, 500), dockerfiles(b, 100)
	if folder := os.Getenv("KUBEPROOF_DOCKERFILES"); folder != "" {
		many = folder
	}
	scan := func(dir string) func() *exec.Cmd {
		return func() *exec.Cmd { return exec.Command(binary, "scan", "-o", "json", dir) }
	}
	for b.Loop() {
		parsed := best(b, func() *exec.Cmd {
			command := exec.Command(os.Args[0])
			command.Env = append(os.Environ(), referenceOnly+"="+many)
			return command
		})
		scanned, less := best(b, scan(many)), best(b, scan(few))
		b.ReportMetric(scanned.cpu.Seconds(), "cpu-s")
		b.ReportMetric(parsed.cpu.Seconds(), "parse-cpu-s")
		b.ReportMetric(scanned.cpu.Seconds()/parsed.cpu.Seconds(), "x-parse-cpu")
		b.ReportMetric(scanned.cpu.Seconds()/less.cpu.Seconds(), "x-100-files")
		b.ReportMetric(scanned.peakMB, "peak-MB")
		b.ReportMetric(0, "ns/op")
	}
}
