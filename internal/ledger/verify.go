package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
)

// maxProblems is how many problems a result lists.
const maxProblems = 1000

// VerifyBundle checks a bundle against a key that the auditor has from elsewhere, the current one of the ledger or an
// earlier one, and against pins. An error means that the bundle is unusable; problems mean that the ledger is not what was
// signed.
func VerifyBundle(b *Bundle, v Verifier, pins ...Pin) (*Result, error) {
	return Hooks{}.Verify(b, v, pins...)
}

// Verify is VerifyBundle for any source.
func Verify(in Source, v Verifier, pins ...Pin) (*Result, error) {
	return Hooks{}.Verify(in, v, pins...)
}

// Verify is the function of that name, for those who know what the entries mean.
func (h Hooks) Verify(in Source, v Verifier, pins ...Pin) (*Result, error) {
	c := &checker{hooks: h, in: in, trusted: v, pins: pins, roots: map[int64]Hash{}, named: map[string]int64{}, allowed: map[string]bool{}}
	if v.isZero() {
		return nil, errors.New("verify ledger: no key given: ask the ledger's owner for log.vkey")
	}
	for _, step := range []func() error{
		c.readCheckpoints, c.readEntries, c.linkKeys, c.checkCheckpoints, c.checkPins, c.checkStatements, c.readContents, c.readFiles, c.checkPackaging,
	} {
		if err := c.take(step()); err != nil {
			return nil, fmt.Errorf("verify ledger: %w", err)
		}
	}
	if c.dropped > 0 {
		c.result.Problems = append(c.result.Problems, problemf(-1, "and %d more problems", c.dropped))
	}
	return &c.result, nil
}

// checker is one run of Verify. Its methods are the steps; what one finds out the next ones use.
type checker struct {
	hooks   Hooks
	in      Source
	trusted Verifier
	pins    []Pin
	result  Result
	dropped int // problems beyond maxProblems

	notes     [][]byte       // readCheckpoints
	roots     map[int64]Hash // of the sizes that checkpoints and pins ask for
	tree      frontier       // readEntries
	beside    []beside       // of each entry
	kept      map[int64]Entry
	stated    []stated
	rotations []rotation
	chain     []Verifier // linkKeys: the ledger's keys in their order
	from      []int64    // the size from which each signs

	named   map[string]int64 // readContents: files that must be there, and the first entry that names each
	allowed map[string]bool  // files that may be there
}

// take turns damage that a source reports into problems.
func (c *checker) take(err error) error {
	var damaged Damaged
	if !errors.As(err, &damaged) {
		return err
	}
	for _, p := range damaged {
		c.add(p)
	}
	return nil
}

func (c *checker) problem(seq int64, format string, args ...any) {
	c.add(problemf(seq, format, args...))
}

func (c *checker) add(p Problem) {
	if len(c.result.Problems) >= maxProblems {
		c.dropped++
		return
	}
	c.result.Problems = append(c.result.Problems, p)
}

func (c *checker) warn(format string, args ...any) {
	c.result.Warnings = append(c.result.Warnings, fmt.Sprintf(format, args...))
}

// checkPackaging looks at what a bundle has beside the ledger.
func (c *checker) checkPackaging() error {
	b, ok := c.in.(*Bundle)
	if !ok {
		return nil
	}
	if v, err := b.Verifier(); err != nil || v != c.chain[len(c.chain)-1] {
		c.problem(-1, "%s in the bundle is not the ledger's current key", keyName)
	}
	script, err := b.read(verifierName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // left out: nothing to be wrong
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(script, IndependentVerifier) {
		c.warn("%s in the bundle is not the one of this version: take it from Kubeproof's source", verifierName)
	}
	return nil
}
