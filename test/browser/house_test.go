package browser

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// house is a store with the program that serves it.
type house struct {
	t      *testing.T
	env    []string
	folder string
	// url is where it serves, link where the first password is set; "" if one is set.
	url, link string
}

// newHouse is an empty place for a store. Its folder goes with the test.
func newHouse(t *testing.T, env ...string) *house {
	t.Helper()
	theStage(t)
	folder := t.TempDir()
	h := &house{t: t, folder: folder}
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

// serve begins to serve on loopback until the test ends, and knows then where.
func (h *house) serve() {
	h.t.Helper()
	served, err := start(h.command("serve", "--listen", "127.0.0.1:0"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.url, h.link = served.url, served.link
	h.t.Cleanup(func() {
		if err := served.stop(); err != nil {
			h.t.Error(err)
		}
	})
}
