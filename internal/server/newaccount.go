package server

// NewAccount makes the account of a person who signs in with a name, in small letters, and a password. The
// error says what is wrong with the password.
func NewAccount(person, login, password string) (Account, error) {
	if err := checkPassword(password, password, login); err != nil {
		return Account{}, err
	}
	hashing := &passwords{cost: argonCost, turn: make(chan struct{}, 1)}
	return Account{Person: person, Login: login, Hash: hashing.hash(password)}, nil
}
