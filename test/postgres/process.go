package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// account is whom the programs run as: PostgreSQL refuses root.
type account struct {
	uid, gid int
	change   bool
}

func unprivileged() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(found.Uid)
		if err != nil {
			return account{}, err
		}
		gid, err := strconv.Atoi(found.Gid)
		return account{uid: uid, gid: gid, change: true}, err
	}
	return account{}, errors.New("PostgreSQL refuses root, and there is neither a user postgres nor nobody")
}

func (a account) own(paths ...string) error {
	for _, path := range paths {
		if !a.change {
			return nil
		}
		if err := os.Chown(path, a.uid, a.gid); err != nil {
			return err
		}
	}
	return nil
}

func (a account) become(command *exec.Cmd) {
	// It must not outlive a test that is killed.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if a.change {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
}

// process is one run of the server.
type process struct {
	command *exec.Cmd
	log     *os.File
	done    chan struct{}
}

// Restart starts the server again after Kill and waits until it answers, having repaired its files
// from its log. The address stays.
func (s *Server) Restart() error {
	for tries := 0; ; tries++ {
		if err := s.run(); err != nil {
			return err
		}
		err := s.wait(time.Minute)
		// Processes of the killed server may take a moment to end.
		if err == nil || tries == 50 || !strings.Contains(err.Error(), "still in use") {
			return err
		}
		if err := os.Truncate(s.log(), 0); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *Server) log() string { return filepath.Join(s.Dir, "postgres.log") }

// run starts the program.
func (s *Server) run() error {
	who, err := unprivileged()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	command := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+s.Dir)
	command.Dir, command.Stdout, command.Stderr = s.Dir, log, log
	who.become(command)
	if err := command.Start(); err != nil {
		log.Close()
		return err
	}
	p := &process{command: command, log: log, done: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(p.done)
	}()
	s.running = p
	return nil
}

// wait asks the server until it answers or has ended.
func (s *Server) wait(within time.Duration) error {
	db, err := sql.Open("pgx", s.URL())
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-s.running.done:
			return fmt.Errorf("postgres ended: %s", s.tail())
		case <-ctx.Done():
			return fmt.Errorf("postgres did not answer within %s: %w: %s", within, err, s.tail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill ends the server and all its processes at once, with no time to write anything.
func (s *Server) Kill() {
	server := s.running.command.Process.Pid
	_ = syscall.Kill(server, syscall.SIGSTOP) // it would start new ones
	// Its processes have groups of their own.
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", server, server))
	for _, child := range strings.Fields(string(children)) {
		if pid, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	_ = syscall.Kill(server, syscall.SIGKILL)
	<-s.running.done
	s.running.log.Close()
}

// Stop ends the server and removes its files.
func (s *Server) Stop() {
	if s.running != nil {
		s.running.end()
	}
	_ = os.RemoveAll(s.Dir)
}

// end stops the server without waiting for its clients, and then not politely.
func (p *process) end() {
	defer p.log.Close()
	_ = p.command.Process.Signal(syscall.SIGINT)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.command.Process.Kill()
		<-p.done
	}
}

// tail is the end of the server's log.
func (s *Server) tail() string {
	text, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
