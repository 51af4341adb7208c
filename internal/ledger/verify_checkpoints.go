package ledger

import (
	"bytes"
	"slices"
)

// readCheckpoints reads which sizes the roots are wanted of. Nothing is believed yet.
func (c *checker) readCheckpoints() (err error) {
	if c.notes, err = c.in.Checkpoints(); err != nil {
		return err
	}
	for _, text := range c.notes {
		if size := claimedSize(text); size >= 0 {
			c.roots[size] = Hash{}
		}
	}
	for _, pin := range c.pins {
		c.roots[pin.Size] = Hash{}
	}
	return nil
}

// claimedSize is the size of a note that may be one of our checkpoints, or -1.
func claimedSize(text []byte) int64 {
	body, _, _ := bytes.Cut(text, []byte("\n\n"))
	claimed, err := parseCheckpoint(string(body) + "\n")
	if err != nil {
		return -1
	}
	return claimed.Size
}

// linkKeys puts the ledger's keys in a row by its rotations, and looks how far the auditor's key carries.
func (c *checker) linkKeys() error {
	for _, r := range c.rotations {
		c.link(r)
	}
	if len(c.chain) == 0 {
		c.chain, c.from = []Verifier{c.trusted}, []int64{0}
	}
	c.trust()
	last := len(c.chain) - 1
	for i, v := range c.chain {
		to := c.result.Entries
		if i < last {
			to = c.from[i+1] - 1
		}
		c.result.Keys = append(c.result.Keys, KeySpan{Key: v.String(), From: c.from[i], To: to})
	}
	c.result.Signer, c.result.Origin = c.chain[last].ID(), c.chain[last].name
	return nil
}

// link follows a rotation. One that is wrong is a problem and not followed, so that no forged key counts for more.
func (c *checker) link(r rotation) {
	old, next, err := r.body.verifiers()
	switch last := len(c.chain) - 1; {
	case err != nil:
		c.problem(r.seq, "%w", err)
	case r.body.Seq != r.seq:
		c.problem(r.seq, "rotation of the key was signed for entry %d", r.body.Seq)
	case last >= 0 && c.chain[last] != old:
		c.problem(r.seq, "rotation replaces the key %s, which is not the current one", old.ID())
	case slices.Contains(c.chain, next):
		c.problem(r.seq, "rotation brings back the key %s", next.ID())
	case last < 0:
		c.chain, c.from = []Verifier{old, next}, []int64{0, r.seq + 1}
	default:
		c.chain, c.from = append(c.chain, next), append(c.from, r.seq+1)
	}
}

// trust finds the auditor's key among the ledger's. From there both ways are good: who comes later was signed by it, or by
// one that it signed; whose history it took over, it signed too. A lost key breaks the first.
func (c *checker) trust() {
	at := slices.Index(c.chain, c.trusted)
	if at < 0 {
		c.problem(-1, "the key %s is none of this ledger's: take the key of %s, and compare it with its owner's", c.trusted.ID(), c.chain[len(c.chain)-1].ID())
		return
	}
	for _, r := range c.rotations {
		i := slices.Index(c.from, r.seq+1) // of the key that it brought
		if !r.body.Lost || i < 1 {
			continue
		}
		if at < i {
			c.problem(r.seq, "the key was replaced as lost, so that nothing of yours vouches for %s: get that key from its owner and verify with it", c.chain[i].ID())
		} else {
			c.warn("entry %d replaced a lost key: what lies before rests on the new key alone", r.seq)
		}
	}
}

// keyAt is the key that signs checkpoints of that size.
func (c *checker) keyAt(size int64) Verifier {
	for i := len(c.chain) - 1; i > 0; i-- {
		if size >= c.from[i] {
			return c.chain[i]
		}
	}
	return c.chain[0]
}

// checkCheckpoints checks every signature and root, and that the newest covers exactly all entries.
func (c *checker) checkCheckpoints() error {
	c.result.Root = c.tree.root().String()
	good, signed, differ := int64(0), int64(-1), 0
	for i, text := range c.notes {
		point, err := OpenCheckpoint(text, c.keyAt(claimedSize(text)))
		switch {
		case err != nil:
			c.problem(-1, "checkpoint %d of %d: %w", i+1, len(c.notes), err)
			continue
		case point.Size < signed:
			c.problem(-1, "checkpoint %d of %d is of %d entries, less than the one before it", i+1, len(c.notes), point.Size)
		case point.Size > c.tree.size:
			c.problem(-1, "checkpoint %d of %d signed %d entries, of which the ledger has %d: its end was cut off", i+1, len(c.notes), point.Size, c.tree.size)
		case point.Root == c.roots[point.Size]:
			good = point.Size
			c.result.Checkpoints++
		default:
			if differ++; differ == 1 { // the later ones differ all, for the same reason
				c.problem(-1, "of the entries %d to %d at least one is not what checkpoint %d of %d signed", good, point.Size-1, i+1, len(c.notes))
			}
		}
		signed = max(signed, point.Size)
	}
	c.checkTail(signed)
	return nil
}

func (c *checker) checkTail(signed int64) {
	switch {
	case signed < 0:
		c.problem(-1, "no checkpoint has a good signature: nobody signed this ledger")
	case signed < c.tree.size:
		c.problem(signed, "the entries from here to %d stand behind the newest checkpoint: nobody signed them", c.tree.size-1)
	}
}

// checkPins compares with what somebody kept outside: the only way to find a ledger that its own key's holder changed.
func (c *checker) checkPins() error {
	origin := c.result.Origin
	for _, pin := range c.pins {
		switch {
		case pin.Origin != origin:
			c.problem(-1, "the pin is of %s, this ledger is %s", pin.Origin, origin)
		case pin.Size > c.tree.size:
			c.problem(-1, "rolled back: the pin knows %d entries, the ledger has %d", pin.Size, c.tree.size)
		case pin.Size < 0 || pin.Root != c.roots[pin.Size]:
			c.problem(-1, "rewritten: the first %d entries are not those of the pin", pin.Size)
		}
	}
	return nil
}
