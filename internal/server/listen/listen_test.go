package listen

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve begins to serve and gives the address; the test's end stops it.
func serve(t *testing.T, o Options) (address string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	listening, ended := make(chan string, 1), make(chan error, 1)
	o.Address, o.Log, o.Listening = "127.0.0.1:0", slog.New(slog.DiscardHandler), func(address string) { listening <- address }
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	go func() { ended <- Serve(ctx, o) }()
	select {
	case address = <-listening:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return address, func() error { cancel(); return <-ended }
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestSignsOfLife(t *testing.T) {
	down := errors.New("password=geheim is wrong")
	var broken error
	address, _ := serve(t, Options{Routes: Routes{"/": http.NotFoundHandler()}, Ready: func(context.Context) error { return broken }})
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/other": 404} {
		if got, _ := get(t, "http://"+address+path); got != want {
			t.Errorf("%s gives %d, want %d", path, got, want)
		}
	}
	if _, text := get(t, "http://"+address+"/metrics"); !strings.Contains(text, `kubeproof_http_request_seconds_count{code="404",method="get"} 1`) {
		t.Error(text)
	}
	broken = down
	if got, text := get(t, "http://"+address+"/readyz"); got != 503 || strings.Contains(text, "geheim") {
		t.Errorf("not ready gives %d: %s", got, text)
	}
}

// TestStopLetsRequestsFinish: what has begun is answered.
func TestStopLetsRequestsFinish(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	address, stop := serve(t, Options{Routes: Routes{"/": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		begun <- true
		<-goOn
		_, _ = io.WriteString(w, "done")
	})}})
	answered := make(chan string, 1)
	go func() { _, text := get(t, "http://"+address+"/slow"); answered <- text }()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	time.Sleep(20 * time.Millisecond)
	close(goOn)
	if text := <-answered; text != "done" {
		t.Errorf("answer is %q", text)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestServeTellsWhatIsWrong(t *testing.T) {
	address, _ := serve(t, Options{Routes: Routes{"/": http.NotFoundHandler()}})
	err := Serve(t.Context(), Options{Address: address, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "choose another with --listen") {
		t.Error(err)
	}
	err = Serve(t.Context(), Options{Address: "127.0.0.1:0", CertFile: "none.pem", KeyFile: "none.key", Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "read certificate none.pem") {
		t.Error(err)
	}
}
