package listen

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestBodiesArriveSoonOrNot: who sends slowly is cut off, whether or not anybody reads; what was sent may be
// worked on for longer.
func TestBodiesArriveSoonOrNot(t *testing.T) {
	const within = 200 * time.Millisecond
	server := httptest.NewServer(arriving(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/unread" {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				w.WriteHeader(http.StatusRequestTimeout)
				return
			}
		}
		if r.URL.Path == "/long" {
			select {
			case <-r.Context().Done():
				w.WriteHeader(http.StatusTeapot)
				return
			case <-time.After(4 * within):
			}
		}
		fmt.Fprint(w, "done")
	}), within))
	defer server.Close()
	for _, path := range []string{"/", "/long", "/unread"} {
		for _, body := range []string{"", "a body"} {
			answer, err := http.Post(server.URL+path, "text/plain", strings.NewReader(body))
			if err != nil || answer.StatusCode != 200 {
				t.Fatalf("%s with %q: %v, %v", path, body, answer, err)
			}
			answer.Body.Close()
		}
	}
	for _, path := range []string{"/", "/unread"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", path)
		began := time.Now()
		for time.Since(began) < 20*within {
			if _, err := conn.Write([]byte("a")); err != nil {
				break
			}
			time.Sleep(within / 4)
		}
		if took := time.Since(began); took > 15*within {
			t.Errorf("%s may be sent to for %s", path, took)
		}
	}
}
