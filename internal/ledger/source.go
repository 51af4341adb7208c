package ledger

import (
	"fmt"
	"io"
	"time"
)

// Source is where Verify reads a ledger from: a [Bundle], or a live store through an adapter. It is read once, from
// entries to files, by one goroutine, and never two things at a time. What it gives to a function is the function's
// only until that returns. An error ends Verify: the ledger is unreadable. Damage that leaves the rest readable is
// returned as [Damaged], after the rest.
type Source interface {
	Entries(func(seq int64, line []byte) error) error // all, from the first; seq is the place, counted from 0
	Contents(func(Content) error) error
	Checkpoints() ([][]byte, error) // signed notes, the newest last
	Files() ([]File, error)
	OpenFile(sha256 string) (io.ReadCloser, error)
}

// File is a file of evidence, named by the SHA-256 of its bytes in hex.
type File struct {
	SHA256 string
	Size   int64
}

// Damaged is the error of a source of which some parts are unreadable: Verify adds them to its problems.
type Damaged []Problem

// Error tells the first problem.
func (d Damaged) Error() string {
	if len(d) == 0 {
		return "read ledger: no damage"
	}
	return fmt.Sprintf("read ledger: %s (%d problems)", d[0], len(d))
}

// Hooks tell Verify what only those know who write the entries. The entry is theirs until they return.
type Hooks struct {
	// Files gives the SHA-256 digests, in hex, of the files that the entry names in its body or in its content. It is
	// called for every entry; content is nil where the entry has none or where it is erased, and the files of an entry
	// whose content is erased may be there or not. Without this hook no file is known to be missing or too many.
	Files func(e Entry, content []byte) []string
	// StatementKeys gives the keys of which one must have signed the entry's statement: those of its author. If it is
	// nil or gives none, the log's key of that time must have signed.
	StatementKeys func(e Entry) []Verifier
}

// Pin is a checkpoint that somebody kept outside the ledger: the ledger must still contain it.
type Pin = Checkpoint

// Result is what Verify found.
type Result struct {
	Entries     int64
	First, Last time.Time // of the first and the last entry
	Root        string    // of all entries, as a checkpoint has it
	Origin      string
	Signer      string    // id of the key that is current
	Keys        []KeySpan // from the first key to the current one
	Contents    int       // that are there
	Erased      int       // that are not there any more
	Files       int
	Statements  int // with a good signature
	Checkpoints int // with a good signature and the right root
	Problems    []Problem
	Warnings    []string
}

// OK reports whether nothing was found wrong.
func (r *Result) OK() bool { return len(r.Problems) == 0 }

// KeySpan says which key signs checkpoints of which sizes.
type KeySpan struct {
	Key      string // the text of the verifier
	From, To int64  // sizes of the ledger, both included
}

func problemf(seq int64, format string, args ...any) Problem {
	return Problem{Seq: seq, What: fmt.Errorf(format, args...).Error()}
}

// Problem is one thing that is not as it was signed.
type Problem struct {
	Seq  int64 // of the entry, or -1 if it is not of one entry
	What string
}

// String is the problem as one line.
func (p Problem) String() string {
	if p.Seq < 0 {
		return p.What
	}
	return fmt.Sprintf("entry %d: %s", p.Seq, p.What)
}
