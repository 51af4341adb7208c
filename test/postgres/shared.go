package postgres

import (
	"sync"
	"testing"
)

// shared is the one server of a test program, started by the first test that needs it.
var shared struct {
	sync.Mutex
	server *Server
	err    error
	ready  bool // Run will stop it
}

// Run runs a package's tests and stops the server that they have shared: call it in TestMain with
// os.Exit(postgres.Run(m)).
func Run(m *testing.M) int {
	shared.ready = true
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.Stop()
	}
	return code
}

// Shared gives the server that the tests of a package share. It needs Run in TestMain. It is
// skipped or fails as with Start.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.ready {
		t.Fatal("share a PostgreSQL: TestMain must call postgres.Run")
	}
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = begin()
	}
	if shared.err != nil {
		refuse(t, shared.err)
	}
	return shared.server
}

// Database makes an empty database on the shared server and gives its address.
func Database(t testing.TB) string {
	t.Helper()
	return Shared(t).Database(t)
}
