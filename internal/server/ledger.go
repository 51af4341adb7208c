package server

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// ledgerPage is a page of the entries, the newest first, with the checkpoint that covers all.
type ledgerPage struct {
	Entries    []entryLine
	Size       int64
	From       int64 // the oldest that is shown
	Newer      int64 // where the page of newer ones begins; -1 if there is none
	Older      int64 // the same of older ones
	Checkpoint string
	Key        string
	Verified   *verified
}

// entryLine is an entry for people.
type entryLine struct {
	event
	Body   string
	Text   []textLine
	Erased bool
}

// textLine is a field of what people wrote.
type textLine struct{ Name, Value string }

// verified is what proving the ledger gave.
type verified struct {
	OK       bool
	Problems []string
	Warnings []string
	Took     string
}

const entriesOnPage = 50

func (v *visit) ledger() error { return v.showLedger(nil) }

func (v *visit) showLedger(proved *verified) error {
	size := v.state.Size
	from := max(0, size-entriesOnPage)
	if text := v.URL.Query().Get("from"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n >= size {
			return errNotFound
		}
		from = n
	}
	page := ledgerPage{Size: size, From: from, Newer: -1, Older: -1, Verified: proved}
	if from+entriesOnPage < size {
		page.Newer = min(from+entriesOnPage, size-entriesOnPage)
	}
	if from > 0 {
		page.Older = max(0, from-entriesOnPage)
	}
	if err := v.readEntries(&page); err != nil {
		return err
	}
	note, err := v.s.Journal.Checkpoint(v.Context())
	if err != nil {
		return err
	}
	key, err := v.s.Journal.Key(v.Context())
	if err != nil {
		return err
	}
	page.Checkpoint, page.Key = string(note), key.String()
	return v.show("ledger.html", "Ledger", page)
}

func (v *visit) readEntries(page *ledgerPage) error {
	err := v.s.Journal.Entries(v.Context(), page.From, entriesOnPage, func(entry journal.Shown) error {
		page.Entries = append(page.Entries, entryLine{v.named(eventOf(entry.Entry)), string(entry.Body), textLines(entry.Text), entry.Erased})
		return nil
	})
	slices.Reverse(page.Entries)
	return err
}

// textLines gives the fields of what people wrote.
func textLines(text []byte) []textLine {
	var fields map[string]any
	if len(text) == 0 || json.Unmarshal(text, &fields) != nil {
		return nil
	}
	var all []textLine
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, isText := fields[name].(string)
		if !isText {
			encoded, _ := json.Marshal(fields[name]) // it was read from JSON
			value = escape.Clip(string(encoded), 200)
		}
		all = append(all, textLine{name, escape.Clip(value, 1000)})
	}
	return all
}

// verifyLedger proves the whole ledger now.
func (v *visit) verifyLedger() error {
	if err := v.form(); err != nil {
		return err
	}
	told, err := v.prove()
	if err != nil {
		return err
	}
	if !told.OK {
		v.s.Log.Error("ledger is not whole", "problems", strings.Join(told.Problems, "; "))
	}
	return v.showLedger(told)
}

// prove reads everything: not more than two do at a time.
func (v *visit) prove() (*verified, error) {
	select {
	case v.s.reports <- struct{}{}:
		defer func() { <-v.s.reports }()
	default:
		return nil, problem(http.StatusTooManyRequests, "Others are at it", "The ledger is being proved or exported for somebody else. Try again in a minute.")
	}
	key, err := v.s.Journal.Key(v.Context())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	proved, err := v.s.Journal.Verify(v.Context(), key)
	if err != nil {
		return nil, err
	}
	told := &verified{OK: proved.OK(), Warnings: proved.Warnings, Took: time.Since(began).Round(time.Millisecond).String()}
	for _, one := range proved.Problems {
		told.Problems = append(told.Problems, one.String())
	}
	v.s.proved.Store(&proof{At: v.s.Now(), Entries: proved.Entries, OK: told.OK, Problems: len(told.Problems)})
	return told, nil
}
