package controlplane

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// setting is one setting of a kubelet: a field of its configuration, the flag that wins over it,
// and the defaults, which differ: what a configuration file leaves out is safer than what a
// command line without a file leaves out (SetDefaults_KubeletConfiguration of
// k8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1, and applyLegacyDefaults of cmd/kubelet).
type setting struct {
	field            []string
	flag             string
	inFile, withFlag string
}

// kubelet reads the settings of one kubelet.
type kubelet struct {
	instance
	in     assessment.Input
	config *document.Node
}

// value gives what a setting is, and the path of what decided it. Configuration that the kubelet
// itself told (configz) holds its flags already.
func (k kubelet) value(s setting) (text string, path []string) {
	effective := strings.HasPrefix(k.root.Get("from").Text(), "configz")
	if flag := k.flags.Get(s.flag); flag != nil && !effective {
		return flag.Text(), []string{"flags", s.flag}
	}
	path = append([]string{"config"}, s.field...)
	if k.config == nil {
		return s.withFlag, []string{"flags", s.flag}
	}
	if node := k.config.Get(s.field...); node != nil && node.Text() != "" {
		return node.Text(), path
	}
	return s.inFile, path
}

func (k kubelet) fail(path []string, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(format, args...), k.root, path...)}
}

// kubeletCheck makes a check of a rule on one kubelet, which is unknown where its configuration
// was not seen.
func kubeletCheck(rule func(kubelet) []assessment.Verdict) assessment.Check {
	return func(in assessment.Input) []assessment.Verdict {
		k := kubelet{instance: instanceOf(in.Subject), in: in, config: in.Subject.Root.Get("config")}
		hidden := k.text("config") != "" || k.text("config-dir") != ""
		if k.config == nil && (k.flags == nil || hidden) {
			return []assessment.Verdict{assessment.At(assessment.Unknown,
				"the configuration of the kubelet was not seen: grant get on nodes/configz, or scan the node", k.root, "config")}
		}
		return rule(k)
	}
}

func kubeletAnonymous(k kubelet) []assessment.Verdict {
	on, path := k.value(setting{[]string{"authentication", "anonymous", "enabled"}, "anonymous-auth", "false", "true"})
	if isTrue(on) {
		return k.fail(path, "the kubelet accepts requests without credentials")
	}
	return nil
}

func kubeletAuthorization(k kubelet) []assessment.Verdict {
	mode, path := k.value(setting{[]string{"authorization", "mode"}, "authorization-mode", "Webhook", "AlwaysAllow"})
	if mode == "AlwaysAllow" {
		return k.fail(path, "the kubelet allows every request: its authorization mode is AlwaysAllow")
	}
	return nil
}

func kubeletClientCA(k kubelet) []assessment.Verdict {
	if file, path := k.value(setting{[]string{"authentication", "x509", "clientCAFile"}, "client-ca-file", "", ""}); file == "" {
		return k.fail(path, "the kubelet cannot verify client certificates: clientCAFile is not set")
	}
	return nil
}

func kubeletReadOnlyPort(k kubelet) []assessment.Verdict {
	if port, path := k.value(setting{[]string{"readOnlyPort"}, "read-only-port", "0", "10255"}); port != "0" {
		return k.fail(path, "the kubelet tells everybody about its pods on port %s", port)
	}
	return nil
}

func kubeletIdleTimeout(k kubelet) []assessment.Verdict {
	limit, path := k.value(setting{[]string{"streamingConnectionIdleTimeout"}, "streaming-connection-idle-timeout", "4h0m0s", "4h0m0s"})
	// A file's zero means the default, a flag's zero means for ever, and configz shows which it was.
	file := path[0] == "config" && !strings.HasPrefix(k.root.Get("from").Text(), "configz")
	if strings.Trim(limit, "0hmsu.") == "" && !file {
		return k.fail(path, "idle exec and port-forward connections are never closed")
	}
	return nil
}

func kubeletIPTablesChains(k kubelet) []assessment.Verdict {
	if on, path := k.value(setting{[]string{"makeIPTablesUtilChains"}, "make-iptables-util-chains", "true", "true"}); !isTrue(on) {
		return k.fail(path, "the kubelet does not keep its iptables chains: makeIPTablesUtilChains is false")
	}
	return nil
}

func kubeletEventRate(k kubelet) []assessment.Verdict {
	text, path := k.value(setting{[]string{"eventRecordQPS"}, "event-qps", "50", "50"})
	if rate, err := strconv.Atoi(text); err == nil && rate != 0 && rate < k.in.Values.Int("rate") {
		return k.fail(path, "the kubelet records only %d events per second and drops the rest", rate)
	}
	return nil
}

// KubeletHostnameOverride judges a kubelet by its flags, where alone a name can be set.
func KubeletHostnameOverride(in assessment.Input) []assessment.Verdict {
	i := instanceOf(in.Subject)
	switch name := i.text("hostname-override"); {
	case name != "":
		return i.fail("hostname-override", "the kubelet registers under another name: --hostname-override is %s", name)
	case i.flags != nil:
		return nil
	case in.Subject.Source.Cluster == "" && in.Subject.Root.Get("config") != nil:
		return assessment.Skipped("a configuration file does not tell the kubelet's flags")
	}
	return []assessment.Verdict{assessment.At(assessment.Unknown, "the flags of the kubelet were not seen: scan the node", i.root, "flags")}
}

// KubeProxyMetrics judges a kube-proxy: its metrics must be served on the loopback address.
func KubeProxyMetrics(in assessment.Input) []assessment.Verdict {
	i := instanceOf(in.Subject)
	config := in.Subject.Root.Get("config")
	at, path := config.Get("metricsBindAddress"), []string{"config", "metricsBindAddress"}
	if config == nil {
		if file := i.text("config"); file != "" {
			return i.unknown("config", "where %s lets metrics be served was not seen: scan the ConfigMap of kube-proxy too", file)
		}
		at, path = i.flags.Get("metrics-bind-address"), []string{"flags", "metrics-bind-address"}
	}
	address := at.Text()
	if address == "" || loopback(hostOf(address)) { // 127.0.0.1:10249 by default
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("kube-proxy serves metrics on %s, which is not the loopback address", address), i.root, path...)}
}

// hostOf takes the port off an address; IPv6 addresses without brackets have none.
func hostOf(address string) string {
	host, port, found := strings.Cut(address, ":")
	if !found || strings.Contains(port, ":") && !strings.HasPrefix(address, "[") {
		if found {
			return address
		}
		return host
	}
	if end := strings.IndexByte(address, ']'); strings.HasPrefix(address, "[") && end > 0 {
		return address[1:end]
	}
	return host
}

func isTrue(text string) bool {
	value, err := strconv.ParseBool(text)
	return err == nil && value
}
