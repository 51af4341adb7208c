package collect

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/source"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// readRunning reads the images that the workloads of the inventory name as one more target. Where a tag has
// moved on since a pod started, what the pod runs is read too, by its digest.
func (r *run) readRunning(inv *inventory.Inventory) {
	names := runningImages(inv.Subjects)
	if len(names) == 0 {
		return
	}
	target := len(inv.Targets)
	inv.Targets = append(inv.Targets, inventory.Target{Kind: "images", Name: "images of workloads"})
	r.readAll(inv, target, names)
	if moved := movedImages(inv.Subjects); len(moved) > 0 {
		r.readAll(inv, target, moved)
	}
}

func (r *run) readAll(inv *inventory.Inventory, target int, names []string) {
	r.jobs = nil
	for _, name := range names {
		r.planImage(target, inv.Targets[target].Name, source.Remote+name)
	}
	r.work()
	r.gather(inv, target)
}

// runningImages lists the images that the workloads of the inventory name, each once, and not those that
// were read already.
func runningImages(subjects []*inventory.Subject) []string {
	read := map[string]bool{}
	for _, s := range subjects {
		if s.Kind == inventory.FactImage {
			read[s.Name] = true
		}
	}
	var names []string
	for _, s := range subjects {
		if s.Pod == nil || s.Owner != nil {
			continue
		}
		for _, c := range s.Pod.Containers() {
			name := c.Node.Get("image").Text()
			if name != "" && !read[name] && !strings.ContainsAny(name, "${} ") {
				read[name] = true
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// movedImages lists what live pods run, by repository and digest, and no fact describes.
func movedImages(subjects []*inventory.Subject) []string {
	known := map[string]bool{}
	for _, s := range subjects {
		if s.Kind == inventory.FactImage {
			for _, field := range []string{"digest", "index", "configDigest"} {
				known[s.Root.Get(field).Text()] = true
			}
		}
	}
	var names []string
	for _, s := range subjects {
		if s.Kind != "Pod" || s.Source.Cluster == "" {
			continue
		}
		for _, list := range []string{"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"} {
			for _, status := range s.Root.Get("status", list).Children() {
				name := strings.TrimPrefix(status.Get("imageID").Text(), "docker-pullable://")
				if _, digest, found := strings.Cut(name, "@"); found && !known[digest] {
					known[digest] = true
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}
