package software

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pnpmLock is a document of pnpm-lock.yaml; newer ones have one for pnpm itself in front.
type pnpmLock struct {
	LockfileVersion string `yaml:"lockfileVersion"`
	// Packages that come from no registry have name and version beside their key.
	Packages map[string]struct{ Name, Version string }
}

// yamlLine begins the errors of the YAML library.
var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// readPNPMLock reads pnpm-lock.yaml, whose packages are keys: /name/1.0.0_peers before version 6,
// /name@1.0.0(peers) in it, name@1.0.0 since 9.
func readPNPMLock(s *source) {
	given, ok := s.text()
	if ok && len(given) > longestYAML {
		s.fail(0, "is larger than %s: it was not read", bytesOf(longestYAML))
	}
	if !ok || len(given) > longestYAML {
		return
	}
	decoder := yaml.NewDecoder(bytes.NewReader(given))
	for {
		var lock pnpmLock
		err := decodeYAML(decoder, &lock)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			line, message := 0, strings.Join(strings.Fields(err.Error()), " ")
			if found := yamlLine.FindStringSubmatch(message); found != nil {
				line, _ = strconv.Atoi(found[1])
				message = message[len(found[0]):]
			}
			s.fail(line, "is no lock file in YAML: %s: it was not read", message)
			return
		}
		lock.add(s)
	}
}

// longestYAML in bytes is how long a file in YAML may be: the library takes fifty times as much memory.
const longestYAML = 8 << 20

// decodeYAML reads the next document. The library has been known to panic.
func decodeYAML(decoder *yaml.Decoder, into any) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("the document cannot be read (%v)", caught)
		}
	}()
	return decoder.Decode(into)
}

func (lock *pnpmLock) add(s *source) {
	format, _ := strconv.ParseFloat(lock.LockfileVersion, 64)
	for _, key := range slices.Sorted(maps.Keys(lock.Packages)) {
		name, version := cutPNPM(key, format)
		one := lock.Packages[key]
		if one.Name != "" {
			name = one.Name
		}
		if one.Version != "" {
			version = one.Version
		}
		if version != "" && version[0] >= '0' && version[0] <= '9' {
			s.addNPM(name, version)
		}
	}
}

// cutPNPM cuts a key into name and version.
func cutPNPM(key string, lockfile float64) (name, version string) {
	if lockfile >= 6 {
		key, _, _ = strings.Cut(strings.TrimPrefix(key, "/"), "(")
		return cutWanted(key)
	}
	if strings.HasPrefix(key, "file:") {
		return "", ""
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
