package cluster

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kubeproof/kubeproof/internal/document"
)

// page is one answer to a list in JSON.
type page struct {
	resume string // the token of the next page; "" if this is the last
	items  []byte // what stands behind the opening bracket; nil if there is none
}

// openPage finds the parts of a list without reading the objects in it. Kubernetes' own lists
// have metadata before items, those of custom resources behind.
func openPage(text []byte) (page, error) {
	var p page
	seen := map[string]bool{}
	at, err := expect(text, 0, '{')
	if err != nil {
		return p, err
	}
	for {
		if at = afterSpace(text, at, ","); at < len(text) && text[at] == '}' {
			break
		}
		begin := at
		size, err := document.SkipJSON(text[at:])
		if err != nil {
			return p, err
		}
		key := string(text[begin : begin+size])
		if at, err = expect(text, begin+size, ':'); err != nil {
			return p, err
		}
		at = afterSpace(text, at, "")
		if key == `"items"` && at < len(text) && text[at] == '[' {
			p.items = text[at+1:]
		}
		if seen[key] = true; seen[`"metadata"`] && seen[`"items"`] && key != `"metadata"` {
			return p, nil
		}
		if size, err = document.SkipJSON(text[at:]); err != nil {
			return p, err
		}
		if key == `"metadata"` {
			var metadata struct{ Continue string }
			if err := json.Unmarshal(text[at:at+size], &metadata); err != nil {
				return p, fmt.Errorf("its metadata cannot be read: %w", err)
			}
			p.resume = metadata.Continue
		}
		at += size
	}
	if !seen[`"items"`] {
		return p, errors.New("it holds no items")
	}
	return p, nil
}

// afterSpace goes over white space and other characters.
func afterSpace(text []byte, at int, others string) int {
	for at < len(text) {
		switch c := text[at]; {
		case c == ' ', c == '\n', c == '\t', c == '\r', others != "" && c == others[0]:
			at++
		default:
			return at
		}
	}
	return at
}

func expect(text []byte, at int, want byte) (int, error) {
	if at = afterSpace(text, at, ""); at >= len(text) || text[at] != want {
		return at, fmt.Errorf("no %q at byte %d", want, at)
	}
	return at + 1, nil
}

// objects gives every object of a page, or why it cannot be read. The error is that of a page
// that does not come to its end.
func (p page) objects(reader *document.UnplacedReader, shape document.Shape, each func(*document.Node, error)) error {
	if p.items == nil {
		return nil
	}
	for at := 0; ; {
		if at = afterSpace(p.items, at, ","); at >= len(p.items) {
			return errors.New("it ends in the middle")
		}
		if p.items[at] == ']' {
			return nil
		}
		object, size, err := reader.Read(p.items[at:], shape)
		if err != nil {
			var skipped error
			if size, skipped = document.SkipJSON(p.items[at:]); skipped != nil {
				return skipped
			}
		}
		each(object, err)
		at += size
	}
}
