package network

// product is a tool with an administrative interface. It is recognised by the image of the pods
// behind a Service, by the label app.kubernetes.io/name and its older forms, or by the exact
// name of the Service; never by a part of a word.
type product struct {
	title string
	// images are ends of repositories, cut at slashes: grafana/grafana fits any registry and mirror.
	images []string
	// names are values of name labels and names of Services.
	names []string
	// ports are the ports of the interface where the same Service also carries other traffic; all
	// ports if none is listed. portNames are the same by name.
	ports     []string
	portNames []string
}

var products = []product{
	{title: "Kubernetes Dashboard", images: []string{"kubernetesui/dashboard", "kubernetesui/dashboard-web", "kubernetesui/dashboard-api", "kubernetes-dashboard-amd64"},
		names: []string{"kubernetes-dashboard", "kubernetes-dashboard-web", "kubernetes-dashboard-kong-proxy"}},
	{title: "Argo CD", images: []string{"argoproj/argocd"}, names: []string{"argocd-server", "argo-cd-argocd-server"}},
	{title: "Argo Workflows", images: []string{"argoproj/argocli"}, names: []string{"argo-server", "argo-workflows-server"}},
	{title: "Argo Rollouts dashboard", images: []string{"argoproj/kubectl-argo-rollouts"}, names: []string{"argo-rollouts-dashboard"}},
	{title: "Tekton Dashboard", names: []string{"tekton-dashboard"}},
	{title: "Grafana", images: []string{"grafana/grafana", "grafana/grafana-oss", "grafana/grafana-enterprise"}, names: []string{"grafana"}},
	{title: "Prometheus", images: []string{"prom/prometheus", "prometheus/prometheus", "bitnami/prometheus"},
		names: []string{"prometheus", "prometheus-server", "prometheus-operated", "prometheus-k8s", "kube-prometheus-stack-prometheus"}},
	{title: "Alertmanager", images: []string{"prom/alertmanager", "prometheus/alertmanager", "bitnami/alertmanager"},
		names: []string{"alertmanager", "alertmanager-main", "alertmanager-operated", "kube-prometheus-stack-alertmanager"}},
	{title: "Thanos", images: []string{"thanos/thanos", "thanosio/thanos", "bitnami/thanos"}, names: []string{"thanos-query", "thanos-query-frontend"}},
	{title: "Kibana", images: []string{"library/kibana", "kibana/kibana", "bitnami/kibana"}, names: []string{"kibana", "kibana-kibana"}},
	{title: "OpenSearch Dashboards", images: []string{"opensearchproject/opensearch-dashboards"}, names: []string{"opensearch-dashboards"}},
	{title: "Jaeger", images: []string{"jaegertracing/all-in-one", "jaegertracing/jaeger-query"}, names: []string{"jaeger-query"},
		ports: []string{"16686", "16685"}, portNames: []string{"http-query", "query-http"}},
	{title: "RabbitMQ management", images: []string{"library/rabbitmq", "bitnami/rabbitmq"}, names: []string{"rabbitmq"},
		ports: []string{"15672", "15671"}, portNames: []string{"management", "http-stats", "stats"}},
	{title: "etcd", images: []string{"etcd", "coreos/etcd", "bitnami/etcd"}, names: []string{"etcd", "etcd-client"}, ports: []string{"2379", "2380", "4001"}},
	{title: "kubelet", names: []string{"kubelet"}, ports: []string{"10250", "10255"}},
	{title: "cAdvisor", images: []string{"cadvisor/cadvisor", "google/cadvisor"}, names: []string{"cadvisor"}},
	{title: "Weave Scope", images: []string{"weaveworks/scope"}, names: []string{"weave-scope-app", "weave-scope"}},
	{title: "Kubeflow", images: []string{"kubeflow/centraldashboard", "notebooks/central-dashboard", "ml-pipeline/frontend"}, names: []string{"centraldashboard", "ml-pipeline-ui"}},
	{title: "Jenkins", images: []string{"jenkins/jenkins", "bitnami/jenkins"}, names: []string{"jenkins"}},
	{title: "Vault", images: []string{"hashicorp/vault", "library/vault"}, names: []string{"vault", "vault-ui", "vault-active"}},
	{title: "Consul", images: []string{"hashicorp/consul", "library/consul"}, names: []string{"consul-ui", "consul-server"},
		ports: []string{"8500", "8501", "443", "80"}},
	{title: "Traefik dashboard", names: []string{"traefik-dashboard"}},
	{title: "Traefik dashboard", images: []string{"library/traefik", "traefik/traefik"}, names: []string{"traefik"},
		ports: []string{"9000"}, portNames: []string{"traefik", "dashboard", "admin"}},
	{title: "Longhorn", images: []string{"longhornio/longhorn-ui"}, names: []string{"longhorn-frontend"}},
	{title: "Ceph dashboard", names: []string{"rook-ceph-mgr-dashboard", "rook-ceph-mgr-dashboard-external-http", "rook-ceph-mgr-dashboard-external-https", "rook-ceph-mgr-dashboard-loadbalancer"}},
	{title: "MinIO console", images: []string{"minio/minio", "bitnami/minio"}, names: []string{"minio-console"}, ports: []string{"9001", "9090"}, portNames: []string{"console", "minio-console"}},
	{title: "pgAdmin", images: []string{"dpage/pgadmin4"}, names: []string{"pgadmin", "pgadmin4"}},
	{title: "phpMyAdmin", images: []string{"phpmyadmin/phpmyadmin", "library/phpmyadmin", "bitnami/phpmyadmin"}, names: []string{"phpmyadmin"}},
	{title: "Adminer", images: []string{"library/adminer"}, names: []string{"adminer"}},
	{title: "Mongo Express", images: []string{"library/mongo-express"}, names: []string{"mongo-express"}},
	{title: "Redis Commander", images: []string{"rediscommander/redis-commander"}, names: []string{"redis-commander"}},
	{title: "Kafka UI", images: []string{"provectuslabs/kafka-ui", "tchiotludo/akhq", "obsidiandynamics/kafdrop"}, names: []string{"kafka-ui", "akhq", "kafdrop"}},
	{title: "Portainer", images: []string{"portainer/portainer", "portainer/portainer-ce", "portainer/portainer-ee"}, names: []string{"portainer"}},
	{title: "Rancher", images: []string{"rancher/rancher"}, names: []string{"rancher"}},
	{title: "Headlamp", images: []string{"headlamp-k8s/headlamp"}, names: []string{"headlamp"}},
	{title: "Kubeapps", images: []string{"kubeapps/dashboard", "bitnami/kubeapps-dashboard"}, names: []string{"kubeapps"}},
	{title: "Octant", names: []string{"octant"}},
	{title: "Kubecost", images: []string{"kubecost/frontend", "kubecost1/frontend"}, names: []string{"kubecost-cost-analyzer"}},
	{title: "Kiali", images: []string{"kiali/kiali"}, names: []string{"kiali"}},
	{title: "Hubble UI", images: []string{"cilium/hubble-ui"}, names: []string{"hubble-ui"}},
	{title: "Linkerd Viz", images: []string{"linkerd/web"}, names: []string{"linkerd-viz-web"}},
	{title: "Falcosidekick UI", images: []string{"falcosecurity/falcosidekick-ui"}, names: []string{"falcosidekick-ui", "falco-falcosidekick-ui"}},
	{title: "Spinnaker", images: []string{"spinnaker/deck", "spinnaker-community/docker/deck"}, names: []string{"spin-deck"}},
	{title: "Chaos Mesh dashboard", images: []string{"chaos-mesh/chaos-dashboard"}, names: []string{"chaos-dashboard"}},
	{title: "KubeSphere console", images: []string{"kubesphere/ks-console"}, names: []string{"ks-console"}},
	{title: "Kubernetes API server", images: []string{"kube-apiserver"}, names: []string{"kube-apiserver"}},
}
