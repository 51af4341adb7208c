package network

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const grafana = "kind: Deployment\nmetadata: {name: grafana, namespace: m}\nspec: {template: {metadata: {labels: {a: g}}, spec: {containers: [{name: g, image: grafana/grafana:11}]}}}\n"

func TestExposures(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "kind: Service\nmetadata: {name: s}\nspec: {selector: {a: g}, ports: [{port: 80}]}\n", nil},
		{"a load balancer with its address", grafana + "---\nkind: Service\nmetadata: {name: s, namespace: m}\nspec: {type: LoadBalancer, selector: {a: g}, ports: [{port: 80}]}\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.7}]}}\n",
			[]string{"Service m/s: LoadBalancer 198.51.100.7, port 80 > grafana [Grafana]"}},
		{"an internal one, restricted", "kind: Service\nmetadata: {name: s, annotations: {networking.gke.io/load-balancer-type: Internal}}\nspec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}\n",
			[]string{"Service default/s: LoadBalancer port 80 (internal) from 10.0.0.0/8"}},
		{"a node port and external addresses", "kind: Service\nmetadata: {name: s}\nspec: {type: NodePort, externalIPs: [203.0.113.1], ports: [{port: 80, nodePort: 30080}]}\n",
			[]string{"Service default/s: NodePort every node:30080", "Service default/s: externalIP 203.0.113.1, port 80"}},
		{"an Ingress", grafana + "---\nkind: Service\nmetadata: {name: s, namespace: m}\nspec: {selector: {a: g}, ports: [{port: 80}]}\n---\nkind: Ingress\nmetadata: {name: i, namespace: m}\nspec: {rules: [{host: g.example.com, http: {paths: [{backend: {service: {name: s, port: {number: 80}}}}]}}]}\n",
			[]string{"Ingress m/i: Ingress g.example.com > grafana [Grafana]"}},
		{"ports of nodes", "kind: DaemonSet\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: x, ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 81, hostPort: 8081, hostIP: 127.0.0.1}]}]}}}\n",
			[]string{"DaemonSet default/d: hostPort every node:8080 > d"}},
		{"the network of the node", "kind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true, containers: [{name: c, image: kubernetesui/dashboard, ports: [{containerPort: 9090}]}]}\n",
			[]string{"Pod default/p: hostNetwork port 9090 of its node > p [Kubernetes Dashboard]"}},
		{"administration first", "kind: Service\nmetadata: {name: a}\nspec: {type: NodePort}\n---\nkind: Service\nmetadata: {name: kubernetes-dashboard}\nspec: {type: NodePort}\n",
			[]string{"Service default/kubernetes-dashboard: NodePort [Kubernetes Dashboard]", "Service default/a: NodePort"}},
		{"broken shapes", "kind: Service\nmetadata: {name: s}\nspec: {type: LoadBalancer, ports: x, selector: [a]}\nstatus: 3\n---\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: {a: b}}\n",
			[]string{"Service default/s: LoadBalancer"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			documents, problems := document.Read([]byte(test.text), document.DefaultLimits)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var subjects []*inventory.Subject
			for _, d := range documents {
				subjects = append(subjects, inventory.NewSubject(d.Root, &inventory.Source{}, 0, "", nil))
			}
			var got []string
			for _, e := range Exposures(inventory.NewIndex(subjects)) {
				line := fmt.Sprintf("%s %s/%s: %s", e.By.Kind, e.By.Namespace, e.By.Name, strings.TrimSpace(e.Way+" "+strings.Join(e.At, ", ")))
				if e.Internal {
					line += " (internal)"
				}
				if len(e.Restricted) > 0 {
					line += " from " + strings.Join(e.Restricted, ", ")
				}
				for _, w := range e.Workloads {
					line += " > " + w.Name
				}
				if e.Admin != "" {
					line += " [" + e.Admin + "]"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("exposures (-want +got):\n%s", diff)
			}
		})
	}
}
