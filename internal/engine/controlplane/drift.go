package controlplane

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Drift compares the instances of each component of one cluster: the flags of the control plane,
// and the fields of kubelets that the parameter "fields" names. An instance fails where most
// others of its kind say something else.
func Drift(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, kind := range []string{inventory.FactAPIServer, inventory.FactControllerManager, inventory.FactScheduler,
		inventory.FactEtcd, inventory.FactKubelet} {
		for _, group := range groups(in.Index.Kind(kind)) {
			if len(group) > 1 {
				verdicts = append(verdicts, compare(group, in)...)
			}
		}
	}
	return verdicts
}

// groups puts instances together that are surely of one cluster: of one live context, or read
// from one file. Instances that tell effective values are compared among themselves only.
func groups(all []*inventory.Subject) [][]*inventory.Subject {
	type key struct{ target, cluster, file, from string }
	at := map[key]int{}
	var found [][]*inventory.Subject
	for _, s := range all {
		k := key{s.Source.Target, s.Source.Cluster, s.Source.File, s.Root.Get("complete").Text()}
		if s.Kind == inventory.FactKubelet {
			k.from = s.Root.Get("from").Text()
		}
		if _, known := at[k]; !known {
			at[k] = len(found)
			found = append(found, nil)
		}
		found[at[k]] = append(found[at[k]], s)
	}
	return found
}

// compare gives a verdict on each instance of a group.
func compare(group []*inventory.Subject, in assessment.Input) []assessment.Verdict {
	settings := map[string]map[*inventory.Subject]string{}
	for _, s := range group {
		for name, value := range settingsOf(s, in) {
			if settings[name] == nil {
				settings[name] = map[*inventory.Subject]string{}
			}
			settings[name][s] = value
		}
	}
	failed := map[*inventory.Subject][]assessment.Verdict{}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		usual, example := mostCommon(group, settings[name])
		for _, s := range group {
			if got := settings[name][s]; got != usual {
				verdict := assessment.Failed(fmt.Sprintf("%s %s here and %s on %s", name, said(got), said(usual), example.Name),
					s.Root, strings.Split(pathOf(s, name), ".")...)
				verdict.Subject = s
				failed[s] = append(failed[s], verdict)
			}
		}
	}
	var verdicts []assessment.Verdict
	for _, s := range group {
		if failed[s] == nil {
			failed[s] = []assessment.Verdict{{Outcome: assessment.Pass, Subject: s}}
		}
		verdicts = append(verdicts, failed[s]...)
	}
	return verdicts
}

// settingsOf are what is compared: flags by their names with dashes, fields of kubelets by path.
func settingsOf(s *inventory.Subject, in assessment.Input) map[string]string {
	settings := map[string]string{}
	if s.Kind == inventory.FactKubelet {
		for _, field := range in.Values.Strings("fields") {
			settings[field] = s.Root.Get(append([]string{"config"}, strings.Split(field, ".")...)...).Text()
		}
		return settings
	}
	for _, flag := range s.Root.Get("flags").Children() {
		if !slices.Contains(in.Values.Strings("ignore"), flag.Key()) {
			settings["--"+flag.Key()] = flag.Text()
		}
	}
	return settings
}

func pathOf(s *inventory.Subject, name string) string {
	if s.Kind == inventory.FactKubelet {
		return "config." + name
	}
	return "flags." + strings.TrimPrefix(name, "--")
}

// mostCommon gives the value that most instances have, the first of equals, and one that has it.
func mostCommon(group []*inventory.Subject, values map[*inventory.Subject]string) (string, *inventory.Subject) {
	counts := map[string]int{}
	for _, s := range group {
		counts[values[s]]++
	}
	best := group[0]
	for _, s := range group {
		if counts[values[s]] > counts[values[best]] {
			best = s
		}
	}
	return values[best], best
}

func said(value string) string {
	if value == "" {
		return "is not set"
	}
	return fmt.Sprintf("is %q", value)
}
