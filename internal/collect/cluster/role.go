package cluster

import (
	"fmt"
	"slices"
	"strings"
)

// RoleOptions say what the printed role is called and whether it reads Secrets.
type RoleOptions struct {
	Name    string
	Secrets bool
}

// Role gives, as YAML, the ClusterRole with the least rights that reading a whole cluster needs,
// and how to bind it.
func Role(o RoleOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# What kubeproof needs to read a cluster, and nothing else: it lists, and never writes.
# There is no wildcard, no nodes/proxy (which runs commands in every pod) and no pods/exec or log.
# To use it from a pod:
#   kubectl create namespace kubeproof
#   kubectl -n kubeproof create serviceaccount kubeproof
#   kubectl create clusterrolebinding %[1]s --clusterrole=%[1]s --serviceaccount=kubeproof:kubeproof
# To read one namespace only, bind it there and run kubeproof scan cluster: --namespace NAME:
#   kubectl -n NAME create rolebinding %[1]s --clusterrole=%[1]s --serviceaccount=kubeproof:kubeproof
# Groups that your cluster does not serve may be left out; custom resources that your own controls
# read are added the same way.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: %[1]s
rules:
`, o.Name)
	for _, g := range knownGroups {
		writeRule(&b, g, "list")
	}
	if o.Secrets {
		b.WriteString(`# RBAC cannot grant the metadata of Secrets alone: who may list them may read every value.
# kubeproof asks for their metadata only, unless it is run with --read-secrets.
`)
		writeRule(&b, group{"", "secrets"}, "list")
	} else {
		b.WriteString(`# Secrets are left out, because who may list them may read every value. Without them controls
# that judge Secrets are unknown; kubeproof rbac role --with-secrets adds them.
`)
	}
	b.WriteString(`# How kubelets are configured (KubeletConfiguration, without nodes/proxy; Kubernetes 1.33 or later).
`)
	writeRule(&b, group{"", "nodes/configz"}, "get")
	b.WriteString(`# What the API server says of itself.
- nonResourceURLs: [`)
	for i, path := range nonResources {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(path)
	}
	b.WriteString("]\n  verbs: [get]\n")
	return b.String()
}

// nonResources are the paths of the API server, beside discovery, that facts are read from.
var nonResources = []string{"/flagz", "/livez", "/metrics", "/readyz", "/statusz", "/version"}

func writeRule(b *strings.Builder, g group, verb string) {
	name := g.name
	if name == "" {
		name = `""`
	}
	fmt.Fprintf(b, "- apiGroups: [%s]\n  resources: [%s]\n  verbs: [%s]\n",
		name, strings.Join(slices.Sorted(strings.FieldsSeq(g.resources)), ", "), verb)
}
