//go:build ignore

// This program writes defaults.tsv: what the API server of each minor release of Kubernetes puts
// into its RBAC objects by itself. It reads what the releases' own tests expect:
//
//	go run generate.go defaults.tsv
//
// Add the newest patch release of a new minor to releases, and the minor to Newest.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// releases are versions of the module k8s.io/kubernetes, one of each minor.
var releases = []string{"v1.29.6", "v1.30.14", "v1.31.14", "v1.32.13", "v1.33.13", "v1.34.4", "v1.35.4", "v1.36.3", "v1.37.2"}

const policies = "plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata"

// fact is one line of the table before lines are put together: a right with one verb, one group,
// one resource and one name; a path; a label; a subject.
type fact struct {
	what                        string
	verb, group, resource, name string
}

// seen holds, for each object and fact, the minors that have it; gated those that have it only
// behind a feature gate.
type seen struct{ plain, gated map[int]bool }

type table map[[3]string]map[fact]*seen

func main() {
	all := table{}
	for _, release := range releases {
		folder := download(release)
		minor, err := strconv.Atoi(strings.Split(release, ".")[1])
		check(err)
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		check(err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			check(err)
			documents, problems := document.Read(text, document.DefaultLimits)
			if len(problems) > 0 {
				log.Fatalf("%s: %s", file, problems[0].Message)
			}
			for _, object := range documents[0].Root.Get("items").Children() {
				all.add(object, minor, strings.Contains(file, "featuregates"))
			}
		}
	}
	check(os.WriteFile(os.Args[1], []byte(all.text()), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// download gives the folder of the policies of a release.
func download(release string) string {
	out, err := exec.Command("go", "mod", "download", "-json", "k8s.io/kubernetes@"+release).Output()
	if err != nil {
		log.Fatalf("download %s: %v: %s", release, err, out)
	}
	var module struct{ Dir string }
	check(json.Unmarshal(out, &module))
	return filepath.Join(module.Dir, policies)
}

func (t table) add(object *document.Node, minor int, gated bool) {
	text := func(n *document.Node, path ...string) string { return n.Get(path...).Text() }
	key := [3]string{text(object, "kind"), text(object, "metadata", "namespace"), text(object, "metadata", "name")}
	note := func(f fact) {
		if t[key] == nil {
			t[key] = map[fact]*seen{}
		}
		if t[key][f] == nil {
			t[key][f] = &seen{plain: map[int]bool{}, gated: map[int]bool{}}
		}
		if gated {
			t[key][f].gated[minor] = true
		} else {
			t[key][f].plain[minor] = true
		}
	}
	note(fact{what: "object"})
	for _, label := range object.Get("metadata", "labels").Children() {
		if strings.HasPrefix(label.Key(), "rbac.") {
			note(fact{what: "label", name: label.Key()})
		}
	}
	for _, selector := range object.Get("aggregationRule", "clusterRoleSelectors").Children() {
		for _, label := range selector.Get("matchLabels").Children() {
			note(fact{what: "aggregates", name: label.Key()})
		}
	}
	for _, rule := range object.Get("rules").Children() {
		for _, f := range atoms(rule) {
			note(f)
		}
	}
	if ref := object.Get("roleRef"); ref != nil {
		note(fact{what: "role", group: text(ref, "kind"), name: text(ref, "name")})
	}
	for _, subject := range object.Get("subjects").Children() {
		note(fact{what: "subject", group: text(subject, "kind"), resource: text(subject, "namespace"), name: text(subject, "name")})
	}
}

func atoms(rule *document.Node) []fact {
	list := func(key string) []string {
		var all []string
		for _, n := range rule.Get(key).Children() {
			all = append(all, n.Text())
		}
		return all
	}
	var all []fact
	names := list("resourceNames")
	if len(names) == 0 {
		names = []string{""}
	}
	for _, verb := range list("verbs") {
		for _, url := range list("nonResourceURLs") {
			all = append(all, fact{what: "path", verb: verb, name: url})
		}
		for _, group := range list("apiGroups") {
			for _, resource := range list("resources") {
				for _, name := range names {
					all = append(all, fact{"right", verb, group, resource, name})
				}
			}
		}
	}
	return all
}

// text writes the table: for each object a line that begins with "object", then its facts.
func (t table) text() string {
	var out strings.Builder
	out.WriteString("# Written by generate.go from " + strings.Join(releases, " ") + ". Do not edit.\n")
	for _, key := range slices.SortedFunc(maps.Keys(t), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		var lines [][]string
		for f, when := range t[key] {
			gated := map[int]bool{}
			for minor := range when.gated {
				gated[minor] = !when.plain[minor]
			}
			maps.DeleteFunc(gated, func(_ int, only bool) bool { return !only })
			for _, span := range spans(when.plain) {
				lines = append(lines, f.line(span, key))
			}
			for _, span := range spans(gated) {
				lines = append(lines, f.line(span+"?", key))
			}
		}
		for _, column := range []int{2, 4, 5, 3} { // verbs, resources, names, groups
			lines = join(lines, column)
		}
		slices.SortFunc(lines, func(a, b []string) int {
			return cmp.Or(cmp.Compare(order[a[0]], order[b[0]]), slices.Compare(a[1:], b[1:]))
		})
		for _, line := range lines {
			fmt.Fprintln(&out, strings.TrimRight(strings.Join(line, "\t"), "\t"))
		}
	}
	return out.String()
}

var order = map[string]int{"object": 0, "label": 1, "aggregates": 2, "right": 3, "path": 4, "role": 5, "subject": 6}

// line gives the columns: what, minors, verbs, groups, resources, names.
func (f fact) line(span string, key [3]string) []string {
	if f.what == "object" {
		return []string{f.what, span, key[0], key[1], key[2], ""}
	}
	return []string{f.what, span, f.verb, f.group, f.resource, f.name}
}

// join puts lines together that differ in one column only.
func join(lines [][]string, column int) [][]string {
	values := map[string][]string{}
	var joined [][]string
	for _, line := range lines {
		rest := slices.Clone(line)
		rest[column] = ""
		if column == 5 && line[column] == "" {
			joined = append(joined, line) // no name is no name among others: it stands for all
			continue
		}
		values[strings.Join(rest, "\t")] = append(values[strings.Join(rest, "\t")], line[column])
	}
	for rest, list := range values {
		line := strings.Split(rest, "\t")
		if line[0] != "right" && line[0] != "path" {
			for _, value := range list {
				single := slices.Clone(line)
				single[column] = value
				joined = append(joined, single)
			}
			continue
		}
		slices.Sort(list)
		line[column] = strings.Join(list, ",")
		joined = append(joined, line)
	}
	return joined
}

// spans writes a set of minors as runs: 29-31, 33-37.
func spans(minors map[int]bool) []string {
	var all []string
	sorted := slices.Sorted(maps.Keys(minors))
	for from := 0; from < len(sorted); {
		to := from
		for to+1 < len(sorted) && sorted[to+1] == sorted[to]+1 {
			to++
		}
		all = append(all, fmt.Sprintf("%d-%d", sorted[from], sorted[to]))
		from = to + 1
	}
	return all
}
