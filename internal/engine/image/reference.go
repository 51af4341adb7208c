// Package image judges what image references say: registry, tag and version. References are
// parsed as container runtimes parse them, so that "nginx" is docker.io/library/nginx and
// "localhost:5000/app" has no tag. Begin with Parse.
package image

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/distribution/reference"
)

// Reference is an image reference taken apart.
type Reference struct {
	Registry   string // docker.io if the reference names none
	Repository string // library/nginx for nginx
	Tag        string // "" if the reference has none
	Digest     string // sha256:... or ""
}

// Name is the image without tag and digest, as in docker.io/library/nginx.
func (r Reference) Name() string { return r.Registry + "/" + r.Repository }

// mostParsed bounds how many references are kept; names come from what is scanned.
const mostParsed = 10_000

// parsed keeps references by their text: several controls look at each, and images recur.
var parsed struct {
	sync.Map // image → outcome
	size     atomic.Int64
}

type outcome struct {
	reference Reference
	err       error
}

// Parse takes an image reference apart.
func Parse(image string) (Reference, error) {
	if known, found := parsed.Load(image); found {
		return known.(outcome).reference, known.(outcome).err
	}
	r, err := parse(image)
	if parsed.size.Add(1) <= mostParsed {
		parsed.Store(image, outcome{r, err})
	}
	return r, err
}

func parse(image string) (Reference, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return Reference{}, fmt.Errorf("parse image %q: %w", image, err)
	}
	r := Reference{Registry: reference.Domain(named), Repository: reference.Path(named)}
	if tagged, ok := named.(reference.Tagged); ok {
		r.Tag = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		r.Digest = digested.Digest().String()
	}
	return r, nil
}

// From reports whether the image comes from one of the places: a registry ("ghcr.io"), a registry
// with the beginning of a path ("docker.io/library", cut at slashes), or all registries below a
// domain ("*.example.com").
func (r Reference) From(places []string) bool {
	for _, place := range places {
		if r.from(strings.TrimSuffix(strings.TrimSpace(place), "/")) {
			return true
		}
	}
	return false
}

func (r Reference) from(place string) bool {
	registry, path, _ := strings.Cut(place, "/")
	if domain, below := strings.CutPrefix(registry, "*"); below {
		if !strings.HasPrefix(domain, ".") || !strings.HasSuffix(r.Registry, domain) {
			return false
		}
	} else if registry != r.Registry || registry == "" {
		return false
	}
	return path == "" || r.Repository == path || strings.HasPrefix(r.Repository, path+"/")
}
