package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// recordID names a record of the projection.
type recordID struct{ kind, id string }

// Record is one row of the tables that a store keeps beside the ledger, so that it need not be
// replayed for each command. It holds nothing that can be erased.
type Record struct {
	Kind, ID string
	Data     []byte // nil if the record is no more
}

func (s *State) touch(kind, id string) { s.changed[recordID{kind, id}] = true }

// Changed gives the records that actions changed since it was last called, in a fixed order.
func (s *State) Changed() ([]Record, error) {
	records := make([]Record, 0, len(s.changed))
	for id := range s.changed {
		record, err := s.record(id)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	s.changed = map[recordID]bool{}
	slices.SortFunc(records, compareRecords)
	return records, nil
}

func compareRecords(a, b Record) int {
	if order := strings.Compare(a.Kind, b.Kind); order != 0 {
		return order
	}
	return strings.Compare(a.ID, b.ID)
}

// Records gives all records of the state, in the order of kind and id.
func (s *State) Records() ([]Record, error) {
	var ids []recordID
	for _, kind := range kinds {
		for _, id := range kind.ids(s) {
			ids = append(ids, recordID{kind.name, id})
		}
	}
	records := make([]Record, 0, len(ids))
	for _, id := range ids {
		record, err := s.record(id)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	slices.SortFunc(records, compareRecords)
	return records, nil
}

func (s *State) record(id recordID) (Record, error) {
	for _, kind := range kinds {
		if kind.name != id.kind {
			continue
		}
		value := kind.get(s, id.id)
		if value == nil {
			return Record{Kind: id.kind, ID: id.id}, nil
		}
		data, err := json.Marshal(value)
		if err != nil {
			return Record{}, fmt.Errorf("write record %s/%s: %w", id.kind, id.id, err)
		}
		return Record{Kind: id.kind, ID: id.id, Data: data}, nil
	}
	return Record{}, fmt.Errorf("write record %s/%s: its kind is unknown", id.kind, id.id)
}

// kind is a table of the projection.
type kind struct {
	name string
	ids  func(*State) []string
	get  func(*State, string) any // nil if there is none
	put  func(*State, string, []byte) error
}

// kinds are all tables.
var kinds = []kind{
	{"ledger", func(*State) []string { return []string{"keys"} },
		func(s *State, _ string) any { return s.Keys },
		func(s *State, _ string, data []byte) error { return json.Unmarshal(data, &s.Keys) }},
	{"export", func(s *State) []string {
		if s.Export == nil {
			return nil
		}
		return []string{"newest"}
	}, func(s *State, _ string) any { return s.Export },
		func(s *State, _ string, data []byte) error { return json.Unmarshal(data, &s.Export) }},
	table("person", func(s *State) map[string]*Person { return s.People }),
	table("plan", func(s *State) map[string]*Plan { return s.Plans }),
	table("answer", func(s *State) map[AnswerID]*Answer { return s.Answers }),
	table("evidence", func(s *State) map[string]*Evidence { return s.Evidence }),
	table("scan", func(s *State) map[string]*Scan { return s.Scans }),
	table("exception", func(s *State) map[string]*Exception { return s.Exceptions }),
	table("access", func(s *State) map[string]*AccessReview { return s.Access }),
	{"comments", func(s *State) []string { return stringKeys(s.Comments) },
		func(s *State, id string) any {
			if comments := s.Comments[AnswerID(id)]; comments != nil {
				return comments
			}
			return nil
		},
		func(s *State, id string, data []byte) error {
			var comments []Comment
			err := json.Unmarshal(data, &comments)
			s.Comments[AnswerID(id)] = comments
			return err
		}},
}

// table makes the kind of a map of the state.
func table[K ~string, V any](name string, of func(*State) map[K]*V) kind {
	return kind{name,
		func(s *State) []string { return stringKeys(of(s)) },
		func(s *State, id string) any {
			if value, known := of(s)[K(id)]; known {
				return value
			}
			return nil
		},
		func(s *State, id string, data []byte) error {
			value := new(V)
			of(s)[K(id)] = value
			return json.Unmarshal(data, value)
		}}
}

func stringKeys[K ~string, V any](m map[K]V) []string {
	ids := make([]string, 0, len(m))
	for id := range maps.Keys(m) {
		ids = append(ids, string(id))
	}
	return ids
}

// Load puts a record of a store into the state.
func (s *State) Load(r Record) error {
	for _, kind := range kinds {
		if kind.name == r.Kind {
			if err := kind.put(s, r.ID, r.Data); err != nil {
				return fmt.Errorf("read record %s/%s: %w: see `kubeproof ledger replay --check`", r.Kind, r.ID, err)
			}
			return nil
		}
	}
	return fmt.Errorf("read record %s/%s: its kind is unknown to this version", r.Kind, r.ID)
}

// LoadText puts the text of an entry, and its digest, into the state.
func (s *State) LoadText(seq int64, digest string, data []byte) {
	s.digests[seq] = digest
	if data != nil {
		s.texts[seq] = data
	}
}
