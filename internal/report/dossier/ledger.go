package dossier

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// Ledger is where the signed log stood when the report was made. A checkpoint that is kept in a report
// proves later that nobody wrote another history.
type Ledger struct {
	Entries int64 `json:"entries"` // that the review rests on
	// Size and Root are those of the checkpoint, Note is the whole signed text, Key what verifies it.
	Size   int64  `json:"size,omitempty"`
	Root   string `json:"root,omitempty"`
	Origin string `json:"origin,omitempty"`
	Note   string `json:"checkpoint,omitempty"`
	Key    string `json:"key,omitempty"`
	// Problem says what is wrong with the checkpoint; "" if nothing is.
	Problem string `json:"problem,omitempty"`
}

// Verify is the command that proves the ledger; the key and the checkpoint are given as files.
const Verify = "kubeproof ledger verify BUNDLE --key K --pin CHECKPOINT"

func (g *gatherer) ledger() Ledger {
	at := Ledger{Entries: g.state.Size, Note: string(g.Checkpoint), Key: g.Signer}
	if len(g.Checkpoint) == 0 {
		at.Problem = "no checkpoint was given: this report pins nothing"
		return at
	}
	checkpoint, err := ledger.ParseCheckpoint(g.Checkpoint)
	if err != nil {
		at.Problem = err.Error()
		return at
	}
	at.Size, at.Root, at.Origin = checkpoint.Size, checkpoint.Root.String(), checkpoint.Origin
	at.Problem = g.doubt(checkpoint)
	return at
}

// doubt tells why the checkpoint does not prove what the report shows.
func (g *gatherer) doubt(checkpoint ledger.Checkpoint) string {
	if g.Signer != "" {
		key, err := ledger.ParseVerifier(g.Signer)
		if err == nil {
			_, err = ledger.OpenCheckpoint(g.Checkpoint, key)
		}
		if err != nil {
			return err.Error()
		}
	}
	if checkpoint.Size != g.state.Size {
		return fmt.Sprintf("the checkpoint covers %d entries, the report rests on %d", checkpoint.Size, g.state.Size)
	}
	return ""
}
