package journal

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

func sum256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// crashPlace names the store and the key of a process that is to be killed, as PLACE and KEY in two lines.
const crashPlace = "KUBEPROOF_TEST_CRASH"

// writeUntilKilled answers and comments without end; it prints each number after it was written.
func writeUntilKilled() {
	place, keyFile, _ := strings.Cut(os.Getenv(crashPlace), "\n")
	text, err := os.ReadFile(keyFile)
	check(err)
	key, err := ledger.ParseKey(text)
	check(err)
	library, err := checklist.Load(catalog.FS)
	check(err)
	j, err := Open(context.Background(), place, Options{Key: key, Catalogue: library})
	check(err)
	question, _ := library.Question("backups")
	for n := 0; ; n++ {
		check(act(context.Background(), j, "anna",
			&review.SetAnswer{Plan: "main", Key: "backups", Values: []string{"yes"}, Catalogue: question.Digest(), AnswerText: review.AnswerText{Comment: strconv.Itoa(n)}},
			&review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: strconv.Itoa(n)}}))
		fmt.Println(n)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestKilledWriters: a process is killed in the middle of its writes, again and again. Everything
// that it had acknowledged is there, what was half done is not, and the whole verifies.
func TestKilledWriters(t *testing.T) {
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			where := place(t)
			j := begun(t, where)
			keyFile := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(keyFile, j.options.Key.Encode(), 0o600); err != nil {
				t.Fatal(err)
			}
			rounds, written := 10, 0
			if testing.Short() {
				rounds = 2
			}
			for range rounds {
				acknowledged := killed(t, where+"\n"+keyFile, time.Duration(50+rand.IntN(200))*time.Millisecond)
				written += acknowledged
				verified := proved(t, j)
				comments, revision := len(verified.State.Comments["main/backups"]), verified.State.Answers["main/backups"]
				if comments < written || revision == nil && written > 0 || revision != nil && revision.Revision != comments {
					t.Fatalf("%d writes were acknowledged, %d comments and %+v are there", written, comments, revision)
				}
				written = comments // one more may have been on disk and not told yet
			}
			t.Logf("%d rounds, %d writes of 2 entries acknowledged or on disk, 0 lost", rounds, written)
		})
	}
}

// killed runs a writer, kills it once it has written and some time has passed, and gives how many
// writes it acknowledged.
func killed(t *testing.T, where string, after time.Duration) int {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), crashPlace+"="+where)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	for lines := bufio.NewScanner(out); lines.Scan(); acknowledged++ {
		if acknowledged == 0 {
			time.AfterFunc(after, func() { _ = command.Process.Kill() })
		}
	}
	_ = command.Wait() // it was killed
	if acknowledged == 0 {
		t.Fatal("nothing was written before the end")
	}
	return acknowledged
}
