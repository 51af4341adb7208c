package escalation

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/test/apiserver"
)

// attempt is a request that an attacker makes, as the user whom the rules are bound to.
type attempt struct {
	method, path, body string
	headers            [][2]string
}

// live is what rules give: the edge that the graph has, or has not, and what the API server says
// to the step that the edge stands for.
type live struct {
	name      string
	namespace string // where the rules are bound; "" everywhere
	rules     []string
	kind      Kind
	has       bool
	attempts  []attempt // all but the last must succeed
}

const privilegedPodBody = `{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"p-"},"spec":{"serviceAccountName":"strong","containers":[{"name":"c","image":"i","securityContext":{"privileged":true}}]}}`

var (
	masters = [][2]string{{"Impersonate-User", "eve"}, {"Impersonate-Group", "system:masters"}}
	asChief = [][2]string{{"Impersonate-User", "eve"}, {"Impersonate-Group", "chiefs"}}
)

func bindingBody(kind, role string) string {
	return fmt.Sprintf(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":%q,"metadata":{"generateName":"mine-"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":%q}}`, kind, role)
}

const (
	rbacPath = "/apis/rbac.authorization.k8s.io/v1"
	allRules = `{"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}`
)

// liveCases use %[1]s for the namespace of the case, %[2]s for its role.
var liveCases = []live{
	{"mint a token", "own", []string{"create - serviceaccounts/token"}, mintToken, true, []attempt{{"POST", "/api/v1/namespaces/%[1]s/serviceaccounts/strong/token", `{}`, nil}}},
	{"no token without the subresource", "own", []string{"create - serviceaccounts"}, mintToken, false, []attempt{{"POST", "/api/v1/namespaces/%[1]s/serviceaccounts/strong/token", `{}`, nil}}},
	{"bind cluster-admin in a namespace", "own", []string{"create " + rbacIO + " rolebindings", "bind " + rbacIO + " clusterroles"}, bindRole, true,
		[]attempt{{"POST", rbacPath + "/namespaces/%[1]s/rolebindings", bindingBody("RoleBinding", "cluster-admin"), nil}}},
	{"no binding without bind", "own", []string{"create " + rbacIO + " rolebindings"}, bindRole, false,
		[]attempt{{"POST", rbacPath + "/namespaces/%[1]s/rolebindings", bindingBody("RoleBinding", "cluster-admin"), nil}}},
	{"bind cluster-admin by its name", "", []string{"create " + rbacIO + " clusterrolebindings", "bind " + rbacIO + " clusterroles cluster-admin"}, bindRole, true,
		[]attempt{{"POST", rbacPath + "/clusterrolebindings", bindingBody("ClusterRoleBinding", "cluster-admin"), nil}}},
	{"no binding of another name", "", []string{"create " + rbacIO + " clusterrolebindings", "bind " + rbacIO + " clusterroles other"}, bindRole, false,
		[]attempt{{"POST", rbacPath + "/clusterrolebindings", bindingBody("ClusterRoleBinding", "cluster-admin"), nil}}},
	{"escalate one's own ClusterRole", "", []string{"escalate,patch " + rbacIO + " clusterroles"}, escalateRole, true,
		[]attempt{{"PATCH", rbacPath + "/clusterroles/%[2]s", allRules, nil}, {"GET", "/api/v1/secrets", "", nil}}},
	{"no escalation without the verb", "", []string{"patch " + rbacIO + " clusterroles"}, escalateRole, false, []attempt{{"PATCH", rbacPath + "/clusterroles/%[2]s", allRules, nil}}},
	{"escalate one's own Role", "own", []string{"escalate,patch " + rbacIO + " roles"}, escalateRole, true,
		[]attempt{{"PATCH", rbacPath + "/namespaces/%[1]s/roles/%[2]s", allRules, nil}, {"GET", "/api/v1/namespaces/%[1]s/secrets", "", nil}}},
	{"impersonate system:masters", "", []string{"impersonate - users,groups"}, impersonate, true, []attempt{{"GET", "/api/v1/secrets", "", masters}}},
	{"no group without a user", "", []string{"impersonate - groups"}, impersonate, false, []attempt{{"GET", "/api/v1/secrets", "", masters}}},
	{"impersonate an administrator with limits", "", []string{"impersonate:user-info authentication.k8s.io users,groups", "impersonate-on:user-info:list - secrets"}, constrainedImpersonate, true,
		[]attempt{{"GET", "/api/v1/secrets", "", asChief}}},
	{"an administrator by name", "", []string{"impersonate:user-info authentication.k8s.io users,groups eve,chiefs", "impersonate-on:user-info:list - secrets"}, constrainedImpersonate, true,
		[]attempt{{"GET", "/api/v1/secrets", "", asChief}}},
	{"nothing without the verb on what is done", "", []string{"impersonate:user-info authentication.k8s.io users,groups"}, constrainedImpersonate, false, []attempt{{"GET", "/api/v1/secrets", "", asChief}}},
	{"no group without the right to it", "", []string{"impersonate:user-info authentication.k8s.io users", "impersonate-on:user-info:list - secrets"}, constrainedImpersonate, false, []attempt{{"GET", "/api/v1/secrets", "", asChief}}},
	{"never system:masters", "", []string{"impersonate:user-info authentication.k8s.io users,groups eve,system:masters", "impersonate-on:user-info:list - secrets"}, constrainedImpersonate, false, []attempt{{"GET", "/api/v1/secrets", "", masters}}},
	{"lower Pod Security", "closed", []string{"patch - namespaces", "create - pods"}, lowerPodSecurity, true,
		[]attempt{{"PATCH", "/api/v1/namespaces/%[1]s", `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`, nil}, {"POST", "/api/v1/namespaces/%[1]s/pods", privilegedPodBody, nil}}},
	{"every right in a namespace lowers it too", "closed", []string{"* * *"}, boundInNamespace, true,
		[]attempt{{"PATCH", "/api/v1/namespaces/%[1]s", `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`, nil}, {"POST", "/api/v1/namespaces/%[1]s/pods", privilegedPodBody, nil}}},
	{"no privileged pod where it is refused", "closed", []string{"create - pods"}, lowerPodSecurity, false, []attempt{{"POST", "/api/v1/namespaces/%[1]s/pods", privilegedPodBody, nil}}},
	{"a privileged pod where nothing is enforced", "own", []string{"create - pods"}, createPod, true, []attempt{{"POST", "/api/v1/namespaces/%[1]s/pods", privilegedPodBody, nil}}},
	{"one Secret by its name is not all", "own", []string{"get - secrets one"}, readSecrets, false, []attempt{{"GET", "/api/v1/namespaces/%[1]s/secrets", "", nil}}},
	{"list gives all", "own", []string{"list - secrets"}, readSecrets, true, []attempt{{"GET", "/api/v1/namespaces/%[1]s/secrets", "", nil}}},
	{"kubelet clients are not signed by who may not approve", "", []string{"create certificates.k8s.io certificatesigningrequests"}, signCertificate, false,
		[]attempt{{"PATCH", "/apis/certificates.k8s.io/v1/certificatesigningrequests/none/approval", `{}`, nil}}},
}

// TestStepsAgainstTheAPIServer goes the steps that edges stand for, and tries those that lack the
// condition: where the graph has an edge the API server must let the attacker pass, where it has
// none it must not.
func TestStepsAgainstTheAPIServer(t *testing.T) {
	server := apiserver.Start(t, apiserver.Options{})
	for i, test := range liveCases {
		t.Run(test.name, func(t *testing.T) {
			manifests := manifestsOf(test, i)
			objects, err := apiserver.Objects([]byte(manifests))
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Create(objects); err != nil {
				t.Fatal(err)
			}
			edges := told(graphOf(t, join(manifests, release(36))))
			has := slices.ContainsFunc(edges, func(edge string) bool {
				return strings.HasPrefix(edge, fmt.Sprintf("User u%d %s ", i, Kinds[test.kind].ID)) && !strings.HasSuffix(edge, "?")
			})
			if has != test.has {
				t.Errorf("the graph has the edge: %t, want %t", has, test.has)
			}
			client, err := server.Client(fmt.Sprintf("u%d", i))
			if err != nil {
				t.Fatal(err)
			}
			for k, a := range test.attempts {
				last := k == len(test.attempts)-1
				status, answer := try(t, client, server.URL, a, test, i)
				// The authorizer sees a changed role a moment after it was changed.
				for begun := time.Now(); (test.has || !last) && status == http.StatusForbidden && time.Since(begun) < 20*time.Second; {
					time.Sleep(50 * time.Millisecond)
					status, answer = try(t, client, server.URL, a, test, i)
				}
				if (status < 300) != (test.has || !last) {
					t.Errorf("%s %s: the API server says %d: %s", a.method, a.path, status, answer)
				}
			}
		})
	}
}

// manifestsOf are a namespace with a strong account, the rules as a role and its binding to a user.
func manifestsOf(test live, i int) string {
	namespace, level := fmt.Sprintf("ns%d", i), ""
	if test.namespace == "closed" {
		level = ", labels: {pod-security.kubernetes.io/enforce: restricted}"
	}
	at := ""
	if test.namespace != "" {
		at = namespace
	}
	rules := strings.ReplaceAll(role(at, test.rules...), "name: r", fmt.Sprintf("name: r%d", i))
	rules = strings.ReplaceAll(rules, "{kind: ServiceAccount, name: a, namespace: a}", fmt.Sprintf("{kind: User, name: u%d, apiGroup: rbac.authorization.k8s.io}", i))
	return join(fmt.Sprintf("{apiVersion: v1, kind: Namespace, metadata: {name: %s%s}}", namespace, level),
		fmt.Sprintf("{apiVersion: v1, kind: ServiceAccount, metadata: {name: strong, namespace: %s}}", namespace), rules, chiefs)
}

func try(t *testing.T, client *http.Client, url string, a attempt, test live, i int) (int, string) {
	t.Helper()
	path := strings.NewReplacer("%[1]s", fmt.Sprintf("ns%d", i), "%[2]s", fmt.Sprintf("r%d", i)).Replace(a.path)
	request, err := http.NewRequestWithContext(t.Context(), a.method, url+path, bytes.NewReader([]byte(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", map[string]string{"PATCH": "application/merge-patch+json"}[a.method])
	if a.method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, header := range a.headers {
		request.Header.Add(header[0], header[1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s: %v", test.name, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 300))
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}
