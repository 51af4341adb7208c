package server

import (
	"context"
	"sync"
	"time"
)

// pasts keep reviews as they stood once, which costs time to find out: the last few that were asked for.
type pasts struct {
	mutex sync.Mutex // held while one is made: one after another, for each takes memory
	all   []*past
}

// mostPasts is how many are kept.
const mostPasts = 4

type past struct {
	plan string
	size int64
	at   time.Time
	seen *seen // nil if there was no such review yet
}

// pastOf gives a review as it stood when the ledger had so many entries, at that moment; nil if there was
// none. Questions and controls are those of today.
func (s *Server) pastOf(ctx context.Context, plan string, size int64, at time.Time) (*seen, error) {
	if size == 0 {
		return nil, nil
	}
	p := &s.pasts
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, one := range p.all {
		if one.plan == plan && one.size == size && one.at.Equal(at) {
			return one.seen, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	state, err := s.Journal.Past(ctx, size)
	if err != nil {
		return nil, err
	}
	one := &past{plan: plan, size: size, at: at}
	if state.Plans[plan] != nil {
		if one.seen, err = s.lookAt(state, plan, at); err != nil {
			return nil, err
		}
	}
	p.all = append(p.all, one)
	p.all = p.all[max(0, len(p.all)-mostPasts):]
	return one.seen, nil
}

// proof is what proving the ledger gave, and when.
type proof struct {
	At       time.Time
	Entries  int64
	OK       bool
	Problems int
}
