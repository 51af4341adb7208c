package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// poster sends to a server as the collector's client does.
type poster struct{ url string }

func (p poster) Create(ctx context.Context, path string, object []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, bytes.NewReader(object))
	if err != nil {
		return 0, nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// prove asks a server that answers each request with what handle gives.
func prove(t *testing.T, handle func(name string, object []byte) (int, string), namespaces ...string) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Query().Get("dryRun") != "All" {
			t.Errorf("%s %s is no dry run", r.Method, r.URL)
		}
		var object struct{ Metadata struct{ Name string } }
		if err := json.Unmarshal(body, &object); err != nil {
			t.Error(err)
		}
		status, answer := handle(object.Metadata.Name, body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return collect(context.Background(), poster{server.URL}, namespaces, Options{Target: "cluster:", Cluster: "test"},
		patience{whole: 10 * time.Second, answer: 2 * time.Second})
}

func status(message string) string {
	text, _ := json.Marshal(map[string]any{"kind": "Status", "message": message})
	return string(text)
}

// echoed accepts everything as it is.
func echoed(_ string, object []byte) (int, string) { return 201, string(object) }

func TestAnswers(t *testing.T) {
	denied := `admission webhook "validate.kyverno.svc-fail" denied the request: no`
	tests := []struct {
		name   string
		status int
		body   string
		want   string // outcome and message of the trial "privileged"
	}{
		{"accepted", 201, "", "accepted "},
		{"refused", 403, status(`pods "kubeproof-proof-privileged" is forbidden: violates PodSecurity "baseline:latest": privileged`),
			`refused pods "kubeproof-proof-privileged" is forbidden: violates PodSecurity "baseline:latest": privileged`},
		{"refused by a policy", 422, status("no"), "refused no"},
		{"refused by a webhook", 400, status(denied), "refused " + denied},
		{"a bad request", 400, status("the body is wrong"), "unknown the server answers 400 Bad Request: the body is wrong"},
		{"no dry run", 400, status(`admission webhook "w" does not support dry run`),
			`unknown a webhook does not support dry runs: declare its sideEffects as None or NoneOnDryRun: admission webhook "w" does not support dry run`},
		{"no right", 403, status(`pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace "shop"`),
			"unknown no right to create pods: grant create on pods (the dry run stores nothing)"},
		{"no credentials", 401, status("Unauthorized"), "unknown the server does not accept the credentials: log in again"},
		{"a broken webhook", 500, status(`Internal error occurred: failed calling webhook "w"`),
			`unknown the server answers 500 Internal Server Error: Internal error occurred: failed calling webhook "w"`},
		{"too many requests", 429, "{}", "unknown the server answers 429 Too Many Requests"},
		{"not there", 404, status("namespaces not found"), "unknown the server answers 404 Not Found: namespaces not found"},
		{"a page", 200, "<html>", "unknown the server answers 200 with something that is no object: is there a login page before it?"},
		{"a list", 201, "[]", "unknown the server answers 201 with something that is no object: is there a login page before it?"},
		{"null", 201, "null", "unknown the server gives no Pod back"},
		{"another object", 201, `{"kind": "Status"}`, "unknown the server gives no Pod back"},
		{"long words", 422, status(strings.Repeat("word\n", 200)), "refused " + strings.Repeat("word ", 60) + "..."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			facts, _, errs := prove(t, func(name string, object []byte) (int, string) {
				if name != "kubeproof-proof-privileged" || test.body == "" {
					return echoed(name, object)
				}
				return test.status, test.body
			}, "shop")
			if len(facts) != 1 || len(errs) > 0 {
				t.Fatalf("%d facts, errors %v", len(facts), errs)
			}
			trial := facts[0].Root.Get("trials", "privileged")
			if got := trial.Get("outcome").Text() + " " + trial.Get("message").Text(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFactHoldsEveryTrial(t *testing.T) {
	facts, gaps, errs := prove(t, echoed, "shop")
	if len(facts) != 1 || len(gaps)+len(errs) > 0 {
		t.Fatalf("%d facts, gaps %v, errors %v", len(facts), gaps, errs)
	}
	fact := facts[0]
	if fact.Kind != inventory.FactAdmission || fact.Name != "shop" || fact.Namespace != "" || fact.Source.Cluster != "test" {
		t.Errorf("got %s %s/%s of %s", fact.Kind, fact.Namespace, fact.Name, fact.Source.Cluster)
	}
	for _, trial := range fact.Root.Get("trials").Children() {
		if outcome := trial.Get("outcome").Text(); outcome != "accepted" {
			t.Errorf("what was given back as it was sent is %s: %s", outcome, trial.Key())
		}
	}
	if got := fact.Root.Get("trials").Len() + fact.Root.Get("good").Len(); got != len(trials("a:1")) {
		t.Errorf("%d trials in the fact, want %d", got, len(trials("a:1")))
	}
}

func TestGoodObjectsHaveNoFault(t *testing.T) {
	for _, tr := range trials("a:1") {
		if tr.fault == "" {
			continue
		}
		var good, bad map[string]any
		counter := trial{kind: tr.kind, image: tr.image}
		if err := json.Unmarshal(counter.encoded("shop"), &good); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(tr.encoded("shop"), &bad); err != nil {
			t.Fatal(err)
		}
		if !tr.mended(good) || tr.mended(bad) {
			t.Errorf("%s: mended is %v of the good object and %v of the bad one", tr.fault, tr.mended(good), tr.mended(bad))
		}
	}
}

func TestMended(t *testing.T) {
	facts, _, _ := prove(t, func(name string, object []byte) (int, string) {
		text := string(object)
		text = strings.ReplaceAll(text, `"privileged":true`, `"privileged":false`)
		text = strings.ReplaceAll(text, `"replicas":1`, `"replicas":2`)
		text = strings.ReplaceAll(text, `"limits":{}`, `"limits":{"memory":"1Gi"}`) // and no cpu
		return 201, text
	}, "shop")
	got := map[string]string{}
	for _, name := range []string{"privileged", "one-replica", "no-limits"} {
		got[name] = facts[0].Root.Get("trials", name, "outcome").Text()
	}
	if diff := cmp.Diff(map[string]string{"privileged": "mended", "one-replica": "mended", "no-limits": "accepted"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsSentAfterSomethingWasStored(t *testing.T) {
	sent := make(chan string, 1000)
	facts, gaps, errs := prove(t, func(name string, object []byte) (int, string) {
		sent <- name
		return 201, strings.Replace(string(object), `"metadata":{`, `"metadata":{"resourceVersion":"7",`, 1)
	}, "shop")
	if len(facts) != 0 || len(errs) != 1 || len(sent) != 1 {
		t.Fatalf("%d facts, %d requests, errors %v", len(facts), len(sent), errs)
	}
	want := "prove admission: the server stored Pod shop/kubeproof-proof-good although it was sent as a dry run: delete it, and scan without --prove-admission"
	if errs[0].Message != want || !errs[0].Lost {
		t.Errorf("got %s\nwant %s", errs[0].Message, want)
	}
	if len(gaps) != 1 || gaps[0].Reason != "the server stores what is sent as a dry run" {
		t.Errorf("gaps %v", gaps)
	}
}

func TestNamespacesWithoutAnswer(t *testing.T) {
	noPods := `pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace`
	facts, gaps, errs := prove(t, func(_ string, object []byte) (int, string) {
		if strings.Contains(string(object), `"namespace":"mine"`) {
			return 201, string(object)
		}
		return 403, status(noPods)
	}, "a", "b", "mine")
	if len(facts) != 1 || facts[0].Name != "mine" || len(errs) > 0 {
		t.Fatalf("facts %v, errors %v", facts, errs)
	}
	want := []inventory.Gap{{Target: "cluster:", Kind: inventory.FactAdmission, Namespaces: []string{"a", "b"},
		Reason: "no right to create pods: grant create on pods (the dry run stores nothing)"}}
	if diff := cmp.Diff(want, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

func TestSilentServer(t *testing.T) {
	stop := make(chan struct{})
	asked := make(chan struct{}, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-stop
	}))
	defer server.Close()
	defer close(stop)
	var namespaces []string
	for i := range 30 {
		namespaces = append(namespaces, fmt.Sprintf("ns-%02d", i))
	}
	facts, gaps, _ := collect(context.Background(), poster{server.URL}, namespaces, Options{}, patience{whole: time.Minute, answer: 50 * time.Millisecond})
	if len(facts) != 0 || len(gaps) != 1 || len(gaps[0].Namespaces) != 30 || gaps[0].Reason != "no answer in time: try again when the cluster is less busy" {
		t.Errorf("%d facts, gaps %v", len(facts), gaps)
	}
	if len(asked) > mostStalls+sideBySide {
		t.Errorf("%d requests to a server that does not answer", len(asked))
	}
}

func TestDeadServer(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	facts, gaps, _ := Collect(context.Background(), poster{server.URL}, []string{"shop"}, Options{})
	if len(facts) != 0 || len(gaps) != 1 || !strings.HasSuffix(gaps[0].Reason, "connection refused: try again") {
		t.Errorf("%d facts, gaps %v", len(facts), gaps)
	}
}

func TestBounds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(201)
		_, _ = io.Copy(w, r.Body)
	}))
	defer server.Close()
	facts, gaps, _ := Collect(context.Background(), poster{server.URL}, []string{"a", "b", "c"}, Options{Most: 2})
	if len(facts) != 2 || len(gaps) != 1 || gaps[0].Reason != "admission was proven in 2 of 3 namespaces: raise --prove-namespaces" ||
		!cmp.Equal(gaps[0].Namespaces, []string{"c"}) {
		t.Errorf("%d facts, gaps %v", len(facts), gaps)
	}
	_, gaps, _ = Collect(context.Background(), poster{server.URL}, nil, Options{})
	if len(gaps) != 1 || gaps[0].Reason != "no namespace holds workloads in which admission could be proven: name one with --namespace" {
		t.Errorf("gaps %v", gaps)
	}
}

func TestNamespaces(t *testing.T) {
	var objects []*inventory.Subject
	for _, text := range []string{
		"{kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: []}}",
		"{kind: Pod, metadata: {name: b, namespace: shop}, spec: {containers: []}}",
		"{kind: Pod, metadata: {name: a, namespace: bank}, spec: {containers: []}}",
		"{kind: Pod, metadata: {name: a, namespace: kube-system}, spec: {containers: []}}",
		"{kind: Service, metadata: {name: a, namespace: other}}",
		"{kind: Namespace, metadata: {name: empty}}",
	} {
		documents, _ := document.Read([]byte(text), document.DefaultLimits)
		objects = append(objects, inventory.NewSubject(documents[0].Root, &inventory.Source{}, 1, "", nil))
	}
	if diff := cmp.Diff([]string{"bank", "shop"}, Namespaces(objects, "")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"kube-system"}, Namespaces(objects, "kube-system")); diff != "" {
		t.Error(diff)
	}
}

func TestUntagged(t *testing.T) {
	for image, want := range map[string]string{
		"nginx": "nginx", "nginx:1": "nginx", "r.example:5000/a/b": "r.example:5000/a/b",
		"r.example:5000/a/b:1.2": "r.example:5000/a/b", "a/b:1@sha256:00": "a/b", "a/b@sha256:00": "a/b", "": "",
	} {
		if got := untagged(image); got != want {
			t.Errorf("%q: got %q, want %q", image, got, want)
		}
	}
}
