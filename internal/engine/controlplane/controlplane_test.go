package controlplane

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/release"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// inputOf reads objects into an inventory; the subject is the first of the kind.
func inputOf(t *testing.T, kind, text string, values control.Values) assessment.Input {
	t.Helper()
	source := &inventory.Source{Target: "t", Text: []byte(text)}
	documents, problems := document.Read(source.Text, document.DefaultLimits)
	for _, p := range problems {
		t.Fatal(p.Message)
	}
	inv := &inventory.Inventory{}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	in := assessment.Input{Inventory: inv, Index: inventory.NewIndex(inv.Subjects), Values: values}
	if found := in.Index.Kind(kind); len(found) > 0 {
		in.Subject = found[0]
		in.Element = in.Subject.Root
	}
	return in
}

// told gives the outcomes and messages of verdicts.
func told(verdicts []assessment.Verdict) []string {
	var all []string
	for _, v := range verdicts {
		all = append(all, strings.TrimSpace(string(v.Outcome)+" "+v.Message))
	}
	return all
}

func TestReleaseTableIsWhole(t *testing.T) {
	table := &release.Table{}
	if err := document.DecodeStrict("versions.yaml", catalog.Versions, table); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.DateOnly, table.Date); err != nil || len(table.Sources) == 0 {
		t.Errorf("the table says neither when nor from where it is: %q, %v", table.Date, table.Sources)
	}
	for _, name := range []string{"kubernetes", "etcd", "containerd", "coredns", "kernel"} {
		if product := table.Products[name]; product == nil || len(product.Releases) < 3 {
			t.Errorf("product %s is missing", name)
		}
	}
	all := table.Systems
	for _, product := range table.Products {
		all = append(all, product)
	}
	for _, product := range all {
		for _, r := range product.Releases {
			for _, day := range []string{r.Released, r.End, r.LatestReleased} {
				if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
					t.Errorf("%s %s: %v", product.Name, r.Line, err)
				}
			}
			if latest, ok := release.ParseVersion(r.Latest); r.Latest != "" && (!ok || latest.Line() != r.Line) {
				t.Errorf("%s %s: the latest fix %q is of another line", product.Name, r.Line, r.Latest)
			}
		}
	}
}

func TestSystemsAreKnownByTheirImage(t *testing.T) {
	table := release.Of(inventory.NewIndex(nil))
	tests := map[string]string{
		"Ubuntu 22.04.5 LTS":                                  "Ubuntu 22.04",
		"Debian GNU/Linux 12 (bookworm)":                      "Debian 12",
		"Red Hat Enterprise Linux 9.4 (Plow)":                 "Red Hat Enterprise Linux 9",
		"Red Hat Enterprise Linux CoreOS 416.94.202406251923": "",
		"Amazon Linux 2":                                      "Amazon Linux 2",
		"Amazon Linux 2023.6.20250107":                        "Amazon Linux 2023",
		"Rocky Linux 9.3 (Blue Onyx)":                         "Rocky Linux 9",
		"SUSE Linux Enterprise Server 15 SP6":                 "SUSE Linux Enterprise Server 15.6",
		"Windows Server 2022 Datacenter":                      "Windows Server 2022",
		"Container-Optimized OS from Google":                  "",
		"Talos (v1.9.1)":                                      "",
	}
	for image, want := range tests {
		got := ""
		if system, line := table.System(image); line != nil {
			got = system.Name + " " + line.Line
		}
		if got != want {
			t.Errorf("%q is %q, want %q", image, got, want)
		}
	}
}

func TestVersions(t *testing.T) {
	tests := map[string]string{"v1.36.1": "1.36", "1.9": "1.9", "v1.29.8-eks-a737599": "1.29", "5.15.0-101-generic": "5.15",
		"": "", "latest": "", "v1": "", "1.99999999.1": "", "v1.x": ""}
	for text, want := range tests {
		got := ""
		if v, ok := release.ParseVersion(text); ok {
			got = v.Line()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	ordered := []string{"5.15.0-101-generic", "5.15.0-119-generic", "5.15.1", "v6.1.9", "6.1.112+", "6.12"}
	for i := 1; i < len(ordered); i++ {
		if !releaseBefore(ordered[i-1], ordered[i]) || releaseBefore(ordered[i], ordered[i-1]) {
			t.Errorf("%s does not come before %s", ordered[i-1], ordered[i])
		}
	}
}

func TestAuthorizersOfAFileThatOnlyMetricsShow(t *testing.T) {
	const server = "kind: APIServerInstance\nflags: {authorization-config: /a.yaml}\n---\nkind: KubernetesCluster\nmetrics: {authorizers: [%]}\n"
	tests := []struct {
		name, seen string
		check      assessment.Check
		want       []string
	}{
		{"the one that is asked for", "RBAC", Checks["controlplane.RBACAuthorizer"], nil},
		{"not yet used, which means nothing", "Node", Checks["controlplane.RBACAuthorizer"],
			[]string{"unknown which authorizers /a.yaml names was not seen: scan that file together with this one"}},
		{"everything is allowed", "AlwaysAllow", AlwaysAllow, []string{"fail every request is allowed: the AuthorizationConfiguration names AlwaysAllow"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := inputOf(t, "APIServerInstance", strings.Replace(server, "%", test.seen, 1), nil)
			if diff := cmp.Diff(test.want, told(test.check(in))); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAuditLogOutsideAsksWhetherDaemonSetsWereSeen(t *testing.T) {
	in := inputOf(t, "APIServerInstance", "kind: APIServerInstance\nflags: {audit-log-path: /var/log/audit.log}\n", nil)
	in.Inventory.Gaps = []inventory.Gap{{Kind: "DaemonSet", Namespaces: []string{""}}}
	want := []string{"unknown whether a log shipper reads /var/log/audit.log was not seen: no right to list daemonsets"}
	if diff := cmp.Diff(want, told(AuditLogOutside(in))); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func TestMembersOfEtcd(t *testing.T) {
	const alone = "kind: EtcdInstance\nmetadata: {name: a}\nflags: {initial-cluster: \"a=https://192.0.2.1:2380\"%}\n"
	fail := []string{"fail etcd members talk without a certificate: --peer-cert-file is not set"}
	tests := map[string]struct {
		text string
		want []string
	}{
		"one member":           {strings.Replace(alone, "%", "", 1), []string{"notapplicable etcd has a single member"}},
		"one that joined":      {strings.Replace(alone, "%", ", initial-cluster-state: existing", 1), fail},
		"two were seen":        {strings.Replace(alone, "%", "", 1) + "---\nkind: EtcdInstance\nmetadata: {name: b}\n", fail},
		"members are searched": {strings.Replace(alone, "%", ", discovery-srv: example.com", 1), fail},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Checks["controlplane.EtcdPeerCertificate"](inputOf(t, "EtcdInstance", test.text, nil))
			if diff := cmp.Diff(test.want, told(got)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKubeletSettings(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"configz holds the flags already", "from: configz\nconfig: {readOnlyPort: 0}\nflags: {read-only-port: \"10255\"}\n", "0"},
		{"a flag wins over a file", "from: node\nconfig: {readOnlyPort: 0}\nflags: {read-only-port: \"10255\"}\n", "10255"},
		{"a file's default", "from: node\nconfig: {maxPods: 1}\n", "0"},
		{"the default of a bare command line", "from: node\nflags: {v: \"2\"}\n", "10255"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := inputOf(t, "KubeletInstance", "kind: KubeletInstance\n"+test.text, nil)
			k := kubelet{instance: instanceOf(in.Subject), in: in, config: in.Subject.Root.Get("config")}
			if got, _ := k.value(setting{[]string{"readOnlyPort"}, "read-only-port", "0", "10255"}); got != test.want {
				t.Errorf("read-only port is %q, want %q", got, test.want)
			}
		})
	}
}

func TestLoopbackAddresses(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:10249": true, "127.0.0.1": true, "[::1]:10249": true, "::1": true,
		"localhost:1": true, "0.0.0.0:10249": false, "[::]:10249": false, "::": false, "192.0.2.1": false, ":10249": false, "a b": false} {
		if got := loopback(hostOf(address)); got != want {
			t.Errorf("%q: loopback is %v", address, got)
		}
	}
}

// TestHostileFacts gives every check values of wrong types and none at all: none may stop.
func TestHostileFacts(t *testing.T) {
	kinds := append([]string{"Node", "EncryptionConfiguration", "Deployment"}, inventory.FactKinds...)
	bodies := []string{"", "flags: text\n", "flags: [a]\nconfig: [b]\nfiles: 1\n", "flags: {config-file: x, authentication-config: x, authorization-config: x, config: x, audit-log-path: x}\nfiles: {config: [], config-file: 1, authentication-config: {anonymous: 1}, authorization-config: {authorizers: [1, {}]}}\n",
		"config: {authentication: 1, featureGates: [x], tlsCipherSuites: text, podPidsLimit: {}, eventRecordQPS: x}\n",
		"version: {git: v99999999999.1}\nobserved: no\nprobes: {certificate: {notAfter: x}, anonymous: 1}\nmetrics: {encryption: {secrets: [1]}}\n",
		"status: {nodeInfo: {kubeletVersion: [1], kernelVersion: \"99999999999999999999.1\", osImage: \"\\0\", containerRuntimeVersion: \"://\"}}\n",
		"resources: [{resources: text}, {resources: [secrets], providers: [1]}, 5]\n", "spec: {template: {spec: {containers: [{image: \"/\"}]}}}\n"}
	for _, kind := range kinds {
		for _, body := range bodies {
			in := inputOf(t, kind, "apiVersion: apiserver.config.k8s.io/v1\nkind: "+kind+"\n"+body, nil)
			for name, check := range Checks {
				for _, v := range check(in) {
					if v.Outcome == "" {
						t.Errorf("%s on %s %q gives no outcome", name, kind, body)
					}
				}
			}
		}
	}
}
