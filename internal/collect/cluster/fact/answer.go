package fact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
)

// patience is how long answers are waited for.
type patience struct {
	whole    time.Duration // all of Collect
	answer   time.Duration // of the API server
	metrics  time.Duration // the page of metrics
	probe    time.Duration // one probe
	probes   time.Duration // all probes
	reach    time.Duration // a connection to a node
	kubelet  time.Duration // the answer of a kubelet
	kubelets time.Duration // the answers of all
}

var usual = patience{whole: time.Minute, answer: 10 * time.Second, metrics: 30 * time.Second, probe: 5 * time.Second,
	probes: 30 * time.Second, reach: 2 * time.Second, kubelet: 5 * time.Second, kubelets: 45 * time.Second}

// answer is what the server gave for a path.
type answer struct {
	path   string
	status int
	body   []byte
	err    error
}

// problem is why something was not read. An absent right or page is no error of the run; anything
// else is.
type problem struct {
	reason string
	lost   bool
}

func (c *collection) get(ctx context.Context, path, accept string) answer {
	ctx, cancel := context.WithTimeout(ctx, c.patience.answer)
	defer cancel()
	status, body, err := c.client.Get(ctx, path, accept)
	return answer{path: path, status: status, body: body, err: err}
}

// problem tells why the answer cannot be read; nil if it may be. right is what would have to be
// granted, absent what it means that the path is not there.
func (a answer) problem(right, absent string) *problem {
	if a.err == nil && a.status == http.StatusOK {
		if looksLikePage(a.body) {
			return &problem{a.path + " answers with a page of HTML: is this a login page before the API server? use the server's own URL", true}
		}
		return nil
	}
	return refusal(a.path, a.status, a.err, right, absent)
}

func refusal(path string, status int, err error, right, absent string) *problem {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &problem{"get " + path + ": no answer in time: try again, or look at the load of the API server", true}
	case err != nil:
		return &problem{fmt.Sprintf("get %s: %v", path, withoutURL(err)), true}
	case status == http.StatusForbidden:
		return &problem{"no right to get " + path + ": grant " + right, false}
	case status == http.StatusUnauthorized:
		return &problem{"the server does not accept the credentials for " + path + ": log in again", true}
	case status == http.StatusNotFound && absent != "":
		return &problem{absent, false}
	}
	return &problem{fmt.Sprintf("get %s: the server answers %d %s: try again", path, status, http.StatusText(status)), true}
}

func looksLikePage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n\ufeff"), []byte("<"))
}

// nonResource is the right to get a path that is no resource.
func nonResource(path string) string { return "get on nonResourceURL " + path }

// parse reads one YAML or JSON document that must be a map.
func parse(text []byte) (*document.Node, error) {
	limits := document.DefaultLimits
	limits.FileBytes, limits.DocumentBytes, limits.Documents = 8<<20, 8<<20, 4
	documents, problems := document.Read(text, limits)
	if len(problems) > 0 && len(documents) == 0 {
		return nil, errors.New(problems[0].Message)
	}
	if len(documents) != 1 || documents[0].Root.Kind != document.Map {
		return nil, errors.New("it is no single object")
	}
	return documents[0].Root, nil
}

// note records a problem as what is missing of a fact: an error if something went wrong, a gap
// always, because what needs it is unknown either way.
func (c *collection) note(kind string, p *problem) {
	if p.lost {
		c.fail(p.reason)
	}
	c.gap(kind, p.reason)
}
