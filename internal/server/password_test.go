package server

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	p := newPasswords(cheap)
	hash := p.hash(password)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") || hash == p.hash(password) {
		t.Error(hash)
	}
	long := strings.Repeat("x", longestPassword)
	for _, one := range []struct {
		hash, word string
		want       bool
	}{
		{hash, password, true}, {hash, password + " ", false}, {hash, "", false}, {"", password, false}, {"", "", false}, {p.hash(long), long + "y", false}, {p.hash(long), long, true},
		{strings.Replace(hash, "m=64", "m=4294967295", 1), password, false}, {strings.Replace(hash, "t=1", "t=0", 1), password, false}, {strings.Replace(hash, "t=1", "t=99999", 1), password, false},
		{"$argon2id$v=19$m=64,t=1,p=0$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", password, false}, {"$argon2id$v=19$m=64,t=1,p=1$$", "", false}, {"$2a$10$x", password, false}, {"plain", "plain", false},
	} {
		if got := p.fits(one.hash, one.word); got != one.want {
			t.Errorf("%.40q fits %.20q: %t", one.hash, one.word, got)
		}
	}
	for _, bad := range [][3]string{{"short", "short", "x"}, {password, password + "!", "x"}, {long + "y", long + "y", "x"}, {"carl@example.com!", "carl@example.com!", "carl@example.com"}} {
		if checkPassword(bad[0], bad[1], bad[2]) == nil {
			t.Errorf("%.20q is taken", bad[0])
		}
	}
}

// TestLinksWorkOnce has many use one link at the same time, and one too late.
func TestLinksWorkOnce(t *testing.T) {
	h := newHouse(t)
	path, err := h.s.BeginSetup(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	statuses := make([]int, 6)
	for i := range statuses {
		b := h.browser()
		wait.Go(func() {
			statuses[i] = b.post("/setup", "token", strings.TrimPrefix(path, "/setup?token="), "login", "anna", "password", password, "again", password).status
		})
	}
	wait.Wait()
	worked := 0
	for _, status := range statuses {
		if status == 303 {
			worked++
		} else if status != 403 {
			t.Errorf("status %d", status)
		}
	}
	if worked != 1 {
		t.Errorf("it worked %d times: %v", worked, statuses)
	}
	path, _ = h.s.BeginSetup(t.Context(), "anna")
	taken := h.browser().post("/setup", "token", strings.TrimPrefix(path, "/setup?token="), "login", "carl", "password", password, "again", password)
	if taken.status != 422 || !strings.Contains(taken.text, "Somebody else signs in with this name") {
		t.Errorf("%d %s", taken.status, told(taken.text))
	}
	if got := h.browser().get(path); got.status != 200 {
		t.Errorf("a link that was used in vain is lost: %d", got.status)
	}
	h.pass(31 * time.Minute)
	if got := h.browser().get(path); got.status != 403 {
		t.Errorf("it works after half an hour: %d", got.status)
	}
}

// TestRolesAtOnce takes a role away: it counts with the next request.
func TestRolesAtOnce(t *testing.T) {
	h := newHouse(t)
	rob := h.as("rob")
	h.as("anna").done("/people/rob/roles", "role", "viewer")
	if got := rob.post("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "yes"); got.status != 403 {
		t.Errorf("%d", got.status)
	}
}
