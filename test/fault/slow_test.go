package fault

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// dial opens a connection and writes a beginning.
func (h *house) dial(beginning string) net.Conn {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprint(conn, beginning); err != nil {
		h.t.Fatal(err)
	}
	return conn
}

// trickle writes a byte now and then until the other side has had enough; it gives after how long.
func trickle(conn net.Conn, most time.Duration) time.Duration {
	began := time.Now()
	for time.Since(began) < most {
		if _, err := conn.Write([]byte("a")); err != nil {
			break
		}
		// What was answered, or the end, tells too.
		_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if _, err := conn.Read(make([]byte, 1)); err == nil || !isTimeout(err) {
			break
		}
	}
	return time.Since(began)
}

func isTimeout(err error) bool {
	network, is := err.(net.Error)
	return is && network.Timeout()
}

// expectServed demands that others are answered soon.
func (h *house) expectServed() {
	h.t.Helper()
	for _, path := range []string{"/healthz", "/login", "/api/v1/reviews"} {
		began := time.Now()
		got, _, text, err := h.get(path)
		if took := time.Since(began); got != 200 || took > 5*time.Second {
			h.t.Errorf("%s gives %d after %s: %.200s, %v", path, got, took, text, err)
		}
	}
}

// TestSlowCallers hold nothing up: those who send their headers or forms byte by byte are cut off, those
// who only wait cost little, and others are served meanwhile.
func TestSlowCallers(t *testing.T) {
	if !thorough() {
		t.Skip("it takes a minute: set KUBEPROOF_FAULT_TESTS")
	}
	h := newHouse(t, t.TempDir())
	h.serve()
	before := h.memory("VmRSS")
	for range 1000 { // that only wait
		h.dial("")
	}
	var all sync.WaitGroup
	slow := func(what, beginning string, most time.Duration) {
		conn := h.dial(beginning)
		all.Go(func() {
			if took := trickle(conn, most+20*time.Second); took > most+5*time.Second {
				t.Errorf("%s: it may go on for %s", what, took)
			}
		})
	}
	for range 100 {
		slow("headers", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", 10*time.Second)
		slow("a form", "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=", 30*time.Second)
		slow("a change", "PUT /api/v1/reviews/main/answers/backups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+h.token+"\r\nIf-Match: \"0\"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", 30*time.Second)
	}
	for range 6 { // they take room, but not all
		h.dial("PUT /api/v1/uploads/none?offset=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + h.token + "\r\nContent-Length: 1000000\r\n\r\n")
	}
	for range 10 {
		h.expectServed()
		time.Sleep(200 * time.Millisecond)
	}
	t.Logf("1300 slow callers take %d MiB", h.memory("VmRSS")-before)
	all.Wait()
	h.expectServed()
}

// TestHugeHeaders are refused, and others are served.
func TestHugeHeaders(t *testing.T) {
	h := newHouse(t, t.TempDir())
	h.serve()
	for name, request := range map[string]string{
		"one header":   "GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + strings.Repeat("a", 200<<10) + "\r\n\r\n",
		"many headers": "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Many: a\r\n", 20_000) + "\r\n",
		"a long path":  "GET /" + strings.Repeat("a", 200<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"a cookie":     "GET / HTTP/1.1\r\nHost: x\r\nCookie: kubeproof=" + strings.Repeat("a", 200<<10) + "\r\n\r\n",
		"no HTTP":      strings.Repeat("\x16\x03\x01\x02", 100) + "\r\n\r\n",
		"two hosts":    "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"two lengths":  "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nlogin",
		"length chunk": "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: gzip\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		go func() { _, _ = fmt.Fprint(conn, request) }()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode < 400 || answer.StatusCode > 599 {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
		conn.Close()
	}
	h.expectServed()
}
