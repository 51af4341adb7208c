package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// traffic is a small shop: a web server behind a load balancer, a database that only it may reach, and a
// namespace without any policy.
const traffic = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: open}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web, env: [{name: DB, value: "postgres://db.shop:5432"}], ports: [{containerPort: 8080}]}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres, ports: [{containerPort: 5432}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-from-web, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: batch, namespace: open}
spec: {selector: {matchLabels: {app: batch}}, template: {metadata: {labels: {app: batch}}, spec: {containers: [{name: batch, image: batch}]}}}
`

func TestNetworkPages(t *testing.T) {
	h := newHouse(t)
	cluster := h.handedIn("prod", packed(t, collected(t, traffic)))
	vera := h.as("vera")
	for _, one := range []struct {
		path   string
		pairs  []string
		status int
		wants  []string
	}{
		{"/network", nil, 200, []string{"Enforced: unknown: files do not show", "open no pair · none all", "shop all some 1 of 2 all", "the internet all none no pair ·", "Rows 1 to 2 of 2", "shop 2 yes, by default no 0 2 suggest", "open 1 no no 1 1 suggest"}},
		{"/network", []string{"q", "SHO"}, 200, []string{"Rows 1 to 1 of 1", "!open all"}},
		{"/network", []string{"q", "nothing"}, 200, []string{"No workload was seen in a namespace of such a name"}},
		{"/network", []string{"page", "9", "to", "x"}, 200, []string{"Rows 1 to 2 of 2"}},
		{"/network/namespace", []string{"namespace", "shop"}, 200, []string{"denied unless a rule allows it : NetworkPolicy shop/deny denies ingress by default", "no policy for what goes out StatefulSet db, Deployment web", "no policy for what comes in none", "web 5432 none all", "Service shop/web", "LoadBalancer", "port 80"}},
		{"/network/namespace", []string{"namespace", "open"}, 200, []string{"allowed unless a policy isolates the workload", "Deployment batch"}},
		{"/network/namespace", []string{"namespace", "nothing"}, 200, []string{"No workload was seen in this namespace"}},
		{"/network/namespace", nil, 200, []string{"No workload was seen in this namespace"}},
		{"/network/can", nil, 200, []string{"Written as namespace/workload", "!egress"}},
		{"/network/can", []string{"from", "shop/web", "dest", "shop/db", "port", "5432"}, 200, []string{"yes shop/web to shop/db, port 5432/TCP", "NetworkPolicy shop/db-from-web allows ingress from shop/web", "no policy selects shop/web for egress"}},
		{"/network/can", []string{"from", "open/batch", "dest", "shop/db", "port", "5432/tcp"}, 200, []string{"no open/batch to shop/db", "NetworkPolicy shop/deny isolates shop/db"}},
		{"/network/can", []string{"from", "shop/nothing", "dest", "shop/db", "port", "1"}, 200, []string{`No workload or pod "shop/nothing" was seen: the namespace "shop" has`}},
		{"/network/can", []string{"from", "shop/web", "dest", "shop/db", "port", "70000"}, 200, []string{`Port "70000" is no number from 1 to 65535`}},
		{"/network/can", []string{"from", "shop/web"}, 200, []string{`Port "" is no number`}},
		{"/network/exposed", nil, 200, []string{"1 way from outside, 0 of them", "Service shop/web", "Deployment shop/web", "yes"}},
		{"/network/exposed", []string{"namespace", "open"}, 200, []string{"Nothing that was seen can be reached from outside"}},
		{"/network/policy", []string{"namespace", "shop"}, 200, []string{"kind: NetworkPolicy", "port: 5432", "Download"}},
		{"/network/policy", []string{"namespace", "nothing"}, 200, []string{"there is nothing to write policies for"}},
	} {
		path := about(one.path, cluster, one.pairs...)
		got := vera.get(path)
		sees(t, path, got, one.status, one.wants...)
		checkMarkup(t, path, got.text)
		checkHarmless(t, path, got.text)
	}
	got := vera.get(about("/network/policy", cluster, "namespace", "shop", "download", "yes"))
	if got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Disposition"), "networkpolicy-shop.yaml") || !strings.HasPrefix(got.text, "# ") || !strings.Contains(got.text, "namespace: shop") {
		t.Errorf("the download: %d %v %.200s", got.status, got.header, got.text)
	}
}

// TestManyNamespaces: the matrix has a bound, its pages hold all, and the picture says why it is not drawn.
func TestManyNamespaces(t *testing.T) {
	var text strings.Builder
	for i := range 95 {
		fmt.Fprintf(&text, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: n%02d}\nspec: {template: {metadata: {labels: {app: w}}, spec: {containers: [{name: w}]}}}\n", i)
	}
	h := newHouse(t)
	cluster := h.handedIn("prod", packed(t, collected(t, text.String())))
	vera := h.as("vera")
	first := vera.get(about("/network", cluster))
	sees(t, "first", first, http.StatusOK, "Rows 1 to 40 of 95", "more rows", "more columns", "!rows before", "Not drawn: it has 41 nodes and 1,640 edges", "n39", "!n40")
	if strings.Count(first.text, `scope="row"`) != 41 {
		t.Errorf("%d rows", strings.Count(first.text, `scope="row"`))
	}
	last := vera.get(about("/network", cluster, "page", "3", "to", "2"))
	sees(t, "last", last, http.StatusOK, "Rows 81 to 95 of 95", "columns 41 to 80 of 95", "rows before", "n94", "n45")
}
