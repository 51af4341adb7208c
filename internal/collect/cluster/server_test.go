package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// fake is an API server of a few resources. It answers lists in pages as the real one does.
type fake struct {
	served []*served
	// before answers a request instead of the server; nil for nothing, false for "not I".
	before func(w http.ResponseWriter, r *http.Request) bool
	stale  []string      // group/versions that are said to be dead
	plain  bool          // knows no aggregated discovery
	binary bool          // writes protobuf where it is accepted
	stall  time.Duration // how long the client waits for an answer; 0 for as long as usual

	mutex    sync.Mutex
	requests []string // path and query of each
}

type served struct {
	resource
	objects []string // JSON
}

// kind adds a resource, as in "apps/v1 deployments Deployment"; a star marks cluster scope.
func (f *fake) kind(text string, objects ...string) *fake {
	words := strings.Fields(text)
	group, version, found := strings.Cut(words[0], "/")
	if !found {
		group, version = "", group
	}
	f.served = append(f.served, &served{resource{group, version, words[1], strings.TrimSuffix(words[2], "*"), !strings.HasSuffix(words[2], "*")}, objects})
	return f
}

// object writes one with a name, a namespace ("" for none) and further fields.
func object(namespace, name string, fields ...string) string {
	metadata := map[string]any{"name": name, "managedFields": []any{map[string]any{"manager": "}\"]"}}, "resourceVersion": "7"}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	text, _ := json.Marshal(metadata)
	return `{"metadata":` + string(text) + strings.Join(append([]string{""}, fields...), ",") + `}`
}

// objects writes count pods in a namespace.
func objects(namespace string, count int) []string {
	var all []string
	for i := range count {
		all = append(all, object(namespace, fmt.Sprintf("p%04d", i), `"spec":{"containers":[{"name":"app","image":"a:1"}]}`))
	}
	return all
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mutex.Lock()
	f.requests = append(f.requests, r.URL.RequestURI())
	f.mutex.Unlock()
	if f.before != nil && f.before(w, r) {
		return
	}
	switch r.URL.Path {
	case "/api", "/apis":
		f.discovery(w, r)
	case "/version":
		fmt.Fprint(w, `{"gitVersion":"v1.37.2","major":"1","minor":"37"}`)
	default:
		f.objects(w, r)
	}
}

func (f *fake) discovery(w http.ResponseWriter, r *http.Request) {
	type item = map[string]any
	groups, names := map[string]item{}, []string{}
	for _, s := range f.served {
		if (s.group == "") != (r.URL.Path == "/api") {
			continue
		}
		if groups[s.apiVersion()] == nil {
			groups[s.apiVersion()] = item{"version": s.version, "freshness": "Current", "resources": []any{}}
			names = append(names, s.apiVersion())
		}
		scope := map[bool]string{true: "Namespaced", false: "Cluster"}[s.namespaced]
		groups[s.apiVersion()]["resources"] = append(groups[s.apiVersion()]["resources"].([]any),
			item{"resource": s.name, "scope": scope, "verbs": []string{"get", "list"}, "responseKind": item{"kind": s.kind}})
	}
	if f.plain {
		f.plainDiscovery(w, r, names)
		return
	}
	items := []any{}
	for _, name := range names {
		group, _, found := strings.Cut(name, "/")
		if !found {
			group = ""
		}
		items = append(items, item{"metadata": item{"name": group}, "versions": []any{groups[name]}})
	}
	for _, dead := range f.stale {
		group, version, _ := strings.Cut(dead, "/")
		if r.URL.Path == "/apis" {
			items = append(items, item{"metadata": item{"name": group}, "versions": []any{item{"version": version, "freshness": "Stale"}}})
		}
	}
	json.NewEncoder(w).Encode(item{"kind": "APIGroupDiscoveryList", "items": items})
}

func (f *fake) plainDiscovery(w http.ResponseWriter, r *http.Request, names []string) {
	if r.URL.Path == "/api" {
		fmt.Fprint(w, `{"kind":"APIVersions","versions":["v1"]}`)
		return
	}
	var groups []any
	for _, name := range names {
		group, version, _ := strings.Cut(name, "/")
		groups = append(groups, map[string]any{"name": group, "preferredVersion": map[string]any{"version": version}, "versions": []any{map[string]any{"version": version}}})
	}
	json.NewEncoder(w).Encode(map[string]any{"kind": "APIGroupList", "groups": groups})
}

func (f *fake) objects(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/apis/"), "/api/")
	if f.plain && f.plainResources(w, path) {
		return
	}
	for _, s := range f.served {
		if path == s.apiVersion()+"/"+s.name {
			f.list(s, w, r, "")
			return
		}
		if rest, found := strings.CutPrefix(path, s.apiVersion()+"/namespaces/"); found {
			if namespace, name, _ := strings.Cut(rest, "/"); name == s.name {
				f.list(s, w, r, namespace)
				return
			}
		}
		if name, found := strings.CutPrefix(path, s.apiVersion()+"/"+s.name+"/"); found && s.name == "namespaces" && !strings.Contains(name, "/") {
			fmt.Fprint(w, object("", name))
			return
		}
	}
	refuse(w, http.StatusNotFound, "the server could not find the requested resource", "")
}

func (f *fake) plainResources(w http.ResponseWriter, path string) bool {
	var resources []any
	for _, s := range f.served {
		if path == s.apiVersion() {
			resources = append(resources, map[string]any{"name": s.name, "kind": s.kind, "namespaced": s.namespaced, "verbs": []string{"list"}})
		}
	}
	if resources != nil {
		json.NewEncoder(w).Encode(map[string]any{"kind": "APIResourceList", "resources": resources})
	}
	return resources != nil
}

func (f *fake) list(s *served, w http.ResponseWriter, r *http.Request, namespace string) {
	chosen := slices.DeleteFunc(slices.Clone(s.objects), func(text string) bool {
		return namespace != "" && !strings.Contains(text, `"namespace":"`+namespace+`"`)
	})
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("continue"), "from-"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	token := ""
	if limit > 0 && len(chosen) > from+limit {
		token, chosen = fmt.Sprintf("from-%d", from+limit), chosen[:from+limit]
	}
	page := pageOf(s.kind, token, chosen[from:]...)
	if body := protobuf(s.kind, page); f.binary && body != nil && strings.Contains(r.Header.Get("Accept"), "protobuf") {
		w.Write(body)
		return
	}
	fmt.Fprint(w, page)
}

// protobuf writes a page in that form; nil for kinds that have none here.
func protobuf(kind, page string) []byte {
	lists := map[string]interface{ Marshal() ([]byte, error) }{"Pod": &corev1.PodList{}, "ConfigMap": &corev1.ConfigMapList{}}
	list := lists[kind]
	if list == nil || json.Unmarshal([]byte(page), list) != nil {
		return nil
	}
	raw, _ := list.Marshal()
	return enveloped(kind+"List", raw)
}

// enveloped writes what is around everything in protobuf.
func enveloped(kind string, raw []byte) []byte {
	body, _ := (&runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: kind}, Raw: raw}).Marshal()
	return append([]byte("k8s\x00"), body...)
}

func pageOf(kind, token string, objects ...string) string {
	return `{"kind":"` + kind + `List","apiVersion":"v1","metadata":{"continue":"` + token + `"},"items":[` + strings.Join(objects, ",") + "]}\n"
}

// refuse answers with an error as the API server writes it.
func refuse(w http.ResponseWriter, code int, message, resume string) {
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "message": message, "metadata": map[string]any{"continue": resume}, "code": code})
}

// asked gives the requests for a path, by their queries.
func (f *fake) asked(path string) []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var queries []string
	for _, request := range f.requests {
		if at, query, _ := strings.Cut(request, "?"); at == path {
			queries = append(queries, query)
		}
	}
	return queries
}

// read reads the server as "test", without waiting between tries.
func (f *fake) read(t *testing.T, options Options) Result {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	at := &place{config: &rest.Config{Host: server.URL}, context: "test", namespace: "own"}
	c, err := newClient(at)
	if err != nil {
		t.Fatal(err)
	}
	c.wait = func(context.Context, time.Duration) {}
	c.page, c.largePage = 500, 500
	c.stall = cmp.Or(f.stall, c.stall)
	options.Target = "cluster:"
	result := read(t.Context(), options.filled(), at, c)
	for i := range result.Errors { // the address differs between runs
		result.Errors[i].Message = strings.ReplaceAll(result.Errors[i].Message, server.URL, "SERVER")
	}
	return result
}

// names lists the objects without facts, as KIND NAMESPACE/NAME.
func names(result Result) []string {
	var all []string
	for _, s := range result.Subjects {
		if s.APIVersion != inventory.FactVersion {
			all = append(all, strings.TrimSuffix(s.Kind+" "+s.Namespace+"/"+s.Name, "/"))
		}
	}
	return all
}

// told lists errors, "!" before those that lost something, and gaps of what is no fact.
func told(result Result) []string {
	var all []string
	for _, e := range result.Errors {
		mark := "  "
		if e.Lost {
			mark = "! "
		}
		all = append(all, mark+e.Message)
	}
	for _, gap := range result.Gaps {
		kind, _, _ := strings.Cut(gap.Kind, ".")
		if !slices.Contains(inventory.FactKinds, kind) {
			where := ""
			if len(gap.Except) > 0 {
				where = " outside of " + strings.Join(gap.Except, ",")
			}
			all = append(all, gap.Kind+where+": "+gap.Reason)
		}
	}
	return all
}
