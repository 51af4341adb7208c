package source

import (
	"fmt"
	"strings"
)

// platform is one of the systems that an image runs on, in the words of OCI indexes.
type platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant,omitempty"`
}

func parsePlatform(text string) (platform, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || parts[1] == "" {
		return platform{}, fmt.Errorf("platform %q is not of the form OS/ARCH or OS/ARCH/VARIANT, as linux/arm64", text)
	}
	p := platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	return p, nil
}

func (p platform) String() string {
	text := p.OS + "/" + p.Architecture
	if p.Variant != "" {
		text += "/" + p.Variant
	}
	return text
}

// suits reports whether an image for the platform other is what p asks for.
func (p platform) suits(other platform) bool {
	return p.OS == other.OS && p.Architecture == other.Architecture &&
		(p.Variant == "" || other.Variant == "" || p.Variant == other.Variant)
}

// pickPlatform gives the manifest of an index that is for the platform, one with its very variant
// before others. An index with one image that names no platform gives that.
func pickPlatform(entries []Descriptor, wanted platform) (picked Descriptor, platforms []string, err error) {
	var suiting []Descriptor
	for _, entry := range entries {
		if entry.Platform == nil {
			platforms = append(platforms, "unknown")
			continue
		}
		platforms = append(platforms, entry.Platform.String())
		if wanted.suits(*entry.Platform) {
			if entry.Platform.Variant == wanted.Variant {
				suiting = append([]Descriptor{entry}, suiting...)
			} else {
				suiting = append(suiting, entry)
			}
		}
	}
	switch {
	case len(suiting) > 0:
		return suiting[0], platforms, nil
	case len(entries) == 1 && entries[0].Platform == nil:
		return entries[0], nil, nil
	case len(entries) == 0:
		return Descriptor{}, nil, fmt.Errorf("the index holds no image")
	}
	return Descriptor{}, platforms, fmt.Errorf("there is no image for %s, only for %s: choose one of these with --platform",
		wanted, strings.Join(platforms, ", "))
}
