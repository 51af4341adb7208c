package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kubeproof/kubeproof/internal/cli"
)

// TestMain lets the scripts call this program as kubeproof.
func TestMain(m *testing.M) {
	testscript.Main(scripts{m}, map[string]func(){
		"kubeproof": func() { os.Exit(cli.Main(context.Background(), os.Args[1:], cli.System())) },
	})
}

// TestScripts runs whole commands. Set UPDATE=1 to write what they print into the scripts, and
// read the difference before you commit it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "../../testdata/script",
		UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SOURCE_DATE_EPOCH", "1780272000") // 2026-06-01
			root, err := filepath.Abs("../..")
			env.Setenv("REPOSITORY", root)
			env.Values[testKey{}] = env.T()
			return err
		},
		Cmds:               commands,
		Condition:          condition,
		RequireUniqueNames: true,
	})
}

// commands are what scripts can do beside testscript's own.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"capture": capture, "code": code, "disk": mountDisk, "hides": hides, "make-file": makeFile, "nowhere": nowhere,
	"plant": plant, "plant-in-zip": plantInZip, "postgres": newDatabase, "read-only": readOnly, "sqlite": runSQL,
}

// code checks the exit code of a command: code 3 kubeproof scan broken.yaml
func code(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: code NUMBER COMMAND [ARG...]")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = exitCode(err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func exitCode(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}
