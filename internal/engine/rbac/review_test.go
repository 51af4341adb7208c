package rbac_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/engine/rbac/builtin"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

// reviews is how many questions are put to the API server.
const reviews = 8000

// TestServerDecidesAlike asks the API server's own authorizer and the model the same questions,
// over generated roles and bindings. The model is built twice: from what the server lists, and
// from the manifests alone, in which aggregation and Kubernetes' own roles are computed.
func TestServerDecidesAlike(t *testing.T) {
	server := apiserver.Start(t, apiserver.Options{Controllers: true})
	client, err := server.Client("kubernetes-admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{T: t, client: client, url: server.URL}
	c.waitForDefaults()
	c.checkDefaults()
	c.checkResources()
	own := c.createGenerated(rand.New(rand.NewPCG(1, 2)))
	files := c.fileModel(own)
	live := c.settledModel(files)
	c.checkQuestions(own, map[string]*rbac.Model{"live": live, "files": files})
}

// cluster is the server under test, as its administrator sees it.
type cluster struct {
	*testing.T
	client *http.Client
	url    string
}

const rbacPath = "/apis/rbac.authorization.k8s.io/v1/"

var plurals = []struct{ plural, kind string }{
	{"clusterroles", "ClusterRole"}, {"roles", "Role"}, {"clusterrolebindings", "ClusterRoleBinding"}, {"rolebindings", "RoleBinding"},
}

func (c *cluster) send(method, path string, body any) (int, []byte) {
	text, err := json.Marshal(body)
	if err != nil {
		c.Error(err)
	}
	request, err := http.NewRequestWithContext(c.Context(), method, c.url+path, bytes.NewReader(text))
	if err != nil {
		c.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := c.client.Do(request)
	if err != nil {
		c.Error(err)
		return 0, nil
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	if err != nil {
		c.Error(err)
	}
	return answer.StatusCode, text
}

// list reads all objects of some kinds, as of a live cluster ("" for files).
func (c *cluster) list(as string, kinds ...string) []*inventory.Subject {
	var all []*inventory.Subject
	for _, p := range plurals {
		if !slices.Contains(kinds, p.kind) {
			continue
		}
		_, text := c.send(http.MethodGet, rbacPath+p.plural, nil)
		documents, problems := document.Read(text, document.DefaultLimits)
		if len(problems) > 0 || len(documents) == 0 {
			c.Fatalf("read %s: %v", p.plural, problems)
		}
		for _, item := range documents[0].Root.Get("items").Children() {
			all = append(all, inventory.NewTypedSubject(p.kind, "rbac.authorization.k8s.io/v1", item, &inventory.Source{Cluster: as, File: as}, 0, "", nil))
		}
	}
	return all
}

func (c *cluster) everything() []*inventory.Subject {
	return c.list("test", "ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding")
}

// waitForDefaults waits until the server has made its roles and the controllers have filled admin.
func (c *cluster) waitForDefaults() {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		index := inventory.NewIndex(c.everything())
		admin := index.Find("ClusterRole", "", "admin")
		if admin != nil && admin.Root.Get("rules").Len() > 10 && index.Find("RoleBinding", "kube-public", "system:controller:bootstrap-signer") != nil {
			return
		}
	}
	c.Fatal("the server made no default roles in time")
}

// checkDefaults checks that everything in a new cluster is known to be Kubernetes' own.
func (c *cluster) checkDefaults() {
	all := c.everything()
	model := rbac.Of(inventory.NewIndex(all))
	for _, object := range all {
		if got := model.Origin(object); got != (rbac.Origin{Maker: rbac.BuiltIn}) {
			c.Errorf("%s %s/%s is %v, want built-in without a note", object.Kind, object.Namespace, object.Name, got)
		}
	}
	c.Logf("%d default roles and bindings recognised", len(all))
}

// checkResources checks that every resource that the server serves is in the table.
func (c *cluster) checkResources() {
	known := map[[2]string]builtin.Resource{}
	for _, r := range builtin.Resources() {
		known[[2]string{r.Group, r.Name}] = r
	}
	served := 0
	for _, path := range []string{"/api", "/apis"} {
		for _, group := range c.discover(path) {
			for _, version := range group.Versions {
				for _, r := range version.Resources {
					served++
					ours, found := known[[2]string{group.Metadata.Name, r.Resource}]
					if !found || ours.Kind != r.ResponseKind.Kind || ours.Namespaced != (r.Scope == "Namespaced") || !slices.Equal(ours.Short, r.ShortNames) {
						c.Errorf("group %q: the table has %+v for %+v", group.Metadata.Name, ours, r)
					}
				}
			}
		}
	}
	if served < 60 {
		c.Errorf("the server shows %d resources only", served)
	}
}

type discovered struct {
	Metadata struct{ Name string }
	Versions []struct {
		Resources []struct {
			Resource, Scope string
			ShortNames      []string
			ResponseKind    struct{ Kind string }
		}
	}
}

func (c *cluster) discover(path string) []discovered {
	request, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.url+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	request.Header.Set("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	answer, err := c.client.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	var list struct{ Items []discovered }
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		c.Fatal(err)
	}
	return list.Items
}

// createGenerated creates generated objects, and gives those that the server took. Bindings that
// it refuses must be those of which the model says so.
func (c *cluster) createGenerated(random *rand.Rand) []map[string]any {
	g := generator{random}
	for _, name := range namespaces {
		if code, text := c.send(http.MethodPost, "/api/v1/namespaces", map[string]any{"metadata": map[string]any{"name": name}}); code != http.StatusCreated {
			c.Fatalf("create namespace %s: %s", name, text)
		}
	}
	var taken []map[string]any
	refused := 0
	for _, o := range g.objects() {
		namespace, _ := o["metadata"].(map[string]any)["namespace"].(string)
		path := rbacPath
		if namespace != "" {
			path += "namespaces/" + namespace + "/"
		}
		plural := plurals[slices.IndexFunc(plurals, func(p struct{ plural, kind string }) bool { return p.kind == o["kind"] })].plural
		code, text := c.send(http.MethodPost, path+plural, o)
		if o["roleRef"] != nil {
			model := rbac.Of(inventory.NewIndex([]*inventory.Subject{subject(o)}))
			if got := model.Grants[0].Refused; (got == "") != (code == http.StatusCreated) {
				c.Errorf("the server answers %d, the model says %q: %s", code, got, text)
			}
		}
		if code == http.StatusCreated {
			taken = append(taken, o)
		} else {
			refused++
		}
	}
	c.Logf("%d objects created, %d refused", len(taken), refused)
	return taken
}

func subject(o map[string]any) *inventory.Subject {
	return inventory.NewSubject(document.Make(o), &inventory.Source{File: "made.yaml"}, 0, "", nil)
}

// fileModel is the model of the manifests, with the server's default bindings but not its roles.
func (c *cluster) fileModel(own []map[string]any) *rbac.Model {
	var all []*inventory.Subject
	for _, s := range c.list("", "ClusterRoleBinding", "RoleBinding") {
		if s.Labels().Get("kubernetes.io/bootstrapping") != nil {
			all = append(all, s)
		}
	}
	for _, o := range own {
		all = append(all, subject(o))
	}
	return rbac.Of(inventory.NewIndex(all))
}

// settledModel waits until the controllers have made the aggregated roles, and checks that they
// hold what the model of the manifests computes.
func (c *cluster) settledModel(files *rbac.Model) *rbac.Model {
	var diff string
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		live := rbac.Of(inventory.NewIndex(c.everything()))
		if diff = cmp.Diff(rightsOfRoles(live), rightsOfRoles(files)); diff == "" {
			time.Sleep(time.Second) // until the authorizer has seen it too
			return live
		}
	}
	c.Fatalf("roles differ (-live +files):\n%s", diff)
	return nil
}

// rightsOfRoles writes what every bound role gives.
func rightsOfRoles(model *rbac.Model) map[string][]string {
	rights := map[string][]string{}
	for _, g := range model.Grants {
		if g.Role == nil {
			continue
		}
		key := g.RoleKind + " " + g.Role.Object.Namespace + "/" + g.RoleName
		rights[key] = nil
		for _, r := range g.Role.Rules {
			for _, verb := range r.Verbs {
				for _, group := range r.APIGroups {
					for _, resource := range r.Resources {
						right := fmt.Sprintf("%q %q %q", verb, group, resource)
						if len(r.ResourceNames) == 0 {
							rights[key] = append(rights[key], right)
						}
						for _, name := range r.ResourceNames {
							rights[key] = append(rights[key], fmt.Sprintf("%s %q", right, name))
						}
					}
				}
				for _, path := range r.NonResourceURLs {
					rights[key] = append(rights[key], fmt.Sprintf("%q %q", verb, path))
				}
			}
		}
		slices.Sort(rights[key])
		rights[key] = slices.Compact(rights[key])
	}
	return rights
}

// question is one request of somebody.
type question struct {
	who     rbac.Subject
	groups  []string
	request rbac.Request
}

// among reports whether who asks is among those who can, by name or by group.
func (q question) among(all []rbac.Access) bool {
	groups := append(q.who.Groups(), q.groups...)
	return slices.Contains(groups, "system:masters") || slices.ContainsFunc(all, func(a rbac.Access) bool {
		if a.Holder.Kind == rbac.Group {
			return slices.Contains(groups, a.Holder.Name)
		}
		return a.Holder.Username() == q.who.Username()
	})
}

// review is the question as the API server takes it.
func (q question) review() map[string]any {
	spec := map[string]any{"user": q.who.Username(), "groups": append(q.who.Groups(), q.groups...)}
	r := q.request
	if r.Path != "" {
		spec["nonResourceAttributes"] = map[string]any{"verb": r.Verb, "path": r.Path}
	} else {
		spec["resourceAttributes"] = map[string]any{"verb": r.Verb, "group": r.Group, "resource": r.Resource,
			"subresource": r.Sub, "name": r.Name, "namespace": r.Namespace}
	}
	return map[string]any{"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
}

func (c *cluster) checkQuestions(own []map[string]any, models map[string]*rbac.Model) {
	g := generator{rand.New(rand.NewPCG(3, 4))}
	questions := make(chan question)
	var mutex sync.Mutex
	var allowed, differences int
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for q := range questions {
				yes := c.ask(q)
				mutex.Lock()
				if yes {
					allowed++
				}
				for name, model := range models {
					if grant, _, ours := model.Can(q.who, q.request, q.groups...); ours != yes {
						differences++
						c.Errorf("%s: %s (groups %q): %#v: the server says %t, the model %t (%v)", name, q.who, q.groups, q.request, yes, ours, grant)
					}
				}
				mutex.Unlock()
				for name, model := range models {
					if among := q.among(model.WhoCan(q.request)); among != yes {
						c.Errorf("%s: %s (groups %q) is among those who can %#v: %t, want %t", name, q.who, q.groups, q.request, among, yes)
					}
				}
			}
		})
	}
	start := time.Now()
	for range reviews {
		questions <- g.question(own)
	}
	close(questions)
	workers.Wait()
	c.Logf("%d questions put to the server and to %d models: %d allowed, %d differences, %s", reviews, len(models), allowed, differences, time.Since(start).Round(time.Millisecond))
	if allowed < reviews/5 || allowed > reviews*4/5 {
		c.Errorf("%d of %d questions are allowed: the generator asks too much of one kind", allowed, reviews)
	}
}

func (c *cluster) ask(q question) bool {
	code, text := c.send(http.MethodPost, "/apis/authorization.k8s.io/v1/subjectaccessreviews", q.review())
	var answer struct{ Status struct{ Allowed bool } }
	if err := json.Unmarshal(text, &answer); err != nil || code != http.StatusCreated {
		c.Errorf("%#v: the server answers %d: %s", q, code, text)
	}
	return answer.Status.Allowed
}
