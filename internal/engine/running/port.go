package running

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// exposed is a port, or a range of them, in the configuration of an image.
type exposed struct {
	text     string
	from, to int
	protocol string
}

// exposedBy reads 22/tcp, 53/udp, 80 and 8000-8010/tcp; what is no port is left out.
func exposedBy(fact *document.Node) []exposed {
	var all []exposed
	for _, n := range fact.Get("config", "ports").Children() {
		numbers, protocol, found := strings.Cut(strings.ToLower(n.Text()), "/")
		if !found {
			protocol = "tcp"
		}
		first, last, ranged := strings.Cut(numbers, "-")
		if !ranged {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 16)
		to, err2 := strconv.ParseUint(last, 10, 16)
		if err == nil && err2 == nil && from > 0 && from <= to {
			all = append(all, exposed{n.Text(), int(from), int(to), protocol})
		}
	}
	return all
}

func (e exposed) has(port int, protocol string) bool {
	return e.from <= port && port <= e.to && (protocol == "" || e.protocol == protocol)
}

// ports fails for every port that a container declares and its image does not expose. An image that
// exposes none says nothing.
func ports(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	declared, all := in.Element.Get("ports").Children(), exposedBy(fact)
	switch {
	case len(declared) == 0:
		return assessment.Skipped("the container declares no port")
	case len(all) == 0:
		return assessment.Skipped("the image exposes no port")
	}
	var verdicts []assessment.Verdict
	for _, port := range declared {
		number := port.Get("containerPort")
		protocol := strings.ToLower(port.Get("protocol").Text())
		if protocol == "" {
			protocol = "tcp"
		}
		if number == nil || number.Kind != document.Int || slices.ContainsFunc(all, func(e exposed) bool { return e.has(int(number.Int64()), protocol) }) {
			continue
		}
		verdicts = append(verdicts, failed(number, "%s declares port %s/%s, and %s exposes %s only", title(in), number.Text(), protocol, u.title(), texts(all))...)
	}
	return verdicts
}

// mostNamed is how many things one message names.
const mostNamed = 4

func texts(all []exposed) string {
	var names []string
	for _, e := range all[:min(len(all), mostNamed)] {
		names = append(names, e.text)
	}
	return strings.Join(names, ", ") + more(len(all)-len(names))
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return " and " + strconv.Itoa(n) + " more"
}

// adminPorts fails for every port that the image exposes and that the parameter "ports" knows, a map from
// numbers to what they are for. It is open to other pods whether the container declares it or not.
func adminPorts(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	known, all := in.Values.Map("ports"), exposedBy(fact)
	if len(all) == 0 {
		return assessment.Skipped("the image exposes no port")
	}
	var verdicts []assessment.Verdict
	for _, e := range all {
		for _, text := range slices.Sorted(maps.Keys(known)) {
			number, err := strconv.Atoi(text)
			if err == nil && e.has(number, "") {
				verdicts = append(verdicts, failed(u.node, "%s: %s exposes %s, which is for %s", title(in), u.title(), e.text, known[text])...)
			}
		}
	}
	return verdicts
}
