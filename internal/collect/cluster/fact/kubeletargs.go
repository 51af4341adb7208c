package fact

// kubeletFields are the kubelet's flags that stand for a field of its configuration.
var kubeletFields = map[string][]string{
	"anonymous-auth":                    {"authentication", "anonymous", "enabled"},
	"authentication-token-webhook":      {"authentication", "webhook", "enabled"},
	"client-ca-file":                    {"authentication", "x509", "clientCAFile"},
	"authorization-mode":                {"authorization", "mode"},
	"read-only-port":                    {"readOnlyPort"},
	"streaming-connection-idle-timeout": {"streamingConnectionIdleTimeout"},
	"make-iptables-util-chains":         {"makeIPTablesUtilChains"},
	"event-qps":                         {"eventRecordQPS"},
	"tls-cert-file":                     {"tlsCertFile"},
	"tls-private-key-file":              {"tlsPrivateKeyFile"},
	"tls-cipher-suites":                 {"tlsCipherSuites"},
	"tls-min-version":                   {"tlsMinVersion"},
	"rotate-certificates":               {"rotateCertificates"},
	"rotate-server-certificates":        {"serverTLSBootstrap"},
	"pod-max-pids":                      {"podPidsLimit"},
	"protect-kernel-defaults":           {"protectKernelDefaults"},
	"seccomp-default":                   {"seccompDefault"},
}

// kubeletDefaults are what k3s and RKE2 configure by themselves (pkg/daemons/agent of k3s-io/k3s).
var kubeletDefaults = map[string]string{
	"anonymous-auth": "false", "authentication-token-webhook": "true", "authorization-mode": "Webhook", "read-only-port": "0",
	"client-ca-file":       "/var/lib/rancher/k3s/agent/client-ca.crt",
	"tls-cert-file":        "/var/lib/rancher/k3s/agent/serving-kubelet.crt",
	"tls-private-key-file": "/var/lib/rancher/k3s/agent/serving-kubelet.key",
}

// kubeletOf gives the configuration of a kubelet that k3s or RKE2 started, and its other flags.
func kubeletOf(args nodeArgs) map[string]any {
	flags := withArguments(args.own(kubeletDefaults), args.all["kubelet-arg"])
	if values := args.all["protect-kernel-defaults"]; len(values) > 0 {
		flags["protect-kernel-defaults"] = values[len(values)-1]
	}
	config, others := map[string]any{}, map[string]any{}
	for name, value := range flags {
		if path := kubeletFields[name]; path != nil {
			put(config, path, typed(name, value))
		} else {
			others[name] = value
		}
	}
	fields := map[string]any{"complete": false, "config": config}
	if len(others) > 0 {
		fields["flags"] = others
	}
	return fields
}

// proxyOf gives the configuration of a kube-proxy that k3s or RKE2 started, and its other flags.
func proxyOf(args nodeArgs) map[string]any {
	config, others := map[string]any{}, map[string]any{}
	for name, value := range withArguments(nil, args.all["kube-proxy-arg"]) {
		if name == "metrics-bind-address" {
			config["metricsBindAddress"] = value
		} else {
			others[name] = value
		}
	}
	return map[string]any{"from": args.from, "complete": false, "config": config, "flags": others}
}

// put sets a value below maps that it makes.
func put(into map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		next, ok := into[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			into[key] = next
		}
		into = next
	}
	into[path[len(path)-1]] = value
}
