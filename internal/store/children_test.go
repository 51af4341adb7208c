package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// child prepares a process of the test program in a role.
func child(t testing.TB, name, place string, arguments ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, append([]string{place}, arguments...)...)
	command.Env = append(os.Environ(), role+"="+name)
	command.Stderr = &bytes.Buffer{}
	return command
}

// childAppend appends a number of entries, each with all that belongs to it in one update, and says
// so once it is told that they are kept.
func childAppend(place string, arguments []string) error {
	s, err := Open(context.Background(), place, Options{Create: true})
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(arguments[0])
	if err != nil {
		return err
	}
	for i := range count {
		seq := int64(0)
		err := s.Update(context.Background(), func(tx *Tx) error {
			seq, err = addWhole(tx, fmt.Sprintf("%d of %d", i, os.Getpid()))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(seq)
	}
	return s.Close()
}

// addWhole appends an entry with a content, a record, a file and a checkpoint that name it, in an
// order in which a half of it would show.
func addWhole(tx *Tx, text string) (int64, error) {
	size, err := tx.Size()
	if err != nil {
		return 0, err
	}
	name := fmt.Sprintf("%09d", size)
	content := []byte(strings.Repeat(name, 50))
	if err := errors.Join(tx.PutRecord("entry", name, []byte(name)), putFile(content)(tx)); err != nil {
		return 0, err
	}
	seq, err := add(tx, name+" "+text)
	return seq, errors.Join(err, tx.PutContent(seq, []byte(name), content), tx.PutCheckpoint(seq+1, []byte(name)))
}

// expectWhole demands that every entry of the store is there with all that belongs to it, and
// nothing else is; and that the tree is that of the entries. It gives their number.
func expectWhole(t testing.TB, s *Store) (size int64) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) {
		if size, err = tx.Size(); err != nil {
			return err
		}
		counts := map[string]int64{}
		count := func(kind, got string) {
			if wanted := fmt.Sprintf("%09d", counts[kind]); !strings.HasPrefix(got, wanted) {
				t.Fatalf("%s %s is %q", kind, wanted, got)
			}
			counts[kind]++
		}
		err = errors.Join(
			tx.Entries(0, func(_ int64, line []byte) error { count("entry", string(line)); return nil }),
			tx.Contents(0, func(_ int64, salt, data []byte) error { count("content", string(data)); return nil }),
			tx.Records(func(_, id string, _ []byte) error { count("record", id); return nil }),
			tx.Checkpoints(func(_ int64, note []byte) error { count("checkpoint", string(note)); return nil }),
			tx.Files(func(string, int64) error { counts["file"]++; return nil }),
		)
		for _, kind := range []string{"entry", "content", "record", "checkpoint", "file"} {
			if counts[kind] != size {
				t.Errorf("%d entries but %d of %s", size, counts[kind], kind)
			}
		}
		return errors.Join(err, expectTree(t, tx))
	})
	return size
}

// acknowledged reads the numbers that a child has printed. A last line that was cut short counts not.
func acknowledged(t testing.TB, printed []byte) (numbers []int64) {
	t.Helper()
	lines := bufio.NewReader(bytes.NewReader(printed))
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return numbers
		}
		number, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
	}
}

// childOpen opens a store for reading, or as the arguments say, and prints what it finds.
func childOpen(place string, arguments []string) error {
	o := Options{ReadOnly: true}
	if len(arguments) > 0 {
		o = Options{Create: arguments[0] == "create"}
	}
	s, err := Open(context.Background(), place, o)
	if err != nil {
		fmt.Println(errors.Is(err, ErrReadOnly), errors.Is(err, ErrDenied), err)
		return nil
	}
	err = s.View(context.Background(), func(tx *Tx) error {
		size, err := tx.Size()
		fmt.Println("size", size)
		return err
	})
	if err == nil && !o.ReadOnly {
		_, err = addEntry(context.Background(), s, "more")
	}
	if err != nil {
		fmt.Println(errors.Is(err, ErrReadOnly), errors.Is(err, ErrDenied), err)
	}
	return s.Close()
}
