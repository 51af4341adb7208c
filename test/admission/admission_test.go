// Package admission proves that the scan and the API server judge alike. Every control that may
// be enforced becomes a ValidatingAdmissionPolicy of a real API server, and every object of the
// examples of all of them, and of testdata/traps.yaml, is sent there as a dry run. A policy must fail exactly where a scan
// reports its control, and in the scan's words. What the server gives back for an object, with
// all its defaults, must be judged as the file was: a scan of the cluster agrees with one of the
// manifests. Begin with TestScanAndAdmissionAgree.
package admission

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// groups is in how many requests an object is sent, each for a part of the policies: so the
// warnings of one request are not cut.
const groups = 4

// trial is one object of an example on its way through both judges.
type trial struct {
	*asked  // whose example it is
	name    string
	within  []object // the namespaces of its example
	object  object   // as it is sent
	written said     // what a scan says of it as it is written
	scanned said     // and as it is sent
	err     error

	other    string // why the server would not have the object at all
	admitted said   // what the policies say
	live     said   // what a scan says of what the server made of it
}

func TestScanAndAdmissionAgree(t *testing.T) {
	c := newCluster(t)
	all := enforced(t)
	j := newJudges(t, all)
	c.prepare(t, append(all, traps(t)))
	c.install(t, all)
	var trials []*trial
	for _, a := range append(all, traps(t)) {
		for _, e := range a.examples {
			trials = append(trials, a.trials(t, e, j)...)
		}
	}
	c.tryAll(trials, all, j)
	report(t, trials, all)
}

// trials are the objects of an example, completed and judged by the scan.
func (a *asked) trials(t *testing.T, e *example, j judges) []*trial {
	t.Helper()
	written, err := j.scanText([]byte(e.text))
	if err != nil || len(written) != len(e.objects) {
		t.Fatalf("%s: a scan sees %d objects of %d: %v", e.name, len(written), len(e.objects), err)
	}
	var all []*trial
	for i, o := range e.objects {
		tr := &trial{asked: a, object: completed(o), within: e.namespaces, written: written[i], admitted: said{}}
		tr.name = fmt.Sprintf("%s, %v %v", e.name, o["kind"], child(o, "metadata")["name"])
		if hasEphemeral(tr.object) { // the pod is made, so that its name must be its own
			child(tr.object, "metadata")["name"] = fmt.Sprintf("%s-%d", strings.ReplaceAll(e.name, " ", "-"), i)
		}
		tr.scanned, tr.err = j.scan(tr.object, tr.within)
		all = append(all, tr)
	}
	return all
}

func (c *cluster) tryAll(trials []*trial, all []*asked, j judges) {
	var work sync.WaitGroup
	next := make(chan *trial)
	for range 8 {
		work.Go(func() {
			for tr := range next {
				if tr.err == nil {
					tr.err = c.try(tr, all, j)
				}
			}
		})
	}
	for _, tr := range trials {
		next <- tr
	}
	close(next)
	work.Wait()
}

// try asks the server once for each group of policies.
func (c *cluster) try(tr *trial, all []*asked, j judges) error {
	requests, err := c.requests(tr)
	if err != nil {
		return err
	}
	var made object
	for _, r := range requests {
		if r.prepares {
			if made, err := c.send(r.method, "", r.path, r.body); err != nil || made.status >= 300 {
				return fmt.Errorf("%s %s: %v %s", r.method, r.path, err, made.message)
			}
			continue
		}
		for i := range groups {
			if made, err = c.ask(tr, r, fmt.Sprintf("group-%d", i), all); err != nil || tr.other != "" {
				return err
			}
		}
	}
	if made != nil {
		tr.live, err = j.scan(made, tr.within)
	}
	return err
}

// ask sends a request as the user of a group of policies, and where the warnings are too many as
// the user of each of them.
func (c *cluster) ask(tr *trial, r request, group string, all []*asked) (object, error) {
	got, err := c.send(r.method, group, r.path, r.body)
	if tr.other = got.message; err != nil || tr.other != "" {
		return nil, err
	}
	if !got.cut() {
		got.failures(tr.admitted)
		return got.object, nil
	}
	for _, a := range all {
		if a.group != group {
			continue
		}
		one, err := c.send(r.method, a.user, r.path, r.body)
		if err != nil {
			return nil, err
		}
		one.failures(tr.admitted)
	}
	return got.object, nil
}

// request is how an object is sent.
type request struct {
	method, path string
	body         object
	prepares     bool // what others need: it is sent once, by nobody whom a policy concerns
}

const dryRun = "?dryRun=All"

func (c *cluster) requests(tr *trial) ([]request, error) {
	path, err := c.path(tr.object)
	if err != nil {
		tr.other = err.Error()
		return nil, nil
	}
	name, _ := child(tr.object, "metadata")["name"].(string)
	switch {
	case hasEphemeral(tr.object):
		return c.addContainers(path, name, tr.object), nil
	case tr.object["kind"] == "Namespace" && c.has(path+"/"+name):
		return []request{{http.MethodPut, path + "/" + name + dryRun, tr.object, false}}, nil
	}
	return []request{{http.MethodPost, path + dryRun, tr.object, false}}, nil
}

func (c *cluster) has(path string) bool {
	got, err := c.send(http.MethodGet, "", path, nil)
	return err == nil && got.status == http.StatusOK
}

func hasEphemeral(o object) bool {
	return o["kind"] == "Pod" && child(o, "spec")["ephemeralContainers"] != nil
}

// addContainers gives the requests of a Pod with ephemeral containers, which come to running pods
// only: it is made without them, and then they are added.
func (c *cluster) addContainers(path, name string, pod object) []request {
	bare := completed(pod)
	delete(child(bare, "spec"), "ephemeralContainers")
	made := completed(bare)
	child(made, "spec")["ephemeralContainers"] = child(pod, "spec")["ephemeralContainers"]
	return []request{
		{http.MethodPost, path + dryRun, bare, false},
		{http.MethodPost, path, bare, true},
		{http.MethodPut, path + "/" + name + "/ephemeralcontainers" + dryRun, made, false},
	}
}

// agrees reports whether a policy's words hold all that a scan said.
func agrees(policy string, scan []string) bool {
	return !slices.ContainsFunc(scan, func(message string) bool { return !strings.Contains(policy, message) })
}
