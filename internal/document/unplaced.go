package document

import "fmt"

// UnplacedReader reads JSON that programs wrote, as an API server's answers, into trees whose
// values have no places. It leaves out what a Cut names while it reads and keeps texts that
// repeat once, so that ten thousand similar objects cost little. Of duplicate keys the last one
// counts. A reader may be used again, but by one goroutine at a time. Begin with Read.
type UnplacedReader struct {
	flatTree
	text []byte
	at   int
}

// NewUnplacedReader makes a reader. Of the limits Depth and Nodes count.
func NewUnplacedReader(limits Limits) *UnplacedReader {
	return &UnplacedReader{flatTree: newFlatTree(limits)}
}

// Shape says how an object is read.
type Shape struct {
	// Kind and APIVersion stand in the object whatever it says itself: the elements of a typed
	// list leave them out. "" changes nothing.
	Kind, APIVersion string
	Cut              *Cut
}

// Read reads the JSON value at the beginning of text and gives the number of bytes that it takes.
func (r *UnplacedReader) Read(text []byte, shape Shape) (root *Node, size int, err error) {
	r.text, r.at = text, 0
	r.empty()
	defer func() { r.text = nil }()
	if err := r.value(shape.Cut, 0, &shape); err != nil {
		return nil, r.at, err
	}
	return r.tree(), r.at, nil
}

func (r *UnplacedReader) fail(format string, args ...any) error {
	return fmt.Errorf("invalid JSON at byte %d: %s", r.at, fmt.Sprintf(format, args...))
}

// value reads one value. head is what the root gets; nil below it.
func (r *UnplacedReader) value(cut *Cut, depth int, head *Shape) error {
	if depth > r.limits.Depth {
		return fmt.Errorf("nested deeper than %d levels", r.limits.Depth)
	}
	if err := r.full(); err != nil {
		return err
	}
	r.space()
	if r.at >= len(r.text) {
		return r.fail("the end stands where a value should")
	}
	self := len(r.flat)
	r.flat, r.spans = append(r.flat, Node{}), append(r.spans, span{})
	var err error
	switch c := r.text[r.at]; {
	case c == '{':
		err = r.object(self, cut, depth, head)
	case c == '[':
		err = r.list(self, cut, depth)
	case c == '"':
		r.flat[self].Kind = String
		r.flat[self].text, err = r.quoted(&r.texts)
	default:
		err = r.bare(&r.flat[self])
	}
	r.spans[self].end = int32(len(r.flat))
	return err
}

func (r *UnplacedReader) object(self int, cut *Cut, depth int, head *Shape) error {
	r.flat[self].Kind = Map
	if head != nil {
		r.head(self, head)
	}
	r.at++
	for first := true; ; first = false {
		done, err := r.separator('}', first)
		if done || err != nil {
			return err
		}
		if r.at >= len(r.text) || r.text[r.at] != '"' {
			return r.fail("no key where one belongs")
		}
		key, err := r.quoted(&r.keys)
		if err != nil {
			return err
		}
		if r.space(); r.at >= len(r.text) || r.text[r.at] != ':' {
			return r.fail("no colon after the key %q", key)
		}
		r.at++
		r.space()
		below, kept := cut.of(key, r.text[r.at:])
		if !kept || head.has(key) {
			size, err := SkipJSON(r.text[r.at:])
			if r.at += size; err != nil {
				return err
			}
			continue
		}
		child := len(r.flat)
		if err := r.value(below, depth+1, nil); err != nil {
			return err
		}
		r.flat[child].key = key
		r.spans[self].children++
	}
}

// has reports whether the shape prescribes the value of a key.
func (s *Shape) has(key string) bool {
	return s != nil && (key == "kind" && s.Kind != "" || key == "apiVersion" && s.APIVersion != "")
}

func (r *UnplacedReader) list(self int, cut *Cut, depth int) error {
	r.flat[self].Kind = List
	r.at++
	for first := true; ; first = false {
		done, err := r.separator(']', first)
		if done || err != nil {
			return err
		}
		child := len(r.flat)
		if err := r.value(cut, depth+1, nil); err != nil {
			return err
		}
		r.flat[child].index = r.spans[self].children
		r.spans[self].children++
	}
}

// separator goes to the next member of a map or list, over a comma unless it is the first.
func (r *UnplacedReader) separator(closing byte, first bool) (done bool, err error) {
	r.space()
	switch {
	case r.at >= len(r.text):
		return false, r.fail("the end stands in the middle of a value")
	case r.text[r.at] == closing:
		r.at++
		return true, nil
	case first:
		return false, nil
	case r.text[r.at] != ',':
		return false, r.fail("no comma between values")
	}
	r.at++
	if r.space(); r.at < len(r.text) && r.text[r.at] == closing {
		return false, r.fail("no value after the comma")
	}
	return false, nil
}

func (r *UnplacedReader) space() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\n' || r.text[r.at] == '\t' || r.text[r.at] == '\r') {
		r.at++
	}
}
