package controlplane

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// etcd reads the settings of one member: its flags, or the file of --config-file, which makes
// etcd ignore them (https://etcd.io/docs/v3.6/op-guide/configuration/).
type etcd struct {
	instance
	in   assessment.Input
	file *document.Node
}

// nested are the settings that the file keeps below a map.
var nested = map[string][]string{
	"cert-file": {"client-transport-security", "cert-file"}, "key-file": {"client-transport-security", "key-file"},
	"client-cert-auth": {"client-transport-security", "client-cert-auth"}, "auto-tls": {"client-transport-security", "auto-tls"},
	"trusted-ca-file": {"client-transport-security", "trusted-ca-file"},
	"peer-cert-file":  {"peer-transport-security", "cert-file"}, "peer-key-file": {"peer-transport-security", "key-file"},
	"peer-client-cert-auth": {"peer-transport-security", "client-cert-auth"}, "peer-auto-tls": {"peer-transport-security", "auto-tls"},
	"peer-trusted-ca-file": {"peer-transport-security", "trusted-ca-file"},
}

func (e etcd) text(name string) string {
	if e.file == nil {
		return e.instance.text(name)
	}
	path := nested[name]
	if path == nil {
		path = []string{name}
	}
	return e.file.Get(path...).Text()
}

func (e etcd) is(name string) bool {
	value, err := strconv.ParseBool(e.text(name))
	return err == nil && value
}

// fail blames a setting: the flag, or the file that does not hold it.
func (e etcd) fail(name, format string, args ...any) []assessment.Verdict {
	if e.file != nil {
		name = "config-file"
	}
	return e.instance.fail(name, format, args...)
}

// etcdCheck makes a check of a rule on one member, which is unknown where its file was not seen.
func etcdCheck(rule func(etcd) []assessment.Verdict) assessment.Check {
	return func(in assessment.Input) []assessment.Verdict {
		e := etcd{instance: instanceOf(in.Subject), in: in}
		if name := e.instance.text("config-file"); name != "" {
			if e.file = e.instance.file("config-file"); e.file == nil {
				return e.unknown("config-file", "what %s says was not seen, and etcd ignores its flags beside it: scan the node", name)
			}
		}
		return rule(e)
	}
}

func bothFiles(certificate, key, message string) func(etcd) []assessment.Verdict {
	return func(e etcd) []assessment.Verdict {
		for _, name := range []string{certificate, key} {
			if e.text(name) == "" {
				return e.fail(name, "%s: --%s is not set", message, name)
			}
		}
		return nil
	}
}

func mustBeTrue(name, message string) func(etcd) []assessment.Verdict {
	return func(e etcd) []assessment.Verdict {
		switch {
		case e.is(name):
			return nil
		case e.text(name) == "":
			return e.fail(name, "%s: --%s is not set", message, name)
		}
		return e.fail(name, "%s: --%s is %s", message, name, e.text(name))
	}
}

func mustBeFalse(name, message string) func(etcd) []assessment.Verdict {
	return func(e etcd) []assessment.Verdict {
		if e.is(name) {
			return e.fail(name, "%s: --%s is %s", message, name, e.text(name))
		}
		return nil
	}
}

// ofMembers leaves out an etcd that has no peers: nothing is sent between members of one.
func ofMembers(rule func(etcd) []assessment.Verdict) func(etcd) []assessment.Verdict {
	return func(e etcd) []assessment.Verdict {
		verdicts := rule(e)
		if len(verdicts) > 0 && e.alone() {
			return assessment.Skipped("etcd has a single member")
		}
		return verdicts
	}
}

// alone reports whether the member knows of no other and no other was seen.
func (e etcd) alone() bool {
	others := 0
	for _, s := range e.in.Index.Kind(inventory.FactEtcd) {
		if together(s, e.in.Subject) {
			others++
		}
	}
	return others == 1 && len(elements(e.text("initial-cluster"))) <= 1 && e.text("initial-cluster-state") != "existing" &&
		e.text("discovery") == "" && e.text("discovery-srv") == ""
}

// listensEncrypted refuses addresses without TLS that can be reached from other machines, but for
// those of metrics, which hold no keys.
func listensEncrypted(e etcd) []assessment.Verdict {
	for _, name := range []string{"listen-client-urls", "listen-client-http-urls", "listen-peer-urls"} {
		if name == "listen-peer-urls" && e.alone() {
			continue
		}
		for _, address := range elements(e.text(name)) {
			if parsed, err := url.Parse(address); err == nil && parsed.Scheme == "http" && !loopback(parsed.Hostname()) {
				return e.fail(name, "etcd listens without TLS on %s", address)
			}
		}
	}
	return nil
}

// loopback reports whether only the machine itself reaches a host.
func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func etcdSuites(e etcd) []assessment.Verdict {
	if e.text("tls-min-version") == "TLS1.3" {
		return nil
	}
	suites := elements(e.text("cipher-suites"))
	if suites == nil {
		return e.fail("cipher-suites", "weak cipher suites are offered: --cipher-suites is not set")
	}
	if weak := weakSuite(suites, e.in.Values.Strings("suites")); weak != "" {
		return e.fail("cipher-suites", "cipher suite %s is weak", weak)
	}
	return nil
}

// weakSuite gives the first suite that is not among those allowed; "" if all are.
func weakSuite(suites, allowed []string) string {
	for _, suite := range suites {
		if !slices.Contains(allowed, suite) {
			return suite
		}
	}
	return ""
}

// EtcdOwnAuthority judges a member together with the API servers of its cluster: it fails if
// every certificate that logs in to the API logs in to etcd too.
func EtcdOwnAuthority(in assessment.Input) []assessment.Verdict {
	return etcdCheck(func(e etcd) []assessment.Verdict {
		authority := e.text("trusted-ca-file")
		if authority == "" {
			return e.fail("trusted-ca-file", "etcd knows no authority for clients: --trusted-ca-file is not set")
		}
		seen := false
		for _, s := range in.Index.Kind(inventory.FactAPIServer) {
			if !together(s, in.Subject) {
				continue
			}
			seen = true
			if clients := instanceOf(s).text("client-ca-file"); clients == authority {
				return e.fail("trusted-ca-file", "etcd trusts the clients of the API: %s is also the --client-ca-file of %s", authority, s.Name)
			}
		}
		if !seen {
			return e.unknown("trusted-ca-file", "%s", fmt.Sprintf("whether the API server takes clients of %s too was not seen: scan its manifest together with this one", authority))
		}
		return nil
	})(in)
}
