package mesh

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// input makes what a check sees of some documents; cluster is "" for files.
func input(t *testing.T, text, cluster string) assessment.Input {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems, text)
	}
	inv := &inventory.Inventory{}
	for _, found := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(found.Root, &inventory.Source{File: "f.yaml", Cluster: cluster}, found.EndLine, "", nil))
	}
	inventory.ResolveOwners(inv.Subjects)
	return assessment.Input{Inventory: inv, Index: inventory.NewIndex(inv.Subjects)}
}

// of is the verdict of a check on the Deployment web; "pass" or "none" where there is no message.
func of(verdicts []assessment.Verdict) string {
	for _, v := range verdicts {
		if v.Subject.Name == "web" {
			return strings.TrimSuffix(string(v.Outcome)+": "+v.Message, ": ")
		}
	}
	return "none"
}

// web is a Deployment in the namespace shop, whose pods have these labels and annotations.
func web(labels, annotations string) string {
	return fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web, %s}, annotations: {%s}}
    spec: {containers: [{name: web, image: "web:1", ports: [{containerPort: 8080, name: http}]}]}
`, labels, annotations)
}

func namespace(name, labels, annotations string) string {
	return fmt.Sprintf("---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s}, annotations: {%s}}\n", name, labels, annotations)
}

func object(apiVersion, kind, where, spec string) string {
	ns, name, _ := strings.Cut(where, "/")
	return fmt.Sprintf("---\napiVersion: %s\nkind: %s\nmetadata: {namespace: %s, name: %s}\nspec: %s\n", apiVersion, kind, ns, name, spec)
}

func peer(where, spec string) string {
	return object("security.istio.io/v1", "PeerAuthentication", where, spec)
}

const (
	plainText = `fail: Deployment "web" accepts plain text: `
	byDefault = plainText + "no PeerAuthentication sets a mode, and the default is PERMISSIVE"
)

// TestIstioModes follows the precedence of PeerAuthentication.
func TestIstioModes(t *testing.T) {
	inMesh := namespace("shop", "istio-injection: enabled", "") + namespace("istio-system", "", "") + web("", "")
	const ofWeb = "selector: {matchLabels: {app: web}}, "
	tests := []struct{ name, policies, want string }{
		{"nothing", "", byDefault},
		{"mesh strict", peer("istio-system/default", "{mtls: {mode: STRICT}}"), "pass"},
		{"mesh disable", peer("istio-system/default", "{mtls: {mode: DISABLE}}"), plainText + "PeerAuthentication istio-system/default sets DISABLE"},
		{"namespace over mesh", peer("istio-system/default", "{mtls: {mode: STRICT}}") + peer("shop/p", "{mtls: {mode: PERMISSIVE}}"), plainText + "PeerAuthentication shop/p sets PERMISSIVE"},
		{"namespace strict over mesh permissive", peer("istio-system/default", "{mtls: {mode: PERMISSIVE}}") + peer("shop/p", "{mtls: {mode: STRICT}}"), "pass"},
		{"workload over namespace", peer("shop/p", "{mtls: {mode: STRICT}}") + peer("shop/w", "{"+ofWeb+"mtls: {mode: DISABLE}}"), plainText + "PeerAuthentication shop/w sets DISABLE"},
		{"workload strict over namespace", peer("shop/p", "{mtls: {mode: PERMISSIVE}}") + peer("shop/w", "{"+ofWeb+"mtls: {mode: STRICT}}"), "pass"},
		{"another workload's", peer("shop/w", "{selector: {matchLabels: {app: db}}, mtls: {mode: STRICT}}"), byDefault},
		{"another namespace's", peer("bank/p", "{mtls: {mode: STRICT}}"), byDefault},
		{"selector in the root namespace", peer("istio-system/w", "{"+ofWeb+"mtls: {mode: STRICT}}"), byDefault},
		{"unset inherits from mesh", peer("istio-system/default", "{mtls: {mode: STRICT}}") + peer("shop/p", "{mtls: {mode: UNSET}}") + peer("shop/w", "{"+ofWeb+"mtls: {}}"), "pass"},
		{"empty selector is none", peer("shop/p", "{selector: {matchLabels: {}}, mtls: {mode: STRICT}}"), "pass"},
		{"port weaker", peer("shop/w", "{"+ofWeb+"mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}}"),
			`fail: port 8080 of Deployment "web" accepts plain text: PeerAuthentication shop/w sets PERMISSIVE for it`},
		{"port weaker than the inherited mode", peer("istio-system/default", "{mtls: {mode: STRICT}}") + peer("shop/w", "{"+ofWeb+"portLevelMtls: {9090: {mode: DISABLE}}}"),
			`fail: port 9090 of Deployment "web" accepts plain text: PeerAuthentication shop/w sets DISABLE for it`},
		{"port unset", peer("shop/w", "{"+ofWeb+"mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: UNSET}, 9090: {}}}"), "pass"},
		{"port of a policy without selector", peer("shop/p", "{mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}}"), "pass"},
		{"port strict does not save the others", peer("shop/w", "{"+ofWeb+"mtls: {mode: PERMISSIVE}, portLevelMtls: {8080: {mode: STRICT}}}"), plainText + "PeerAuthentication shop/w sets PERMISSIVE"},
		{"two without dates: the weakest", peer("shop/a", "{mtls: {mode: STRICT}}") + peer("shop/b", "{mtls: {mode: PERMISSIVE}}"), plainText + "PeerAuthentication shop/b sets PERMISSIVE"},
		{"two with dates: the oldest", strings.ReplaceAll(peer("shop/a", "{mtls: {mode: PERMISSIVE}}"), "name: a", `name: a, creationTimestamp: "2026-02-01T00:00:00Z"`) +
			strings.ReplaceAll(peer("shop/b", "{mtls: {mode: STRICT}}"), "name: b", `name: b, creationTimestamp: "2026-01-01T00:00:00Z"`), "pass"},
		{"another root namespace", "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-stable, namespace: istio-system}\ndata:\n  mesh: |\n    rootNamespace: \"mesh-config\"\n" +
			peer("mesh-config/default", "{mtls: {mode: STRICT}}") + peer("istio-system/default", "{mtls: {mode: DISABLE}}"), "pass"},
		{"another product's kind", strings.ReplaceAll(peer("istio-system/default", "{mtls: {mode: STRICT}}"), "security.istio.io", "example.com"), byDefault},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, of(Strict(input(t, inMesh+test.policies, "")))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestMembership follows the injectors: what a pod says stands above what its namespace says, and
// what runs above both.
func TestMembership(t *testing.T) {
	const (
		istioSeen   = "---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g}\n"
		linkerdSeen = "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: servers.policy.linkerd.io}\nspec: {group: policy.linkerd.io}\n"
		consulSeen  = "---\napiVersion: kubeproof.dev/v1\nkind: KubernetesCluster\nmetadata: {name: prod}\ngroups: [consul.hashicorp.com/v1alpha1]\n"
		kumaSeen    = "---\napiVersion: kuma.io/v1alpha1\nkind: Mesh\nmetadata: {name: default}\n"
		inNamespace = `fail: namespace "shop" with 1 workload is outside the mesh: `
		ofWeb       = `fail: Deployment "web" is outside the mesh: `
		noLabel     = inNamespace + "it has neither the label istio-injection nor istio.io/rev nor istio.io/dataplane-mode"
	)
	pod := func(containers string) string {
		return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop, ownerReferences: [{controller: true, kind: Deployment, name: web}]}\nspec: {containers: [" + containers + "]}\n"
	}
	tests := []struct{ name, text, want string }{
		{"no mesh", namespace("shop", "", "") + web("", ""), "none"},
		{"labelled", namespace("shop", "istio-injection: enabled", "") + web("", ""), "pass"},
		{"revision", namespace("shop", "istio.io/rev: stable", "") + web("", ""), "pass"},
		{"disabled above revision", istioSeen + namespace("shop", "istio-injection: disabled, istio.io/rev: stable", "") + web("", ""), inNamespace + "its label istio-injection is disabled"},
		{"not labelled", istioSeen + namespace("shop", "", "") + web("", ""), noLabel},
		{"namespace not seen", istioSeen + web("", ""), "none"},
		{"namespace not seen, pod labelled", web(`sidecar.istio.io/inject: "true"`, ""), "pass"},
		{"pod label in a namespace without", namespace("shop", "", "") + web(`sidecar.istio.io/inject: "true"`, ""), "pass"},
		{"pod annotation in a namespace without", istioSeen + namespace("shop", "", "") + web("", `sidecar.istio.io/inject: "true"`), noLabel},
		{"pod label refuses", namespace("shop", "istio-injection: enabled", "") + web(`sidecar.istio.io/inject: "false"`, ""), ofWeb + "its sidecar.istio.io/inject is false"},
		{"pod annotation refuses", namespace("shop", "istio-injection: enabled", "") + web("", `sidecar.istio.io/inject: "no"`), ofWeb + "its sidecar.istio.io/inject is no"},
		{"label above annotation", namespace("shop", "istio-injection: enabled", "") + web(`sidecar.istio.io/inject: "true"`, `sidecar.istio.io/inject: "false"`), "pass"},
		{"disabled namespace above the pod", istioSeen + namespace("shop", "istio-injection: disabled", "") + web(`sidecar.istio.io/inject: "true"`, ""), inNamespace + "its label istio-injection is disabled"},
		{"ambient", namespace("shop", "istio.io/dataplane-mode: ambient", "") + web("", ""), "pass"},
		{"ambient, pod refuses", namespace("shop", "istio.io/dataplane-mode: ambient", "") + web("istio.io/dataplane-mode: none", ""), ofWeb + "its label istio.io/dataplane-mode is none"},
		{"ambient pod", istioSeen + namespace("shop", "", "") + web("istio.io/dataplane-mode: ambient", ""), "pass"},
		{"injected by hand", istioSeen + namespace("shop", "", "") + strings.ReplaceAll(web("", ""), "[{name: web,", "[{name: istio-proxy, image: p}, {name: web,"), "pass"},
		{"labelled, but what runs is older", namespace("shop", "istio-injection: enabled", "") + web("", "") + pod("{name: web}"), inNamespace + "its pods have no container istio-proxy"},
		{"what runs is injected", namespace("shop", "istio-injection: enabled", "") + web("", "") + pod("{name: web}, {name: istio-proxy}"), "pass"},
		{"node's network", namespace("shop", "istio-injection: disabled", "") + istioSeen + strings.ReplaceAll(web("", ""), "spec: {containers", "spec: {hostNetwork: true, containers"), "none"},
		{"exempt", istioSeen + strings.ReplaceAll(namespace("shop", "", "")+web("", ""), "shop", "kube-system"), "none"},

		{"Linkerd namespace", namespace("shop", "", "linkerd.io/inject: enabled") + web("", ""), "pass"},
		{"Linkerd ingress", namespace("shop", "", "linkerd.io/inject: ingress") + web("", ""), "pass"},
		{"Linkerd pod", linkerdSeen + namespace("shop", "", "") + web("", "linkerd.io/inject: enabled"), "pass"},
		{"Linkerd pod refuses", namespace("shop", "", "linkerd.io/inject: enabled") + web("", "linkerd.io/inject: disabled"), ofWeb + "its annotation linkerd.io/inject is disabled"},
		{"Linkerd nothing", linkerdSeen + namespace("shop", "", "") + web("", ""), inNamespace + "it has no annotation linkerd.io/inject: enabled"},
		{"Linkerd namespace not seen", linkerdSeen + web("", ""), "none"},
		{"Linkerd what runs", namespace("shop", "", "linkerd.io/inject: enabled") + web("", "") + pod("{name: web}"), inNamespace + "its pods have no container linkerd-proxy"},

		{"Consul", consulSeen + namespace("shop", "", "") + web("", `consul.hashicorp.com/connect-inject: "true"`), "pass"},
		{"Consul nothing", consulSeen + namespace("shop", "", "") + web("", ""), ofWeb + "it has no annotation consul.hashicorp.com/connect-inject"},
		{"Consul refuses", consulSeen + namespace("shop", "", "") + web("", `consul.hashicorp.com/connect-inject: "false"`), ofWeb + "its annotation consul.hashicorp.com/connect-inject is false"},

		{"Kuma namespace", namespace("shop", "kuma.io/sidecar-injection: enabled", "") + web("", ""), "pass"},
		{"Kuma pod refuses", namespace("shop", "kuma.io/sidecar-injection: enabled", "") + web("kuma.io/sidecar-injection: disabled", ""), ofWeb + "its kuma.io/sidecar-injection is disabled"},
		{"Kuma nothing", kumaSeen + namespace("shop", "", "") + web("", ""), inNamespace + "it has no label kuma.io/sidecar-injection"},
		{"marks on workloads elsewhere only", namespace("shop", "", "") + web("", "") + strings.ReplaceAll(strings.ReplaceAll(web("", "linkerd.io/inject: enabled"), "shop", "bank"), "name: web,", "name: api,"), "none"},
		{"one mesh of two", istioSeen + namespace("shop", "", "linkerd.io/inject: enabled") + web("", ""), "pass"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := input(t, test.text, "")
			in.Values = map[string]any{"exempt": []string{"kube-*"}}
			got := "none"
			for _, v := range Injection(in) {
				if v.Subject.Name == "web" || v.Subject.Name == "shop" {
					got = strings.TrimSuffix(string(v.Outcome)+": "+v.Message, ": ")
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestIstioDefaultDeny follows the evaluation of AuthorizationPolicy.
func TestIstioDefaultDeny(t *testing.T) {
	inMesh := namespace("shop", "istio-injection: enabled", "") + namespace("istio-system", "", "") + web("", "")
	const open = `fail: every caller is allowed to call Deployment "web": no AuthorizationPolicy with action ALLOW holds for it`
	policy := func(where, spec string) string {
		return object("security.istio.io/v1", "AuthorizationPolicy", where, spec)
	}
	tests := []struct{ name, policies, want string }{
		{"nothing", "", open},
		{"allow nothing in the mesh", policy("istio-system/a", "{}"), "pass"},
		{"allow nothing in the namespace", policy("shop/a", "{}"), "pass"},
		{"in another namespace", policy("bank/a", "{}"), open},
		{"for the workload", policy("shop/a", "{selector: {matchLabels: {app: web}}, action: ALLOW, rules: [{}]}"), "pass"},
		{"for another workload", policy("shop/a", "{selector: {matchLabels: {app: db}}}"), open},
		{"selector in the root namespace holds everywhere", policy("istio-system/a", "{selector: {matchLabels: {app: web}}}"), "pass"},
		{"DENY leaves the rest allowed", policy("shop/a", "{action: DENY, rules: [{to: [{operation: {paths: [/a]}}]}]}"), open},
		{"DENY of everything", policy("shop/a", "{action: DENY, rules: [{}]}"), "pass"},
		{"DENY without rules denies nothing", policy("shop/a", "{action: DENY}"), open},
		{"AUDIT", policy("shop/a", "{action: AUDIT, rules: [{}]}"), open},
		{"CUSTOM", policy("shop/a", "{action: CUSTOM, provider: {name: x}, rules: [{}]}"), open},
		{"of a waypoint", policy("shop/a", "{targetRefs: [{kind: Service, name: web}]}"), open},
		{"Linkerd's kind of that name", object("policy.linkerd.io/v1alpha1", "AuthorizationPolicy", "shop/a", "{}"), open},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, of(DefaultDeny(input(t, inMesh+test.policies, "")))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnseenMeshWidePolicies: files of one namespace do not tell what holds for the whole mesh.
func TestUnseenMeshWidePolicies(t *testing.T) {
	shop := namespace("shop", "istio-injection: enabled", "") + web("", "") + strings.ReplaceAll(web("", ""), "name: web,", "name: api,")
	const scan = ", and nothing of the namespace istio-system, which holds "
	strict, deny := Strict(input(t, shop, "")), DefaultDeny(input(t, shop, ""))
	if len(strict) != 1 || strict[0].Outcome != assessment.Unknown || strict[0].Message != "no PeerAuthentication for it was seen"+scan+"that of the whole mesh: scan it too" {
		t.Errorf("want one unknown for the namespace, got %+v", strict)
	}
	if len(deny) != 1 || deny[0].Outcome != assessment.Unknown || deny[0].Message != "no AuthorizationPolicy for it was seen"+scan+"those of the whole mesh: scan it too" {
		t.Errorf("want one unknown for the namespace, got %+v", deny)
	}
	if got := of(Strict(input(t, shop, "prod"))); got != byDefault {
		t.Errorf("a cluster that shows none has none: %s", got)
	}
	live := input(t, shop, "prod")
	live.Inventory.Gaps = []inventory.Gap{{Kind: "PeerAuthentication", Namespaces: []string{"shop"}}}
	if got := of(Strict(live)); got != "unknown: objects of kind PeerAuthentication in namespace shop could not be read" {
		t.Error(got)
	}
}

// TestLinkerdPolicies follows default policies, Servers and what authorizes their callers.
func TestLinkerdPolicies(t *testing.T) {
	const (
		port     = `fail: port 8080 of Deployment "web" accepts plain text: `
		inject   = "linkerd.io/inject: enabled"
		policy   = "config.linkerd.io/default-inbound-policy: "
		nothing  = "no default inbound policy is set, and that of Linkerd is all-unauthenticated"
		callable = `fail: every caller is allowed to call port 8080 of Deployment "web": `
		nameless = "notapplicable: callers need no identity, as mesh-mtls-strict tells: "
	)
	server := object("policy.linkerd.io/v1beta3", "Server", "shop/web", "{podSelector: {matchLabels: {app: web}}, port: http}")
	linkerdNS := namespace("linkerd", "", "")
	authorize := func(target, refs string) string {
		return object("policy.linkerd.io/v1alpha1", "AuthorizationPolicy", "shop/a", "{targetRef: "+target+", requiredAuthenticationRefs: ["+refs+"]}")
	}
	const toServer = "{kind: Server, name: web}"
	tests := []struct{ name, text, strict, deny string }{
		{"default", linkerdNS + namespace("shop", "", inject) + web("", ""), port + nothing, nameless + nothing},
		{"namespace", namespace("shop", "", inject+", "+policy+"all-authenticated") + web("", ""), "pass",
			callable + "no Server selects it, and the annotation config.linkerd.io/default-inbound-policy of its namespace is all-authenticated"},
		{"pod above namespace", namespace("shop", "", inject+", "+policy+"deny") + web("", policy+"cluster-unauthenticated"),
			port + "its annotation config.linkerd.io/default-inbound-policy is cluster-unauthenticated",
			nameless + "its annotation config.linkerd.io/default-inbound-policy is cluster-unauthenticated"},
		{"deny", namespace("shop", "", inject+", "+policy+"deny") + web("", ""), "pass", "pass"},
		{"audit", namespace("shop", "", inject+", "+policy+"audit") + web("", ""), port + "the annotation config.linkerd.io/default-inbound-policy of its namespace is audit",
			nameless + "the annotation config.linkerd.io/default-inbound-policy of its namespace is audit"},
		{"control plane", "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: linkerd-config, namespace: linkerd}\ndata:\n  values: |\n    proxy:\n      defaultInboundPolicy: \"deny\"\n" +
			namespace("shop", "", inject) + web("", ""), "pass", "pass"},
		{"not seen", namespace("shop", "", inject) + web("", ""), "unknown: no policy for it was seen, and nothing of the namespace linkerd, which holds the default of the mesh: scan it too",
			"unknown: no policy for it was seen, and nothing of the namespace linkerd, which holds the default of the mesh: scan it too"},
		{"Server without authorizations", namespace("shop", "", inject) + web("", "") + server, "pass", "pass"},
		{"Server of another port", linkerdNS + namespace("shop", "", inject) + web("", "") + strings.ReplaceAll(server, "port: http", "port: 9090"), port + nothing, nameless + nothing},
		{"Server that only audits", namespace("shop", "", inject) + web("", "") + strings.ReplaceAll(server, "port: http", "port: 8080, accessPolicy: audit"),
			port + "the accessPolicy of Server web is audit", callable + "the accessPolicy of Server web is audit"},
		{"mutual TLS demanded", namespace("shop", "", inject) + web("", "") + server + authorize(toServer, "{kind: NetworkAuthentication, name: n}, {kind: MeshTLSAuthentication, name: m}"), "pass", "pass"},
		{"addresses only", namespace("shop", "", inject) + web("", "") + server + authorize(toServer, "{kind: NetworkAuthentication, name: n}"),
			port + "AuthorizationPolicy a demands neither MeshTLSAuthentication nor a ServiceAccount", "pass"},
		{"nothing demanded in the namespace", namespace("shop", "", inject) + web("", "") + server + authorize("{kind: Namespace, name: shop}", ""),
			port + "AuthorizationPolicy a demands neither MeshTLSAuthentication nor a ServiceAccount", "pass"},
		{"of another Server", namespace("shop", "", inject) + web("", "") + server + authorize("{kind: Server, name: db}", ""), "pass", "pass"},
		{"ServerAuthorization", namespace("shop", "", inject) + web("", "") + server +
			object("policy.linkerd.io/v1beta1", "ServerAuthorization", "shop/s", "{server: {name: web}, client: {unauthenticated: true}}"),
			port + "ServerAuthorization s allows clients without identity", "pass"},
		{"past the proxy", namespace("shop", "", inject+", "+policy+"deny") + web("", `config.linkerd.io/skip-inbound-ports: "9090"`),
			plainText + "config.linkerd.io/skip-inbound-ports leads ports 9090 past the proxy", "pass"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.strict, of(Strict(input(t, test.text, "")))); diff != "" {
				t.Error("strict:", diff)
			}
			if diff := cmp.Diff(test.deny, of(DefaultDeny(input(t, test.text, "")))); diff != "" {
				t.Error("default deny:", diff)
			}
		})
	}
}

// TestConsulAndKumaPolicies follows the defaults of both.
func TestConsulAndKumaPolicies(t *testing.T) {
	consulWeb := web("", `consul.hashicorp.com/connect-inject: "true"`)
	kumaWeb := namespace("shop", "kuma.io/sidecar-injection: enabled", "") + web("", "")
	entry := func(kind, name, spec string) string {
		return object("consul.hashicorp.com/v1alpha1", kind, "consul/"+name, spec)
	}
	kumaMesh := func(spec string) string { return object("kuma.io/v1alpha1", "Mesh", "x/default", spec) }
	config := func(text string) string {
		return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: consul-consul-server-config, namespace: consul}\ndata: {server.json: '" + text + "'}\n"
	}
	const (
		consulAllows = `fail: every caller is allowed to call Deployment "web": no ServiceIntentions deny source * to it, and the servers' default is to allow`
		consulUnseen = "unknown: no ServiceIntentions deny callers by default, and the configuration of the Consul servers, which may, was not seen: scan it too"
		kumaOff      = `fail: every caller is allowed to call Deployment "web": Mesh default has no mutual TLS, so that no permission is asked for`
		mtls         = "{mtls: {enabledBackend: ca, backends: [{name: ca, type: builtin}]}}"
		both         = "unknown: the Mesh default was not seen: scan it too"
	)
	tests := []struct{ name, text, strict, deny string }{
		{"Consul alone", consulWeb, "pass", consulUnseen},
		{"servers allow", consulWeb + config("{}"), "pass", consulAllows},
		{"servers deny", consulWeb + config(`{"acl": {"default_policy": "deny"}}`), "pass", "pass"},
		{"intention denies all", consulWeb + entry("ServiceIntentions", "all", `{destination: {name: "*"}, sources: [{name: "*", action: deny}]}`), "pass", "pass"},
		{"intention denies all to it", consulWeb + entry("ServiceIntentions", "web", `{destination: {name: web}, sources: [{name: api, action: allow}, {name: "*", action: deny}]}`), "pass", "pass"},
		{"intention for another", consulWeb + config("") + entry("ServiceIntentions", "db", `{destination: {name: db}, sources: [{name: "*", action: deny}]}`), "pass", consulAllows},
		{"service permissive", consulWeb + config("") + entry("ServiceDefaults", "web", "{mutualTLSMode: permissive}"), plainText + "mutualTLSMode of ServiceDefaults web is permissive", consulAllows},
		{"service strict above all proxies", consulWeb + config("") + entry("ServiceDefaults", "web", "{mutualTLSMode: strict}") + entry("ProxyDefaults", "global", "{mutualTLSMode: permissive}"), "pass", consulAllows},
		{"all proxies permissive", consulWeb + config("") + entry("ProxyDefaults", "global", "{mutualTLSMode: permissive}"), plainText + "mutualTLSMode of ProxyDefaults global is permissive", consulAllows},

		{"Kuma, mesh not seen", kumaWeb, both, both},
		{"Kuma without mutual TLS", kumaWeb + kumaMesh("{}"), plainText + "Mesh default enables no backend of mutual TLS", kumaOff},
		{"Kuma strict", kumaWeb + kumaMesh(mtls), "pass", "pass"},
		{"Kuma permissive", kumaWeb + kumaMesh(strings.ReplaceAll(mtls, "type: builtin", "type: builtin, mode: PERMISSIVE")), plainText + "Mesh default sets PERMISSIVE", "pass"},
		{"Kuma MeshTLS", kumaWeb + kumaMesh(mtls) + object("kuma.io/v1alpha1", "MeshTLS", "kuma-system/weak", "{rules: [{default: {mode: Permissive}}]}"), plainText + "MeshTLS weak sets Permissive", "pass"},
		{"Kuma MeshTLS of others", kumaWeb + kumaMesh(mtls) + object("kuma.io/v1alpha1", "MeshTLS", "kuma-system/weak", "{targetRef: {kind: Dataplane, labels: {app: db}}, rules: [{default: {mode: Permissive}}]}"), "pass", "pass"},
		{"Kuma allows all", kumaWeb + kumaMesh(mtls) + object("kuma.io/v1alpha1", "MeshTrafficPermission", "kuma-system/all", "{from: [{targetRef: {kind: Mesh}, default: {action: Allow}}]}"), "pass",
			`fail: every caller is allowed to call Deployment "web": MeshTrafficPermission all allows the whole mesh`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.strict, of(Strict(input(t, test.text, "")))); diff != "" {
				t.Error("strict:", diff)
			}
			if diff := cmp.Diff(test.deny, of(DefaultDeny(input(t, test.text, "")))); diff != "" {
				t.Error("default deny:", diff)
			}
		})
	}
}

// TestWithoutMesh: plain files are not flooded.
func TestWithoutMesh(t *testing.T) {
	in := input(t, namespace("shop", "", "")+web("", ""), "")
	for name, check := range map[string]assessment.Check{"Strict": Strict, "DefaultDeny": DefaultDeny, "Injection": Injection, "CiliumEncryption": CiliumEncryption} {
		if got := check(in); len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
