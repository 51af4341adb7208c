package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kubeproof/kubeproof/internal/collect/cluster/wire"
	"github.com/kubeproof/kubeproof/internal/document"
)

// errProtobuf is given for an answer in protobuf that is not understood, or not wholly: its list
// goes on as JSON, so that nothing of it is lost.
var errProtobuf = errors.New("protobuf that is not understood")

// stream is one page of a list in protobuf, which is read while it arrives.
type stream struct {
	*lister
	list   *listing
	into   *result
	before count
	page   *wire.Page
	json   *bytes.Buffer // the answer, if it is JSON all the same
	count  int
}

// streams reads all pages from the one that is next as long as they can be read as protobuf. It
// gives the page with which the list goes on as JSON; nil if it is at its end.
func (l *lister) streams(ctx context.Context, list *listing, into *result) <-chan answer {
	for {
		s := &stream{lister: l, list: list, into: into, before: into.count()}
		resume, err := s.read(ctx)
		switch {
		case errors.Is(err, errProtobuf):
			list.asJSON(l.client.page)
			return l.fetch(ctx, list, list.token)
		case err != nil:
			if into.err = list.recover(err, into); into.err != nil {
				return nil
			}
		case s.json != nil:
			list.asJSON(l.client.page)
			first := make(chan answer, 1)
			first <- answer{body: s.json}
			return first
		case resume == "":
			return nil
		case list.endless(resume, into):
			into.err = errEndless
			return nil
		default:
			list.token = resume
		}
	}
}

// asJSON lets a list go on in JSON.
func (list *listing) asJSON(page int) {
	list.plan, list.accept, list.limit = nil, wholeObjects, min(list.limit, page)
}

// read reads the page and gives the token of the next one. After an error nothing of it is kept.
func (s *stream) read(ctx context.Context) (resume string, err error) {
	err = s.client.stream(ctx, s.list.at(s.list.token), s.list.accept, mostStream, s.begin)
	if err == nil && s.page != nil {
		if err = s.page.Close(); err == nil {
			return s.page.Resume(), nil
		}
		err = fmt.Errorf("%w: %w", errProtobuf, err)
	}
	if err != nil {
		s.into.back(s.before)
		s.drop()
	}
	return "", err
}

// begin begins the page, of which nothing that arrived before counts.
func (s *stream) begin() io.Writer {
	s.into.back(s.before)
	s.drop()
	s.page, s.count = nil, 0
	return s
}

func (s *stream) drop() {
	if s.json != nil {
		s.client.release(s.json)
		s.json = nil
	}
}

// Write takes what arrives. Answers in protobuf begin with "k8s", those in JSON with a bracket.
func (s *stream) Write(chunk []byte) (int, error) {
	switch {
	case len(chunk) == 0:
		return 0, nil
	case s.json == nil && s.page == nil && chunk[0] == 'k':
		s.page = s.protobuf.Page(s.list.plan, s.add)
	case s.json == nil && s.page == nil:
		s.json = s.client.buffer()
	}
	if s.json != nil {
		if s.list.limit > 0 && s.json.Len()+len(chunk) > mostPage {
			return 0, errTooLarge
		}
		return s.json.Write(chunk)
	}
	size, err := s.page.Write(chunk)
	if err == nil && s.list.limit > 0 && s.count > s.list.limit {
		err = errors.New("more objects than were asked for")
	}
	if err != nil {
		return size, fmt.Errorf("%w: %w", errProtobuf, err)
	}
	return size, nil
}

func (s *stream) add(root *document.Node) {
	s.count++
	s.into.add(s.reading, root, nil)
}
