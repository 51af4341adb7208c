package browser

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// house is a store with the program that serves it.
type house struct {
	t      *testing.T
	env    []string
	folder string
	// url is where it serves, link where the first password is set; "" if one is set.
	url, link string
	log       *lines
}

// newHouse is an empty place for a store. Its folder goes with the test.
func newHouse(t *testing.T, env ...string) *house {
	t.Helper()
	theStage(t)
	folder := t.TempDir()
	h := &house{t: t, folder: folder, log: &lines{}}
	for _, one := range os.Environ() {
		if !strings.HasPrefix(one, "KUBEPROOF_") {
			h.env = append(h.env, one)
		}
	}
	h.env = append(h.env, "XDG_DATA_HOME="+filepath.Join(folder, "data"), "XDG_CONFIG_HOME="+filepath.Join(folder, "config"), "KUBEPROOF_PERSON=Anna Berg")
	h.env = append(h.env, env...)
	return h
}

// root is the top folder of the program's source.
func root(parts ...string) string {
	return filepath.Join(append([]string{"..", ".."}, parts...)...)
}

func (h *house) command(args ...string) *exec.Cmd {
	command := exec.Command(shared.program, args...)
	command.Dir, command.Env = root(), h.env
	return command
}

// run runs a command to its end, in the top folder, and gives what it printed. It has to end with the code.
func (h *house) run(code int, args ...string) string {
	h.t.Helper()
	var out, errs bytes.Buffer
	command := h.command(args...)
	command.Stdout, command.Stderr = &out, &errs
	_ = command.Run() // its code tells
	if got := command.ProcessState.ExitCode(); got != code {
		h.t.Fatalf("kubeproof %s ends with %d, want %d:\n%s\n%s", strings.Join(args, " "), got, code, clipped(out.String()), clipped(errs.String()))
	}
	return out.String()
}

func clipped(text string) string { return text[:min(len(text), 4000)] }

var (
	servedAt = regexp.MustCompile(`^https?://127\.0\.0\.1:\d+$`)
	setupAt  = regexp.MustCompile(`https?://127\.0\.0\.1:\d+/setup\S*`)
)

// serve begins to serve on loopback until the test ends, and knows then where.
func (h *house) serve(args ...string) {
	h.t.Helper()
	command := h.command(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	command.Stderr = h.log
	out, err := command.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		h.t.Fatal(err)
	}
	read := make(chan string, 100)
	go listen(out, read)
	h.t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		for range read { // until it has ended
		}
		if err := command.Wait(); err != nil {
			h.t.Errorf("serve ends: %v\n%s", err, h.log.last(20))
		}
	})
	h.hear(read)
}

func listen(out io.Reader, read chan<- string) {
	defer close(read)
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		read <- scanner.Text()
	}
}

// hear waits for the address, and for the link that may follow it.
func (h *house) hear(read <-chan string) {
	h.t.Helper()
	patience := time.After(time.Minute)
	for {
		select {
		case line, open := <-read:
			if !open {
				h.t.Fatalf("serve ended before it served:\n%s", h.log.last(20))
			}
			if servedAt.MatchString(line) {
				h.url, patience = line, time.After(2*time.Second)
			}
			if link := setupAt.FindString(line); link != "" {
				h.link = link
				return
			}
		case <-patience:
			if h.url == "" {
				h.t.Fatalf("serve does not say where:\n%s", h.log.last(20))
			}
			return
		}
	}
}

// lines keeps what a program wrote.
type lines struct {
	lock sync.Mutex
	text bytes.Buffer
}

// Write keeps some text.
func (l *lines) Write(text []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(text)
}

// last are the newest lines.
func (l *lines) last(n int) string {
	l.lock.Lock()
	defer l.lock.Unlock()
	all := strings.Split(strings.TrimSpace(l.text.String()), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}
