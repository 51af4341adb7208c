// Package bench measures whole commands: processor time against only parsing the same bytes, peak
// memory, growth and start-up. Begin with `make bench`.
package bench

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/test/corpus"
)

// parseOnly names the folder that this program, started again, only parses into YAML nodes.
const parseOnly = "KUBEPROOF_BENCH_PARSE_ONLY"

func TestMain(m *testing.M) {
	if folder := os.Getenv(parseOnly); folder != "" {
		if err := parse(folder); err != nil {
			panic(err)
		}
		return
	}
	if kubeconfig := os.Getenv(listOnly); kubeconfig != "" {
		if err := listAll(kubeconfig); err != nil {
			panic(err)
		}
		return
	}
	if folder := os.Getenv(referenceOnly); folder != "" {
		if err := readDockerfiles(folder); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// parse reads every file below the folder into nodes and drops them.
func parse(folder string) error {
	return filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var node yaml.Node
			if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

// cost is what one process took.
type cost struct {
	cpu, wall time.Duration
	peakMB    float64
	output    int
}

func run(b *testing.B, command *exec.Cmd) cost {
	b.Helper()
	// The output is only counted: memory of this process would count as the command's, which is
	// forked from it.
	var output counter
	var complaints bytes.Buffer
	command.Stdout, command.Stderr = &output, &complaints
	start := time.Now()
	err := command.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 && exit.ExitCode() != 3) {
		b.Fatalf("%v: %v\n%s", command, err, complaints.String())
	}
	state := command.ProcessState
	peak := float64(state.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	return cost{state.UserTime() + state.SystemTime(), wall, peak, int(output)}
}

// counter counts what is written to it.
type counter int

// Write implements io.Writer.
func (c *counter) Write(text []byte) (int, error) {
	*c += counter(len(text))
	return len(text), nil
}

func program(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "kubeproof")
	build := exec.Command("go", "build", "-o", binary, "./cmd/kubeproof")
	build.Dir = "../.."
	if output, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, output)
	}
	return binary
}

func folder(b *testing.B, documents int) string {
	b.Helper()
	dir := b.TempDir()
	if _, err := corpus.Write(dir, corpus.Documents(documents, 1)); err != nil {
		b.Fatal(err)
	}
	return dir
}

// best is the cheapest of three runs.
func best(b *testing.B, make func() *exec.Cmd) cost {
	b.Helper()
	least := run(b, make())
	for range 2 {
		if again := run(b, make()); again.cpu < least.cpu {
			least = again
		}
	}
	return least
}

func parserOf(dir string) *exec.Cmd {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), parseOnly+"="+dir)
	return command
}

// BenchmarkWholeScan gives the processor time of a scan with all controls and a JSON report as a
// multiple of that of only parsing the same 10,000 documents, its growth from 1,000 documents
// (10 is linear), and its peak memory.
func BenchmarkWholeScan(b *testing.B) {
	binary, large, small := program(b), folder(b, 10_000), folder(b, 1_000)
	scan := func(dir string) func() *exec.Cmd {
		return func() *exec.Cmd { return exec.Command(binary, "scan", "-o", "json", dir) }
	}
	for b.Loop() {
		parsed := best(b, func() *exec.Cmd { return parserOf(large) })
		scanned, less := best(b, scan(large)), best(b, scan(small))
		b.ReportMetric(scanned.cpu.Seconds(), "cpu-s")
		b.ReportMetric(parsed.cpu.Seconds(), "parse-cpu-s")
		b.ReportMetric(scanned.cpu.Seconds()/parsed.cpu.Seconds(), "x-parse-cpu")
		b.ReportMetric(scanned.cpu.Seconds()/less.cpu.Seconds(), "x-1000-docs")
		b.ReportMetric(scanned.peakMB, "peak-MB")
		b.ReportMetric(float64(scanned.output)/(1<<20), "json-MB")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkStartUp gives the wall time of scanning one small file, the catalogue's loading
// included.
func BenchmarkStartUp(b *testing.B) {
	binary, dir := program(b), b.TempDir()
	file := filepath.Join(dir, "pod.yaml")
	if err := os.WriteFile(file, []byte(corpus.Documents(1, 1)[0]), 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		run(b, exec.Command(binary, "scan", "-o", "json", file))
	}
}
