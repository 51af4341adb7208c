package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// beside is what an entry says of its content, and what became of that.
type beside struct {
	sum                  [32]byte
	named, found, erased bool
}

// stated is an entry with a statement, until the keys are known.
type stated struct {
	entry    Entry
	envelope []byte
}

type rotation struct {
	seq  int64
	body Rotation
}

// readEntries goes once through the ledger: it builds the tree and keeps what the later steps need of each entry.
func (c *checker) readEntries() error {
	c.kept = map[int64]Entry{}
	c.rootAtSize()
	return c.in.Entries(func(place int64, line []byte) error {
		seq := c.tree.size
		c.tree.add(LeafHash(line))
		c.rootAtSize()
		c.beside = append(c.beside, beside{})
		c.result.Entries++
		e, err := parseEntry(line)
		if err != nil {
			c.problem(seq, "%w", err)
			return nil
		}
		if e.Seq != seq || place != seq {
			c.problem(seq, "its number is %d, its place %d", e.Seq, place)
			return nil
		}
		c.entry(e)
		return nil
	})
}

func (c *checker) rootAtSize() {
	if _, wanted := c.roots[c.tree.size]; wanted {
		c.roots[c.tree.size] = c.tree.root()
	}
}

// entry takes in one entry, whose body is valid only until it returns.
func (c *checker) entry(e Entry) {
	if c.result.First.IsZero() {
		c.result.First = e.Time
	}
	if e.Time.Before(c.result.Last) {
		c.problem(e.Seq, "its time %s is before that of an earlier entry", e.Time.Format(timeLayout))
	} else {
		c.result.Last = e.Time
	}
	c.content(e)
	if envelope, ok := member(e.Body, StatementField); ok {
		e.Body = bytes.Clone(e.Body)
		c.stated = append(c.stated, stated{e, bytes.Clone(envelope)})
	}
	switch e.Action {
	case ActionRotate:
		c.rotation(e)
	case ActionErase:
		c.erasure(e)
	}
}

// content notes the digest of an entry's content, or asks now which files an entry without content names.
func (c *checker) content(e Entry) {
	if e.Content != "" {
		c.beside[e.Seq].named = true
		c.beside[e.Seq].sum, _ = parseDigest(e.Content) // has been parsed with the entry
	}
	switch {
	case c.hooks.Files == nil:
	case e.Content != "":
		e.Body = bytes.Clone(e.Body)
		c.kept[e.Seq] = e
	default:
		c.require(e, nil)
	}
}

// rotation keeps a rotation's body if it is spelled as ours are: another reading of it must not exist.
func (c *checker) rotation(e Entry) {
	var r Rotation
	err := json.Unmarshal(e.Body, &r)
	if again, _ := json.Marshal(r); err != nil || !bytes.Equal(again, e.Body) {
		c.problem(e.Seq, "its body is not a rotation of the key")
		return
	}
	c.rotations = append(c.rotations, rotation{e.Seq, r})
}

// erasure notes which contents a later entry has erased.
func (c *checker) erasure(e Entry) {
	seqs, err := erasedBy(e)
	if err != nil {
		c.problem(e.Seq, "%w", err)
		return
	}
	for _, seq := range seqs {
		c.beside[seq].erased = true
	}
}

func erasedBy(e Entry) ([]int64, error) {
	var seqs []int64
	list, _ := member(e.Body, "seqs")
	if err := json.Unmarshal(list, &seqs); err != nil {
		return nil, fmt.Errorf("its body does not list in seqs what it erases")
	}
	for _, seq := range seqs {
		if seq < 0 || seq >= e.Seq {
			return nil, fmt.Errorf("it erases entry %d, which is not before it", seq)
		}
	}
	return seqs, nil
}

// checkStatements opens every statement with the keys that may have signed it.
func (c *checker) checkStatements() error {
	for _, s := range c.stated {
		var keys []Verifier
		if c.hooks.StatementKeys != nil {
			keys = c.hooks.StatementKeys(s.entry)
		}
		if len(keys) == 0 {
			keys = []Verifier{c.keyAt(s.entry.Seq + 1)}
		}
		if _, _, err := OpenStatement(s.envelope, keys...); err != nil {
			c.problem(s.entry.Seq, "%w", err)
			continue
		}
		c.result.Statements++
	}
	return nil
}
