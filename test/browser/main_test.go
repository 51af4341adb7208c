package browser

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// required is the variable that makes a missing browser a failure instead of a skipped test.
const required = "KUBEPROOF_BROWSER_TESTS"

// stage is what all tests share: the program, built once, and one browser in which each visitor has a
// context of its own.
type stage struct {
	folder  string
	program string
	browser context.Context
	stop    func()
}

var errNoBrowser = errors.New("there is no Chromium: test/browser/install.sh installs it")

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
	}
	os.Exit(code)
}

var shared stage

var begin = sync.OnceValue(func() error { return shared.begin() })

// theStage starts what is needed, once. Without a browser the test is skipped, or fails where
// KUBEPROOF_BROWSER_TESTS is "require".
func theStage(t *testing.T) *stage {
	t.Helper()
	err := begin()
	if errors.Is(err, errNoBrowser) && os.Getenv(required) != "require" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &shared
}

func (s *stage) begin() (err error) {
	chromium := findChromium()
	if chromium == "" {
		return errNoBrowser
	}
	if s.folder, err = os.MkdirTemp("", "kubeproof-browser-"); err != nil {
		return err
	}
	s.stop = func() { _ = os.RemoveAll(s.folder) }
	s.program = filepath.Join(s.folder, "kubeproof")
	build := exec.Command("go", "build", "-o", s.program, "./cmd/kubeproof")
	build.Dir = filepath.Join("..", "..")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build kubeproof: %w: %s", err, text)
	}
	return s.open(chromium)
}

// open starts the browser.
func (s *stage) open(chromium string) error {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.DisableGPU,
		chromedp.UserDataDir(filepath.Join(s.folder, "profile")), chromedp.Flag("lang", "en"))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	browser, quit := chromedp.NewContext(allocator)
	s.browser = browser
	s.stop = func() {
		patient, cancel := context.WithTimeout(browser, 10*time.Second)
		defer cancel()
		_ = chromedp.Cancel(patient)
		quit()
		end()
		_ = os.RemoveAll(s.folder)
	}
	if err := chromedp.Do(browser); err != nil {
		return fmt.Errorf("start Chromium: %w", err)
	}
	return nil
}

// findChromium gives the program's path; "" if there is none.
func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
