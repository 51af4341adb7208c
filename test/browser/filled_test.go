package browser

import (
	"cmp"
	"flag"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Whose pages are looked at: those of a server that runs already, or else of the program's own demonstration.
var (
	address = flag.String("address", "", "address of a server whose pages are tried, instead of a demonstration that is started")
	login   = flag.String("login", "", "the only name to sign in with at -address")
	secret  = flag.String("password", "", "the password to sign in with at -address")
)

// Those of the demonstration, with the roles for which pages differ.
const (
	administrator = "alex"
	contributor   = "robin"
	reviewer      = "kim"
)

// demonstration is the one that all tests look at. It ends with them.
var demonstration = sync.OnceValues(func() (*served, error) {
	demo, err := start(exec.Command(shared.program, "serve", "--demo", "--listen", "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	before := shared.stop
	shared.stop = func() {
		if err := demo.stop(); err != nil {
			fmt.Println(err)
		}
		before()
	}
	return demo, nil
})

// filled is somebody on a store in which every page has something to show.
func filled(t *testing.T, name string) *visitor {
	t.Helper()
	theStage(t)
	if *address != "" {
		return signedIn(t, strings.TrimSuffix(*address, "/"), cmp.Or(*login, name), *secret)
	}
	demo, err := demonstration()
	if err != nil {
		t.Fatal(err)
	}
	return signedIn(t, demo.url, name, demo.passwords[name])
}

func signedIn(t *testing.T, base, name, secret string) *visitor {
	t.Helper()
	v := openWindow(t, base, name)
	v.open("/login")
	v.signIn(name, secret)
	if v.path() != "/" {
		v.fail("who signs in comes to %s", v.path())
	}
	v.password = secret
	return v
}
