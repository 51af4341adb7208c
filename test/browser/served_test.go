package browser

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

// served is a program that serves.
type served struct {
	command *exec.Cmd
	read    chan string
	log     *lines
	// url is where, link where the first password is set, and passwords those of a demonstration by login.
	url, link string
	passwords map[string]string
}

var (
	servedAt = regexp.MustCompile(`^https?://127\.0\.0\.1:\d+$`)
	setupAt  = regexp.MustCompile(`https?://127\.0\.0\.1:\d+/setup\S*`)
	signsIn  = regexp.MustCompile(`^([a-z]+) +(\S+) +.*, who `)
)

// start starts the program, and waits until it says where it serves and how to sign in.
func start(command *exec.Cmd) (*served, error) {
	s := &served{command: command, read: make(chan string, 100), log: &lines{}, passwords: map[string]string{}}
	command.Stderr = s.log
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, err
	}
	go listen(out, s.read)
	if err := s.hear(); err != nil {
		return nil, fmt.Errorf("%w: %w\n%s", err, s.stop(), s.log.last(20))
	}
	return s, nil
}

func listen(out io.Reader, read chan<- string) {
	defer close(read)
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		read <- scanner.Text()
	}
}

// hear waits for the address, and for what follows it.
func (s *served) hear() error {
	for wait := 2 * time.Minute; ; {
		select {
		case line, open := <-s.read:
			if !open {
				return fmt.Errorf("serve ended before it served")
			}
			if servedAt.MatchString(line) {
				s.url, wait = line, time.Second
			}
			if who := signsIn.FindStringSubmatch(line); who != nil {
				s.passwords[who[1]] = who[2]
			}
			if s.link = setupAt.FindString(line); s.link != "" {
				return nil
			}
		case <-time.After(wait):
			if s.url == "" {
				return fmt.Errorf("serve does not say where")
			}
			return nil
		}
	}
}

// stop interrupts the program, which has to end well.
func (s *served) stop() error {
	_ = s.command.Process.Signal(os.Interrupt)
	for range s.read { // until it has ended
	}
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("serve ends: %w\n%s", err, s.log.last(20))
	}
	return nil
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
