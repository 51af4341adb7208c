package admission

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/net"

	"github.com/kubeproof/kubeproof/internal/policy"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

// cluster is the API server with the policies of all controls.
type cluster struct {
	*apiserver.Server
	admin  *http.Client
	mutex  sync.Mutex
	places map[string]map[string]place // by apiVersion, by kind
}

type place struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	server := apiserver.Start(t, apiserver.Options{})
	admin, err := server.Client("kubernetes-admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	return &cluster{Server: server, admin: admin, places: map[string]map[string]place{}}
}

// answer is what the server said to one request.
type answer struct {
	status   int
	message  string // of a refusal
	object   object // of an acceptance
	warnings []string
}

// mostWarnings is how many characters of warnings the server sends before it cuts them.
const mostWarnings = 4096

// cut reports whether warnings may be missing.
func (a answer) cut() bool {
	return utf8.RuneCountInString(strings.Join(a.warnings, ""))+len(a.warnings) >= mostWarnings-256
}

// failures are the messages of the policies that warned.
func (a answer) failures(into said) {
	for _, warning := range a.warnings {
		user, rest, _ := strings.Cut(strings.TrimPrefix(warning, "Validation failed for ValidatingAdmissionPolicy '"), "' with binding '")
		if message, ours := strings.CutPrefix(rest, user+"': "); ours {
			into[user] = []string{message}
		}
	}
}

// send sends an object as a user; "" is the administrator, whom no policy concerns.
func (c *cluster) send(method, user, path string, body any) (answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequest(method, c.URL+path, bytes.NewReader(text))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	if user != "" {
		request.Header.Set("Impersonate-User", user)
		request.Header.Set("Impersonate-Group", "system:masters")
	}
	response, err := c.admin.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode}
	warnings, _ := net.ParseWarningHeaders(response.Header["Warning"])
	for _, warning := range warnings {
		a.warnings = append(a.warnings, warning.Text)
	}
	if a.status >= 300 {
		var status struct{ Message string }
		_ = json.Unmarshal(got, &status)
		a.message = status.Message
		return a, nil
	}
	return a, json.Unmarshal(got, &a.object)
}

// path is where objects of a kind are made.
func (c *cluster) path(o object) (string, error) {
	apiVersion, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	base := "/apis/" + apiVersion
	if !strings.Contains(apiVersion, "/") {
		base = "/api/" + apiVersion
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.places[base] == nil {
		got, err := c.send(http.MethodGet, "", base, nil)
		if err != nil {
			return "", err
		}
		c.places[base] = map[string]place{}
		list, _ := got.object["resources"].([]any)
		for _, one := range list {
			r := one.(map[string]any)
			if name := r["name"].(string); !strings.Contains(name, "/") {
				c.places[base][r["kind"].(string)] = place{Name: name, Namespaced: r["namespaced"].(bool)}
			}
		}
	}
	at, known := c.places[base][kind]
	if !known {
		return "", fmt.Errorf("the server has no %s of %s", kind, apiVersion)
	}
	if at.Namespaced {
		base += "/namespaces/" + namespaceOf(o)
	}
	return base + "/" + at.Name, nil
}

func namespaceOf(o object) string {
	if namespace, _ := child(o, "metadata")["namespace"].(string); namespace != "" {
		return namespace
	}
	return "default"
}

// install makes the policies, each for the users of its control only, and waits until the server
// uses them: it learns of policies in the order in which they were made, so that with the last
// all others are in use.
func (c *cluster) install(t *testing.T, all []*asked) {
	t.Helper()
	var objects []object
	for _, a := range all {
		p, b, err := policy.Translate(a.control, a.values)
		if err != nil {
			t.Error(err)
			continue
		}
		child(b, "spec")["validationActions"] = []any{"Warn"}
		objects = append(objects, onlyFor(a.user, p, b, a.group)...)
	}
	objects = append(objects, onlyFor("last", sentinel(), object{"apiVersion": "admissionregistration.k8s.io/v1",
		"kind": "ValidatingAdmissionPolicyBinding", "metadata": object{},
		"spec": object{"validationActions": []any{"Deny"}}})...)
	for _, o := range objects {
		path, err := c.path(o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.send(http.MethodPost, "", path, o)
		if err != nil || got.status >= 300 {
			t.Fatalf("create %s %v: %v %s", o["kind"], child(o, "metadata")["name"], err, got.message)
		}
	}
	probe := object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": "probe"}}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		got, err := c.send(http.MethodPost, "last", "/api/v1/namespaces/default/configmaps?dryRun=All", probe)
		if err == nil && strings.Contains(got.message, "ValidatingAdmissionPolicy 'last'") {
			return
		}
	}
	t.Fatal("the server does not use the policies")
}

func sentinel() object {
	return object{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": object{},
		"spec": object{
			"matchConstraints": object{"resourceRules": []any{object{"apiGroups": []any{""}, "apiVersions": []any{"*"},
				"operations": []any{"CREATE"}, "resources": []any{"configmaps"}}}},
			"validations": []any{object{"expression": "false", "message": "in use"}},
		}}
}

// onlyFor names a policy after a user and makes it judge the requests of that user and of others
// only.
func onlyFor(user string, policy, binding object, others ...string) []object {
	child(policy, "metadata")["name"], child(binding, "metadata")["name"] = user, user
	spec := child(policy, "spec")
	conditions, _ := spec["matchConditions"].([]any)
	spec["matchConditions"] = append(conditions, object{"name": "only-for-one-user", "expression": fmt.Sprintf("request.userInfo.username in [%q, %q]", user, strings.Join(others, ""))})
	child(binding, "spec")["policyName"] = user
	return []object{policy, binding}
}
