package dockerfile

import "github.com/kubeproof/kubeproof/internal/document"

// fields is a map while it is put together: what is empty is left out.
type fields struct {
	at  document.At
	all []document.Field
}

func (f *fields) add(key string, value *document.Node) {
	if value != nil {
		f.all = append(f.all, document.Field{Key: key, Value: value})
	}
}

func (f *fields) text(key, value string) { f.textAt(key, value, f.at) }

func (f *fields) textAt(key, value string, at document.At) {
	if value != "" {
		f.add(key, document.PlacedText(at, value))
	}
}

func (f *fields) setting(key string, s *setting) {
	if s != nil {
		f.textAt(key, s.value, s.at)
	}
}

func (f *fields) texts(key string, values []string) {
	if len(values) == 0 {
		return
	}
	nodes := make([]*document.Node, len(values))
	for i, value := range values {
		nodes[i] = document.PlacedText(f.at, value)
	}
	f.add(key, document.PlacedList(f.at, nodes))
}

func (f *fields) list(key string, elements []*document.Node) {
	if len(elements) > 0 {
		f.add(key, document.PlacedList(f.at, elements))
	}
}

func (f *fields) number(key string, value int) { f.add(key, document.PlacedInt(f.at, value)) }

// flag adds true; what is false is absent.
func (f *fields) flag(key string, value bool) {
	if value {
		f.add(key, document.PlacedBool(f.at, true))
	}
}

func (f *fields) tree() *document.Node { return document.PlacedMap(f.at, f.all...) }
