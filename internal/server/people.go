package server

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// peoplePage is who works here, with what they may do.
type peoplePage struct {
	All   []personLine
	Roles []review.Role
	// Invited is the link for the person of that name, shown once.
	Invited, Link string
	OpenID        string // what the provider is called; "" if there is none
}

type personLine struct {
	*review.Person
	Name, Email, Login string
	Me, Ended          bool
	Connected          bool // to an identity of a provider
}

func (v *visit) people() error { return v.showPeople("", "") }

func (v *visit) showPeople(invited, link string) error {
	page := peoplePage{Roles: review.Roles, Invited: invited, Link: link, OpenID: v.s.openIDName()}
	for id, person := range v.state.People {
		line := personLine{Person: person, Name: v.state.NameOf(id), Email: v.state.EmailOf(id), Me: id == v.person.ID, Ended: person.Gone(v.s.Now())}
		account, err := v.s.Accounts.AccountFor(v.Context(), id)
		if err != nil && !errors.Is(err, ErrUnknown) {
			return err
		}
		line.Login, line.Connected = account.Login, account.Subject != ""
		page.All = append(page.All, line)
	}
	slices.SortFunc(page.All, func(a, b personLine) int {
		return cmp.Or(b2i(a.Left)-b2i(b.Left), strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return v.show("people.html", "People", page)
}

func (v *visit) rolesOf() []review.Role {
	var all []review.Role
	for _, role := range v.PostForm["role"] {
		all = append(all, review.Role(role))
	}
	return all
}

func (v *visit) addPerson() error {
	if err := v.form(); err != nil {
		return err
	}
	action := &review.AddPerson{ID: journal.NewID("p"), Roles: v.rolesOf(), Until: v.PostForm.Get("until"), PersonText: review.PersonText{Name: strings.TrimSpace(v.PostForm.Get("name")), Email: strings.TrimSpace(v.PostForm.Get("email"))}}
	return v.act("/people", "Added. Make a link with which the person sets a password.", func(w *journal.Work) error { return w.Do(action) })
}

// onPerson finds the person of the address.
func (v *visit) onPerson() (string, error) {
	if err := v.form(); err != nil {
		return "", err
	}
	id := v.PathValue("id")
	if v.state.People[id] == nil {
		return "", errNotFound
	}
	return id, nil
}

func (v *visit) setRoles() error {
	id, err := v.onPerson()
	if err != nil {
		return err
	}
	return v.act("/people", "The roles are set.", func(w *journal.Work) error {
		return w.Do(&review.SetRoles{ID: id, Roles: v.rolesOf()})
	})
}

// invite makes a link with which a person sets a password, and shows it once.
func (v *visit) invite() error {
	id, err := v.onPerson()
	if err != nil {
		return err
	}
	switch person := v.state.People[id]; {
	case person.Gone(v.s.Now()):
		return problem(http.StatusConflict, "The person's access has ended", "Who has left, or whose last day is over, cannot sign in.")
	case person.Provider != "":
		return problem(http.StatusConflict, "The person signs in by "+person.Provider, "The roles follow the groups there, which a password would pass by. Disconnect the person first.")
	}
	token, err := v.s.newLink(v.Context(), id, inviteLasts)
	if err != nil {
		return err
	}
	v.s.Log.Info("invited", "person", id, "by", v.person.ID)
	return v.showPeople(v.state.NameOf(id), v.origin()+"/setup?token="+token)
}

// origin is this server as the browser reached it.
func (v *visit) origin() string {
	if v.s.PublicURL != "" {
		return v.s.PublicURL
	}
	if v.s.Secure {
		return "https://" + v.Host
	}
	return "http://" + v.Host
}

// setUntil sets the last day on which a person may do anything.
func (v *visit) setUntil() error {
	id, err := v.onPerson()
	if err != nil {
		return err
	}
	return v.act("/people", "The last day is set.", func(w *journal.Work) error {
		return w.Do(&review.SetUntil{ID: id, Until: v.PostForm.Get("until")})
	})
}

// endSessionsOf signs a person out everywhere.
func (v *visit) endSessionsOf() error {
	id, err := v.onPerson()
	if err != nil {
		return err
	}
	refused, err := v.try(func(w *journal.Work) error { return w.Do(&review.EndSessions{ID: id}) })
	if err != nil {
		return err
	}
	if refused != nil {
		return v.tell("/people", sentence(refused.Error()), true)
	}
	if err := v.s.Sessions.DeleteSessionsOf(v.Context(), id); err != nil {
		return err
	}
	if id == v.person.ID {
		return v.signOut()
	}
	return v.tell("/people", v.state.NameOf(id)+" is signed out everywhere. Tokens still count.", false)
}

// letLeave ends what a person may do, now.
func (v *visit) letLeave() error {
	id, err := v.onPerson()
	if err != nil {
		return err
	}
	return v.act("/people", "The person has left, and is signed out.", func(w *journal.Work) error {
		return w.Do(&review.Leave{ID: id})
	})
}
