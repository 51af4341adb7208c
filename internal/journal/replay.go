package journal

import (
	"bytes"
	"context"
	"fmt"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Replayed is what comparing the records with the entries gave.
type Replayed struct {
	Entries, Records int64
	Problems         []ledger.Problem // of entries that the rules forbid
	Different        []string         // records that are not what the entries make
}

// Replay makes all records anew from the entries and compares them with those of the store. With
// mend it also writes them, so that the tables are what the ledger says.
func (j *Journal) Replay(ctx context.Context, mend bool) (replayed *Replayed, err error) {
	run := j.store.View
	if mend {
		run = j.store.Update
	}
	err = run(ctx, func(tx *store.Tx) error {
		state, problems, err := replay(source{tx}, nil)
		if err != nil {
			return err
		}
		made, err := state.Records()
		if err != nil {
			return err
		}
		replayed = &Replayed{Entries: state.Size, Records: int64(len(made)), Problems: problems}
		if replayed.Different, err = compare(tx, made); err != nil || !mend || len(replayed.Different) == 0 {
			return err
		}
		if len(problems) > 0 {
			return fmt.Errorf("mend records: the entries themselves are not whole: restore a backup")
		}
		return rewrite(tx, made)
	})
	return replayed, err
}

// compare names the records that differ.
func compare(tx *store.Tx, made []review.Record) ([]string, error) {
	want := map[string][]byte{}
	for _, record := range made {
		want[record.Kind+" "+record.ID] = record.Data
	}
	var different []string
	err := tx.Records(func(kind, id string, data []byte) error {
		name := kind + " " + id
		switch made, known := want[name]; {
		case !known:
			different = append(different, name+": no entry made it")
		case !bytes.Equal(made, data):
			different = append(different, name+": it was changed")
		}
		delete(want, name)
		return nil
	})
	for _, record := range made {
		if _, missing := want[record.Kind+" "+record.ID]; missing {
			different = append(different, record.Kind+" "+record.ID+": it is missing")
		}
	}
	return different, err
}

func rewrite(tx *store.Tx, made []review.Record) error {
	if err := tx.DeleteRecords(); err != nil {
		return err
	}
	for _, record := range made {
		if err := tx.PutRecord(record.Kind, record.ID, record.Data); err != nil {
			return err
		}
	}
	return nil
}
