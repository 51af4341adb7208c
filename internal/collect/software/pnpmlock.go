package software

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readPNPMLock reads pnpm-lock.yaml, whose packages are keys: /name/1.0.0_peers before version 6,
// /name@1.0.0(peers) in it, name@1.0.0 since 9.
func readPNPMLock(s *source) {
	given, ok := s.text()
	if !ok {
		return
	}
	var lock struct {
		LockfileVersion any `yaml:"lockfileVersion"`
		Packages        map[string]yaml.Node
	}
	if err := yaml.Unmarshal(given, &lock); err != nil {
		s.fail(0, "%s: it was not read", strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	version, _ := strconv.ParseFloat(fmt.Sprint(lock.LockfileVersion), 64)
	for _, key := range slices.Sorted(maps.Keys(lock.Packages)) {
		s.addNPM(cutPNPM(key, version))
	}
}

// cutPNPM cuts a key into name and version.
func cutPNPM(key string, lockfile float64) (name, version string) {
	if lockfile >= 6 {
		key, _, _ = strings.Cut(strings.TrimPrefix(key, "/"), "(")
		at := strings.LastIndexByte(key, '@')
		if at <= 0 {
			return "", ""
		}
		return key[:at], key[at+1:]
	}
	_, key, _ = strings.Cut(key, "/") // before it stands the registry, if it is not the usual one
	elements := 1
	if strings.HasPrefix(key, "@") {
		elements = 2
	}
	parts := strings.SplitN(key, "/", elements+2)
	if len(parts) <= elements {
		return "", ""
	}
	version, _, _ = strings.Cut(parts[elements], "_")
	return strings.Join(parts[:elements], "/"), version
}
