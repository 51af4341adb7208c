package browser

import (
	"strings"
	"testing"
)

// password is everybody's.
const password = "correct horse battery"

// begun is a house whose review has begun, with Anna Berg signed in: administrator and contributor.
func begun(t *testing.T) (*house, *visitor) {
	t.Helper()
	h := newHouse(t)
	h.begin()
	h.serve()
	anna := h.newVisitor(t, "Anna")
	anna.setPassword(h.link, "anna")
	return h, anna
}

func (h *house) begin() {
	h.t.Helper()
	h.run(0, "review", "init", "--name", "Anna Berg", "--scope", "the shop platform", "--environment", "production")
}

// setPassword follows a link, chooses a password, and is signed in then.
func (v *visitor) setPassword(link, login string) {
	v.t.Helper()
	v.open(link)
	v.fill("", "Name to sign in with", login)
	v.fill("", "Password", password)
	v.fill("", "The same again", password)
	v.follow("", "Set password and sign in")
}

// signIn signs in on the page on which the visitor is.
func (v *visitor) signIn(login, secret string) {
	v.t.Helper()
	v.fill("main", "Name", login)
	v.fill("main", "Password", secret)
	v.follow("main", "Sign in")
}

// invite adds a person on the page People, and gives the link for the password.
func (v *visitor) invite(name string, roles ...string) string {
	v.t.Helper()
	v.open("/people")
	add := `section:has(form[action="/people"])`
	v.fill(add, "Name, as reports show it", name)
	for _, role := range roles {
		v.tick(add, role)
	}
	v.follow(add, "Add")
	v.sees("Added.", name)
	card := "#" + call[string](v, `(name) => [...document.querySelectorAll("section.card[id]")].find((card) => card.querySelector("h2").innerText.trim() === name).id`, name)
	v.follow(card, "Make a link")
	v.sees("With this link " + name + " sets a password")
	return strings.TrimSpace(ask[string](v, `document.querySelector(".flash pre").innerText`))
}

// joined is a visitor whom Anna invited.
func (h *house) joined(t *testing.T, anna *visitor, name string, roles ...string) *visitor {
	t.Helper()
	other := h.newVisitor(t, strings.Fields(name)[0])
	other.setPassword(anna.invite(name, roles...), strings.ToLower(other.name))
	other.sees("Score")
	return other
}
