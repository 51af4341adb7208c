package server

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// cost is how dear a guess is made.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// argonCost is above what OWASP asks for (19 MiB and two passes): about a tenth of a second.
var argonCost = cost{64 << 10, 2, 1}

// The bounds of passwords, in characters and bytes.
const (
	shortestPassword = 12
	longestPassword  = 1024
)

// passwords makes and checks hashes, two at a time, so that guesses cannot fill the memory.
type passwords struct {
	cost  cost
	dummy string // is checked where nobody has the login, so that this takes as long
	turn  chan struct{}
}

func newPasswords(c cost) *passwords {
	p := &passwords{cost: c, turn: make(chan struct{}, 2)}
	p.dummy = p.hash(rand.Text())
	return p
}

// checkPassword says what is wrong with a new password.
func checkPassword(password, again, login string) error {
	switch {
	case password != again:
		return errors.New("the two passwords differ: type the same twice")
	case utf8.RuneCountInString(password) < shortestPassword:
		return fmt.Errorf("the password is too short: use at least %d characters, for instance four words", shortestPassword)
	case len(password) > longestPassword:
		return fmt.Errorf("the password is too long: use at most %d bytes", longestPassword)
	case login != "" && strings.Contains(strings.ToLower(password), login):
		return errors.New("the password holds the name that you sign in with: choose another")
	}
	return nil
}

// hash writes a password as the PHC string of argon2id.
func (p *passwords) hash(password string) string {
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, p.cost.passes, p.cost.memory, p.cost.threads, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.memory, p.cost.passes, p.cost.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// fits reports whether a hash is that of the password. An empty hash takes as long and never fits.
func (p *passwords) fits(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = p.dummy
	}
	if len(password) > longestPassword {
		password, known = password[:longestPassword], false
	}
	c, salt, want, err := readHash(hash)
	if err != nil {
		return false
	}
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}

// readHash reads a PHC string; one that would cost more than anybody chose is none.
func readHash(text string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errors.New("read password hash: it is none of argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return c, nil, nil, fmt.Errorf("read password hash: %w", err)
	}
	if c.memory > 1<<20 || c.passes < 1 || c.passes > 64 || c.threads < 1 {
		return c, nil, nil, errors.New("read password hash: its cost is out of range")
	}
	salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	if err == nil {
		key, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err == nil && (len(salt) < 8 || len(key) < 16) {
		err = errors.New("read password hash: it is too short")
	}
	return c, salt, key, err
}
