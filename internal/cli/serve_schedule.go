package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/schedule"
	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/store"
)

// scheduled scans what a schedule names, by the same way as kubeproof scan.
type scheduled struct {
	*session
	holder string // tells this server from others on the store
	actor  string
	runner *schedule.Runner
}

// schedules is what scans by the schedule; nil if there is none.
func (f *serving) schedules(ctx context.Context, s *session, log *slog.Logger) (*scheduled, error) {
	if f.schedule == "" {
		return nil, nil
	}
	return f.readSchedule(ctx, s, log)
}

// begin scans by the schedule, if there is one, until the context ends, or what is given is called; that
// waits until all has stopped.
func (f *serving) begin(ctx context.Context, scans *scheduled) (end func()) {
	if scans == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		scans.run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// readSchedule reads the schedule and finds everything that is wrong with it before anything is served.
func (f *serving) readSchedule(ctx context.Context, s *session, log *slog.Logger) (*scheduled, error) {
	if s.streams.Getenv("KUBEPROOF_TIME") != "" {
		return nil, usageError("KUBEPROOF_TIME is set, and a schedule needs a clock that goes on: unset it, or serve without --schedule")
	}
	text, err := os.ReadFile(f.schedule)
	if err != nil {
		return nil, usageError("read schedule %s: %s", f.schedule, reason(err))
	}
	file, err := schedule.Read(f.schedule, text)
	if err != nil {
		return nil, usageError("%v", err)
	}
	state, err := s.Current(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	if err := checkSchedule(s, state, f.schedule, file); err != nil {
		return nil, err
	}
	run := &scheduled{session: s, holder: journal.NewID("server"), actor: state.Find(file.As).ID}
	run.runner = schedule.New(file, run, s.now, log)
	return run, nil
}

// checkSchedule looks whether what the schedule names is there. What may change later is decided again
// when a scan is recorded.
func checkSchedule(s *session, state *review.State, name string, file *schedule.File) error {
	if person := state.Find(file.As); person == nil || person.Left || !person.Has(review.Contributor) {
		return usageError("%s: %q, who is to record the scans, is no contributor: see `kubeproof review person list`", name, file.As)
	}
	for i := range file.Clusters {
		entry := &file.Clusters[i]
		plan := state.Plans[entry.Review]
		switch {
		case plan == nil:
			return usageError("%s: %s: review %q is unknown: see `kubeproof review status`", name, entry.Name, entry.Review)
		case !slices.Contains(plan.Environments, entry.Environment):
			return usageError("%s: %s: environment %q is unknown: use %s", name, entry.Name, entry.Environment, strings.Join(plan.Environments, ", "))
		}
		in := inputsOf(entry)
		if err := checkTargets([]string{entry.TargetName()}); err != nil {
			return usageError("%s: %s: %v", name, entry.Name, err)
		}
		if _, err := in.request(s.streams); err != nil {
			return usageError("%s: %s: %v", name, entry.Name, err)
		}
	}
	return nil
}

// inputsOf are the flags of kubeproof scan that an entry stands for.
func inputsOf(e *schedule.Entry) *inputs {
	in := &inputs{config: e.Config, namespace: e.Namespace, include: e.Controls, exclude: e.Exclude, noProgress: true, keepInventory: true}
	in.cluster = clusterFlags{kubeconfig: e.Kubeconfig, readSecrets: e.ReadSecrets, noProbe: e.NoProbe, timeout: time.Duration(e.Timeout)}
	return in
}

// Scan scans what the entry names and records it with what was seen.
func (r *scheduled) Scan(ctx context.Context, e *schedule.Entry) error {
	made, in := r.now().UTC(), inputsOf(e)
	quiet := *r.streams
	quiet.In, quiet.Out, quiet.Err, quiet.OutTerminal, quiet.ErrTerminal = strings.NewReader(""), io.Discard, io.Discard, false, false
	a, _, err := in.assess(ctx, &quiet, []string{e.TargetName()})
	if err != nil {
		return plainly(err)
	}
	if err := ctx.Err(); err != nil { // what was cut off is no scan
		return err
	}
	if a.Summary.Subjects == 0 {
		return nothingRead(a)
	}
	var text bytes.Buffer
	written := report.New(a, nil, report.Options{Version: version()})
	written.Images = in.images
	if err := writeInto(&text, written); err != nil {
		return err
	}
	scan := journal.ScanReport{Plan: e.Review, Environment: e.Environment, Label: e.Name, Made: made, Assessment: a, JSON: text.Bytes(), Names: report.LookedAt(a), Version: version(), Inventory: in.inventory}
	return plainly(r.Act(ctx, r.actor, func(w *journal.Work) error {
		_, _, err := w.RecordScan(scan)
		return err
	}))
}

// plainly is an error in words, without an exit code.
func plainly(err error) error {
	var coded *codeError
	if errors.As(err, &coded) {
		return errors.New(harmless(coded.text))
	}
	return err
}

// nothingRead says why a scan gave nothing.
func nothingRead(a *assessment.Assessment) error {
	for _, one := range a.Errors {
		if one.Lost {
			return fmt.Errorf("nothing could be read: %s", harmless(one.Message))
		}
	}
	return errors.New("nothing was there to be judged: name something that holds objects")
}

// Newest gives when the newest scan of each source was made.
func (r *scheduled) Newest(ctx context.Context) (map[string]time.Time, error) {
	state, err := r.Current(ctx)
	if err != nil {
		return nil, err
	}
	newest := map[string]time.Time{}
	for id, scan := range state.Scans {
		newest[id] = scan.Made
	}
	return newest, nil
}

// leaseSetting is where servers on one store agree who of them scans.
const leaseSetting = "schedule"

// Lead takes the lease, or keeps it.
func (r *scheduled) Lead(ctx context.Context) (leads bool, err error) {
	err = r.Store().Update(ctx, func(tx *store.Tx) error {
		kept, err := tx.Setting(leaseSetting)
		if err != nil {
			return err
		}
		text := ""
		if text, leads = schedule.Take(kept, r.holder, r.now()); text == kept {
			return nil
		}
		return tx.PutSetting(leaseSetting, text)
	})
	return leads && err == nil, err
}

// run scans until the context ends, and lets another server go on at once.
func (r *scheduled) run(ctx context.Context) {
	r.runner.Run(ctx)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = r.Store().Update(last, func(tx *store.Tx) error { // else the lease ends by itself
		kept, err := tx.Setting(leaseSetting)
		if err != nil {
			return err
		}
		return tx.PutSetting(leaseSetting, schedule.Give(kept, r.holder))
	})
}

// Planned are the scans of the schedule, as pages show them.
func (r *scheduled) Planned() []server.Planned {
	var all []server.Planned
	for _, one := range r.runner.Status() {
		all = append(all, server.Planned{Name: one.Name, Review: one.Review, Environment: one.Environment, When: one.When(),
			Next: one.Next, Last: one.Last, Running: one.Running, Wrong: one.Wrong, Elsewhere: one.Elsewhere})
	}
	return all
}

// RunNow has one of them made out of its turn.
func (r *scheduled) RunNow(name string) error { return r.runner.RunNow(name) }
