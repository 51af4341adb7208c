package cluster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

func compare(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestReadsPagesInOrder(t *testing.T) {
	f := (&fake{}).kind("v1 pods Pod", objects("b", 1201)...).kind("v1 namespaces Namespace*", object("", "b"), object("", "a")).
		kind("v1 events Event", object("a", "e")).kind("metrics.k8s.io/v1beta1 pods PodMetrics", object("b", "p")).
		kind("autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler", object("a", "h")).
		kind("autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler", object("a", "h"))
	var progress []string
	result := f.read(t, Options{Progress: func(done, total int) { progress = append(progress, fmt.Sprintf("%d/%d", done, total)) }})
	compare(t, "told", nil, told(result))
	got := names(result)
	if len(got) != 1204 || result.Objects != 1204 {
		t.Fatalf("read %d objects (%d counted), want 1204", len(got), result.Objects)
	}
	compare(t, "first objects", []string{"HorizontalPodAutoscaler a/h", "Namespace /a", "Namespace /b", "Pod b/p0000", "Pod b/p0001"}, got[:5])
	compare(t, "pages", []string{"limit=500", "continue=from-500&limit=500", "continue=from-1000&limit=500"}, f.asked("/api/v1/pods"))
	compare(t, "progress", []string{"1/3", "2/3", "3/3"}, progress)
	pod := result.Subjects[len(result.Subjects)-1]
	want := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p1200","namespace":"b"},"spec":{"containers":[{"name":"app","image":"a:1"}]}}`
	if got := string(pod.Root.AppendJSON(nil, nil)); got != want {
		t.Errorf("pod is\n%s, want\n%s", got, want)
	}
	if pod.Pod == nil || pod.Source.Cluster != "test" || pod.Source.Target != "cluster:" {
		t.Errorf("pod has source %+v and template %v", pod.Source, pod.Pod)
	}
}

func TestPlainDiscovery(t *testing.T) {
	f := (&fake{plain: true}).kind("v1 pods Pod", objects("a", 1)...).kind("apps/v1 deployments Deployment", object("a", "d"))
	result := f.read(t, Options{})
	compare(t, "objects", []string{"Deployment a/d", "Pod a/p0000"}, names(result))
	compare(t, "told", nil, told(result))
}

func TestOddNames(t *testing.T) {
	long := strings.Repeat("x", 253)
	odd := []string{"system:controller:a/b", "größe-日本", "a\"b\\c\u2028<&>", long, " "}
	var all []string
	for _, name := range odd {
		all = append(all, object("", name))
	}
	result := (&fake{}).kind("rbac.authorization.k8s.io/v1 clusterroles ClusterRole*", all...).read(t, Options{})
	got := map[string]bool{}
	for _, s := range result.Subjects {
		got[s.Name] = true
	}
	for _, name := range odd {
		if !got[name] {
			t.Errorf("role %q is missing", name)
		}
	}
	compare(t, "told", nil, told(result))
}

// TestFaults lets one resource go wrong. Configmaps beside it must always be read.
func TestFaults(t *testing.T) {
	t.Run("json", func(t *testing.T) { faults(t, false) })
	t.Run("protobuf", func(t *testing.T) { faults(t, true) })
}

func faults(t *testing.T, binary bool) {
	forbid := func(w http.ResponseWriter, _ int) { refuse(w, 403, `pods is forbidden: User "u" cannot list`, "") }
	for _, tt := range []struct {
		name    string
		answer  func(w http.ResponseWriter, try int) // writes nothing to answer as usual
		objects int
		told    []string
	}{
		{"429 then fine", func(w http.ResponseWriter, try int) {
			if try < 3 {
				w.Header().Set("Retry-After", "1")
				refuse(w, 429, "too many requests", "")
			}
		}, 1201, nil},
		{"always 429", func(w http.ResponseWriter, _ int) { refuse(w, 429, "too many requests", "") }, 0, []string{
			"! list pods: the server answers 429 Too Many Requests: too many requests (5 tries): try again when the cluster is less busy",
			"Pod: list pods: the server answers 429 Too Many Requests: too many requests (5 tries): try again when the cluster is less busy"}},
		{"always 500", func(w http.ResponseWriter, _ int) { refuse(w, 500, "etcdserver:\nno leader", "") }, 0, []string{
			"! list pods: the server answers 500 Internal Server Error: etcdserver: no leader (5 tries): see the API server's log",
			"Pod: list pods: the server answers 500 Internal Server Error: etcdserver: no leader (5 tries): see the API server's log"}},
		{"500 on the second page", func(w http.ResponseWriter, try int) {
			if try > 1 {
				w.WriteHeader(500)
			}
		}, 500, []string{
			"! list pods: the server answers 500 Internal Server Error (5 tries): see the API server's log",
			"Pod: list pods: the server answers 500 Internal Server Error (5 tries): see the API server's log"}},
		{"403", forbid, 0, []string{"Pod: no right to list pods: grant list on pods (kubeproof rbac role prints a role)"}},
		{"cut in the middle of a page, once", func(w http.ResponseWriter, try int) {
			if try == 2 {
				cutOff(w)
			}
		}, 1201, nil},
		{"cut in the middle of every page", func(w http.ResponseWriter, _ int) { cutOff(w) }, 0, []string{
			"! list pods: the connection was cut (5 tries): try again",
			"Pod: list pods: the connection was cut (5 tries): try again"}},
		{"a page that ends in the middle", func(w http.ResponseWriter, try int) {
			fmt.Fprint(w, strings.TrimSuffix(pageOf("Pod", "", objects("a", 2)...), "}}]}\n"))
		}, 1, []string{
			"! list pods: the answer is no list that can be read (5 tries): invalid JSON: a value has no end: look at what stands before the API server",
			"Pod: list pods: the answer is no list that can be read (5 tries): invalid JSON: a value has no end: look at what stands before the API server"}},
		{"a page of a proxy", func(w http.ResponseWriter, try int) { fmt.Fprint(w, "<html>log in</html>") }, 0, []string{
			`! list pods: the answer is no list that can be read (5 tries): no '{' at byte 0: look at what stands before the API server`,
			`Pod: list pods: the answer is no list that can be read (5 tries): no '{' at byte 0: look at what stands before the API server`}},
		{"a redirection", func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", "https://login.example")
			w.WriteHeader(302)
		}, 0, []string{
			"! list pods: the server answers 302 Found: it sends the request elsewhere: name the API server itself in the kubeconfig, not a page to log in",
			"Pod: list pods: the server answers 302 Found: it sends the request elsewhere: name the API server itself in the kubeconfig, not a page to log in"}},
		{"broken objects", func(w http.ResponseWriter, _ int) {
			fmt.Fprint(w, pageOf("Pod", "", object("a", "good"), `{"metadata":{"name":"bad"},"spec":}`, `null`, `{"metadata":{"name":7}}`, object("", "nowhere"), object("a", "last")))
		}, 2, []string{
			"! pods number 2 cannot be read: invalid JSON at byte 34: a value is no JSON: look at it with `kubectl get pods -o yaml`",
			"! pods number 3 cannot be read: it is null, not a map: look at it with `kubectl get pods -o yaml`",
			"! pods number 4 cannot be read: it has no name: look at it with `kubectl get pods -o yaml`",
			"! pods \"nowhere\" cannot be read: it has no namespace: look at it with `kubectl get pods -o yaml`"}},
		{"a list without an end", func(w http.ResponseWriter, _ int) { fmt.Fprint(w, pageOf("Pod", "again", object("a", "one"))) }, 1, []string{
			"! list pods: the list has no end: look at what stands before the API server",
			"Pod: list pods: the list has no end: look at what stands before the API server"}},
		{"an expired token, with one to go on", func(w http.ResponseWriter, try int) {
			if try == 2 {
				refuse(w, 410, "expired", "from-500")
			}
		}, 1201, nil},
		{"an expired token, without one", func(w http.ResponseWriter, try int) {
			if try == 3 {
				refuse(w, 410, "expired", "")
			}
		}, 1201, nil},
		{"nothing but expired tokens", func(w http.ResponseWriter, _ int) { refuse(w, 410, "expired", "") }, 0, []string{
			"! list pods: the server answers 410 Gone: expired: see the API server's log",
			"Pod: list pods: the server answers 410 Gone: expired: see the API server's log"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := (&fake{binary: binary}).kind("v1 pods Pod", objects("a", 1201)...).kind("v1 configmaps ConfigMap", object("a", "other"))
			try := 0
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/pods") {
					return false
				}
				try++
				recorder := &wrote{ResponseWriter: w}
				tt.answer(recorder, try)
				return recorder.any
			}
			result := f.read(t, Options{})
			compare(t, "told", tt.told, told(result))
			if got := len(names(result)) - 1; got != tt.objects {
				t.Errorf("read %d pods, want %d", got, tt.objects)
			}
			if names(result)[0] != "ConfigMap a/other" {
				t.Errorf("the ConfigMap is missing among %v", names(result))
			}
		})
	}
}

// wrote remembers that an answer was begun.
type wrote struct {
	http.ResponseWriter
	any bool
}

func (w *wrote) WriteHeader(code int) { w.any = true; w.ResponseWriter.WriteHeader(code) }

func (w *wrote) Write(b []byte) (int, error) { w.any = true; return w.ResponseWriter.Write(b) }

// cutOff ends the connection in the middle of an answer.
func cutOff(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "100000")
	fmt.Fprint(w, `{"kind":"PodList","metadata":{},"items":[{"metadata":{"name":"half`)
}

func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	f := (&fake{stall: 700 * time.Millisecond}).kind("v1 pods Pod", objects("a", 3)...).kind("v1 configmaps ConfigMap", object("a", "other"))
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/pods") {
			fmt.Fprint(w, `{"kind":"PodList"`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		}
		return false
	}
	result := f.read(t, Options{})
	compare(t, "told", []string{
		"! list pods: no answer of SERVER for 700ms (2 tries): look at the load of the API server, or at what stands before it",
		"Pod: list pods: no answer of "}, cutAt(told(result), "http://"))
	compare(t, "objects", []string{"ConfigMap a/other"}, names(result))
}

// cutAt drops what follows an address that differs between runs.
func cutAt(lines []string, mark string) []string {
	for i := range lines {
		lines[i], _, _ = strings.Cut(lines[i], mark)
	}
	return lines
}

func TestTimeIsOver(t *testing.T) {
	t.Parallel()
	f := (&fake{}).kind("v1 pods Pod", objects("a", 3)...).kind("v1 secrets Secret", object("a", "s"))
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "s") && strings.HasPrefix(r.URL.Path, "/api/v1/") {
			<-r.Context().Done()
			return true
		}
		return false
	}
	result := f.read(t, Options{Timeout: time.Second})
	got := told(result)
	if want := "! list pods, secrets: the time of 1s was over: raise --timeout, or read less with --namespace"; len(got) == 0 || got[0] != want {
		t.Errorf("told %q, want first %q", got, want)
	}
}

func TestNothingCanBeRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before func(w http.ResponseWriter, r *http.Request) bool
		want   string
	}{
		{"credentials", func(w http.ResponseWriter, _ *http.Request) bool { refuse(w, 401, "Unauthorized", ""); return true },
			`! the server answers 401 Unauthorized: it does not accept the credentials of context "test" (2 tries): log in again, as for kubectl`},
		{"no discovery", func(w http.ResponseWriter, _ *http.Request) bool { refuse(w, 403, "forbidden", ""); return true },
			"! no right to get /api, so that nothing of the cluster can be read: bind the ClusterRole system:discovery"},
		{"a login page", func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "<html>"); return true },
			"! get /api of SERVER: the answer is not that of an API server: name its own address in the kubeconfig"},
		{"overload", func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true },
			"! the server answers 503 Service Unavailable (5 tries): see the API server's log"},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true },
			"! no answer of SERVER for 700ms (2 tries): look at the load of the API server, or at what stands before it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			result := (&fake{before: tt.before, stall: 700 * time.Millisecond}).kind("v1 pods Pod").read(t, Options{})
			compare(t, "told", []string{tt.want}, told(result))
			if len(result.Subjects) != 0 {
				t.Errorf("read %d subjects, want none", len(result.Subjects))
			}
		})
	}
}

func TestDeadGroup(t *testing.T) {
	f := (&fake{stale: []string{"policy.example.com/v1beta1", "metrics.k8s.io/v1beta1"}}).kind("v1 pods Pod", objects("a", 1)...)
	result := f.read(t, Options{})
	compare(t, "told", []string{"! API group policy.example.com/v1beta1 does not answer, so that nothing in it was read: " +
		"see `kubectl get apiservice v1beta1.policy.example.com`, mend its server or delete the APIService"}, told(result))
	compare(t, "objects", []string{"Pod a/p0000"}, names(result))
}

// TestForeignKindIsNoGap: nobody needs what no control knows, not even for a kind of a known name.
func TestForeignKindIsNoGap(t *testing.T) {
	f := (&fake{}).kind("v1 services Service", object("a", "s")).kind("serving.example/v1 services Service", object("a", "s")).kind("shop.example/v1 orders Order", object("a", "o"))
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, ".example/") {
			refuse(w, 403, "forbidden", "")
			return true
		}
		return false
	}
	result := f.read(t, Options{})
	compare(t, "told", []string{"  no right to list orders.shop.example, services.serving.example, which no built-in control reads: grant list if controls of your own do"}, told(result))
}

func TestOneNamespace(t *testing.T) {
	f := (&fake{}).kind("v1 pods Pod", objects("a", 2)...).kind("v1 secrets Secret", object("a", "s"), object("b", "s")).
		kind("v1 namespaces Namespace*", object("", "a"), object("", "b"), object("", "c"))
	result := f.read(t, Options{Namespace: "a"})
	compare(t, "objects", []string{"Namespace /a", "Pod a/p0000", "Pod a/p0001", "Secret a/s"}, names(result))
	compare(t, "told", []string{"Namespace outside of a: only namespace a was asked for", "Pod outside of a: only namespace a was asked for", "Secret outside of a: only namespace a was asked for"}, told(result))
	for _, gap := range result.Gaps {
		if !gap.Excused() && gap.Kind == "Pod" {
			t.Errorf("gap %+v makes controls unknown, though nobody asked for more", gap)
		}
	}
}

func TestFallsBackToOwnNamespace(t *testing.T) {
	f := (&fake{}).kind("v1 pods Pod", append(objects("own", 1), objects("b", 1)...)...).kind("v1 secrets Secret", object("own", "s")).
		kind("v1 namespaces Namespace*", object("", "own"), object("", "b")).kind("v1 nodes Node*", object("", "n"))
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/api/v1/") && !strings.HasPrefix(r.URL.Path, "/api/v1/namespaces/own") || strings.HasSuffix(r.URL.Path, "/secrets") {
			refuse(w, 403, "forbidden", "")
			return true
		}
		return false
	}
	result := f.read(t, Options{})
	compare(t, "objects", []string{"Namespace /own", "Pod own/p0000"}, names(result))
	compare(t, "told", []string{
		"Namespace outside of own: no right to list namespaces in all namespaces, only in own: grant list on namespaces (kubeproof rbac role prints a role)",
		"Node: no right to list nodes: grant list on nodes (kubeproof rbac role prints a role)",
		"Pod outside of own: no right to list pods in all namespaces, only in own: grant list on pods (kubeproof rbac role prints a role)",
		"Secret: no right to list secrets: grant list on secrets (kubeproof rbac role --with-secrets prints a role)"}, told(result))
}

const password = "cGFzc3dvcmQtb2YtdGhlLXNob3A="

func secretServer(accept *string) *fake {
	secret := object("a", "s", `"type":"Opaque"`, `"data":{"p":"`+password+`","n":null}`, `"stringData":{"q":"password-of-the-shop"}`)
	secret = strings.Replace(secret, `{"managedFields"`, `{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"`+password+`","keep":"1"},"managedFields"`, 1)
	f := (&fake{}).kind("v1 secrets Secret", secret)
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/secrets") {
			*accept = r.Header.Get("Accept")
		}
		return false
	}
	return f
}

func TestSecretsAreMetadata(t *testing.T) {
	var accept string
	result := secretServer(&accept).read(t, Options{})
	if accept != bareObjects {
		t.Errorf("asked for %q, want metadata only", accept)
	}
	secret := inventory.NewIndex(result.Subjects).Find("Secret", "a", "s")
	// The server sent everything all the same.
	want := `{"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{"keep":"1"},"name":"s","namespace":"a"}}`
	if got := string(secret.Root.AppendJSON(nil, nil)); got != want {
		t.Errorf("secret is\n%s, want\n%s", got, want)
	}
}

func TestReadSecretsKeepsHashes(t *testing.T) {
	var accept string
	result := secretServer(&accept).read(t, Options{ReadSecrets: true})
	secret := inventory.NewIndex(result.Subjects).Find("Secret", "a", "s")
	text := string(secret.Root.AppendJSON(nil, nil))
	if strings.Contains(text, password) || strings.Contains(text, "password-of-the-shop") {
		t.Errorf("the secret stands in the inventory: %s", text)
	}
	p, q := secret.Root.Get("data", "p").Text(), secret.Root.Get("stringData", "q").Text()
	if !strings.HasPrefix(p, "sha256:") || !strings.HasSuffix(p, " (20 bytes)") {
		t.Errorf("data.p is %q, want a hash and 20 bytes", p)
	}
	if p != q {
		t.Errorf("equal values have the hashes %q and %q", p, q)
	}
	if secret.Root.Get("type").Text() != "Opaque" || secret.Root.Get("data").Path() != "data" {
		t.Errorf("secret is %s", text)
	}
}

func TestWhatIsKept(t *testing.T) {
	owner := `"ownerReferences":[{"kind":"Deployment","name":"d","controller":true}]`
	set := func(name, spec string) string {
		return strings.Replace(object("a", name, spec), `{"managedFields"`, `{`+owner+`,"managedFields"`, 1)
	}
	f := (&fake{}).
		kind("apps/v1 replicasets ReplicaSet", set("old", `"spec":{"replicas":0}`), set("new", `"spec":{"replicas":1}`), object("a", "orphan", `"spec":{"replicas":0}`)).
		kind("v1 nodes Node*", object("", "n", `"status":{"images":[{"names":["x"]}],"nodeInfo":{"kernelVersion":"6"},"conditions":[{"type":"Ready","lastHeartbeatTime":"t"}]}`)).
		kind("v1 pods Pod", object("a", "p", `"spec":{}`, `"status":{"phase":"Running","qosClass":"Burstable","conditions":[],"containerStatuses":[{"name":"c","imageID":"i","state":{}}]}`)).
		kind("apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition*", object("", "crd", `"spec":{"group":"g","versions":[{"name":"v1","schema":{"openAPIV3Schema":{}}}]}`))
	result := f.read(t, Options{})
	compare(t, "objects", []string{"CustomResourceDefinition /crd", "Node /n", "Pod a/p", "ReplicaSet a/new", "ReplicaSet a/orphan"}, names(result))
	index := inventory.NewIndex(result.Subjects)
	for _, tt := range []struct {
		got  *inventory.Subject
		want string
	}{
		{index.Find("Node", "", "n"), `{"nodeInfo":{"kernelVersion":"6"},"conditions":[{"type":"Ready"}]}`},
		{index.Find("Pod", "a", "p"), `{"phase":"Running","containerStatuses":[{"name":"c","imageID":"i"}]}`},
	} {
		if got := string(tt.got.Root.Get("status").AppendJSON(nil, nil)); got != tt.want {
			t.Errorf("%s keeps status %s, want %s", tt.got.Kind, got, tt.want)
		}
	}
	var plain map[string]any
	if err := json.Unmarshal(index.Find("CustomResourceDefinition", "", "crd").Root.AppendJSON(nil, nil), &plain); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"group": "g", "versions": []any{map[string]any{"name": "v1"}}}, plain["spec"]); diff != "" {
		t.Errorf("CRD keeps (-want +got):\n%s", diff)
	}
}
