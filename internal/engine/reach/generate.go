package reach

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Generated are policies that allow certain connections and nothing else.
type Generated struct {
	// YAML is the policies; the same for the same flows.
	YAML string
	// Policies is their number.
	Policies int
	// Notes say what the policies cannot do.
	Notes []string
}

// Generate writes the least NetworkPolicies for namespaces: default deny both ways, DNS, and the
// flows that begin or end there.
func (m *Model) Generate(namespaces []string, flows []Flow) Generated {
	g := &generator{m: m}
	for _, f := range flows {
		if f.From.unplaced() || f.To.unplaced() {
			g.note("%s to %s port %d: one end uses the network of its node, whose address is not known here: write a rule for it", f.From, f.To, f.Port)
			continue
		}
		g.flows = append(g.flows, f)
	}
	for _, name := range namespaces {
		if len(m.In(name)) > 0 {
			g.namespace(name)
		}
	}
	slices.Sort(g.Notes)
	g.Notes = slices.Compact(g.Notes)
	g.YAML = g.text.String()
	return g.Generated
}

type generator struct {
	m     *Model
	flows []Flow
	text  strings.Builder
	names map[string]bool // of the policies of the namespace
	Generated
}

// unplaced reports whether no selector and no known address means the end.
func (e FlowEnd) unplaced() bool {
	return e.Endpoint != nil && e.Endpoint.HostNetwork && len(e.Endpoint.ranges) == 0
}

func (g *generator) line(indent int, format string, args ...any) {
	g.text.WriteString(strings.Repeat(" ", indent))
	fmt.Fprintf(&g.text, format, args...)
	g.text.WriteByte('\n')
}

// head begins a policy; what it does is said in a comment.
func (g *generator) head(namespace, name, comment string) {
	if g.Policies > 0 {
		g.line(0, "---")
	}
	g.Policies++
	base := name
	for i := 2; g.names[name]; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	g.names[name] = true
	g.line(0, "# %s", oneLine(comment))
	g.line(0, "apiVersion: networking.k8s.io/v1")
	g.line(0, "kind: NetworkPolicy")
	g.line(0, "metadata:")
	g.line(2, "name: %s", name)
	g.line(2, "namespace: %s", quote(namespace))
	g.line(0, "spec:")
}

func (g *generator) namespace(name string) {
	g.names = map[string]bool{}
	g.head(name, "default-deny", "Nothing is allowed in "+name+" but what other policies allow.")
	g.line(2, "podSelector: {}")
	g.line(2, "policyTypes: [Ingress, Egress]")
	g.dns(name)
	for _, e := range g.m.In(name) {
		if e.HostNetwork {
			g.note("%s uses the network of its node: policies do not select it", e)
			continue
		}
		g.endpoint(e)
	}
}

func (g *generator) note(format string, args ...any) {
	g.Notes = append(g.Notes, fmt.Sprintf(format, args...))
}

// dns lets every pod ask the cluster's DNS.
func (g *generator) dns(namespace string) {
	g.head(namespace, "allow-dns", "Every pod may ask the cluster's DNS.")
	g.line(2, "podSelector: {}")
	g.line(2, "policyTypes: [Egress]")
	g.line(2, "egress:")
	g.line(2, "- to:")
	g.line(4, "- namespaceSelector: {matchLabels: {%s: %s}}", nameLabel, quote(dnsNamespace))
	g.line(6, "podSelector: {matchLabels: {k8s-app: kube-dns}}")
	if g.m.index.Find("DaemonSet", dnsNamespace, "node-local-dns") != nil {
		g.line(4, "- ipBlock: {cidr: 169.254.20.10/32}") // the address of NodeLocal DNSCache
	}
	g.line(4, "ports:")
	g.line(4, "- {port: 53, protocol: UDP}")
	g.line(4, "- {port: 53, protocol: TCP}")
}

const dnsNamespace = "kube-system"

// endpoint writes the policy of one workload.
func (g *generator) endpoint(e *Endpoint) {
	var sides [2][]Flow
	for _, f := range g.flows {
		if f.To.Endpoint == e {
			sides[ingress] = append(sides[ingress], f)
		}
		if f.From.Endpoint == e {
			sides[egress] = append(sides[egress], f)
		}
	}
	if len(sides[ingress])+len(sides[egress]) == 0 {
		return
	}
	g.head(e.Namespace, policyNameOf(e), "What "+e.String()+" needs.")
	g.line(2, "podSelector: %s", g.selectorOf(e))
	var types []string
	for d, name := range []string{"Ingress", "Egress"} {
		if len(sides[d]) > 0 {
			types = append(types, name)
		}
	}
	g.line(2, "policyTypes: [%s]", strings.Join(types, ", "))
	for d, field := range []string{"ingress", "egress"} {
		if len(sides[d]) > 0 {
			g.line(2, "%s:", field)
			g.rules(direction(d), sides[d])
		}
	}
}

// rules writes one rule for each set of ports that peers have in common.
func (g *generator) rules(d direction, flows []Flow) {
	ports := map[FlowEnd][]string{}
	why := map[FlowEnd][]string{}
	for _, f := range flows {
		peer := f.From
		if d == egress {
			peer = f.To
		}
		ports[peer] = append(ports[peer], fmt.Sprintf("{port: %d, protocol: %s}", f.Port, f.Protocol))
		why[peer] = append(why[peer], f.Why)
	}
	byPorts := map[string][]FlowEnd{}
	for peer, list := range ports {
		slices.Sort(list)
		key := strings.Join(slices.Compact(list), "\n")
		byPorts[key] = append(byPorts[key], peer)
	}
	for _, key := range slices.Sorted(maps.Keys(byPorts)) {
		peers := byPorts[key]
		slices.SortFunc(peers, func(a, b FlowEnd) int { return cmp.Compare(a.String(), b.String()) })
		g.line(2, "- %s:", [...]string{"from", "to"}[d])
		for _, peer := range peers {
			g.peer(peer, strings.Join(slices.Compact(slices.Sorted(slices.Values(why[peer]))), "; "))
		}
		g.line(4, "ports:")
		for port := range strings.SplitSeq(key, "\n") {
			g.line(4, "- %s", port)
		}
	}
}

func (g *generator) peer(peer FlowEnd, why string) {
	e := peer.Endpoint
	switch {
	case e == nil:
		g.line(4, "- ipBlock: {cidr: %s} # %s", quote(peer.Block.String()), oneLine(why))
	case e.HostNetwork:
		for _, r := range e.ranges {
			g.line(4, "- ipBlock: {cidr: %s} # %s, on its node's network", quote(r.String()), oneLine(e.String()))
		}
	default:
		g.line(4, "- namespaceSelector: {matchLabels: {%s: %s}} # %s: %s", nameLabel, quote(e.Namespace), oneLine(e.String()), oneLine(why))
		g.line(6, "podSelector: %s", g.selectorOf(e))
	}
}

// selectorOf selects the pods of an endpoint and of no other in its namespace: by the labels that
// its own selector names if they do, else by all of them, and by the absence of those that others
// have beside.
func (g *generator) selectorOf(e *Endpoint) string {
	labels := map[string]string{}
	for _, label := range e.Subject.Root.Get("spec", "selector", "matchLabels").Children() {
		if e.Labels[label.Key()] == label.Text() {
			labels[label.Key()] = label.Text()
		}
	}
	if len(labels) == 0 || len(g.mistaken(e, labels, nil)) > 0 {
		labels = map[string]string{}
		for key, value := range e.Labels {
			if !addedLabels[key] {
				labels[key] = value
			}
		}
	}
	var absent []string
	for _, other := range g.mistaken(e, labels, nil) {
		if slices.ContainsFunc(absent, func(key string) bool { _, has := other.Labels[key]; return has }) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(other.Labels)) {
			if _, has := e.Labels[key]; !has && !addedLabels[key] {
				absent = append(absent, key)
				break
			}
		}
	}
	slices.Sort(absent)
	absent = slices.Compact(absent)
	for _, other := range g.mistaken(e, labels, absent) {
		g.note("%s and %s have the same labels: no policy can tell them apart", e, other)
	}
	return selectorText(labels, absent)
}

// mistaken lists the other endpoints of the namespace that a selector means too.
func (g *generator) mistaken(e *Endpoint, labels map[string]string, absent []string) []*Endpoint {
	var all []*Endpoint
	for _, other := range g.m.In(e.Namespace) {
		if other == e || other.HostNetwork || sameWorkload(e, other) {
			continue
		}
		matches := true
		for key, value := range labels {
			has, found := other.Labels[key]
			matches = matches && found && has == value
		}
		for _, key := range absent {
			_, has := other.Labels[key]
			matches = matches && !has
		}
		if matches {
			all = append(all, other)
		}
	}
	return all
}

func selectorText(labels map[string]string, absent []string) string {
	var parts, pairs []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, quote(key)+": "+quote(labels[key]))
	}
	if len(pairs) > 0 {
		parts = append(parts, "matchLabels: {"+strings.Join(pairs, ", ")+"}")
	}
	var expressions []string
	for _, key := range absent {
		expressions = append(expressions, "{key: "+quote(key)+", operator: DoesNotExist}")
	}
	if len(expressions) > 0 {
		parts = append(parts, "matchExpressions: ["+strings.Join(expressions, ", ")+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

var plainName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

// policyNameOf names the policy of an endpoint after it.
func policyNameOf(e *Endpoint) string {
	name := e.Name
	if e.Pod != "" {
		name = e.Pod
	}
	if len(name) <= 63 && plainName.MatchString(name) {
		return name
	}
	hash := fnv.New32a()
	hash.Write([]byte(name))
	clean := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.Trim(fmt.Sprintf("%.50s-%08x", clean, hash.Sum32()), "-")
}

// safeWord is what YAML reads as a string without quotes.
var safeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// quote writes a text so that YAML reads it as that string.
func quote(text string) string {
	if safeWord.MatchString(text) && !slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(text)) {
		return text
	}
	return strconv.QuoteToASCII(text)
}

// oneLine keeps a comment a comment.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}
