package ask

import (
	"fmt"
	"strconv"
	"strings"

	"slices"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

// Enforcement says whether policies are more than paper.
type Enforcement struct {
	State   string `json:"state"`
	Network string `json:"network,omitempty"`
	Reason  string `json:"reason"`
}

// Enforcement tells whether the cluster's network enforces policies.
func (s *Seen) Enforcement() Enforcement {
	e := reach.Of(s.Index).Enforcement()
	return Enforcement{string(e.State), e.Network, e.Reason}
}

// String says it as a sentence without its stop.
func (e Enforcement) String() string {
	switch reach.State(e.State) {
	case reach.Enforces:
		return fmt.Sprintf("Enforced: yes, by %s: %s", e.Network, e.Reason)
	case reach.Decoration:
		return fmt.Sprintf("Enforced: NO: %s. Every connection is possible, whatever policies say", e.Reason)
	}
	return fmt.Sprintf("Enforced: unknown: %s. The answers are what the policies say", e.Reason)
}

// Problems are what of policies cannot be read: answers that depend on it are unknown.
func (s *Seen) Problems() []Reason {
	all := []Reason{}
	for _, problem := range reach.Of(s.Index).Problems {
		all = append(all, reasonOf(problem))
	}
	return all
}

// Reason is one ground of an answer about the network, with its place.
type Reason struct {
	Effect string  `json:"effect"`
	Policy *Object `json:"policy,omitempty"`
	Path   string  `json:"path,omitempty"`
	Text   string  `json:"text"`
}

func reasonOf(r reach.Reason) Reason {
	described := Reason{Effect: string(r.Effect), Text: r.Text}
	if r.Policy == nil {
		return described
	}
	described.Policy = &Object{Kind: r.Policy.Kind, Namespace: r.Policy.Namespace, Name: r.Policy.Name}
	at := r.Policy.Root
	if r.Rule != nil {
		at, described.Path = r.Rule, r.Rule.Path()
	}
	described.Policy.locate(r.Policy, at)
	return described
}

// String writes a reason as people read it.
func (r Reason) String() string {
	if r.Policy == nil {
		return r.Text
	}
	text := r.Policy.String() + " " + r.Text
	place := r.Policy.Place()
	switch {
	case place != "" && r.Path != "":
		return text + " (" + r.Path + ", " + place + ")"
	case place+r.Path != "":
		return text + " (" + place + r.Path + ")"
	}
	return text
}

// Can tells whether one place may open a connection to another.
type Can struct {
	Schema      string      `json:"schema"`
	From        string      `json:"from"`
	To          string      `json:"to"`
	Port        uint16      `json:"port"`
	Protocol    string      `json:"protocol"`
	Answers     []CanPair   `json:"answers"`
	Enforcement Enforcement `json:"enforcement"`
	Problems    []Reason    `json:"problems"`
	Gaps        []Gap       `json:"incomplete"`
}

// CanPair is the answer for one pair of places: a workload may have pods that policies tell apart.
type CanPair struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Answer  string  `json:"answer"`
	Egress  CanHalf `json:"egress"`
	Ingress CanHalf `json:"ingress"`
}

// Word says the answer: yes, no or unknown.
func (p CanPair) Word() string {
	return map[string]string{string(reach.Allowed): "yes", string(reach.Denied): "no", string(reach.Unknown): "unknown"}[p.Answer]
}

// CanHalf is what the policies of one end say, with the rules that decide.
type CanHalf struct {
	Answer  string   `json:"answer"`
	Reasons []Reason `json:"reasons"`
}

// ParsePort reads 443, 443/TCP or 53/udp. The error says what is wrong.
func ParsePort(text string) (port uint16, protocol string, err error) {
	number, protocol, named := strings.Cut(text, "/")
	if !named {
		protocol = "TCP"
	}
	protocol = strings.ToUpper(protocol)
	read, err := strconv.ParseUint(number, 10, 16)
	if err != nil || read == 0 {
		return 0, "", fmt.Errorf("port %q is no number from 1 to 65535", number)
	}
	if !slices.Contains([]string{"TCP", "UDP", "SCTP"}, protocol) {
		return 0, "", fmt.Errorf("protocol %q is unknown: use TCP, UDP or SCTP", protocol)
	}
	return uint16(read), protocol, nil
}

// Can tells whether from may open a connection to a port of to, with the rules of both ends that
// decide. Places are written as for reach.Model.Lookup; the error says which was not seen.
func (s *Seen) Can(from, to string, port uint16, protocol string) (*Can, error) {
	m := reach.Of(s.Index)
	sources, err := m.Lookup(from)
	if err != nil {
		return nil, err
	}
	destinations, err := m.Lookup(to)
	if err != nil {
		return nil, err
	}
	a := &Can{Schema: "kubeproof.dev/network-can/v1", From: from, To: to, Port: port, Protocol: protocol,
		Enforcement: s.Enforcement(), Problems: s.Problems(), Gaps: s.GapsOf(reach.Kinds...)}
	for _, source := range sources {
		for _, destination := range destinations {
			d := m.Decide(source, destination, port, protocol)
			a.Answers = append(a.Answers, CanPair{source.String(), destination.String(), string(d.Answer),
				halfOf(d.EgressAnswer, d.Egress), halfOf(d.IngressAnswer, d.Ingress)})
		}
	}
	return a, nil
}

func halfOf(answer reach.Answer, reasons []reach.Reason) CanHalf {
	half := CanHalf{Answer: string(answer), Reasons: []Reason{}}
	for _, r := range reasons {
		half.Reasons = append(half.Reasons, reasonOf(r))
	}
	return half
}
