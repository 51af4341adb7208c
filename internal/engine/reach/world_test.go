package reach

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"net/netip"
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// read makes an index of YAML or JSON documents.
func read(t testing.TB, text string) *inventory.Index {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	source := &inventory.Source{File: "a.yaml"}
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	inventory.ResolveOwners(subjects)
	return inventory.NewIndex(subjects)
}

// The oracles judge a world of their own: typed structs, pod by pod, rule by rule, with nothing
// prepared and nothing shared with the model.
type (
	oraclePod struct {
		namespace, name string
		labels          map[string]string
		ip              string
		host            bool
		account         string
		ports           []oraclePort
	}
	oraclePort struct {
		name     string
		number   int32
		protocol string
	}
	// oracleEnd is a pod, or an address outside.
	oracleEnd struct {
		pod *oraclePod
		ip  string
	}
	oracleWorld struct {
		namespaces map[string]map[string]string
		pods       []*oraclePod
		objects    []any
		cilium     bool
	}
)

func (e oracleEnd) address() netip.Addr {
	if e.pod != nil {
		return netip.MustParseAddr(e.pod.ip)
	}
	return netip.MustParseAddr(e.ip)
}

// managed reports whether selectors can mean the end.
func (e oracleEnd) managed() bool { return e.pod != nil && !e.pod.host }

type object map[string]any

func pick[T any](r *rand.Rand, from ...T) T { return from[r.Intn(len(from))] }

func chance(r *rand.Rand, percent int) bool { return r.Intn(100) < percent }

func randomLabels(r *rand.Rand) map[string]string {
	labels := map[string]string{}
	for _, key := range []string{"app", "tier", "team/x"} {
		if chance(r, 60) {
			labels[key] = pick(r, "a", "b", "c")
		}
	}
	return labels
}

func newWorld(r *rand.Rand) *oracleWorld {
	w := &oracleWorld{namespaces: map[string]map[string]string{}}
	for _, name := range []string{"n1", "n2", "n3"}[:1+r.Intn(3)] {
		w.namespaces[name] = randomLabels(r)
		w.objects = append(w.objects, object{"apiVersion": "v1", "kind": "Namespace",
			"metadata": object{"name": name, "labels": w.namespaces[name]}})
		w.namespaces[name]["kubernetes.io/metadata.name"] = name
	}
	for i := range 3 + r.Intn(5) {
		p := &oraclePod{namespace: fmt.Sprintf("n%d", 1+r.Intn(len(w.namespaces))), name: fmt.Sprintf("p%d", i),
			labels: randomLabels(r), host: chance(r, 15), account: pick(r, "default", "robot"), ip: fmt.Sprintf("10.%d.%d.%d", r.Intn(2), r.Intn(2), 10+i)}
		for _, port := range []oraclePort{{"web", 80, "TCP"}, {"web", 80, "UDP"}, {"dns", 53, "UDP"}, {"web", 8080, "TCP"}, {"", 81, "TCP"}} {
			if chance(r, 40) {
				p.ports = append(p.ports, port)
			}
		}
		w.pods = append(w.pods, p)
		w.objects = append(w.objects, p.object())
	}
	return w
}

func (p *oraclePod) object() object {
	var ports []object
	for _, port := range p.ports {
		o := object{"containerPort": port.number, "protocol": port.protocol}
		if port.name != "" {
			o["name"] = port.name
		}
		ports = append(ports, o)
	}
	return object{"apiVersion": "v1", "kind": "Pod", "metadata": object{"namespace": p.namespace, "name": p.name, "labels": p.labels},
		"spec":   object{"hostNetwork": p.host, "serviceAccountName": p.account, "containers": []object{{"name": "c", "ports": ports}}},
		"status": object{"podIP": p.ip}}
}

func (w *oracleWorld) text(t testing.TB) string {
	var text bytes.Buffer
	for _, o := range w.objects {
		line, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	return text.String()
}

// ends are all pods and some addresses outside, one of them in the pods' range.
func (w *oracleWorld) ends() []oracleEnd {
	ends := []oracleEnd{{ip: "10.0.1.200"}, {ip: "192.0.2.7"}, {ip: "2001:db8::1"}}
	for _, p := range w.pods {
		ends = append(ends, oracleEnd{pod: p})
	}
	return ends
}

// differ compares the model with an oracle over all connections of random worlds, and gives the
// number of decisions.
func differ(t *testing.T, wanted int, fill func(*rand.Rand, *oracleWorld) func(from, to oracleEnd, port int32, protocol string) bool) {
	t.Helper()
	const seed = 20260601
	decisions, unknown, allowed := 0, 0, 0
	for round := int64(0); decisions < wanted; round++ {
		r := rand.New(rand.NewSource(seed + round))
		w := newWorld(r)
		allow := fill(r, w)
		text := w.text(t)
		m := Of(read(t, text))
		places := map[oracleEnd]Place{}
		for _, end := range w.ends() {
			places[end] = w.place(t, m, end)
		}
		for _, from := range w.ends() {
			for _, to := range w.ends() {
				if from.pod == nil && to.pod == nil {
					continue
				}
				for _, c := range []oraclePort{{"", 80, "TCP"}, {"", 8080, "TCP"}, {"", 53, "UDP"}, {"", 80, "UDP"}, {"", 81, "SCTP"}} {
					got := m.Ask(places[from], places[to], uint16(c.number), c.protocol)
					want := Denied
					if allow(from, to, c.number, c.protocol) {
						want = Allowed
						allowed++
					}
					if got != want {
						d := m.Decide(places[from], places[to], uint16(c.number), c.protocol)
						t.Fatalf("seed %d: %s to %s port %d/%s: got %s, want %s\negress %v\ningress %v\n%s", seed+round,
							places[from], places[to], c.number, c.protocol, got, want, d.Egress, d.Ingress, text)
					}
					if got == Unknown {
						unknown++
					}
					decisions++
				}
			}
		}
	}
	t.Logf("seeds from %d: %d decisions, %d allowed, 0 differences", seed, decisions, allowed)
}

func (w *oracleWorld) place(t *testing.T, m *Model, end oracleEnd) Place {
	if end.pod == nil {
		return Place{Address: netip.MustParseAddr(end.ip)}
	}
	for _, e := range m.Endpoints {
		if e.Namespace == end.pod.namespace && e.Name == end.pod.name {
			return Place{Endpoint: e}
		}
	}
	t.Fatalf("pod %s/%s is no endpoint", end.pod.namespace, end.pod.name)
	return Place{}
}
