package reach

import (
	"fmt"
	"math/rand"
	"net/netip"
	"strings"
	"testing"
)

// shop is a small cluster: names of Services in environments, arguments and ConfigMaps, a workload
// whose labels are also another's, a published Service.
const shop = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bank}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: "1.0"}}
    spec:
      containers:
      - name: web
        ports: [{name: http, containerPort: 8080}]
        env:
        - {name: DB_URL, value: "postgres://user:s3cret@db:5432/shop"}
        - {name: PAY, value: "https://pay.bank.svc.cluster.local/v1"}
        - {name: STRIPE, value: "https://api.stripe.example/v1"}
        - {name: WORD, value: "the cache of the db is cold"}
        args: ["--cache=cache:6379"]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: canary, namespace: shop}
spec:
  selector: {matchLabels: {app: web, track: canary}}
  template: {metadata: {labels: {app: web, track: canary}}, spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, ports: [{name: sql, containerPort: 5432}]}]}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: cache, namespace: shop}, spec: {template: {metadata: {labels: {app: "true"}}, spec: {containers: [{name: c, ports: [{containerPort: 6379}]}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: pay, namespace: bank}, spec: {template: {metadata: {labels: {app: pay}}, spec: {containers: [{name: c, ports: [{name: api, containerPort: 9443}], envFrom: [{configMapRef: {name: conf}}]}]}}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, namespace: bank}, data: {ledger: "db-0.db.shop.svc:5432"}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: [{port: 5432, targetPort: sql}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: cache, namespace: shop}, spec: {selector: {app: "true"}, ports: [{port: 6379}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: pay, namespace: bank}, spec: {selector: {app: pay}, ports: [{port: 443, targetPort: api}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web, version: "1.0"}, ports: [{port: 80, targetPort: http}]}}
`

func TestObserve(t *testing.T) {
	o := Of(read(t, shop)).Observe([]string{"bank", "shop"})
	var got []string
	for _, f := range o.Flows {
		got = append(got, fmt.Sprintf("%s -> %s %d/%s: %s", f.From, f.To, f.Port, f.Protocol, f.Why))
	}
	want := `0.0.0.0/0 -> shop/web 8080/TCP: Service shop/web of type LoadBalancer
::/0 -> shop/web 8080/TCP: Service shop/web of type LoadBalancer
bank/pay -> shop/db 5432/TCP: ConfigMap bank/conf
shop/web -> bank/pay 9443/TCP: env PAY of container web
shop/web -> shop/cache 6379/TCP: args of container web
shop/web -> shop/db 5432/TCP: env DB_URL of container web`
	if strings.Join(got, "\n") != want {
		t.Errorf("flows:\n%s\nwant:\n%s", strings.Join(got, "\n"), want)
	}
	if notes := strings.Join(o.Notes, "\n"); notes != "shop/web names the host api.stripe.example (env STRIPE of container web), which is no Service seen here: allow it in the intent" {
		t.Errorf("notes: %s", notes)
	}
}

// TestGenerateGivesTheIntendedMatrix runs the model on what was generated.
func TestGenerateGivesTheIntendedMatrix(t *testing.T) {
	m := Of(read(t, shop))
	flows := m.Observe([]string{"bank", "shop"}).Flows
	holdsExactly(t, m, []string{"bank", "shop"}, flows)
}

// TestGenerateRandom generates policies for random intents in random worlds.
func TestGenerateRandom(t *testing.T) {
	pairs := 0
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		w := newWorld(r)
		for _, p := range w.pods {
			p.labels["id"] = p.name // else no policy could tell equal pods apart
		}
		m := Of(read(t, w.text(t)))
		var flows []Flow
		for range r.Intn(12) {
			f := Flow{From: FlowEnd{Endpoint: pick(r, m.Endpoints...)}, To: FlowEnd{Endpoint: pick(r, m.Endpoints...)},
				Port: pick[uint16](r, 80, 443, 8080), Protocol: pick(r, protocols...), Why: "line\nfeed # and more"}
			if chance(r, 20) {
				f.From = FlowEnd{Block: netip.MustParsePrefix(pick(r, "0.0.0.0/0", "192.0.2.0/24", "10.0.1.0/24"))}
			}
			if f.From != f.To {
				flows = append(flows, f)
			}
		}
		pairs += holdsExactly(t, m, []string{"n1", "n2", "n3"}, sortFlows(flows))
	}
	t.Logf("%d pairs compared", pairs)
}

func holdsExactly(t *testing.T, m *Model, namespaces []string, flows []Flow) int {
	t.Helper()
	g := m.Generate(namespaces, flows)
	after, err := m.With(g)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Problems) > 0 {
		t.Fatalf("problems: %v\n%s", after.Problems, g.YAML)
	}
	pairs := 0
	for _, from := range after.Endpoints {
		for _, to := range after.Endpoints {
			if from == to || from.HostNetwork || to.HostNetwork {
				continue
			}
			pairs++
			cell := after.Cell(Place{Endpoint: from}, Place{Endpoint: to})
			for _, s := range cell.Spans {
				for _, port := range []uint16{s.First, s.Last} {
					want := Denied
					if Intended(flows, m.same(from), m.same(to), port, s.Protocol) {
						want = Allowed
					}
					if s.Answer != want {
						t.Fatalf("%s to %s %s: %s, want %s\n%s", from, to, s, s.Answer, want, g.YAML)
					}
				}
			}
		}
	}
	differences, err := m.Verify(g, namespaces, flows)
	if err != nil || len(differences) > 0 {
		t.Fatalf("Verify: %v %v\n%s", err, differences, g.YAML)
	}
	return pairs
}
