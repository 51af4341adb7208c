package collect

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// add plans a job of a target.
func (r *run) add(target int, name, show string, read func() []part) {
	r.jobs = append(r.jobs, &job{target: target, name: name, show: show, read: read})
}

// work does all jobs with as many workers as there are processors. The order of the results
// is that of the jobs, whoever is first.
func (r *run) work() {
	var group sync.WaitGroup
	r.tally.total += len(r.jobs)
	queue := make(chan *job)
	for range min(runtime.GOMAXPROCS(0), len(r.jobs)) {
		group.Go(func() {
			for j := range queue {
				j.parts = r.do(j)
				r.tally.add(1, 0)
			}
		})
	}
	for _, j := range r.jobs {
		queue <- j
	}
	close(queue)
	group.Wait()
}

// do runs one job. A fault of the program itself costs only this job.
func (r *run) do(j *job) (parts []part) {
	if r.ctx.Err() != nil {
		return failed(j.show, "not read: the run was stopped")
	}
	defer func() {
		if caught := recover(); caught != nil {
			parts = failed(j.show, fmt.Sprintf("not read because of a fault of kubeproof itself: %v: please report it", caught))
		}
	}()
	return j.read()
}

// failed is the part of something that gave only an error.
func failed(show, message string) []part {
	return []part{{show: show, errors: []inventory.Error{{File: show, Lost: true, Message: message}}}}
}

func compare(a, b string) int { return strings.Compare(a, b) }

func plural(files int) string {
	if files == 1 {
		return "1 entry"
	}
	return strconv.Itoa(files) + " entries"
}
