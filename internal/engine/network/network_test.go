package network

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func read(t *testing.T, text string) []*inventory.Subject {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, &inventory.Source{File: "a.yaml"}, d.EndLine, "", nil))
	}
	return subjects
}

func TestControllerOf(t *testing.T) {
	for _, test := range []struct{ name, ingress, want string }{
		{"class", "spec: {ingressClassName: nginx}", "nginx"},
		{"class with more words", "spec: {ingressClassName: public-nginx-eu}", "nginx"},
		{"part of a word", "spec: {ingressClassName: nginxish}", ""},
		{"old annotation", "metadata: {annotations: {kubernetes.io/ingress.class: azure/application-gateway}}", "azure"},
		{"annotations before the class", "metadata: {annotations: {nginx.org/hsts: 'True'}}\nspec: {ingressClassName: nginx}", "nginx-inc"},
		{"IngressClass before annotations", "metadata: {annotations: {nginx.org/hsts: 'True'}}\nspec: {ingressClassName: mine}", "contour"},
		{"nothing", "spec: {rules: []}", ""},
	} {
		subjects := read(t, "kind: Ingress\n"+test.ingress+"\n---\n{kind: IngressClass, metadata: {name: mine}, spec: {controller: projectcontour.io/ingress-controller}}")
		got := ""
		if c := controllerOf(subjects[0], inventory.NewIndex(subjects)); c != nil {
			got = c.id
		}
		if got != test.want {
			t.Errorf("%s: controllerOf = %q, want %q", test.name, got, test.want)
		}
	}
}

// Words of well-known tools occur in many names: only exact names and images count.
func TestAdminInterface(t *testing.T) {
	pod := "{kind: Pod, metadata: {name: p, labels: {app: x}}, spec: {containers: [{name: c, image: IMAGE}]}}"
	for _, test := range []struct{ name, service, image, want string }{
		{"image of a mirror", "{name: a}, spec: {type: LoadBalancer, selector: {app: x}}", "mirror.example:5000/grafana/grafana:11.2.0", "Grafana"},
		{"image that ends alike", "{name: a}, spec: {type: LoadBalancer, selector: {app: x}}", "registry.example/notgrafana/grafana-exporter:1", ""},
		{"name, pods unseen", "{name: argocd-server}, spec: {type: NodePort}", "nginx", "Argo CD"},
		{"word in a name", "{name: argocd-server-docs}, spec: {type: NodePort}", "nginx", ""},
		{"label", "{name: a, labels: {k8s-app: kubernetes-dashboard}}, spec: {type: LoadBalancer}", "nginx", "Kubernetes Dashboard"},
		{"inside", "{name: argocd-server}, spec: {type: ClusterIP}", "nginx", ""},
		{"listed sources", "{name: argocd-server}, spec: {type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]}", "nginx", ""},
		{"sources are everybody", "{name: argocd-server}, spec: {type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/0]}", "nginx", "Argo CD"},
		{"etcd by port", "{name: a}, spec: {type: LoadBalancer, selector: {app: x}, ports: [{port: 2379}]}", "quay.io/coreos/etcd:v3.5.0", "etcd"},
		{"broken image", "{name: a}, spec: {type: LoadBalancer, selector: {app: x}}", "'{{ .image }}'", ""},
	} {
		subjects := read(t, "{kind: Service, metadata: "+test.service+"}\n---\n"+strings.Replace(pod, "IMAGE", test.image, 1))
		in := assessment.Input{Index: inventory.NewIndex(subjects), Subject: subjects[0], Element: subjects[0].Root, Values: control.Values{}}
		got := ""
		for _, verdict := range AdminInterface(in) {
			if verdict.Outcome == assessment.Fail {
				got += verdict.Message
			}
		}
		if test.want == "" && got != "" || !strings.HasSuffix(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestBackendsOf(t *testing.T) {
	for _, test := range []struct{ object, want string }{
		{"{kind: Ingress, spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}}", "a/:80"},
		{"{kind: Ingress, spec: {rules: [{http: {paths: [{backend: {serviceName: b, servicePort: 81}}]}}]}}", "b/:81"},
		{"{kind: HTTPRoute, spec: {rules: [{backendRefs: [{name: c, namespace: ns, port: 82}, {kind: Bucket, name: d}]}]}}", "c/ns:82"},
		{"{kind: Route, spec: {to: {kind: Service, name: e}, port: {targetPort: web}}}", "e/:web"},
		{"{kind: VirtualService, spec: {gateways: [edge], http: [{route: [{destination: {host: f.ns.svc.cluster.local, port: {number: 83}}}]}]}}", "f/ns:83"},
		{"{kind: VirtualService, spec: {gateways: [mesh], http: [{route: [{destination: {host: f}}]}]}}", ""},
		{"{kind: Ingress, spec: nonsense}", ""},
	} {
		got := ""
		for _, b := range backendsOf(read(t, test.object)[0]) {
			got += b.service + "/" + b.namespace + ":" + b.port
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.object, got, test.want)
		}
	}
}
