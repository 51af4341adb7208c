package demo

// cluster is one of the organisation's.
type cluster struct {
	name, environment string
	managed           string // the provider's platform; "" for one made with kubeadm
	nodes             int
	releases          []release // the oldest first
	spaces            []space
	// care is how much of what could be wrong is right, from 0 to 100.
	care int
	// hour is when its weekly scan runs, before the end of the demonstration.
	hour int
	// unread is the week in which a scan could not read Secrets and RoleBindings; 0 for none.
	unread int
}

// release is the version that a cluster runs from a week on.
type release struct {
	from          int
	version, line string
}

// space is a namespace with what runs in it.
type space struct {
	name, team string
	from       int    // the week in which it appears
	level      string // of Pod Security; "" enforces nothing
	open       int    // the week until which it has no network policy
	system     bool   // it holds what the cluster itself needs
	workloads  []workload
}

// workload is a program that runs in a namespace.
type workload struct {
	name, image string
	kind        string // "" is a Deployment
	port        int
	host        string // by which people reach it; "" for nobody
	from        int    // the week in which it is installed
	agent       bool   // works on its node, and needs to see it
	talksTo     []string
}

// organisation is what the demonstration shows. Everything in it is made up.
var organisation = []cluster{
	{name: "shop-production", environment: "production", managed: "EKS", nodes: 5, care: 92, hour: 2,
		releases: []release{{0, "v1.35.4", "1.35"}, {13, "v1.36.5", "1.36"}, {22, "v1.36.6", "1.36"}}, spaces: shopSpaces(true)},
	{name: "shop-staging", environment: "staging", managed: "EKS", nodes: 3, care: 82, hour: 3, unread: 14,
		releases: []release{{0, "v1.35.6", "1.35"}, {10, "v1.36.5", "1.36"}, {20, "v1.37.1", "1.37"}}, spaces: shopSpaces(false)},
	{name: "platform", environment: "production", nodes: 4, care: 86, hour: 1,
		releases: []release{{0, "v1.34.9", "1.34"}, {18, "v1.35.10", "1.35"}}, spaces: platformSpaces},
}

// shopSpaces are the namespaces of the shop; production has more to watch it.
func shopSpaces(production bool) []space {
	domain, open := "staging.shop.example.com", 99
	if production {
		domain, open = "shop.example.com", 0
	}
	all := []space{
		{name: "storefront", team: "web", level: "restricted", open: open, workloads: []workload{
			{name: "web", image: "shop/web", port: 8080, host: domain, talksTo: []string{"search", "cart"}},
			{name: "search", image: "shop/search", port: 8080},
			{name: "recommendations", image: "shop/recommendations", port: 9000},
			{name: "cart", image: "shop/cart", port: 8080, talksTo: []string{"cart-cache"}},
			{name: "cart-cache", image: "shop/redis", kind: "StatefulSet", port: 6379},
		}},
		{name: "checkout", team: "payments", level: "baseline", open: min(open, 9), workloads: []workload{
			{name: "checkout-api", image: "shop/checkout-api", port: 8443, host: "pay." + domain, talksTo: []string{"payment-gateway", "fraud-check"}},
			{name: "payment-gateway", image: "shop/payment-gateway", port: 8443},
			{name: "fraud-check", image: "shop/fraud-check", port: 9000},
			{name: "orders-db", image: "shop/postgres", kind: "StatefulSet", port: 5432},
			{name: "settlement", image: "shop/settlement", kind: "CronJob"},
		}},
		{name: "catalogue", team: "web", level: "baseline", open: open, workloads: []workload{
			{name: "catalogue-api", image: "shop/catalogue-api", port: 8080, talksTo: []string{"catalogue-db"}},
			{name: "catalogue-db", image: "shop/postgres", kind: "StatefulSet", port: 5432},
			{name: "media", image: "shop/media", port: 8080, host: "media." + domain},
			{name: "importer", image: "shop/importer", kind: "CronJob"},
		}},
		{name: "messaging", team: "integration", open: min(open, 17), workloads: []workload{
			{name: "broker", image: "shop/kafka", kind: "StatefulSet", port: 9092},
			{name: "mailer", image: "shop/mailer", port: 8080, talksTo: []string{"broker"}},
			{name: "webhooks", image: "shop/webhooks", port: 8080, host: "hooks." + domain, talksTo: []string{"broker"}},
		}},
		{name: "loyalty", team: "growth", from: 16, open: min(open, 21), workloads: []workload{
			{name: "points-api", image: "shop/points-api", port: 8080, from: 16, host: "points." + domain, talksTo: []string{"points-db"}},
			{name: "points-db", image: "shop/postgres", kind: "StatefulSet", port: 5432, from: 16},
			{name: "campaigns", image: "shop/campaigns", port: 8080, from: 18},
		}},
	}
	return append(all, watching(domain, production)...)
}

// watching are the namespaces of what watches over a cluster of the shop.
func watching(domain string, production bool) []space {
	later := 30
	if production {
		later = 0
	}
	return []space{
		{name: "monitoring", team: "platform", open: 99, system: true, workloads: []workload{
			{name: "prometheus", image: "mirror/prometheus/prometheus", kind: "StatefulSet", port: 9090},
			{name: "grafana", image: "mirror/grafana/grafana", port: 3000, host: "grafana." + domain},
			{name: "node-exporter", image: "mirror/prometheus/node-exporter", kind: "DaemonSet", port: 9100, agent: true},
			{name: "fluent-bit", image: "mirror/fluent/fluent-bit", kind: "DaemonSet", from: 4 + later, agent: true},
		}},
		{name: "argocd", team: "platform", open: 12, system: true, workloads: []workload{
			{name: "argocd-application-controller", image: "mirror/argoproj/argocd", kind: "StatefulSet", port: 8082},
		}},
		{name: "ingress-nginx", team: "platform", system: true, workloads: []workload{
			{name: "ingress-nginx-controller", image: "mirror/ingress-nginx/controller", port: 8443},
		}},
		{name: "cert-manager", team: "platform", level: "restricted", system: true, workloads: []workload{
			{name: "cert-manager", image: "mirror/jetstack/cert-manager-controller", port: 9402},
		}},
		{name: "external-secrets", team: "platform", level: "restricted", from: 5 + later/3, system: true, workloads: []workload{
			{name: "external-secrets", image: "mirror/external-secrets/external-secrets", port: 8080, from: 5 + later/3},
		}},
		{name: "trivy-system", team: "platform", level: "restricted", from: 14 + later, system: true, workloads: []workload{
			{name: "trivy-operator", image: "mirror/aquasecurity/trivy-operator", port: 8080, from: 14 + later},
		}},
		{name: "kyverno", team: "platform", from: 11 + later, system: true, workloads: []workload{
			{name: "kyverno-admission-controller", image: "mirror/kyverno/kyverno", port: 9443, from: 11 + later},
		}},
		{name: "falco", team: "platform", from: 19 + later, system: true, workloads: []workload{
			{name: "falco", image: "mirror/falcosecurity/falco", kind: "DaemonSet", from: 19 + later, agent: true},
		}},
		{name: "velero", team: "platform", from: 7 + later, system: true, workloads: []workload{
			{name: "velero", image: "mirror/velero/velero", port: 8085, from: 7 + later},
		}},
	}
}

var platformSpaces = []space{
	{name: "build", team: "platform", open: 20, workloads: []workload{
		{name: "runner", image: "mirror/gitlab/gitlab-runner", agent: true},
		{name: "image-builder", image: "platform/image-builder", from: 3},
		{name: "artefacts", image: "platform/artefacts", port: 8081, host: "artefacts.platform.example.com"},
	}},
	{name: "registry", team: "platform", level: "baseline", workloads: []workload{
		{name: "registry", image: "mirror/goharbor/registry-photon", port: 5000, host: "registry.platform.example.com", talksTo: []string{"registry-db"}},
		{name: "registry-db", image: "platform/postgres", kind: "StatefulSet", port: 5432},
	}},
	{name: "identity", team: "security", level: "restricted", workloads: []workload{
		{name: "keycloak", image: "mirror/keycloak/keycloak", kind: "StatefulSet", port: 8443, host: "login.platform.example.com", talksTo: []string{"keycloak-db"}},
		{name: "keycloak-db", image: "platform/postgres", kind: "StatefulSet", port: 5432},
		{name: "vault", image: "mirror/hashicorp/vault", kind: "StatefulSet", port: 8200, from: 6},
	}},
	{name: "argocd", team: "platform", open: 12, system: true, workloads: []workload{
		{name: "argocd-server", image: "mirror/argoproj/argocd", port: 8080, host: "deploy.platform.example.com"},
		{name: "argocd-application-controller", image: "mirror/argoproj/argocd", kind: "StatefulSet", port: 8082},
	}},
	{name: "monitoring", team: "platform", open: 15, system: true, workloads: []workload{
		{name: "prometheus", image: "mirror/prometheus/prometheus", kind: "StatefulSet", port: 9090},
		{name: "alertmanager", image: "mirror/prometheus/alertmanager", kind: "StatefulSet", port: 9093},
		{name: "grafana", image: "mirror/grafana/grafana", port: 3000, host: "grafana.platform.example.com"},
		{name: "loki", image: "mirror/grafana/loki", kind: "StatefulSet", port: 3100},
		{name: "node-exporter", image: "mirror/prometheus/node-exporter", kind: "DaemonSet", port: 9100, agent: true},
	}},
	{name: "wiki", team: "support", open: 99, workloads: []workload{
		{name: "wiki", image: "platform/wiki", port: 8090, host: "wiki.platform.example.com"},
		{name: "chat", image: "platform/chat", port: 8065, host: "chat.platform.example.com"},
	}},
}
