package builtin

import (
	_ "embed" // for the table
	"strings"
	"sync"
)

// Resource is a resource that Kubernetes serves, or a name that only rules use (users, signers).
type Resource struct {
	Group, Name string   // "apps", "deployments"
	Kind        string   // "Deployment"; "-" for a name that only rules use
	Short       []string // "deploy"
	Namespaced  bool
}

//go:embed resources.tsv
var resourceTable string

// Resources lists them by group and name, the core group first.
var Resources = sync.OnceValue(func() []Resource {
	var all []Resource
	for _, line := range strings.Split(strings.TrimRight(resourceTable, "\n"), "\n") {
		columns := append(strings.Split(line, "\t"), "")
		if strings.HasPrefix(line, "#") || len(columns) < 5 {
			continue
		}
		r := Resource{Group: columns[0], Name: columns[1], Kind: columns[2], Namespaced: columns[3] == "namespaced"}
		if columns[4] != "" {
			r.Short = strings.Split(columns[4], ",")
		}
		all = append(all, r)
	}
	return all
})
