package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// The limits of guessing: so many wrong passwords of one login, or from one address, are forgiven;
// then it is locked, for twice as long each time.
const (
	forgivenByLogin   = 5
	forgivenByAddress = 20
	firstLock         = 30 * time.Second
	longestLock       = time.Hour
	forgottenAfter    = 24 * time.Hour
	mostTries         = 20_000
)

// limits count wrong passwords, by login and by address. Logins that nobody has are counted too, so
// that locking tells nothing.
type limits struct {
	mutex sync.Mutex
	tries map[string]*tries
}

type tries struct {
	wrong int
	last  time.Time
	until time.Time // locked
}

func newLimits() *limits { return &limits{tries: map[string]*tries{}} }

// attempt is one try to sign in, by its login and its address.
type attempt struct {
	key      string
	forgiven int
}

// enter counts tries before they are checked, so that many at a time are no way round, and gives how
// long it is still locked; 0 if it may be tried.
func (l *limits) enter(now time.Time, all ...attempt) time.Duration {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	longest := time.Duration(0)
	for _, one := range all {
		if t := l.tries[one.key]; t != nil {
			longest = max(longest, t.until.Sub(now))
		}
	}
	if longest > 0 {
		return longest
	}
	for _, one := range all {
		l.count(now, one)
	}
	return 0
}

// count takes a try for wrong.
func (l *limits) count(now time.Time, one attempt) {
	t := l.tries[one.key]
	if t == nil || now.Sub(t.last) > forgottenAfter {
		l.makeRoom(now)
		t = &tries{}
		l.tries[one.key] = t
	}
	t.wrong++
	t.last = now
	if over := t.wrong - one.forgiven; over >= 0 {
		t.until = now.Add(lockOf(over))
	}
}

// makeRoom forgets the oldest where there are too many.
func (l *limits) makeRoom(now time.Time) {
	if len(l.tries) < mostTries {
		return
	}
	oldest, at := "", now.Add(time.Hour)
	for key, t := range l.tries {
		if now.Sub(t.last) > forgottenAfter {
			delete(l.tries, key)
		} else if t.last.Before(at) {
			oldest, at = key, t.last
		}
	}
	if len(l.tries) >= mostTries {
		delete(l.tries, oldest)
	}
}

// succeeded forgets the wrong passwords of a login, and that the address tried once more: what else was
// tried from there still counts, or who has an account could guess those of others without end.
func (l *limits) succeeded(login, address string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	delete(l.tries, login)
	if t := l.tries[address]; t != nil {
		t.wrong, t.until = max(0, t.wrong-1), time.Time{}
	}
}

// addressOf is where a request comes from, as far as one person may have it: of IPv6 the network.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if address = address.Unmap().WithZone(""); address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return address.String()
}

// loginOf is how a login is looked up: whatever the case of letters and spaces around it.
func loginOf(text string) string { return strings.ToLower(strings.TrimSpace(text)) }
