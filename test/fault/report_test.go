package fault

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// reportOf is a report with one finding of a name, and so many bytes that cannot be packed.
func reportOf(t testing.TB, name string, noise int) []byte {
	t.Helper()
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Name: "cluster:prod"}},
		Controls: []assessment.ControlResult{{ID: "container-privileged", Severity: "high", Outcomes: assessment.Counts{Fail: 1, Pass: 1}}}}
	a.Summary.Subjects, a.Summary.Kinds = 3, map[string]int{"Pod": 3}
	a.Findings = []*assessment.Finding{{Control: "container-privileged", Outcome: assessment.Fail, Severity: "high", Message: name, Fingerprint: name,
		Subject: assessment.Subject{Kind: "Pod", Name: name}}}
	random := make([]byte, noise/2)
	for i := range random {
		random[i] = byte(rand.IntN(256))
	}
	for i := 0; i < len(random); i += 1 << 19 {
		// What passed has no history, and is kept in the report.
		a.Findings = append(a.Findings, &assessment.Finding{Control: "container-privileged", Outcome: assessment.Pass, Message: hex.EncodeToString(random[i:min(i+1<<19, len(random))])})
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// inventoryOf is an inventory with a name in it, packed.
func inventoryOf(t testing.TB, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if err := saved.Write(w, &inventory.Inventory{Targets: []inventory.Target{{Name: name}}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return fmt.Sprintf("%x", sum)
}
