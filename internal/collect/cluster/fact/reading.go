package fact

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// reading is what the API server showed to the user's credentials. A part that is missing has a
// problem instead.
type reading struct {
	version versionAnswer
	groups  []string // served group/versions, sorted
	metrics *metrics
	flags   *flagz

	// why a part is missing; nil if it is not
	noVersion, noGroups, noMetrics, noFlags *problem
}

// versionAnswer is what /version holds.
type versionAnswer struct {
	Git      string `json:"gitVersion"`
	Major    string `json:"major"`
	Minor    string `json:"minor"`
	Platform string `json:"platform"`
}

// read reads all but the flags, which are asked for only where no Pod shows them.
func (c *collection) read(ctx context.Context) reading {
	var r reading
	var work sync.WaitGroup
	work.Go(func() { r.version, r.noVersion = c.readVersion(ctx) })
	work.Go(func() { r.groups, r.noGroups = c.readGroups(ctx) })
	work.Go(func() { r.metrics, r.noMetrics = c.readMetrics(ctx) })
	work.Wait()
	return r
}

func (c *collection) readVersion(ctx context.Context) (versionAnswer, *problem) {
	var v versionAnswer
	return v, c.readJSON(ctx, "/version", &v)
}

// readJSON reads a page of the API server that every version serves.
func (c *collection) readJSON(ctx context.Context, path string, into any) *problem {
	a := c.get(ctx, path, "application/json")
	if p := a.problem(nonResource(path), ""); p != nil {
		return p
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return &problem{fmt.Sprintf("read %s of the API server: %v: is this a Kubernetes API server?", path, err), true}
	}
	return nil
}

// readGroups lists the group/versions that the server and its aggregated servers say they serve.
func (c *collection) readGroups(ctx context.Context) ([]string, *problem) {
	var list struct {
		Groups []struct {
			Versions []struct {
				GroupVersion string `json:"groupVersion"`
			} `json:"versions"`
		} `json:"groups"`
	}
	if p := c.readJSON(ctx, "/apis", &list); p != nil {
		return nil, p
	}
	all := []string{"v1"}
	for _, group := range list.Groups {
		for _, version := range group.Versions {
			all = append(all, version.GroupVersion)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// fields gives the version as a part of a fact. Providers write minors as "34+".
func (v versionAnswer) fields() map[string]any {
	all := map[string]any{"git": v.Git}
	for name, text := range map[string]string{"major": v.Major, "minor": v.Minor} {
		digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
		if number, err := strconv.Atoi(digits); err == nil {
			all[name] = number
		}
	}
	if v.Platform != "" {
		all["platform"] = v.Platform
	}
	return all
}
