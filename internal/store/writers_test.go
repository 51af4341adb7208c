package store

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// expectTree computes the tree anew from the lines and compares it with the stored hashes.
func expectTree(t testing.TB, tx *Tx) error {
	t.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (all []tlog.Hash, err error) {
		for _, i := range indexes {
			all = append(all, stored[i])
		}
		return all, nil
	})
	size := int64(0)
	err := tx.Entries(0, func(seq int64, line []byte) error {
		hashes, err := tlog.StoredHashes(seq, line, reader)
		stored = append(stored, hashes...)
		size++
		return err
	})
	if err != nil || size == 0 {
		return err
	}
	wanted, err := tlog.TreeHash(size, reader)
	if err != nil {
		return err
	}
	got, err := root(tx)
	if got != wanted {
		t.Errorf("the tree's hash is %v, that of the lines %v", got, wanted)
	}
	return err
}

func TestWritersOfOneProcess(t *testing.T) {
	const writers, each = 8, 125
	forEachStore(t, func(t *testing.T, s *Store) {
		var group sync.WaitGroup
		numbers := make([][]int64, writers)
		for w := range writers {
			group.Go(func() {
				for i := range each {
					seq, err := addEntry(t.Context(), s, fmt.Sprintf("%d of %d", i, w))
					if err != nil {
						t.Error(err)
						return
					}
					numbers[w] = append(numbers[w], seq)
				}
			})
		}
		group.Wait()
		expectAll(t, numbers, writers*each)
		view(t, s, func(tx *Tx) error { return expectTree(t, tx) })
	})
}

// expectAll demands that the writers were given every number once, each in rising order.
func expectAll(t testing.TB, numbers [][]int64, wanted int) {
	t.Helper()
	for _, own := range numbers {
		if !slices.IsSorted(own) {
			t.Error("a writer's entries are not in its order")
		}
	}
	all := slices.Concat(numbers...)
	slices.Sort(all)
	if len(all) != wanted {
		t.Errorf("%d of %d entries were acknowledged", len(all), wanted)
	}
	for i, number := range all {
		if number != int64(i) {
			t.Fatalf("entry %d was given the number %d", i, number)
		}
	}
}

// TestWritersOfSeveralProcesses has them create the store at the same time, too.
func TestWritersOfSeveralProcesses(t *testing.T) {
	const writers, each = 3, 700
	forEachDatabase(t, func(t *testing.T, place string) {
		var running []*exec.Cmd
		for range writers {
			command := child(t, "append", place, fmt.Sprint(each))
			command.Stdout = &bytes.Buffer{}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, command)
		}
		var numbers [][]int64
		for _, command := range running {
			if err := command.Wait(); err != nil {
				t.Errorf("%v: %s", err, command.Stderr)
			}
			numbers = append(numbers, acknowledged(t, command.Stdout.(*bytes.Buffer).Bytes()))
		}
		expectAll(t, numbers, writers*each)
		s := mustOpen(t, place, Options{})
		if size := expectWhole(t, s); size != writers*each {
			t.Errorf("%d entries", size)
		}
	})
}

func TestManyCreateOneStore(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				s, err := Open(t.Context(), place, Options{Create: true})
				if err != nil {
					t.Error(err)
					return
				}
				_, err = addEntry(t.Context(), s, fmt.Sprint("of ", i))
				if err := errors.Join(err, s.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		expectSize(t, mustOpen(t, place, Options{}), 8)
	})
}

func TestReadersWhileOthersWrite(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		create(t, place)
		command := child(t, "append", place, "400")
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		reader := mustOpen(t, place, Options{ReadOnly: true})
		sizes := []int64{}
		for len(sizes) < 20 || sizes[len(sizes)-1] < 400 && !t.Failed() {
			sizes = append(sizes, expectWhole(t, reader))
		}
		if err := command.Wait(); err != nil || !slices.IsSorted(sizes) {
			t.Errorf("sizes %s, %v: %s", strings.Trim(fmt.Sprint(sizes), "[]"), err, command.Stderr)
		}
	})
}
