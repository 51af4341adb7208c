package fact

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// The bounds of asking kubelets.
const (
	kubeletsAtOnce = 16
	mostConfigz    = 1 << 20
)

// kubeletAnswers are what kubelets said, in the order of the nodes: a configuration, or why there
// is none. none says why no kubelet was asked.
type kubeletAnswers struct {
	byNode []kubeletAnswer
	none   string
}

type kubeletAnswer struct {
	config  *document.Node
	missing string
}

// askKubelets asks every node's kubelet for its effective configuration, directly and not by way
// of the API server, so that the right to get nodes/configz is enough: nodes/proxy would let its
// holder run commands in every Pod of the node.
func (c *collection) askKubelets(ctx context.Context) kubeletAnswers {
	ctx, cancel := context.WithTimeout(ctx, c.patience.kubelets)
	defer cancel()
	config := c.client.Config()
	switch {
	case len(c.objects.nodes) == 0 && c.listed("", "Node"):
		return kubeletAnswers{none: "the cluster has no nodes"}
	case len(c.objects.nodes) == 0:
		return kubeletAnswers{none: "no nodes are seen: there are none, or there is no right to list them"}
	case !c.options.InCluster && !c.options.Probe:
		return kubeletAnswers{none: "nodes are not connected to from outside of the cluster without probes: run in the cluster, or allow probes"}
	case config.Impersonate.UserName != "":
		return kubeletAnswers{none: "kubelets do not know impersonation: use the credentials of an account that may get nodes/configz"}
	case !c.options.InCluster && !c.reachable(ctx):
		return kubeletAnswers{none: "the nodes' addresses are not reachable from here: run in the cluster"}
	}
	client, err := c.kubeletClient(config)
	if err != nil {
		return kubeletAnswers{none: fmt.Sprintf("connect to kubelets: %v", err)}
	}
	answers := make([]kubeletAnswer, len(c.objects.nodes))
	limit := make(chan struct{}, kubeletsAtOnce)
	var work sync.WaitGroup
	for i, node := range c.objects.nodes {
		limit <- struct{}{}
		work.Go(func() {
			defer func() { <-limit }()
			answers[i] = c.askKubelet(ctx, client, node)
		})
	}
	work.Wait()
	return kubeletAnswers{byNode: answers}
}

// kubeletClient is a client with the user's credentials for the nodes. TLS makes sure that
// credentials go only to kubelets that the cluster's authority signed.
func (c *collection) kubeletClient(config *rest.Config) (*http.Client, error) {
	direct := rest.CopyConfig(config)
	direct.ServerName, direct.Insecure = "", false
	if c.options.UnverifiedKubelets {
		direct.Insecure, direct.CAData, direct.CAFile = true, nil, ""
	}
	direct.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil }
	return connectWith(direct)
}

// reachable reports whether one of the first nodes takes connections.
func (c *collection) reachable(ctx context.Context) bool {
	some := c.objects.nodes[:min(3, len(c.objects.nodes))]
	reached := make([]bool, len(some))
	var work sync.WaitGroup
	for i, node := range some {
		work.Go(func() {
			connection, err := (&net.Dialer{Timeout: c.patience.reach}).DialContext(ctx, "tcp", kubeletAddress(node))
			if err == nil {
				connection.Close()
				reached[i] = true
			}
		})
	}
	work.Wait()
	return slices.Contains(reached, true)
}

// kubeletAddress is the host and port of a node's kubelet.
func kubeletAddress(node *inventory.Subject) string {
	status := node.Root.Get("status")
	port := 10250
	if own := status.Get("daemonEndpoints", "kubeletEndpoint", "Port").Int64(); own > 0 && own < 65536 {
		port = int(own)
	}
	host := node.Name
	for _, address := range status.Get("addresses").Children() {
		if address.Get("type").Text() == "InternalIP" {
			host = address.Get("address").Text()
			break
		}
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

func (c *collection) askKubelet(ctx context.Context, client *http.Client, node *inventory.Subject) kubeletAnswer {
	ctx, cancel := context.WithTimeout(ctx, c.patience.kubelet)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+kubeletAddress(node)+"/configz", nil)
	if err != nil {
		return kubeletAnswer{missing: "the node's address is none"}
	}
	response, err := client.Do(request)
	if err != nil {
		return kubeletAnswer{missing: kubeletFailure(err)}
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden:
		return kubeletAnswer{missing: "no right to get nodes/configz: grant get on nodes/configz (Kubernetes 1.33 or newer; older kubelets want nodes/proxy, which is too much)"}
	case http.StatusUnauthorized:
		return kubeletAnswer{missing: "the kubelet does not accept the credentials: use a token of the cluster"}
	default:
		return kubeletAnswer{missing: fmt.Sprintf("the kubelet answers %d to /configz", response.StatusCode)}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, mostConfigz))
	if err != nil {
		return kubeletAnswer{missing: "the kubelet's answer breaks off"}
	}
	root, err := parse(body)
	if err != nil || root.Get("kubeletconfig") == nil || root.Get("kubeletconfig").Kind != document.Map {
		return kubeletAnswer{missing: "the kubelet's answer to /configz is no configuration"}
	}
	return kubeletAnswer{config: root.Get("kubeletconfig")}
}

// kubeletFailure says why a connection did not come about, without the node's address, so that
// one reason stands for many nodes.
func kubeletFailure(err error) string {
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &unverified) {
		return "the kubelet's certificate is not signed by the cluster's authority, so no credentials were sent: set serverTLSBootstrap and approve its certificate"
	}
	return "the kubelet does not answer"
}

// kubelets adds an instance for each kubelet that answered; for the others the arguments of k3s
// and RKE2, else the configuration that kubeadm keeps for all nodes.
func (c *collection) kubelets(ctx context.Context, answers kubeletAnswers) {
	seen := map[string]bool{}
	for i, answer := range answers.byNode {
		if answer.config != nil {
			node := c.objects.nodes[i]
			seen[node.Name] = true
			c.addKubelet(node.Name, "configz", map[string]any{"complete": true, "config": answer.config.Plain()}, node)
		}
	}
	for _, args := range c.nodeArgs() {
		if !seen[args.node] {
			seen[args.node] = true
			c.addKubelet(args.node, args.from, kubeletOf(args), c.nodeNamed(args.node))
		}
	}
	if len(seen) > 0 && len(seen) == len(c.objects.nodes) {
		return
	}
	if done, instead := c.kubeletConfigMap(ctx); !done {
		c.gap(inventory.FactKubelet, kubeletGap(answers)+"; "+instead)
	}
}

// kubeletGap joins the reasons of the nodes that gave nothing, each with the number of nodes.
func kubeletGap(answers kubeletAnswers) string {
	if answers.none != "" {
		return answers.none
	}
	count := map[string]int{}
	var order []string
	for _, answer := range answers.byNode {
		if answer.missing == "" {
			continue
		}
		if count[answer.missing] == 0 {
			order = append(order, answer.missing)
		}
		count[answer.missing]++
	}
	for i, reason := range order {
		order[i] = fmt.Sprintf("%s (%d of %d nodes)", reason, count[reason], len(answers.byNode))
	}
	return strings.Join(order, "; ")
}

func (c *collection) addKubelet(name, from string, fields map[string]any, node *inventory.Subject) {
	fields["from"] = from
	if version := node.Root.Get("status", "nodeInfo", "kubeletVersion").Text(); version != "" {
		fields["version"] = version
	}
	c.add(inventory.FactKubelet, name, fields)
}

func (c *collection) nodeNamed(name string) *inventory.Subject {
	at := slices.IndexFunc(c.objects.nodes, func(n *inventory.Subject) bool { return n.Name == name })
	return c.objects.nodes[at]
}
