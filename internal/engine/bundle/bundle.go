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
// folder of tests and examples; all other manifests make one together with those targets that are
// a single bundle, since who names several means one cluster. Objects of a live cluster are one
// bundle with them; those of several clusters are not.
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
	ofTarget := map[string]string{}
	mixed, clusters := map[string]bool{}, map[string]bool{}
	for _, s := range index.All() {
		source := s.Source
		if _, known := names[source]; known || source == nil {
			continue
		}
		name := nameOf(source)
		names[source] = name
		if source.Cluster != "" {
			clusters[source.Cluster] = true
		}
		if first, known := ofTarget[source.Target]; known && first != name {
			mixed[source.Target] = true
		} else {
			ofTarget[source.Target] = name
		}
	}
	for source := range names {
		if !mixed[source.Target] && (source.Cluster == "" || len(clusters) == 1) {
			names[source] = ""
		}
	}
	return names
}

func nameOf(source *inventory.Source) string {
	switch {
	case source.Cluster != "":
		return "cluster " + source.Cluster
	case source.Bundle != "":
		return source.Bundle
	}
	folder := path.Dir(strings.TrimPrefix(source.File, source.Target))
	if slices.ContainsFunc(strings.Split(folder, "/"), apart) {
		return folder
	}
	return ""
}

// apart reports whether a folder of that name holds examples or tests, which stand for themselves.
func apart(name string) bool {
	return slices.Contains([]string{"demo", "demos", "docs", "e2e", "example", "examples", "fixtures", "hack", "sample", "samples",
		"systemtest", "test", "testdata", "tests", "_testdata"}, name)
}
