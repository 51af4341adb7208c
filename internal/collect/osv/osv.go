// Package osv matches installed software against advisories of the OSV format
// (https://ossf.github.io/osv-schema) that the user brought: archives all.zip as osv.dev offers them
// for download, or folders of advisories as JSON. It reads them as a stream, keeps only what concerns
// the packages asked for, and reaches no network. Packages that no database speaks of, and versions
// that cannot be compared, are counted: they are not clean, they were not judged.
// Begin with Open and Database.Match.
package osv

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/collect/vex"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/software"
)

// Limits bound what reading a database may cost. A zero value stands for that of DefaultLimits.
type Limits struct {
	// Advisory is the largest advisory, in bytes unpacked; a larger one is an error.
	Advisory int64
	// Unpacked is what one archive may unpack to, in bytes, beyond a hundred times its own size.
	Unpacked int64
	// Kept is the number of advisories about wanted packages that are remembered.
	Kept int
	// Vulnerabilities is the length of the list that Match gives.
	Vulnerabilities int
	// Errors is the number of errors that are told one by one.
	Errors int
}

// DefaultLimits suit every database that osv.dev offers; kernels of Ubuntu make advisories of some MiB.
var DefaultLimits = Limits{Advisory: 32 << 20, Unpacked: 1 << 30, Kept: 500_000, Vulnerabilities: 200_000, Errors: 20}

// Options are those of one matching.
type Options struct {
	Observed time.Time // time of the scan, told in the result; zero leaves it out
	Workers  int       // advisories read at once; 0 is one for each processor
	Limits   Limits
	// VEX are statements on vulnerabilities; those that apply are told with them, none is left out.
	// Image is the image that the packages are of, by which statements may call it.
	VEX   *vex.Statements
	Image vex.Image
}

// Database is a place that holds advisories. Nothing of it is in memory.
type Database struct{ place string }

// Open looks at a database: an archive of advisories (all.zip), one advisory as JSON, or a folder of
// archives (<Ecosystem>/all.zip), of advisories, or of both. It is an error if nothing of that kind is there.
func Open(place string) (*Database, error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, fmt.Errorf("open advisories: %w: give an all.zip of osv.dev or a folder of them", err)
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() || !isArchive(place) && !isAdvisory(place) {
			return nil, fmt.Errorf("open advisories: %s is no .zip or .json file: give an all.zip of osv.dev or a folder of them", place)
		}
		return &Database{place}, nil
	}
	found := false
	err = walk(place, func(string, fs.FileInfo) error { found = true; return filepath.SkipAll }, func(string, error) {})
	if err != nil || !found {
		return nil, fmt.Errorf("open advisories: %s holds no .zip or .json file: give a folder of <Ecosystem>/all.zip as osv.dev offers them", place)
	}
	return &Database{place}, nil
}

// Match judges packages by the advisories. The result is the same for the same packages and files, in
// whatever order packages come; errors name what was not read, and everything else is judged.
func (d *Database) Match(ctx context.Context, packages []software.Package, options Options) (Result, []inventory.Error) {
	limits := options.Limits.orDefault()
	wanted := want(packages)
	faults := newFaults(limits.Errors)
	reading := &reading{ctx: ctx, limits: limits, wanted: wanted, faults: faults, jobs: make(chan job, 8)}
	workers := readAll(reading, d.place, options.Workers)
	if err := ctx.Err(); err != nil {
		faults.add(d.place, "", "matching was stopped: "+err.Error()+": advisories were not read")
	}
	gathered := gather(reading, workers)
	result := Result{Scan: gathered.scan(d.place, wanted, options.Observed)}
	result.Vulnerabilities = list(wanted, gathered.advisories, options)
	if over := len(result.Vulnerabilities) - limits.Vulnerabilities; over > 0 {
		faults.add(d.place, "", fmt.Sprintf("more than %d vulnerabilities: the %d least severe were left out", limits.Vulnerabilities, over))
		result.Vulnerabilities = result.Vulnerabilities[:limits.Vulnerabilities]
	}
	return result, faults.list()
}

func (l Limits) orDefault() Limits {
	if l.Advisory == 0 {
		l.Advisory = DefaultLimits.Advisory
	}
	if l.Unpacked == 0 {
		l.Unpacked = DefaultLimits.Unpacked
	}
	if l.Kept == 0 {
		l.Kept = DefaultLimits.Kept
	}
	if l.Vulnerabilities == 0 {
		l.Vulnerabilities = DefaultLimits.Vulnerabilities
	}
	if l.Errors == 0 {
		l.Errors = DefaultLimits.Errors
	}
	return l
}

// readAll walks over the place and has workers read what is there.
func readAll(r *reading, place string, count int) []*worker {
	if count <= 0 {
		count = min(runtime.GOMAXPROCS(0), 8)
	}
	workers := make([]*worker, count)
	var group sync.WaitGroup
	for i := range workers {
		workers[i] = newWorker(r)
		group.Go(workers[i].run)
	}
	r.feed(place)
	close(r.jobs)
	group.Wait()
	return workers
}
