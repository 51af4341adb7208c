// Package composefile judges what Compose files say in more forms than an expression reads
// well: ports and networks. Begin with AdminPorts.
package composefile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// AdminPorts finds ports of remote administration that a service publishes beyond the host
// itself, or opens to other services. Scope object:ComposeService; parameter ports.
func AdminPorts(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	judge := func(node *document.Node, ports portRange) {
		for _, text := range in.Values.Strings("ports") {
			if port, err := strconv.Atoi(text); err == nil && ports.holds(port) {
				verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Fail, Node: node,
					Message: fmt.Sprintf("service opens port %d, which is for remote administration", port)})
				return
			}
		}
	}
	for _, node := range in.Element.Get("ports").Children() {
		if ports, local := published(node); !local {
			judge(node, ports)
		}
	}
	for _, node := range in.Element.Get("expose").Children() {
		judge(node, readPorts(node.Text()))
	}
	return verdicts
}

// published gives the ports in the container that an entry publishes, in the long form and in
// [HOST:][PUBLISHED:]TARGET[/PROTOCOL]; local is true if only the host itself reaches them.
func published(node *document.Node) (ports portRange, local bool) {
	host, target := node.Get("host_ip").Text(), node.Get("target").Text()
	if node.Kind != document.Map {
		text := node.Text()
		colon := strings.LastIndexByte(text, ':')
		host, target = text[:max(colon, 0)], text[colon+1:]
	}
	host = strings.TrimPrefix(host, "[")
	return readPorts(target), strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "::1") || strings.HasPrefix(host, "localhost")
}

// portRange is the ports from first to last; both are 0 if the text is none.
type portRange struct{ first, last int }

func (r portRange) holds(port int) bool { return r.first <= port && port <= r.last && port > 0 }

// readPorts reads "22", "22/tcp" and "20-25".
func readPorts(text string) portRange {
	text, _, _ = strings.Cut(text, "/")
	from, to, isRange := strings.Cut(text, "-")
	first, err := strconv.Atoi(from)
	if err != nil {
		return portRange{}
	}
	if !isRange {
		return portRange{first, first}
	}
	last, err := strconv.Atoi(to)
	if err != nil {
		return portRange{}
	}
	return portRange{first, last}
}
