package inventory

// Index finds subjects of an inventory by kind and name.
type Index struct {
	byKind map[string][]*Subject
	byName map[name]*Subject
}

type name struct{ kind, namespace, name string }

// NewIndex indexes the subjects; of two with one name the last counts, as when both are applied.
func NewIndex(subjects []*Subject) *Index {
	index := &Index{byKind: map[string][]*Subject{}, byName: map[name]*Subject{}}
	for _, s := range subjects {
		index.byKind[s.Kind] = append(index.byKind[s.Kind], s)
		index.byName[name{s.Kind, s.Namespace, s.Name}] = s
	}
	return index
}

// Kind lists the subjects of a kind in the inventory's order.
func (i *Index) Kind(kind string) []*Subject { return i.byKind[kind] }

// Find gives the subject of that kind, namespace ("" if cluster-scoped) and name; nil if not seen.
func (i *Index) Find(kind, namespace, objectName string) *Subject {
	return i.byName[name{kind, namespace, objectName}]
}

// Has reports whether any subject of the kind was seen.
func (i *Index) Has(kind string) bool { return len(i.byKind[kind]) > 0 }
