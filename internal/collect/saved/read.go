package saved

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// longestLine bounds one object: the API server refuses objects above 3 MiB, which escaping and
// places make longer.
const longestLine = 64 << 20

// Read reads what Write wrote. The error is that of a file that is no inventory; a line that
// cannot be read is an error in the inventory, and the others are read all the same.
func Read(r io.Reader, limits document.Limits) (*inventory.Inventory, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	head, err := readHeader(lines)
	if err != nil {
		return nil, err
	}
	inv := &inventory.Inventory{Targets: head.Targets, Gaps: head.Gaps, Errors: head.Errors}
	reading := &reading{inv: inv, reader: document.NewUnplacedReader(limits), sources: map[[4]string]*inventory.Source{}}
	for number := 2; lines.Scan(); number++ {
		reading.line(number, lines.Bytes())
	}
	if lines.Err() != nil {
		inv.Errors = append(inv.Errors, inventory.Error{Lost: true, Message: unreadable(lines.Err()).Error()})
	}
	if reading.lines != head.Subjects && lines.Err() == nil {
		inv.Errors = append(inv.Errors, inventory.Error{Lost: true, Message: fmt.Sprintf(
			"saved inventory holds %d of its %d objects: it was cut off, save it anew", reading.lines, head.Subjects)})
	}
	return inv, nil
}

// ReadHeader reads only the first line of what Write wrote: its error is that of something that is no
// inventory of this version.
func ReadHeader(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	_, err := readHeader(lines)
	return err
}

func readHeader(lines *bufio.Scanner) (head header, err error) {
	if !lines.Scan() {
		if lines.Err() != nil {
			return head, unreadable(lines.Err())
		}
		return head, errors.New("it is empty: make one with `kubeproof scan TARGET --save-inventory FILE`")
	}
	if err := json.Unmarshal(lines.Bytes(), &head); err != nil || head.Schema == "" {
		return head, errors.New("it is no saved inventory: make one with `kubeproof scan TARGET --save-inventory FILE`")
	}
	if head.Schema != Schema {
		return head, fmt.Errorf("its format is %q, but this version reads %q: save it anew with this version", head.Schema, Schema)
	}
	return head, nil
}

func unreadable(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("a line of the saved inventory is longer than %d MiB: save it anew", longestLine>>20)
	}
	return fmt.Errorf("read saved inventory: %w", err)
}

// reading is one call of Read.
type reading struct {
	inv     *inventory.Inventory
	reader  *document.UnplacedReader
	lines   int
	sources map[[4]string]*inventory.Source
}

func (r *reading) line(number int, text []byte) {
	if len(bytes.TrimSpace(text)) == 0 {
		return
	}
	r.lines++
	subject, err := r.subject(text)
	if err != nil {
		r.inv.Errors = append(r.inv.Errors, inventory.Error{Line: number, Lost: true,
			Message: fmt.Sprintf("object of the saved inventory cannot be read: %v: save it anew", err)})
		return
	}
	r.inv.Subjects = append(r.inv.Subjects, subject)
}

func (r *reading) subject(text []byte) (*inventory.Subject, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, err
	}
	root, _, err := r.reader.Read(l.Object, document.Shape{})
	if err != nil {
		return nil, err
	}
	if root.Kind != document.Map {
		return nil, errors.New("it holds no object")
	}
	if len(l.Places) > 0 {
		fits := false
		if root, fits = root.Placed(l.Places); !fits {
			return nil, errors.New("its places do not fit its values")
		}
	}
	s := inventory.NewTypedSubject(l.Kind, l.APIVersion, root.Under(l.Under...), r.source(l), l.EndLine, l.Namespace, podPlace(l))
	s.Namespace, s.Name, s.Told = l.Namespace, l.Name, l.Told
	return s, nil
}

// podPlace is where a custom kind keeps its pod template; nil for built-in kinds.
func podPlace(l line) map[string][]string {
	if l.Pod == "" {
		return nil
	}
	return map[string][]string{l.Kind: strings.Split(l.Pod, ".")}
}

// source is shared by the objects of one file or cluster.
func (r *reading) source(l line) *inventory.Source {
	key := [4]string{l.Target, l.File, l.Cluster, l.Bundle}
	if r.sources[key] == nil {
		r.sources[key] = &inventory.Source{Target: l.Target, File: l.File, Cluster: l.Cluster, Bundle: l.Bundle}
	}
	return r.sources[key]
}
