package running

import (
	"cmp"
	"regexp"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/image"
	"github.com/kubeproof/kubeproof/internal/engine/imagefact"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// model is what pods tell of the images that run, and the facts of images.
type model struct {
	facts *imagefact.Facts
	live  map[place][]live
	now   time.Time // the newest look at an image or a cluster; zero if none is dated
}

// place is a container of a workload.
type place struct {
	workload  *inventory.Subject
	container string
}

// live is an image that runs: its digest, the architecture of its node ("" if not seen), and the image
// that the pod names.
type live struct{ digest, arch, image string }

// modelOf builds the model once a run.
func modelOf(index *inventory.Index) *model {
	return inventory.Derived(index, "running.model", func(index *inventory.Index) *model {
		m := &model{facts: imagefact.Of(index), live: map[place][]live{}}
		if m.facts.Empty() {
			return m
		}
		for _, kind := range []string{inventory.FactImage, inventory.FactCluster} {
			for _, s := range index.Kind(kind) {
				m.seenAt(s.Root.Get("observed"))
				m.seenAt(s.Root.Get("scan", "observed"))
			}
		}
		nodes := architectures(index)
		for _, s := range index.Kind("Pod") {
			if s.Pod != nil && s.Group() == "" {
				m.pod(s, nodes)
			}
		}
		for at, all := range m.live {
			slices.SortFunc(all, func(a, b live) int {
				return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.arch, b.arch), cmp.Compare(a.image, b.image))
			})
			m.live[at] = slices.Compact(all)
		}
		return m
	})
}

func (m *model) seenAt(n *document.Node) {
	if t, dated := timeOf(n); dated && t.After(m.now) {
		m.now = t
	}
}

func timeOf(n *document.Node) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, n.Text())
	return t, err == nil
}

// node is a node of a cluster.
type node struct{ cluster, name string }

func architectures(index *inventory.Index) map[node]string {
	all := map[node]string{}
	for _, s := range index.Kind("Node") {
		all[node{s.Source.Cluster, s.Name}] = s.Root.Get("status", "nodeInfo", "architecture").Text()
	}
	return all
}

// digestIn finds the digest in an imageID, as in docker-pullable://nginx@sha256:0a1b or sha256:0a1b.
var digestIn = regexp.MustCompile(`sha256:[0-9a-f]{64}$`)

// pod takes what the containers of a pod run; one that has ended runs nothing.
func (m *model) pod(s *inventory.Subject, nodes map[node]string) {
	if phase := s.Root.Get("status", "phase").Text(); phase == "Succeeded" || phase == "Failed" {
		return
	}
	workload := s
	if s.Owner != nil {
		workload = s.Owner
	}
	named := map[string]string{}
	for _, c := range s.Pod.Containers() {
		named[c.Name] = c.Node.Get("image").Text()
	}
	arch := nodes[node{s.Source.Cluster, s.Pod.Spec.Get("nodeName").Text()}]
	for _, list := range []string{"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"} {
		for _, status := range s.Root.Get("status", list).Children() {
			name := status.Get("name").Text()
			if digest := digestIn.FindString(status.Get("imageID").Text()); digest != "" && name != "" {
				at := place{workload, name}
				m.live[at] = append(m.live[at], live{digest, arch, named[name]})
			}
		}
	}
}

// of lists what a container of a workload runs. Pods of an earlier template name another image; one
// that admission has resolved to a digest is the same.
func (m *model) of(workload *inventory.Subject, container, name string, ref image.Reference) []live {
	var all []live
	for _, l := range m.live[place{workload, container}] {
		if l.image != name {
			other, err := image.Parse(l.image)
			if err != nil || other.Digest == "" || other.Name() != ref.Name() || other.Tag != "" && other.Tag != ref.Tag {
				continue
			}
		}
		all = append(all, l)
	}
	return all
}
