package osv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// worker reads advisories and keeps those that are about wanted packages.
type worker struct {
	*reading
	unpacker
	outline outline
	key     []byte // of the last lookup
	bases   []*tally

	source  int
	tallies map[int]map[string]*tally
	current map[string]*tally // of the source that is read
	seen    map[string]bool   // ecosystems with their releases
	kept    map[string]*advisory
	number  int // of advisories
}

// tally counts what one source holds of one ecosystem.
type tally struct {
	advisories int
	newest     string
	written    time.Time
	counted    int // the number of the advisory that was counted last
}

// mostEcosystems bounds the names of ecosystems and releases that are remembered.
const mostEcosystems = 4096

func newWorker(r *reading) *worker {
	return &worker{reading: r, source: -1, tallies: map[int]map[string]*tally{}, seen: map[string]bool{}, kept: map[string]*advisory{}}
}

func (w *worker) run() {
	for j := range w.jobs {
		if w.source != j.source {
			w.source = j.source
			if w.tallies[j.source] == nil {
				w.tallies[j.source] = map[string]*tally{}
			}
			w.current = w.tallies[j.source]
		}
		if j.archive == nil {
			w.readFile(&j)
			continue
		}
		w.readEntries(&j)
		j.done.Done()
	}
}

func (w *worker) readEntries(j *job) {
	file := w.sources[j.source]
	packed, from := w.load(j)
	for i := range j.entries {
		e := &j.entries[i]
		if w.ctx.Err() != nil {
			return
		}
		text, err := w.unpack(j.archive, e, packed, from)
		if err != nil {
			w.faults.add(file, e.name, "read advisory: "+err.Error())
			continue
		}
		written := e.written
		if written.IsZero() {
			written = j.written
		}
		w.judge(text, origin{file: file, entry: e.name, source: j.source}, written)
	}
}

func (w *worker) readFile(j *job) {
	text, err := readBounded(j.path, w.limits.Advisory)
	if err != nil {
		w.faults.add(j.path, "", "read advisory: "+err.Error())
		return
	}
	w.judge(text, origin{file: j.path, source: j.source}, j.written)
}

func readBounded(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if int64(len(text)) > most {
		return nil, fmt.Errorf("larger than %d bytes: it was not read", most)
	}
	return text, err
}

// judge counts an advisory and, if it is about wanted packages, keeps what it says of them.
func (w *worker) judge(text []byte, from origin, written time.Time) {
	if err := w.outline.read(text); err != nil {
		w.faults.add(from.file, from.entry, "read advisory: "+err.Error())
		return
	}
	w.number++
	w.bases = w.bases[:0]
	withdrawn := w.outline.isWithdrawn()
	var concerned []concern
	text = w.outline.text
	for i := range w.outline.affected {
		one := &w.outline.affected[i]
		if !withdrawn && (i == 0 || string(one.ecosystem.of(text)) != string(w.outline.affected[i-1].ecosystem.of(text))) {
			w.count(one.ecosystem.of(text))
		}
		if ecosystem, subjects := w.lookup(one); len(subjects) > 0 {
			concerned = append(concerned, concern{one.whole, string(ecosystem), subjects})
		}
	}
	w.age(written)
	if len(concerned) > 0 {
		w.keep(concerned, withdrawn, from)
	}
}

// count notes that the advisory is of an ecosystem.
func (w *worker) count(quoted []byte) {
	name, err := plain(quoted)
	if err != nil {
		return
	}
	if !w.seen[string(name)] && len(w.seen) < mostEcosystems {
		w.seen[string(name)] = true
	}
	base, _, _ := bytes.Cut(name, []byte(":"))
	t := w.current[string(base)]
	if t == nil {
		if len(w.current) >= mostEcosystems {
			return
		}
		t = &tally{}
		w.current[string(base)] = t
	}
	if t.counted != w.number {
		t.counted = w.number
		t.advisories++
		w.bases = append(w.bases, t)
	}
}

// age notes the times of the advisory for each of its ecosystems.
func (w *worker) age(written time.Time) {
	modified, err := plain(w.outline.modified.of(w.outline.text))
	for _, t := range w.bases {
		if written.After(t.written) {
			t.written = written
		}
		// Times in one form and zone sort as text; the parsing makes sure that it is one.
		if err == nil && string(modified) > t.newest {
			if when := instant(string(modified)); when > t.newest {
				t.newest = when
			}
		}
	}
}

// instant gives a time of RFC 3339 in UTC and whole seconds; "" if it is none, or one before there
// were advisories, as the year 1 of Go's database in its repository.
func instant(text string) string {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil || when.Year() < 1980 || when.Year() > 9999 {
		return ""
	}
	return when.UTC().Format(time.RFC3339)
}

// lookup gives the subjects that an affected package is about, whatever its release.
func (w *worker) lookup(one *element) (ecosystem []byte, subjects []*subject) {
	ecosystem, err := plain(one.ecosystem.of(w.outline.text))
	if err != nil {
		return nil, nil
	}
	name, err := plain(one.name.of(w.outline.text))
	if err != nil {
		return nil, nil
	}
	w.key = appendKey(w.key[:0], ecosystem, name)
	return ecosystem, w.wanted.subjects[string(w.key)]
}

// keep decodes an advisory and remembers it, unless a newer form of it was met.
func (w *worker) keep(concerned []concern, withdrawn bool, from origin) {
	a, err := decode(&w.outline, from)
	if err != nil {
		w.faults.add(from.file, from.entry, "read advisory: "+err.Error())
		return
	}
	if withdrawn {
		concerned = nil
	}
	a.judge(w.outline.text, concerned, w.faults)
	if len(a.hits) == 0 { // kept only to stand for older forms of itself
		a = &advisory{id: a.id, modified: a.modified, origin: a.origin}
	}
	if before := w.kept[a.id]; before != nil && !a.replaces(before) {
		return
	}
	if len(w.kept) >= w.limits.Kept {
		w.faults.add(from.file, "", fmt.Sprintf("more than %d advisories are about the packages: the rest was not judged", w.limits.Kept))
		return
	}
	w.kept[strings.Clone(a.id)] = a
}

// texts reads a list of texts; what is no text in it is an error.
func texts(raw []byte) ([]string, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var all []string
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("a list of identifiers in it is none")
	}
	const most = 1000
	all = slices.DeleteFunc(all, func(id string) bool { return id == "" || len(id) > longestID })
	return all[:min(len(all), most)], nil
}
