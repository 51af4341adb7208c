package evidence

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// TestManySecretsAreMaskedInOneGo: the time grows with the size of the file, not with its square.
func TestManySecretsAreMaskedInOneGo(t *testing.T) {
	for _, lines := range []int{2_000, 50_000} {
		var text strings.Builder
		for i := range lines {
			fmt.Fprintf(&text, "step %d is fine and says nothing\npassword_%d: Xk39-dkQ2pLm%d\n", i, i, i)
		}
		began := time.Now()
		taken, err := TakeBytes("a.log", []byte(text.String()), Options{Redact: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d secrets took %s", lines, time.Since(began).Round(time.Millisecond))
		if taken.Redacted != lines || len(secret.Scan("a.log", string(taken.Data))) > 0 || strings.Contains(string(taken.Data), "Xk39") {
			t.Errorf("masked %d of %d lines", taken.Redacted, lines)
		}
		if strings.Count(string(taken.Data), "\n") != 2*lines {
			t.Error("lines were lost")
		}
	}
}
