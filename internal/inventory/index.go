package inventory

// Index finds subjects of an inventory by kind, namespace and name.
type Index struct {
	byKind  map[string][]*Subject
	byPlace map[place][]*Subject
	byName  map[name]*Subject
	pods    map[string][]*Subject
}

type (
	place struct{ kind, namespace string }
	name  struct{ kind, namespace, name string }
)

// NewIndex indexes the subjects; of two with one name the last counts, as when both are applied.
func NewIndex(subjects []*Subject) *Index {
	index := &Index{byKind: map[string][]*Subject{}, byPlace: map[place][]*Subject{},
		byName: map[name]*Subject{}, pods: map[string][]*Subject{}}
	for _, s := range subjects {
		index.byKind[s.Kind] = append(index.byKind[s.Kind], s)
		index.byPlace[place{s.Kind, s.Namespace}] = append(index.byPlace[place{s.Kind, s.Namespace}], s)
		index.byName[name{s.Kind, s.Namespace, s.Name}] = s
		if s.Pod != nil {
			index.pods[s.Namespace] = append(index.pods[s.Namespace], s)
		}
	}
	return index
}

// Kind lists the subjects of a kind in the inventory's order.
func (i *Index) Kind(kind string) []*Subject { return i.byKind[kind] }

// In lists the subjects of a kind in one namespace, in the inventory's order.
func (i *Index) In(kind, namespace string) []*Subject { return i.byPlace[place{kind, namespace}] }

// Workloads lists the subjects in one namespace that carry a pod template.
func (i *Index) Workloads(namespace string) []*Subject { return i.pods[namespace] }

// Find gives the subject of that kind, namespace ("" if cluster-scoped) and name; nil if not seen.
func (i *Index) Find(kind, namespace, objectName string) *Subject {
	return i.byName[name{kind, namespace, objectName}]
}
