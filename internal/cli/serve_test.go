package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// output gathers what a command writes while it runs.
type output struct {
	lock sync.Mutex
	text bytes.Buffer
	wake chan bool
}

func (o *output) Write(p []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	select {
	case o.wake <- true:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.String()
}

// wait waits until a pattern was written and gives its first group.
func (o *output) wait(t *testing.T, ended <-chan int, pattern string) string {
	t.Helper()
	for {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(o.String()); found != nil {
			return found[1]
		}
		select {
		case <-o.wake:
		case code := <-ended:
			t.Fatalf("serve ended with %d: %s", code, o)
		}
	}
}

// office is a store of a test with its environment.
type office struct {
	t   *testing.T
	env map[string]string
}

func newOffice(t *testing.T) *office {
	folder := t.TempDir()
	return &office{t, map[string]string{"KUBEPROOF_STORE": filepath.Join(folder, "store"), "KUBEPROOF_LEDGER_KEY": filepath.Join(folder, "key"), "KUBEPROOF_PERSON": "Anna"}}
}

func (p *office) streams(out, errs io.Writer) *Streams {
	return &Streams{In: strings.NewReader(""), Out: out, Err: errs, Getenv: func(name string) string { return p.env[name] }}
}

// run runs a command to its end and gives what it printed.
func (p *office) run(code int, args ...string) string {
	p.t.Helper()
	var out, errs bytes.Buffer
	if got := Main(p.t.Context(), args, p.streams(&out, &errs)); got != code {
		p.t.Fatalf("%v ends with %d, want %d: %s", args, got, code, errs.String())
	}
	return out.String() + errs.String()
}

// serve begins to serve and gives the address and what was printed.
func (p *office) serve(flags ...string) (address string, printed *output) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	printed = &output{wake: make(chan bool, 1)}
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, flags...), p.streams(printed, printed))
	}()
	address = printed.wait(p.t, ended, `(http://127\.0\.0\.1:\d+)\n`)
	p.t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitClean {
			p.t.Errorf("serve ended with %d: %s", code, printed)
		}
	})
	return address, printed
}

// browser keeps cookies.
func browser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func read(t *testing.T, response *http.Response, err error) (int, string) {
	t.Helper()
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

// TestServe: the first password is set by the link, somebody signs in, a scan is handed in by its
// token, and pages show it.
func TestServe(t *testing.T) {
	p := newOffice(t)
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	token := strings.TrimSpace(regexp.MustCompile(`kpt_\S+`).FindString(p.run(0, "serve", "token", "add", "ci", "--scope", "scan,read")))
	address, printed := p.serve()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/api/v1/openapi.json": 200, "/api/v1/reviews": 401} {
		response, err := http.Get(address + path)
		if got, text := read(t, response, err); got != want {
			t.Errorf("%s gives %d, want %d: %s", path, got, want, text)
		}
	}

	manifest := filepath.Join(t.TempDir(), "pod.yaml")
	if err := os.WriteFile(manifest, []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: a, securityContext: {privileged: true}}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	upload := []string{"scan", manifest, "--fail-on", "never", "-o", "json", "--upload", address, "--upload-to", "main/production/pod"}
	if text := p.run(exitPartial, upload...); !strings.Contains(text, "KUBEPROOF_TOKEN") {
		t.Error(text)
	}
	p.env["KUBEPROOF_TOKEN"] = token
	if text := p.run(exitClean, upload...); !strings.Contains(text, "handed in as main/production/pod") {
		t.Error(text)
	}
	if text := p.run(exitClean, "review", "show", "S0.039"); !strings.Contains(text, "not satisfied") {
		t.Error(text)
	}

	link := regexp.MustCompile(`half an hour: (\S+)`).FindStringSubmatch(printed.String())
	if link == nil {
		t.Fatalf("no link was printed: %s", printed)
	}
	p.signIn(link[1], address)
	id := regexp.MustCompile(`t-[0-9a-f]{8}`).FindString(p.run(0, "serve", "token", "list"))
	p.run(0, "serve", "token", "revoke", id)
	request, err := http.NewRequest("GET", address+"/api/v1/reviews", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if got, text := read(t, response, err); got != 401 {
		t.Errorf("a token that was taken back gives %d: %s", got, text)
	}
}

// signIn sets the first password by the link and looks at the overview.
func (p *office) signIn(link, address string) (client *http.Client) {
	p.t.Helper()
	client = browser(p.t)
	response, err := client.Get(link)
	if got, text := read(p.t, response, err); got != 200 {
		p.t.Fatalf("the link gives %d: %s", got, text)
	}
	parsed, err := url.Parse(link)
	if err != nil {
		p.t.Fatal(err)
	}
	const password = "a long enough password 4"
	response, err = client.PostForm(address+"/setup", url.Values{"token": {parsed.Query().Get("token")}, "login": {"anna"}, "password": {password}, "again": {password}})
	if got, text := read(p.t, response, err); got != 200 {
		p.t.Fatalf("setting the password gives %d: %s", got, text)
	}
	response, err = client.PostForm(address+"/login", url.Values{"login": {"anna"}, "password": {password}})
	if got, text := read(p.t, response, err); got != 200 {
		p.t.Fatalf("signing in gives %d: %s", got, text)
	}
	response, err = client.Get(address + "/")
	if got, text := read(p.t, response, err); got != 200 || !strings.Contains(text, "Anna") {
		p.t.Errorf("the overview gives %d: %s", got, text)
	}
	response, err = client.Get(address + "/controls/container-privileged")
	if got, text := read(p.t, response, err); got != 200 || !strings.Contains(text, "Not like this") {
		p.t.Errorf("a control's page gives %d and shows no examples: %s", got, text)
	}
	return client
}

// TestServeRefuses what would show passwords or cannot work.
func TestServeRefuses(t *testing.T) {
	p := newOffice(t)
	for want, args := range map[string][]string{
		"would cross the network in the clear":  {"--listen", "0.0.0.0:8080"},
		"name both --tls-cert and --tls-key":    {"--tls-cert", "a"},
		`address "nowhere" is none`:             {"--listen", "nowhere"},
		"there is no store of reviews here yet": {},
		"unknown flag: --port":                  {"--port", "1"},
		"name the provider with --oidc-issuer":  {"--oidc-client-id", "a"},
		`public address "x" is none`:            {"--public-url", "x"},
		"else with http://":                     {"--public-url", "https://kubeproof.example.com"},
		"say how they reach the server":         {"--listen", ":8080", "--behind-tls", "--oidc-issuer", "https://id.example.com"},
		"takes no arguments":                    {"extra"},
	} {
		if text := p.run(exitUsage, append([]string{"serve"}, args...)...); !strings.Contains(text, want) {
			t.Errorf("%v: %s, want %s", args, text, want)
		}
	}
}

// TestServeRefusesProviders that cannot be asked, and roles that nobody has.
func TestServeRefusesProviders(t *testing.T) {
	p := newOffice(t)
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	provider := []string{"--oidc-issuer", "https://id.example.com", "--oidc-client-id", "kubeproof"}
	for want, args := range map[string][]string{
		"name with --oidc-client-id":     {"--oidc-issuer", "https://id.example.com"},
		"is no address with https":       {"--oidc-issuer", "http://id.example.com", "--oidc-client-id", "a"},
		"no such file":                   append(provider, "--oidc-client-secret-file", empty+"s"),
		"it is empty":                    append(provider, "--oidc-client-secret-file", empty),
		"write GROUP=ROLE":               append(provider, "--oidc-role", "developers"),
		`role "root" is unknown`:         append(provider, "--oidc-role", "developers=contributor,root"),
		"who audits holds no other role": append(provider, "--oidc-role", "a=auditor", "--oidc-role", "a=viewer"),
	} {
		if text := p.run(exitUsage, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...); !strings.Contains(text, want) {
			t.Errorf("%v: %s, want %s", args, text, want)
		}
	}
}
