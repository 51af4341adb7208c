package api

import (
	"sync"
	"time"
)

// How often a token may be used: so many requests a second for long, and so many at once.
const (
	ratePerSecond = 200
	rateAtOnce    = 600
	mostRates     = 10_000 // tokens that are remembered
)

// rates bound how often each token is used, so that one that went mad does not keep the others out.
type rates struct {
	mutex sync.Mutex
	all   map[string]*rate
}

type rate struct {
	left float64
	at   time.Time
}

func newRates() *rates { return &rates{all: map[string]*rate{}} }

// take counts one use of a token, and tells whether it may be.
func (r *rates) take(token string, now time.Time) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	one := r.all[token]
	if one == nil {
		if len(r.all) >= mostRates {
			clear(r.all) // who is forgotten begins anew
		}
		one = &rate{rateAtOnce, now}
		r.all[token] = one
	}
	one.left = min(rateAtOnce, one.left+ratePerSecond*max(now.Sub(one.at), 0).Seconds())
	one.at = now
	if one.left < 1 {
		return false
	}
	one.left--
	return true
}
