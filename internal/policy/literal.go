package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/control"
)

// literals gives parameters as a CEL map. Where they have several types each is dyn, since a map
// of an admission policy may hold only one type.
func literals(values control.Values) string {
	types := map[string]bool{}
	for _, value := range values {
		types[fmt.Sprintf("%T", value)] = true
	}
	entries := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text := literal(values[name])
		if len(types) > 1 {
			text = "dyn(" + text + ")"
		}
		entries = append(entries, strconv.Quote(name)+": "+text)
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// literal writes a value of one of the types of parameters.
func literal(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case map[string]string:
		entries := make([]string, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			entries = append(entries, strconv.Quote(key)+": "+strconv.Quote(v[key]))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	}
	return fmt.Sprint(value) // int and bool
}
