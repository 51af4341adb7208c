package install

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// removals are what calls take away again in stages that reach the image: the last of them for each
// name, each pattern, and each RUN in which a variable names what is removed.
type removals struct {
	names    map[string]int
	patterns map[string]int
	unknown  map[*dockerfile.Instruction]int
}

func (b *build) removals() removals {
	r := removals{map[string]int{}, map[string]int{}, map[*dockerfile.Instruction]int{}}
	for _, k := range b.calls {
		if k.action != remove || !b.reaches(k.In.Stage) {
			continue
		}
		for _, p := range k.packages {
			switch {
			case p.kind == unknown:
				r.unknown[k.In] = k.order
			case strings.ContainsAny(p.name, "*?["):
				r.patterns[p.name] = k.order
			default:
				r.names[p.name] = k.order
			}
		}
	}
	return r
}

// removed reports whether a later call takes a package away; what a variable holds may be it.
func (b *build) removed(k *call, p pkg) bool {
	if at, found := b.gone.names[p.name]; found && at > k.order {
		return true
	}
	if at, found := b.gone.unknown[k.In]; found && at > k.order {
		return true
	}
	for pattern, at := range b.gone.patterns {
		if matched, err := path.Match(pattern, p.name); err == nil && matched && at > k.order {
			return true
		}
	}
	return false
}
