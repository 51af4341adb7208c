package ledger

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Entries calls the function for each line of the ledger.
func (b *Bundle) Entries(each func(seq int64, line []byte) error) error {
	seq := int64(0)
	torn, err := b.lines(entriesName, MaxLine, func(line []byte) error {
		seq++
		return each(seq-1, line)
	})
	if err == nil && torn {
		return Damaged{{Seq: seq - 1, What: "the line is torn: it does not end with a newline"}}
	}
	return err
}

// Contents calls the function for each content that is readable; the others come back as Damaged.
func (b *Bundle) Contents(each func(Content) error) error {
	var damaged Damaged
	number, last := 0, int64(-1)
	torn, err := b.lines(contentsName, maxContentLine, func(line []byte) error {
		number++
		c, err := parseContent(line)
		if err != nil {
			damaged = append(damaged, problemf(-1, "line %d of %s: %w", number, contentsName, err))
			return nil
		}
		if c.Seq <= last {
			damaged = append(damaged, problemf(c.Seq, "its content stands in line %d of %s, behind that of entry %d", number, contentsName, last))
		}
		last = max(last, c.Seq)
		return each(c)
	})
	if torn {
		damaged = append(damaged, problemf(-1, "the last line of %s is torn: it does not end with a newline", contentsName))
	}
	if err != nil || len(damaged) == 0 {
		return err
	}
	return damaged
}

// Checkpoints gives the signed notes one by one. Together they are all bytes of the file: none is outside a note.
func (b *Bundle) Checkpoints() ([][]byte, error) {
	text, err := b.read(checkpointsName)
	if err != nil {
		return nil, err
	}
	return splitNotes(text), nil
}

// splitNotes cuts behind each line with a signature, which is how a checkpoint of ours ends.
func splitNotes(text []byte) (notes [][]byte) {
	begin, at := 0, 0
	for at < len(text) {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if bytes.HasPrefix(text[at:], []byte("— ")) || end == len(text) {
			notes = append(notes, text[begin:end])
			begin = end
		}
		at = end
	}
	return notes
}

// lines calls the function for each line without its newline; of a line longer than limit it gives one byte more than that,
// which nothing accepts. It tells whether the last line lacks its newline.
func (b *Bundle) lines(name string, limit int, each func(line []byte) error) (torn bool, err error) {
	r, err := b.open(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = r.Close() }()
	buffered := bufio.NewReaderSize(r, 1<<16)
	var long []byte
	for {
		line, err := readLine(buffered, limit, &long)
		ended := errors.Is(err, io.EOF)
		if ended && len(line) == 0 {
			return false, nil
		}
		if err != nil && !ended {
			return false, err
		}
		if err := each(line); err != nil {
			return false, err
		}
		if ended {
			return true, nil
		}
	}
}

// readLine reads one line without its newline, of which it keeps limit+1 bytes at most; long is its memory for lines
// that the buffer does not hold.
func readLine(r *bufio.Reader, limit int, long *[]byte) ([]byte, error) {
	part, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		*long = (*long)[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			*long = append(*long, part[:min(len(part), max(0, limit+2-len(*long)))]...)
			part, err = r.ReadSlice('\n')
		}
		*long = append(*long, part...)
		part = *long
	}
	if err == nil {
		part = part[:len(part)-1]
	}
	return part[:min(len(part), limit+1)], err
}
