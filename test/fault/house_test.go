// Package fault tests the server as a process: killed, cut off from its database, out of disk, and with
// callers that are slow, hostile or many. Tests that take long are done where KUBEPROOF_FAULT_TESTS is set.
package fault

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/cli"
	"github.com/kubeproof/kubeproof/test/postgres"
)

// asProgram is the variable that makes the test program the real one.
const asProgram = "KUBEPROOF_FAULT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.System()))
	}
	os.Exit(postgres.Run(m))
}

// thorough tells whether tests may take minutes.
func thorough() bool { return os.Getenv("KUBEPROOF_FAULT_TESTS") != "" }

// house is a store with a review, and the program that serves it.
type house struct {
	t       *testing.T
	store   string
	folder  string
	address string
	token   string
	process *exec.Cmd
	log     *bytes.Buffer
	ended   chan struct{}
}

// newHouse makes the store at a place.
func newHouse(t *testing.T, place string) *house {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, store: place, folder: t.TempDir(), address: listener.Addr().String()}
	listener.Close()
	h.run("review", "init", "--name", "Anna", "--checklist", "requirements")
	h.token = regexp.MustCompile(`kpt_\S+`).FindString(h.run("serve", "token", "add", "ci", "--scope", "scan,read"))
	t.Cleanup(func() {
		if h.process != nil {
			h.kill()
		}
	})
	return h
}

func (h *house) command(args ...string) *exec.Cmd {
	h.t.Helper()
	program, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	command := exec.Command(program, args...)
	command.Env = append(os.Environ(), asProgram+"=1", "KUBEPROOF_STORE="+h.store, "KUBEPROOF_LEDGER_KEY="+filepath.Join(h.folder, "key"), "KUBEPROOF_PERSON=Anna")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command
}

// run runs a command to its end and gives what it printed.
func (h *house) run(args ...string) string {
	h.t.Helper()
	text, err := h.command(args...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("%v: %v: %s", args, err, text)
	}
	return string(text)
}

// serve starts the server and waits until it answers.
func (h *house) serve(more ...string) {
	h.t.Helper()
	h.process = h.command(append([]string{"serve", "--listen", h.address}, more...)...)
	h.log = &bytes.Buffer{}
	h.process.Stdout, h.process.Stderr = io.Discard, h.log
	if err := h.process.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		_ = process.Wait()
		close(ended)
	}(h.process, h.ended)
	h.await("/readyz", http.StatusOK)
}

// kill ends the server as a crash would.
func (h *house) kill() {
	_ = h.process.Process.Kill()
	<-h.ended
	h.process = nil
}

// await asks until the answer has a status.
func (h *house) await(path string, status int) {
	h.t.Helper()
	last := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		got, _, text, err := h.get(path)
		if err == nil && got == status {
			return
		}
		last = fmt.Sprint(got, text, err)
		if h.ended != nil {
			select {
			case <-h.ended:
				h.t.Fatalf("the server ended: %s", h.log)
			default:
			}
		}
	}
	h.t.Fatalf("%s does not give %d but %s: %s", path, status, last, tail(h.log.String()))
}

func tail(text string) string { return text[max(0, len(text)-3000):] }

var caller = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// get asks with the token.
func (h *house) get(path string) (status int, header http.Header, text string, err error) {
	return h.ask(http.MethodGet, path, "")
}

func (h *house) ask(method, path, body string) (status int, header http.Header, text string, err error) {
	request, err := http.NewRequest(method, "http://"+h.address+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	request.Header.Set("Authorization", "Bearer "+h.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := caller.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, string(read), err
}

// forEachDatabase runs a test on SQLite and on PostgreSQL.
func forEachDatabase(t *testing.T, test func(t *testing.T, place string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "store.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgres.Database(t)) })
}
