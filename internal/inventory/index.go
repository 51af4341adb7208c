package inventory

import "sync"

// Index finds subjects of an inventory by kind, namespace and name.
type Index struct {
	all     []*Subject
	byKind  map[string][]*Subject
	byPlace map[place][]*Subject
	byName  map[name]*Subject
	pods    map[string][]*Subject

	derived sync.Map // by key: *derivation
}

type (
	place struct{ kind, namespace string }
	name  struct{ kind, namespace, name string }
)

// NewIndex indexes the subjects; of two with one name the last counts, as when both are applied.
func NewIndex(subjects []*Subject) *Index {
	index := &Index{all: subjects, byKind: map[string][]*Subject{}, byPlace: map[place][]*Subject{},
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

// All lists every subject in the inventory's order.
func (i *Index) All() []*Subject { return i.all }

// Workloads lists the subjects in one namespace that carry a pod template.
func (i *Index) Workloads(namespace string) []*Subject { return i.pods[namespace] }

// Find gives the subject of that kind, namespace ("" if cluster-scoped) and name; nil if not seen.
func (i *Index) Find(kind, namespace, objectName string) *Subject {
	return i.byName[name{kind, namespace, objectName}]
}

// Tops lists the subjects of the whole inventory, in its order, that carry a pod template and
// that no other workload of it made.
func (i *Index) Tops() []*Subject {
	return Derived(i, "inventory.Tops", func(i *Index) []*Subject {
		var all []*Subject
		for _, s := range i.all {
			if s.Pod != nil && s.Owner == nil {
				all = append(all, s)
			}
		}
		return all
	})
}

type derivation struct {
	once  sync.Once
	value any
}

// Derived gives what make builds from the index, built once for all checks that ask with the same
// key: a model of access rights, a graph. Keys are "package.Name". It may be called from many
// goroutines; make must not ask for its own key.
func Derived[T any](i *Index, key string, make func(*Index) T) T {
	found, _ := i.derived.LoadOrStore(key, &derivation{})
	d := found.(*derivation)
	d.once.Do(func() { d.value = make(i) })
	return d.value.(T)
}
