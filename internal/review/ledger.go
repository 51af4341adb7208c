package review

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// Begin is the first entry: it names the log and its key.
type Begin struct {
	Origin string `json:"origin"`
	Key    string `json:"key"` // the public key that signs
}

// Name is begin.
func (*Begin) Name() string { return "ledger.begin" }

// Text is nil: nobody wrote anything.
func (*Begin) Text() any { return nil }

func (a *Begin) check(s *State, m Mark) error {
	if m.Seq != 0 || s.Size != 0 {
		return errors.New("begin ledger: it has begun already")
	}
	key, err := ledger.ParseVerifier(a.Key)
	if err != nil {
		return fmt.Errorf("begin ledger: %w", err)
	}
	if key.Origin() != a.Origin {
		return fmt.Errorf("begin ledger: the key is of ledger %s, not of this one: make a key for it", key.Origin())
	}
	return nil
}

func (a *Begin) apply(s *State, _ Mark) {
	s.Keys = append(s.Keys, a.Key)
	s.touch("ledger", "keys")
}

// RotateKey puts a new key in the place of the one that signs.
type RotateKey struct {
	ledger.Rotation
}

// Name is key.rotate, which the verifier of ledgers knows too.
func (*RotateKey) Name() string { return "key.rotate" }

// Text is nil: nobody wrote anything.
func (*RotateKey) Text() any { return nil }

func (a *RotateKey) check(s *State, m Mark) error {
	if err := s.need(m, "rotate key", Administrator); err != nil {
		return err
	}
	if len(s.Keys) == 0 || a.Old != s.Keys[len(s.Keys)-1] {
		return errors.New("rotate key: the old key is not the one that signs now")
	}
	if slices.ContainsFunc(s.Keys, func(old string) bool { return sameKey(old, a.New) }) {
		return errors.New("rotate key: the new key has signed before: make a new one")
	}
	for _, person := range s.People {
		if sameKey(person.Key, a.New) {
			return errors.New("rotate key: the new key is that of a person: make a new one")
		}
	}
	if a.Seq != m.Seq {
		return fmt.Errorf("rotate key: it was signed for entry %d: begin again", a.Seq)
	}
	if err := a.Verify(); err != nil {
		return fmt.Errorf("rotate key: %w", err)
	}
	return nil
}

func (a *RotateKey) apply(s *State, _ Mark) {
	s.Keys = append(s.Keys, a.New)
	s.touch("ledger", "keys")
}

// Erase takes the texts of entries away for good: personal data, or what should never have been
// written. The entries, their digests and the signatures stay and still verify.
type Erase struct {
	Seqs       []int64 `json:"seqs"`
	ReasonText `json:"-"`
}

// ReasonText is the text of actions that need a reason and no more.
type ReasonText struct {
	Reason string `json:"reason,omitempty"`
}

// Name is erase, which the verifier of ledgers knows too.
func (*Erase) Name() string { return "erase" }

// Text is the reason.
func (a *Erase) Text() any { return &a.ReasonText }

func (*Erase) mustSay() bool { return true }

func (a *Erase) check(s *State, m Mark) error {
	if err := s.need(m, "erase text", Administrator); err != nil {
		return err
	}
	if len(a.Seqs) == 0 {
		return errors.New("erase text: name at least one entry: see `kubeproof ledger show`")
	}
	for _, seq := range a.Seqs {
		if _, known := s.digests[seq]; !known {
			return fmt.Errorf("erase text: entry %d has none", seq)
		}
	}
	return nil
}

func (a *Erase) valid(*State, Catalogue, Mark) error {
	return reasoned("erase text", a.Reason, "why it has to go")
}

func (a *Erase) apply(s *State, _ Mark) {
	for _, seq := range a.Seqs {
		delete(s.texts, seq)
	}
}
