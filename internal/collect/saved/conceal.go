package saved

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/document"
)

// salt is drawn once for each run, so that equal secrets of one inventory can be told and none
// can be guessed from its hash.
var salt = sync.OnceValue(func() []byte {
	bytes := make([]byte, 16)
	_, _ = rand.Read(bytes) // it never fails (crypto/rand)
	return bytes
})

// Conceal gives what stands instead of a secret value: a salted hash and the length. What was
// concealed already stays as it is.
func Conceal(value string) string {
	if strings.HasPrefix(value, "sha256:") && strings.HasSuffix(value, " bytes)") {
		return value
	}
	sum := sha256.Sum256(append(salt(), value...))
	return fmt.Sprintf("sha256:%s (%d bytes)", hex.EncodeToString(sum[:8]), len(value))
}

func concealed(n *document.Node) string { return Conceal(n.Text()) }
