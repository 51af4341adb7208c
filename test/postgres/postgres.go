// Package postgres starts a real PostgreSQL for tests: a server of its own on loopback, from the
// programs of the distribution, that ends with the test. Begin with Start, or, where many tests
// share one server, with Run in TestMain and Database in each test.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// required is the variable that makes missing programs a failure instead of a skipped test.
const required = "KUBEPROOF_POSTGRES_TESTS"

// Who is superuser, by what password.
const (
	User     = "kubeproof"
	Password = "correct horse/battery" // with signs that a URL must escape
)

// errNotInstalled: the machine has no PostgreSQL.
var errNotInstalled = errors.New("PostgreSQL is not installed: apt-get install postgresql")

// Server is a running server.
type Server struct {
	Dir string // its data in data, its log in postgres.log

	bin       string
	port      int
	running   *process
	databases atomic.Int64
}

// Start starts a server that ends with the test. Without the programs the test is skipped, or
// fails where KUBEPROOF_POSTGRES_TESTS is "require".
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := begin()
	if err != nil {
		refuse(t, err)
	}
	t.Cleanup(s.Stop)
	return s
}

func refuse(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errNotInstalled) && os.Getenv(required) != "require" {
		t.Skip(err)
	}
	t.Fatalf("start PostgreSQL: %v", err)
}

// begin makes a new server and starts it.
func begin() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kubeproof-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: dir, bin: bin}
	if err := s.initialize(); err != nil {
		s.Stop()
		return nil, err
	}
	if s.port, err = freePort(); err != nil {
		s.Stop()
		return nil, err
	}
	if err := s.Restart(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// programs finds the folder of the newest installed version.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errNotInstalled
}

// initialize makes the server's files. The order of text is English, not that of bytes, as on most
// servers: what relies on an order must ask for it.
func (s *Server) initialize() error {
	who, err := unprivileged()
	if err != nil {
		return err
	}
	password := filepath.Join(s.Dir, "password")
	if err := os.WriteFile(password, []byte(Password+"\n"), 0o600); err != nil {
		return err
	}
	if err := who.own(s.Dir, password); err != nil {
		return err
	}
	command := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata", s.data(), "--username", User, "--pwfile", password,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en", "--no-sync")
	command.Dir = s.Dir
	who.become(command)
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("run initdb: %w: %s", err, text)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

// URL is the address of the superuser's database "postgres".
func (s *Server) URL() string { return s.url("postgres") }

func (s *Server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(User, Password), Host: fmt.Sprintf("127.0.0.1:%d", s.port), Path: "/" + database}
	return u.String()
}

// Database makes an empty database, that goes with the test, and gives its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	if err := s.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() { _ = s.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return s.url(name)
}

// Exec runs statements as the superuser, each by itself.
func (s *Server) Exec(statements ...string) error {
	db, err := sql.Open("pgx", s.URL())
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
