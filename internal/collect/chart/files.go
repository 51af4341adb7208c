package chart

import (
	"encoding/base64"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gobwas/glob"
	"helm.sh/helm/v4/pkg/chart/common"
)

// files is what templates see as .Files: a chart's own files that are no templates. The
// methods are those that Helm offers.
type files map[string][]byte

func newFiles(from []*common.File) files {
	f := files{}
	for _, file := range from {
		f[file.Name] = file.Data
	}
	return f
}

// GetBytes gives the bytes of a file; none if the chart has no such file.
func (f files) GetBytes(name string) []byte {
	if text, ok := f[name]; ok {
		return text
	}
	return []byte{}
}

// Get gives the text of a file; "" if the chart has no such file.
func (f files) Get(name string) string { return string(f.GetBytes(name)) }

// Glob gives the files whose name matches; all of them for a pattern that cannot be read.
func (f files) Glob(pattern string) files {
	matcher, err := glob.Compile(pattern, '/')
	if err != nil {
		matcher = glob.MustCompile("**")
	}
	matched := files{}
	for name, text := range f {
		if matcher.Match(name) {
			matched[name] = text
		}
	}
	return matched
}

// AsConfig gives the files as the data of a ConfigMap.
func (f files) AsConfig() string {
	return f.asData(func(text []byte) string { return string(text) })
}

// AsSecrets gives the files as the data of a Secret.
func (f files) AsSecrets() string { return f.asData(base64.StdEncoding.EncodeToString) }

func (f files) asData(encode func([]byte) string) string {
	if f == nil {
		return ""
	}
	data := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		data[path.Base(name)] = encode(f[name])
	}
	return toYAML(data)
}

// Lines gives the lines of a file.
func (f files) Lines(name string) []string {
	if len(f[name]) == 0 {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(string(f[name]), "\n"), "\n")
}
