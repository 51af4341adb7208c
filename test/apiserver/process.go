package apiserver

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// process is one running program.
type process struct {
	name    string
	command *exec.Cmd
	log     *os.File
	done    chan struct{}
}

func begin(name string, command *exec.Cmd, log *os.File) (*process, error) {
	// It must not outlive a test that is killed.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := command.Start(); err != nil {
		log.Close()
		return nil, err
	}
	p := &process{name: name, command: command, log: log, done: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// end stops the program: politely, then not.
func (p *process) end() {
	defer p.log.Close()
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
		_ = p.command.Process.Kill()
		<-p.done
	}
}

// tail is the end of the program's log.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
