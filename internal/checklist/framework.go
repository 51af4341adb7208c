package checklist

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Frameworks are all frameworks of the catalogue, in order of id.
type Frameworks struct {
	All    []*Framework
	byID   map[string]*Framework
	topics map[string]bool
}

// LoadFrameworks reads the folder frameworks alone: it is what a scan needs. Every mistake in
// its files is in the error, with file and line.
func LoadFrameworks(files fs.FS) (*Frameworks, error) {
	all, sources, err := readFolder[Framework](files, "frameworks")
	if err != nil {
		return nil, err
	}
	f := &Frameworks{All: all, byID: map[string]*Framework{}, topics: map[string]bool{}}
	for i, framework := range all {
		if len(sources[i].problems) > 0 {
			continue
		}
		framework.validate(sources[i])
		f.byID[framework.ID] = framework
		for topic := range framework.Topics {
			f.topics[topic] = true
		}
	}
	if err := join(sources); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Framework) validate(s *source) {
	if f.ID != s.slugName() || !slug.MatchString(f.ID) {
		s.add([]any{"id"}, "id %q must be small letters, digits, dots and dashes, and the file's name without .yaml", f.ID)
	}
	for _, field := range []struct{ name, value string }{{"title", f.Title}, {"short", f.Short}} {
		if strings.TrimSpace(field.value) == "" {
			s.add([]any{field.name}, "%s is missing: people need it", field.name)
		}
	}
	if len(f.Identifiers) == 0 {
		s.add([]any{"identifiers"}, "identifiers are missing: list those that controls can map to")
	}
	for topic, identifiers := range f.Topics {
		for i, identifier := range identifiers {
			if _, known := f.Identifiers[identifier]; !known {
				s.add([]any{"topics", topic, i}, "topic %s names %q, which is no identifier of %s: add it to identifiers", topic, identifier, f.ID)
			}
		}
	}
	slices.SortFunc(s.problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
}

// Framework gives a framework by id; false if there is none.
func (f *Frameworks) Framework(id string) (*Framework, bool) {
	framework, known := f.byID[id]
	return framework, known
}

// MapsOf gives the identifiers that a control supports, by framework id: those that it names
// itself, else those that the framework binds to its topics. A framework that it names without
// identifiers is left out. The result is nil if there are none.
func (f *Frameworks) MapsOf(topics []string, explicit map[string][]string) map[string][]string {
	var maps map[string][]string
	for _, framework := range f.All {
		identifiers, named := explicit[framework.ID]
		if !named {
			identifiers = framework.bound(topics)
		}
		if len(identifiers) == 0 {
			continue
		}
		if maps == nil {
			maps = make(map[string][]string, len(f.All))
		}
		maps[framework.ID] = identifiers
	}
	return maps
}

// bound gives the identifiers of the topics, each once, in the order of the topics.
func (f *Framework) bound(topics []string) []string {
	var all []string
	for _, topic := range topics {
		for _, identifier := range f.Topics[topic] {
			if !slices.Contains(all, identifier) {
				all = append(all, identifier)
			}
		}
	}
	return all
}

// Check says what is wrong with the topics and identifiers that a control names: topics that no
// framework binds, unknown frameworks and unknown identifiers. It gives nil if all are known.
func (f *Frameworks) Check(topics []string, explicit map[string][]string) []error {
	var wrong []error
	for _, topic := range topics {
		if !f.topics[topic] {
			wrong = append(wrong, fmt.Errorf("topic %q is unknown: no framework binds it", topic))
		}
	}
	for _, id := range sortedKeys(explicit) {
		framework, known := f.byID[id]
		if !known {
			wrong = append(wrong, fmt.Errorf("framework %q is unknown: see catalog/frameworks", id))
			continue
		}
		for _, identifier := range explicit[id] {
			if _, known := framework.Identifiers[identifier]; !known {
				wrong = append(wrong, fmt.Errorf("identifier %q is unknown to framework %s", identifier, id))
			}
		}
	}
	return wrong
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
