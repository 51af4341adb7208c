package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const good = `as: scanner
clusters:
- name: prod
  context: prod-eu
  kubeconfig: /etc/kubeproof/kubeconfig
  every: 24h
  at: "02:30"
- name: manifests
  review: other
  environment: staging
  target: deploy/
  every: 30m
  timeout: 5m
  controls: [pods]
  exclude: [container-privileged]
  namespace: shop
`

func TestRead(t *testing.T) {
	f, err := Read("s.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	prod, manifests := f.Clusters[0], f.Clusters[1]
	if prod.Source() != "main/production/prod" || prod.TargetName() != "cluster:prod-eu" || prod.When() != "every 24h at 02:30 UTC" || time.Duration(prod.Timeout) != usualTimeout {
		t.Errorf("%+v", prod)
	}
	if manifests.Source() != "other/staging/manifests" || manifests.TargetName() != "deploy/" || manifests.When() != "every 30m" || len(manifests.Exclude) != 1 {
		t.Errorf("%+v", manifests)
	}
	if inside := (&Entry{}).TargetName(); inside != "cluster:" {
		t.Errorf("an entry that names nothing scans %q", inside)
	}
}

func TestReadRefuses(t *testing.T) {
	one := func(more string) string { return "as: a\nclusters:\n- name: x\n  every: 1h\n" + more }
	for name, test := range map[string]struct{ text, want string }{
		"nothing":            {"", "s.yaml: file is empty"},
		"nobody":             {"clusters:\n- {name: x, every: 1h}\n", "s.yaml: say who records the scans"},
		"no clusters":        {"as: a\n", "it holds 0 clusters"},
		"an unknown field":   {one("  evry: 2h\n"), "s.yaml:5: field evry is unknown"},
		"too often":          {"as: a\nclusters:\n- name: x\n  every: 9m\n", "s.yaml:3: every: 9m0s is out of range"},
		"never":              {"as: a\nclusters:\n- name: x\n", "s.yaml:3: every: 0s is out of range"},
		"too seldom":         {"as: a\nclusters:\n- {name: x, every: 9000h}\n", "is out of range"},
		"no period":          {"as: a\nclusters:\n- name: x\n  every: daily\n", `s.yaml:4: "daily" is no period`},
		"back in time":       {"as: a\nclusters:\n- name: x\n  every: -1h\n", `s.yaml:4: "-1h" is no period`},
		"no hour":            {one("  at: 25:99\n"), "s.yaml:5: \"25:99\" is no time of the day"},
		"a list as an hour":  {one("  at: [1]\n"), "is no time of the day"},
		"no name":            {"as: a\nclusters:\n- every: 1h\n", "s.yaml:3: the cluster has no name"},
		"two of one name":    {one("- name: x\n  every: 2h\n"), "s.yaml:5: the name x stands twice"},
		"both":               {one("  context: a\n  target: b\n"), "name either a context or a target"},
		"standard input":     {one("  target: \"-\"\n"), "cannot read standard input"},
		"too long":           {one("  timeout: 13h\n"), "timeout: 13h0m0s is too long"},
		"a text as a list":   {"as: a\nclusters: x\n", "is text, not a list"},
		"broken":             {"as: [", "s.yaml:1"},
		"two documents":      {good + "---\nas: b\n", "more than one document"},
		"every mistake once": {"clusters:\n- every: 1m\n- every: 2m\n", "s.yaml:3: every: 2m0s is out of range"},
	} {
		_, err := Read("s.yaml", []byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("as: &a x\nclusters: [*a, {<<: *a}]\n"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		if file, err := Read("s.yaml", text); err == nil {
			for i := range file.Clusters {
				_ = file.Clusters[i].slotAfter(epoch)
			}
		}
	})
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func entry(name, every, hour string) Entry {
	text := fmt.Sprintf("as: a\nclusters:\n- name: %s\n  every: %s\n", name, every)
	if hour != "" {
		text += "  at: \"" + hour + "\"\n"
	}
	f, err := Read("s.yaml", []byte(text))
	if err != nil {
		panic(err)
	}
	return f.Clusters[0]
}

func TestSlots(t *testing.T) {
	for _, test := range []struct{ every, hour, after, want string }{
		{"24h", "02:30", "2026-11-30 02:29", "2026-11-30 02:30"},
		{"24h", "02:30", "2026-11-30 02:30", "2026-12-01 02:30"},
		{"24h", "02:30", "2026-11-30 23:59", "2026-12-01 02:30"},
		{"6h", "02:30", "2026-11-30 09:00", "2026-11-30 14:30"},
		{"15m", "02:05", "2026-11-30 09:00", "2026-11-30 09:05"},
		{"24h", "00:00", "1999-12-31 12:00", "2000-01-01 00:00"},
	} {
		e := entry("x", test.every, test.hour)
		if got := e.slotAfter(at(test.after)); !got.Equal(at(test.want)) {
			t.Errorf("every %s at %s, after %s: %s, want %s", test.every, test.hour, test.after, got, test.want)
		}
	}
	hours := map[int]bool{}
	for i := range 40 {
		e := entry(fmt.Sprint("c", i), "24h", "")
		first := e.slotAfter(at("2026-11-30 00:00"))
		if !first.After(at("2026-11-30 00:00")) || first.After(at("2026-12-01 00:00")) || !e.slotAfter(first).Equal(first.Add(24*time.Hour)) {
			t.Errorf("%s: %s", e.Name, first)
		}
		hours[first.Hour()] = true
	}
	if len(hours) < 12 {
		t.Errorf("40 clusters without an hour are scanned in %d hours of the day", len(hours))
	}
}

func TestRetry(t *testing.T) {
	e := entry("x", "24h", "02:30")
	failed := at("2026-11-30 02:40")
	before := failed
	for times := 1; times < 100; times++ {
		again := e.retryAfter(failed, times)
		if again.Before(before) || again.After(failed.Add(longestPause)) {
			t.Fatalf("after %d failures: %s", times, again)
		}
		before = again
	}
	if often := entry("x", "10m", "00:00"); !often.retryAfter(at("2026-11-30 02:09"), 3).Equal(at("2026-11-30 02:10")) {
		t.Error("what is due soon anyway waits longer")
	}
}

// fake scans nothing.
type fake struct {
	mutex  sync.Mutex
	newest map[string]time.Time
	leads  bool
	away   error
	scan   func(context.Context, *Entry) error
	ran    []string
	now    func() time.Time
	at     int // how many scans run
	most   int
}

func (f *fake) Lead(context.Context) (bool, error) { return f.leads, f.away }

func (f *fake) Newest(context.Context) (map[string]time.Time, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return maps.Clone(f.newest), f.away
}

func (f *fake) Scan(ctx context.Context, e *Entry) error {
	f.mutex.Lock()
	f.at++
	f.most = max(f.most, f.at)
	f.ran = append(f.ran, e.Name)
	made := f.now()
	f.mutex.Unlock()
	var err error
	if f.scan != nil {
		err = f.scan(ctx, e)
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.at--
	if err == nil {
		f.newest[e.Source()] = made
	}
	return err
}

func newFake(clock *time.Time) *fake {
	return &fake{newest: map[string]time.Time{}, leads: true, now: func() time.Time { return *clock }}
}

func runner(f *fake, clock *time.Time, entries ...Entry) *Runner {
	return New(&File{As: "a", Clusters: entries}, f, func() time.Time { return *clock }, slog.New(slog.DiscardHandler))
}

// steps makes steps until nothing is due, and gives what was scanned.
func (f *fake) steps(t *testing.T, r *Runner) string {
	t.Helper()
	f.ran = nil
	for i := 0; r.Step(t.Context()); i++ {
		if i > 50 {
			t.Fatal("it never ends")
		}
	}
	return strings.Join(f.ran, " ")
}

func TestRunner(t *testing.T) {
	clock := at("2026-11-30 12:00")
	f := newFake(&clock)
	daily, hourly := entry("daily", "24h", "02:30"), entry("hourly", "1h", "00:10")
	r := runner(f, &clock, daily, hourly)
	if got := f.steps(t, r); got != "daily hourly" {
		t.Errorf("what was never scanned: %q", got)
	}
	if got := f.steps(t, r); got != "" {
		t.Errorf("at once again: %q", got)
	}
	clock = at("2026-11-30 12:10")
	if got := f.steps(t, r); got != "hourly" {
		t.Errorf("ten past: %q", got)
	}
	clock = at("2026-12-04 12:05") // a pause of days: each is scanned once, what waited longest first
	if got := f.steps(t, r); got != "hourly daily" {
		t.Errorf("after a pause: %q", got)
	}
	again := runner(f, &clock, daily, hourly) // begun anew it finds the same times
	if got := f.steps(t, again); got != "" {
		t.Errorf("after a restart: %q", got)
	}
	clock = at("2026-12-05 02:31")
	if got := f.steps(t, again); got != "hourly daily" {
		t.Errorf("in the night: %q", got)
	}
}

func TestRunnerAfterErrors(t *testing.T) {
	clock := at("2026-11-30 12:00")
	f := newFake(&clock)
	r := runner(f, &clock, entry("bad", "24h", "02:30"), entry("good", "24h", "03:30"))
	f.scan = func(_ context.Context, e *Entry) error {
		if e.Name == "bad" {
			return errors.New("the cluster does not answer")
		}
		return nil
	}
	if got := f.steps(t, r); got != "bad good" {
		t.Errorf("one that fails keeps others from being scanned: %q", got)
	}
	if s := r.Status()[0]; s.Wrong != "the cluster does not answer" || !s.Next.Equal(clock.Add(firstPause)) {
		t.Errorf("%+v", s)
	}
	tries := 0
	for end := clock.Add(12 * time.Hour); clock.Before(end); clock = clock.Add(time.Minute) {
		tries += len(strings.Fields(f.steps(t, r)))
	}
	if tries < 10 || tries > 20 {
		t.Errorf("it was tried %d times in 12 hours", tries)
	}
	f.scan = nil
	clock = clock.Add(time.Hour)
	if got := f.steps(t, r); got != "bad" || r.Status()[0].Wrong != "" {
		t.Errorf("once it works: %q, %+v", got, r.Status()[0])
	}
	f.scan = func(context.Context, *Entry) error { panic("broken") }
	if err := r.RunNow("good"); err != nil {
		t.Fatal(err)
	}
	if got := f.steps(t, r); got != "good" || !strings.Contains(r.Status()[1].Wrong, "scanning broke down: broken") {
		t.Errorf("a panic: %q, %+v", got, r.Status()[1])
	}
}

func TestRunNow(t *testing.T) {
	clock := at("2026-11-30 12:00")
	f := newFake(&clock)
	r := runner(f, &clock, entry("a", "24h", "02:30"), entry("b", "24h", "02:30"))
	f.steps(t, r)
	if err := r.RunNow("b"); err != nil {
		t.Error(err)
	}
	if got := f.steps(t, r); got != "b" {
		t.Errorf("what was asked for: %q", got)
	}
	if err := r.RunNow("c"); err == nil || !strings.Contains(err.Error(), "no cluster of this name") {
		t.Error(err)
	}
	f.scan = func(context.Context, *Entry) error {
		if err := r.RunNow("a"); err == nil || !strings.Contains(err.Error(), "it runs already") {
			t.Errorf("while it runs: %v", err)
		}
		return nil
	}
	_ = r.RunNow("a")
	f.steps(t, r)
}

func TestOneOfTwoServersScans(t *testing.T) {
	clock := at("2026-11-30 12:00")
	f := newFake(&clock)
	f.leads = false
	r := runner(f, &clock, entry("a", "24h", "02:30"))
	if got := f.steps(t, r); got != "" || !r.Status()[0].Elsewhere {
		t.Errorf("one that does not lead: %q, %+v", got, r.Status()[0])
	}
	if err := r.RunNow("a"); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Error(err)
	}
	f.newest["main/production/a"] = at("2026-11-30 12:01") // the other has scanned
	f.leads, clock = true, at("2026-11-30 12:02")
	if got := f.steps(t, r); got != "" {
		t.Errorf("what the other scanned is scanned again: %q", got)
	}
	f.away = errors.New("the database is away")
	clock = at("2026-12-01 12:00")
	if got := f.steps(t, r); got != "" {
		t.Errorf("without the store: %q", got)
	}
	f.away = nil
	if got := f.steps(t, r); got != "a" {
		t.Errorf("once the store is back: %q", got)
	}
}

// TestLeaseLeavesTimeForOtherClocks: whoever looks as often as a server does has two minutes left at any
// time, so that a server whose clock is that much ahead does not scan beside it.
func TestLeaseLeavesTimeForOtherClocks(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	kept, _ := Take("", "one", now)
	for range 100 {
		now = now.Add(sayAgain)
		if _, leads := Take(kept, "two", now.Add(2*time.Minute)); leads {
			t.Fatalf("two takes it at %s: %s", now, kept)
		}
		kept, _ = Take(kept, "one", now)
	}
}

func TestLease(t *testing.T) {
	now := at("2026-11-30 12:00")
	kept, leads := Take("", "one", now)
	if !leads {
		t.Fatal("nobody has it, and one does not get it")
	}
	if text, leads := Take(kept, "two", now.Add(time.Minute)); leads || text != kept {
		t.Error("two took what one has")
	}
	if text, leads := Take(kept, "one", now.Add(time.Minute)); !leads || text != kept {
		t.Error("one lost it, or wrote without need")
	}
	longer, leads := Take(kept, "one", now.Add(2*time.Minute))
	if !leads || longer == kept {
		t.Error("one did not take it for longer")
	}
	if _, leads := Take(longer, "two", now.Add(4*time.Minute)); leads {
		t.Error("two took what one has for longer")
	}
	if _, leads := Take(longer, "two", now.Add(6*time.Minute)); !leads {
		t.Error("what is over is not given on")
	}
	for _, broken := range []string{"{", "null", `{"holder":"one"}`, `{"holder":"one","until":"2099-01-01T00:00:00Z"}`} {
		if _, leads := Take(broken, "two", now); !leads {
			t.Errorf("%s keeps everybody from scanning", broken)
		}
	}
	if Give(kept, "two") != kept || Give(kept, "one") != "" || Give("{", "one") != "{" {
		t.Error("it was given back by another, or not at all")
	}
}

// TestRun runs against a clock that the test owns: scans do not overlap, end in time, and stop with the server.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{newest: map[string]time.Time{}, leads: true, now: time.Now}
		f.scan = func(ctx context.Context, e *Entry) error {
			if e.Name == "endless" {
				<-ctx.Done()
				return ctx.Err()
			}
			time.Sleep(90 * time.Minute)
			return nil
		}
		slow, endless := entry("slow", "1h", "00:00"), entry("endless", "24h", "00:00")
		slow.Timeout, endless.Timeout = Period(2*time.Hour), Period(10*time.Minute)
		r := New(&File{Clusters: []Entry{slow, endless}}, f, time.Now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); r.Run(ctx) }()
		time.Sleep(24*time.Hour + 10*time.Minute)
		synctest.Wait()
		cancel()
		<-done
		slowRan := strings.Count(strings.Join(f.ran, " "), "slow")
		if f.most != 1 || slowRan < 8 || slowRan > 16 {
			t.Errorf("%d at once, slow ran %d times in a day of %d scans", f.most, slowRan, len(f.ran))
		}
		if wrong := r.Status()[1].Wrong; !strings.Contains(wrong, "longer than its timeout of 10m0s") {
			t.Errorf("the endless one: %q", wrong)
		}
	})
}
