package apiserver

import "fmt"

func (s *Server) etcdFlags(client, peer int) []string {
	clients, peers := fmt.Sprintf("https://127.0.0.1:%d", client), fmt.Sprintf("http://127.0.0.1:%d", peer)
	return []string{
		"--name=one", "--data-dir=" + s.path("etcd"), "--log-level=warn",
		"--listen-client-urls=" + clients, "--advertise-client-urls=" + clients,
		"--listen-peer-urls=" + peers, "--initial-advertise-peer-urls=" + peers, "--initial-cluster=one=" + peers,
		"--cert-file=" + s.path("etcd-server.crt"), "--key-file=" + s.path("etcd-server.key"),
		"--client-cert-auth=true", "--trusted-ca-file=" + s.path("etcd-ca.crt"),
		"--quota-backend-bytes=8589934592", "--unsafe-no-fsync=true",
	}
}

func (s *Server) serverFlags(port, etcd int, o Options) []string {
	flags := []string{
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", port), "--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none", // endpoints may not be on loopback
		fmt.Sprintf("--etcd-servers=https://127.0.0.1:%d", etcd),
		"--etcd-cafile=" + s.path("etcd-ca.crt"), "--etcd-certfile=" + s.path("etcd-client.crt"), "--etcd-keyfile=" + s.path("etcd-client.key"),
		"--tls-cert-file=" + s.path("apiserver.crt"), "--tls-private-key-file=" + s.path("apiserver.key"), "--client-ca-file=" + s.path("ca.crt"),
		"--kubelet-client-certificate=" + s.path("kubelet-client.crt"), "--kubelet-client-key=" + s.path("kubelet-client.key"),
		"--proxy-client-cert-file=" + s.path("front-proxy-client.crt"), "--proxy-client-key-file=" + s.path("front-proxy-client.key"),
		"--requestheader-client-ca-file=" + s.path("front-proxy-ca.crt"), "--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + s.path("sa.pub"), "--service-account-signing-key-file=" + s.path("sa.key"),
		"--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true", "--profiling=false",
		"--encryption-provider-config=" + s.path("encryption.yaml"),
		"--audit-policy-file=" + s.path("audit.yaml"), "--audit-log-path=" + s.path("audit.log"), "--audit-log-maxsize=100",
	}
	if !o.Controllers { // nobody would make the service accounts that Pods need
		flags = append(flags, "--disable-admission-plugins=ServiceAccount")
	}
	return append(flags, o.Flags...)
}

func (s *Server) controllerFlags(port int) []string {
	config, err := s.Kubeconfig("system:kube-controller-manager")
	if err != nil {
		config = err.Error() // the program will say so
	}
	return []string{
		"--kubeconfig=" + config, "--authentication-kubeconfig=" + config, "--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + s.path("controllers.crt"), "--tls-private-key-file=" + s.path("controllers.key"),
		"--cluster-signing-cert-file=" + s.path("ca.crt"), "--cluster-signing-key-file=" + s.path("ca.key"), "--root-ca-file=" + s.path("ca.crt"),
		"--client-ca-file=" + s.path("ca.crt"), "--requestheader-client-ca-file=" + s.path("front-proxy-ca.crt"),
		"--service-account-private-key-file=" + s.path("sa.key"), "--use-service-account-credentials=true",
		"--leader-elect=false", "--profiling=false", "--allocate-node-cidrs=false",
	}
}
