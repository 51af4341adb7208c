package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/kubeproof/kubeproof/internal/collect/cluster/wire"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// The bounds of listing. docs/limits.md states them.
const (
	workers  = 4   // kinds that are read side by side
	pageSize = 500 // objects asked for at once in JSON
	// largePageSize is that in protobuf. Every page after the first costs the server more than its
	// objects do, and what is read while it arrives needs no memory here.
	largePageSize = 10_000
	mostExpired   = 3 // tokens of one list that may expire before it is asked for at once
	mostObjects   = 1_000_000
)

// Kinds of which there are many are asked for as protobuf (package wire), which the server writes
// in half the time, and not as a stream, which costs it more: measured with 10,000 pods, see
// docs/limits.md. Metadata alone is asked for as every server since 1.15 knows it.
const (
	wholeObjects = "application/json"
	bareObjects  = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
)

// reading is one run over a cluster.
type reading struct {
	options Options
	at      *place
	client  *client
	source  *inventory.Source
	results []result
}

// result is what one resource gave.
type result struct {
	resource
	subjects []*inventory.Subject
	broken   []string // the first objects that cannot be read, and why
	unread   int      // how many those are
	err      error    // why not all of it was read
	// within is the only namespace that was read; "" if nothing bounded it.
	within string
}

// denied reports whether the user has no right to all of the resource.
func (r *result) denied() bool { return statusOf(r.err) == http.StatusForbidden }

// list reads all resources, several side by side.
func (r *reading) list(ctx context.Context, resources []resource) {
	r.results = make([]result, len(resources))
	queue := make(chan int)
	var group sync.WaitGroup
	var progress sync.Mutex
	done := 0
	for range min(workers, len(resources)) {
		group.Go(func() {
			l := &lister{reading: r, json: document.NewUnplacedReader(r.options.Limits), protobuf: wire.NewReader(r.options.Limits)}
			for i := range queue {
				r.results[i] = l.read(ctx, resources[i])
				progress.Lock()
				done++
				r.options.Progress(done, len(resources))
				progress.Unlock()
			}
		})
	}
	for i := range resources {
		queue <- i
	}
	close(queue)
	group.Wait()
}

// lister reads one resource after the other.
type lister struct {
	*reading
	json     *document.UnplacedReader
	protobuf *wire.Reader
}

// read reads a resource in the namespace that is asked for or, where the user has no right to all
// of them, in the context's own.
func (l *lister) read(ctx context.Context, of resource) result {
	found := result{resource: of}
	if of.namespaced {
		found.within = l.options.Namespace
	}
	l.pages(ctx, &found)
	if of.String() == "namespaces" && found.err == nil {
		found.keep(l.options.Namespace)
	}
	if !found.denied() || l.options.Namespace != "" && of.String() != "namespaces" {
		return found
	}
	switch {
	case of.namespaced:
		own := result{resource: of, within: l.at.namespace}
		if l.pages(ctx, &own); own.err == nil {
			own.err = found.err
			return own
		}
	case of.String() == "namespaces":
		l.ownNamespace(ctx, &found)
	}
	return found
}

// keep leaves of the Namespaces only the one that is asked for: the others' objects are not read,
// so that nothing can be said of them.
func (r *result) keep(name string) {
	if name == "" {
		return
	}
	r.within = name
	r.subjects = slices.DeleteFunc(r.subjects, func(s *inventory.Subject) bool { return s.Name != name })
}

// ownNamespace reads the one namespace whose objects are read.
func (l *lister) ownNamespace(ctx context.Context, found *result) {
	name := l.at.namespace
	if l.options.Namespace != "" {
		name = l.options.Namespace
	}
	body, err := l.client.ask(ctx, "/api/v1/namespaces/"+url.PathEscape(name), wholeObjects, mostAnswer)
	if err != nil {
		return
	}
	root, _, err := l.json.Read(body.Bytes(), shapeOf(found.resource, false))
	l.client.release(body)
	found.add(l.reading, root, err)
	found.within = name
}

// shapeOf says how the objects of a resource are read.
func shapeOf(of resource, bare bool) document.Shape {
	return document.Shape{Kind: of.kind, APIVersion: of.apiVersion(), Cut: cutOf(of, bare)}
}

// add keeps an object, or why it cannot be read.
func (r *result) add(reading *reading, root *document.Node, err error) {
	var s *inventory.Subject
	if err == nil {
		s, err = reading.subject(r.resource, root)
	}
	switch {
	case err != nil:
		r.unread++
		which := fmt.Sprintf("number %d", len(r.subjects)+r.unread)
		if name := root.Get("metadata", "name"); name != nil && name.Kind == document.String && name.Text() != "" {
			which = strconv.Quote(name.Text())
		}
		if len(r.broken) < mostBroken {
			r.broken = append(r.broken, fmt.Sprintf("%s %s cannot be read: %v", r.resource, which, err))
		}
	case s != nil:
		r.subjects = append(r.subjects, s)
	}
}

// count is how much of a resource was read.
type count struct{ subjects, broken, unread int }

func (r *result) count() count { return count{len(r.subjects), len(r.broken), r.unread} }

// back forgets what was read since.
func (r *result) back(to count) {
	clear(r.subjects[to.subjects:])
	r.subjects, r.broken, r.unread = r.subjects[:to.subjects], r.broken[:to.broken], to.unread
}

// listing is where the list of one resource stands.
type listing struct {
	path, accept string
	shape        document.Shape
	plan         *wire.Plan // nil if the list is read as JSON
	limit        int        // objects of a page; 0 for all
	token        string     // of the page that is next
	expired      int
	spoilt       int // answers for this page that could not be read
}

type answer struct {
	body *bytes.Buffer
	err  error
}

func (l *lister) newListing(of *result) *listing {
	bare := of.bare(l.options.ReadSecrets)
	list := &listing{path: of.path(), accept: wholeObjects, shape: shapeOf(of.resource, bare), limit: l.client.page}
	if bare {
		list.accept = bareObjects
	} else if list.plan = wire.PlanOf(list.shape); list.plan != nil {
		list.accept, list.limit = wire.Accept, l.client.largePage
	}
	return list
}

// pages reads the list of a resource page by page.
func (l *lister) pages(ctx context.Context, into *result) {
	list := l.newListing(into)
	var next <-chan answer
	if list.plan == nil {
		next = l.fetch(ctx, list, "")
	} else if next = l.streams(ctx, list, into); next == nil {
		return
	}
	l.jsonPages(ctx, list, next, into)
}

// jsonPages reads all pages from the one that is on its way. While a page is read the next is
// fetched.
func (l *lister) jsonPages(ctx context.Context, list *listing, next <-chan answer, into *result) {
	for {
		got := <-next
		if got.err != nil {
			if into.err = list.recover(got.err, into); into.err != nil {
				return
			}
			next = l.fetch(ctx, list, list.token)
			continue
		}
		more, err := l.page(ctx, list, got.body, into)
		l.client.release(got.body)
		if err != nil {
			if list.spoilt++; list.spoilt >= mostTries || stopped(ctx) {
				into.err = err
				return
			}
			l.client.wait(ctx, (&failure{}).pause(list.spoilt))
			more = l.fetch(ctx, list, list.token)
		}
		if more == nil {
			return
		}
		next = more
	}
}

// page reads one page. It gives the next one, which is on its way; nil for the last.
func (l *lister) page(ctx context.Context, list *listing, body *bytes.Buffer, into *result) (<-chan answer, error) {
	p, err := openPage(body.Bytes())
	if err != nil {
		return nil, spoilt(err)
	}
	var next <-chan answer
	if p.resume != "" {
		if list.endless(p.resume, into) {
			return nil, errEndless
		}
		next = l.fetch(ctx, list, p.resume)
	}
	before := into.count()
	err = p.objects(l.json, list.shape, func(root *document.Node, err error) { into.add(l.reading, root, err) })
	if err != nil {
		if list.spoilt+1 < mostTries { // the last time what can be read stays
			into.back(before)
		}
		return nil, spoilt(err)
	}
	list.token, list.spoilt = p.resume, 0
	return next, nil
}

var errEndless = errors.New("the list has no end: look at what stands before the API server")

// endless reports whether a list that goes on with a token would never end.
func (list *listing) endless(token string, into *result) bool {
	return token == list.token || len(into.subjects) > mostObjects
}

func spoilt(err error) error {
	return fmt.Errorf("the answer is no list that can be read (%d tries): %w: look at what stands before the API server", mostTries, err)
}

// recover decides how a list goes on after an error; it gives the error if it does not.
func (list *listing) recover(err error, into *result) error {
	var f *failure
	switch errors.As(err, &f); {
	case errors.Is(err, errTooLarge) && list.limit > 1:
		list.limit = max(1, list.limit/5)
		return nil
	case f == nil || f.status != http.StatusGone || list.limit == 0:
		return err
	}
	list.expired++
	list.token = f.resume
	if list.token == "" || list.expired > mostExpired {
		into.back(count{})
		list.token, list.limit = "", 0
	}
	return nil
}

// path is where the objects of the resource are listed.
func (r *result) path() string {
	path := "/apis/" + r.group + "/" + r.version
	if r.group == "" {
		path = "/api/" + r.version
	}
	if r.within != "" {
		path += "/namespaces/" + url.PathEscape(r.within)
	}
	return path + "/" + r.name
}

// fetch asks for a page; the answer comes through the channel.
func (l *lister) fetch(ctx context.Context, list *listing, token string) <-chan answer {
	path, most := list.at(token), int64(mostUnpaged)
	if list.limit > 0 {
		most = mostPage
	}
	next := make(chan answer, 1)
	go func() {
		body, err := l.client.ask(ctx, path, list.accept, most)
		next <- answer{body, err}
	}()
	return next
}

// at is where the page of a token is.
func (list *listing) at(token string) string {
	query := url.Values{}
	if list.limit > 0 {
		query.Set("limit", strconv.Itoa(list.limit))
	}
	if token != "" {
		query.Set("continue", token)
	}
	if len(query) == 0 {
		return list.path
	}
	return list.path + "?" + query.Encode()
}
