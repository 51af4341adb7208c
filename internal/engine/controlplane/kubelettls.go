package controlplane

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

func kubeletServingCertificate(k kubelet) []assessment.Verdict {
	certificate, path := k.value(setting{[]string{"tlsCertFile"}, "tls-cert-file", "", ""})
	key, _ := k.value(setting{[]string{"tlsPrivateKeyFile"}, "tls-private-key-file", "", ""})
	signed, _ := k.value(setting{[]string{"serverTLSBootstrap"}, "rotate-server-certificates", "false", "false"})
	if certificate != "" && key != "" || isTrue(signed) {
		return nil
	}
	return k.fail(path, "the kubelet signs its own serving certificate: neither tlsCertFile and tlsPrivateKeyFile nor serverTLSBootstrap is set")
}

func kubeletRotation(k kubelet) []assessment.Verdict {
	on, path := k.value(setting{[]string{"rotateCertificates"}, "rotate-certificates", "", ""})
	switch {
	case isTrue(on):
		return nil
	case on == "":
		return k.fail(path, "the kubelet does not renew its client certificate: rotateCertificates is not set")
	}
	return k.fail(path, "the kubelet does not renew its client certificate: rotateCertificates is false")
}

func kubeletServerRotation(k kubelet) []assessment.Verdict {
	const gate = "RotateKubeletServerCertificate"
	if value := k.config.Get("featureGates", gate); value != nil && !isTrue(value.Text()) {
		return k.fail([]string{"config", "featureGates", gate}, "feature gate %s is off", gate)
	}
	for _, element := range k.list("feature-gates") {
		name, value, _ := strings.Cut(element, "=")
		if name == gate && !isTrue(value) {
			return k.fail([]string{"flags", "feature-gates"}, "feature gate %s is off", gate)
		}
	}
	return nil
}

func kubeletCipherSuites(k kubelet) []assessment.Verdict {
	if version, _ := k.value(minVersion); version == "VersionTLS13" {
		return nil
	}
	allowed := k.in.Values.Strings("suites")
	if k.flags.Get("tls-cipher-suites") == nil {
		list := k.config.Get("tlsCipherSuites")
		for _, suite := range list.Children() {
			if !slices.Contains(allowed, suite.Text()) {
				return []assessment.Verdict{assessment.Failed("cipher suite "+suite.Text()+" is weak", suite)}
			}
		}
		if list.Len() == 0 {
			path := []string{"config", "tlsCipherSuites"}
			if k.config == nil {
				path = []string{"flags", "tls-cipher-suites"}
			}
			return k.fail(path, "weak cipher suites are offered: tlsCipherSuites is not set")
		}
		return nil
	}
	if weak := weakSuite(k.list("tls-cipher-suites"), allowed); weak != "" {
		return k.fail([]string{"flags", "tls-cipher-suites"}, "cipher suite %s is weak", weak)
	}
	return nil
}

var minVersion = setting{[]string{"tlsMinVersion"}, "tls-min-version", "VersionTLS12", "VersionTLS12"}

func kubeletTLSMinVersion(k kubelet) []assessment.Verdict {
	version, path := k.value(minVersion)
	if version == "VersionTLS10" || version == "VersionTLS11" {
		return k.fail(path, "the kubelet accepts old TLS: tlsMinVersion is %s", version)
	}
	return nil
}

func kubeletPodPIDs(k kubelet) []assessment.Verdict {
	limit, path := k.value(setting{[]string{"podPidsLimit"}, "pod-max-pids", "-1", "-1"})
	if limit == "0" || strings.HasPrefix(limit, "-") {
		return k.fail(path, "a pod may start any number of processes: podPidsLimit is %s", limit)
	}
	return nil
}

func kubeletSeccompDefault(k kubelet) []assessment.Verdict {
	if on, path := k.value(setting{[]string{"seccompDefault"}, "seccomp-default", "false", "false"}); !isTrue(on) {
		return k.fail(path, "containers run without a seccomp filter unless they name one: seccompDefault is not true")
	}
	return nil
}
