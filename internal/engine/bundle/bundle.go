// Package bundle tells which objects of files are applied together. A folder with many charts,
// overlays and examples is one inventory, but nobody applies all of them to one cluster: what
// follows from several objects at once is looked for within one bundle. Begin with Split.
package bundle

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Split gives an index of the objects of each bundle, in the order of the inventory, and the
// whole index where there is one bundle only. A chart and an overlay are bundles, and so is each
// folder of tests and examples. The other manifests of a target make one, unless workloads or bindings
// have the same name in several files: then the target holds alternatives (environments, providers),
// and is divided at the folders that tell them apart. Targets that are a single bundle make one
// together, since who names several means one cluster, and the objects of a live cluster belong to
// it; those of several clusters do not.
func Split(index *inventory.Index) []*inventory.Index {
	return inventory.Derived(index, "bundle.Split", split)
}

// Of names the bundle of an object within the inventory of the index.
func Of(index *inventory.Index, s *inventory.Subject) string {
	return inventory.Derived(index, "bundle.names", namesOf)[s.Source]
}

func split(index *inventory.Index) []*inventory.Index {
	byName := map[string][]*inventory.Subject{}
	var order []string
	for _, s := range index.All() {
		name := Of(index, s)
		if byName[name] == nil {
			order = append(order, name)
		}
		byName[name] = append(byName[name], s)
	}
	if len(order) < 2 {
		return []*inventory.Index{index}
	}
	parts := make([]*inventory.Index, len(order))
	for i, name := range order {
		parts[i] = inventory.NewIndex(byName[name])
	}
	return parts
}

// namesOf names the bundle of every source; "" is the one of what belongs to no other.
func namesOf(index *inventory.Index) map[*inventory.Source]string {
	names := map[*inventory.Source]string{}
	plain, clusters := map[string]*folder{}, map[string]bool{}
	for _, s := range index.All() {
		source := s.Source
		if source == nil {
			continue
		}
		if source.Cluster != "" {
			clusters[source.Cluster] = true
		}
		name := nameOf(source)
		if names[source] = name; name == "" {
			if plain[source.Target] == nil {
				plain[source.Target] = &folder{}
			}
			plain[source.Target].add(s)
		}
	}
	for _, f := range plain {
		f.divide("", names)
	}
	mixed := mixedTargets(names)
	for source := range names {
		if !mixed[source.Target] && (source.Cluster == "" || len(clusters) == 1) {
			names[source] = ""
		}
	}
	return names
}

// mixedTargets tells which targets hold several bundles.
func mixedTargets(names map[*inventory.Source]string) map[string]bool {
	first, mixed := map[string]string{}, map[string]bool{}
	for source, name := range names {
		if known, seen := first[source.Target]; seen && known != name {
			mixed[source.Target] = true
		}
		first[source.Target] = name
	}
	return mixed
}

// nameOf names the bundle of a source by the source alone; "" for manifests that are applied as they
// are.
func nameOf(source *inventory.Source) string {
	switch {
	case source.Cluster != "":
		return "cluster " + source.Cluster
	case source.Bundle != "":
		return source.Bundle
	}
	within := path.Dir(shownIn(source))
	if slices.ContainsFunc(strings.Split(within, "/"), apart) {
		return within
	}
	return ""
}

// shownIn is the path of a file within its target.
func shownIn(source *inventory.Source) string {
	return strings.Trim(strings.TrimPrefix(source.File, source.Target), "/")
}

// apart reports whether a folder of that name holds examples or tests, which stand for themselves.
func apart(name string) bool {
	return slices.Contains([]string{"demo", "demos", "docs", "e2e", "example", "examples", "fixtures", "hack", "sample", "samples",
		"systemtest", "test", "testdata", "tests", "_testdata"}, name)
}
