package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// childSessions keeps sessions, one more each time, and prints the number of each that is kept.
func childSessions(place string, _ []string) error {
	s, err := Open(context.Background(), place, Options{Create: true})
	if err != nil {
		return err
	}
	ctx, later := context.Background(), time.Now().Add(time.Hour)
	for i := 0; ; i++ {
		err := errors.Join(s.CommitSession(ctx, fmt.Sprint("token ", i), []byte("data"), later), s.DeleteSession(ctx, fmt.Sprint("token ", i-100)))
		if err != nil {
			return err
		}
		fmt.Println(i)
	}
}

// TestKilledSessions kills a process that keeps and ends sessions: the death of a program, other than
// that of the machine, loses none, and brings none back.
func TestKilledSessions(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		for range 4 {
			told := killChild(t, "sessions", place, int64(150+rand.N(200)), func(kill func()) { kill() })
			s := mustOpen(t, place, Options{})
			for _, i := range told {
				_, found, err := s.FindSession(t.Context(), fmt.Sprint("token ", i))
				ended := i <= told[len(told)-1]-100
				if i == told[len(told)-1]-99 || i == told[len(told)-1]-98 {
					continue // the one that was being ended
				}
				if found == ended || err != nil {
					t.Fatalf("session %d of %d is there: %v, %v", i, len(told), found, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
