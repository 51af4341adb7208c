package audit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/test/apiserver"
)

// livePolicy uses every field; what it decides must show in the log of a real API server.
const livePolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  nonResourceURLs: [/healthz*, /version]
- level: RequestResponse
  userGroups: [auditors]
  verbs: [get, list]
  resources: [{group: "", resources: ["pods/*", secrets]}]
- level: None
  users: [jane]
  namespaces: [kube-system, ""]
- level: Metadata
  resources: [{group: "", resources: [secrets], resourceNames: [one]}, {group: rbac.authorization.k8s.io}]
- level: Request
  verbs: [create, patch, deletecollection]
  resources: [{group: "*", resources: ["*/status", deployments, pods]}]
- level: Metadata
  userGroups: [system:unauthenticated]
- level: None
  verbs: [watch]
- level: Metadata
  namespaces: [shop]
  omitStages: [ResponseStarted]
- level: Request
  userGroups: [system:authenticated]
`

// TestEvaluateAgreesWithTheAuditLog sends requests to a running API server, none of which may do
// anything, and compares what it logged with what is said here. It also shows what the control of
// stages rests on: refused credentials are logged at ResponseStarted only.
func TestEvaluateAgreesWithTheAuditLog(t *testing.T) {
	server := apiserver.Start(t, apiserver.Options{AuditPolicy: livePolicy})
	policy := NewPolicy(read(t, []byte(livePolicy)))
	want := map[string]Decision{}
	for i, caller := range []struct {
		user   string
		groups []string
	}{{"jane", nil}, {"john", []string{"auditors"}}, {"system:serviceaccount:shop:web", []string{"system:serviceaccounts", "system:serviceaccounts:shop"}}, {"system:anonymous", nil}, {"", nil}} {
		name := caller.user
		if name == "system:anonymous" {
			name = ""
		}
		client, err := server.Client(name, caller.groups...)
		if err != nil {
			t.Fatal(err)
		}
		for n, e := range liveEvents() {
			e.User, e.Groups = caller.user, append(GroupsOf(caller.user), caller.groups...)
			if caller.user == "" {
				e.Groups = nil
			}
			id := fmt.Sprintf("kubeproof-%d-%d", i, n)
			send(t, client, server.URL, id, e)
			decision := policy.Evaluate(e)
			if caller.user == "" && slices.Contains(decision.OmitStages, "ResponseStarted") {
				decision.Level = None // what is refused at the door has no later stage
			}
			want[id] = decision
		}
	}
	got := loggedLevels(t, filepath.Join(server.Dir, "audit.log"))
	for id, decision := range want {
		level := got[id]
		if level == "" {
			level = None.String()
		}
		if level != decision.Level.String() {
			t.Errorf("%s: logged at %s, said %s", id, level, decision.Level)
		}
	}
	t.Logf("%d requests, %d of them logged", len(want), len(got))
}

// liveEvents are requests for everything that the policy tells apart.
func liveEvents() []Event {
	var all []Event
	for _, path := range []string{"/healthz", "/healthz/ping", "/version", "/metrics", "/api"} {
		all = append(all, Event{Verb: "get", Path: path})
	}
	samples, _ := Samples([]string{
		"get,list,watch,create,update,patch,delete,deletecollection secrets",
		"get,list,watch,create,patch,delete pods", "get,create pods/exec", "get,patch pods/status", "get pods/log",
		"get,create,patch,deletecollection deployments.apps", "patch deployments.apps/status",
		"list,create,delete roles.rbac.authorization.k8s.io", "list,create clusterroles.rbac.authorization.k8s.io",
		"get,list,watch,patch nodes", "patch nodes/status", "create tokenreviews.authentication.k8s.io"})
	for _, s := range samples {
		for _, namespace := range []string{"shop", "kube-system"} {
			for _, name := range []string{"one", "two"} {
				e := Event{Verb: s.Verb, Group: s.Group, Resource: s.Resource, Sub: s.Sub, Namespace: namespace, Name: name}
				if builtin[s.Group][s.Resource] == cluster {
					e.Namespace = ""
				}
				if s.name() == "" {
					e.Name = ""
				}
				all = append(all, e)
			}
		}
	}
	return all
}

var methods = map[string]string{"create": "POST", "update": "PUT", "patch": "PATCH", "delete": "DELETE", "deletecollection": "DELETE"}

func send(t *testing.T, client *http.Client, url, id string, e Event) {
	t.Helper()
	path := e.Path
	if path == "" {
		path = "/api/v1"
		if e.Group != "" {
			path = "/apis/" + e.Group + "/v1"
		}
		if e.Namespace != "" {
			path += "/namespaces/" + e.Namespace
		}
		for _, step := range []string{e.Resource, e.Name, e.Sub} {
			if step != "" {
				path += "/" + step
			}
		}
		if e.Verb == "watch" {
			path += "?watch=1&timeoutSeconds=1"
		}
	}
	method := methods[e.Verb]
	if method == "" {
		method = http.MethodGet
	}
	request, err := http.NewRequest(method, url+path, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Audit-ID", id)
	if e.User == "" {
		request.Header.Set("Authorization", "Bearer wrong")
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	refused := answer.StatusCode == http.StatusForbidden || answer.StatusCode == http.StatusUnauthorized
	if e.Path == "" && !refused {
		t.Fatalf("%s %s by %q was answered %s: it must be refused, so that the test changes nothing", method, path, e.User, answer.Status)
	}
}

// loggedLevels reads the level of each request of this test.
func loggedLevels(t *testing.T, file string) map[string]string {
	t.Helper()
	log, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	levels := map[string]string{}
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct{ AuditID, Level, Stage string }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(event.AuditID, "kubeproof-") && (event.Stage == "ResponseComplete" || event.Stage == "ResponseStarted") {
			levels[event.AuditID] = event.Level
		}
	}
	return levels
}
