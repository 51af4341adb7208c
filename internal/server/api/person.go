package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

type whoamiOutput struct {
	Body struct {
		Person  string        `json:"person"`
		Name    string        `json:"name"`
		Roles   []review.Role `json:"roles"`
		Scopes  []string      `json:"scopes" doc:"of the token"`
		Expires time.Time     `json:"expires" doc:"of the token"`
		Until   string        `json:"until,omitempty" doc:"the person's last day"`
	}
}

// whoami tells who the token's person is, and what the token may do.
func (a *api) whoami(ctx context.Context, _ *struct{}) (*whoamiOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	token := tokenOf(ctx)
	out := &whoamiOutput{}
	out.Body.Person, out.Body.Name, out.Body.Scopes, out.Body.Expires = token.Person, state.NameOf(token.Person), token.Scopes, token.Expires.UTC()
	if person := state.People[token.Person]; person != nil {
		out.Body.Roles, out.Body.Until = person.Roles, person.Until
	}
	return out, nil
}

// person is somebody in a list.
type person struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Email    string        `json:"email,omitempty"`
	Roles    []review.Role `json:"roles"`
	Until    string        `json:"until,omitempty" doc:"the last day"`
	Left     bool          `json:"left,omitempty"`
	Provider string        `json:"provider,omitempty" doc:"of OpenID Connect, whose groups give the roles"`
}

func personOf(state *review.State, id string) person {
	p := state.People[id]
	return person{p.ID, state.NameOf(id), state.EmailOf(id), p.Roles, p.Until, p.Left, p.Provider}
}

// administering refuses who is no administrator: only they see people and their addresses.
func (a *api) administering(ctx context.Context, state *review.State) error {
	if who := state.People[caller(ctx)]; who == nil || !who.Has(review.Administrator) {
		return huma.Error403Forbidden("it takes the role administrator")
	}
	return nil
}

type listPeopleOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		People []person `json:"people"`
		Next   string   `json:"next,omitempty"`
	}
}

func (a *api) listPeople(ctx context.Context, in *Page) (*listPeopleOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err == nil {
		err = a.administering(ctx, state)
	}
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listPeopleOutput{ETag: a.tagOf(state)}
	if err := fresh(ctx, out.ETag); err != nil {
		return nil, err
	}
	var all []person
	for id := range state.People {
		all = append(all, personOf(state, id))
	}
	slices.SortFunc(all, func(x, y person) int { return strings.Compare(x.ID, y.ID) })
	out.Body.People, out.Body.Next, err = pageOf(all, func(one person) string { return one.ID }, nil, *in)
	return out, err
}

type personOutput struct{ Body person }

// onPerson does something to somebody and gives the person back.
func (a *api) onPerson(ctx context.Context, id string, do func(*journal.Work) error) (*personOutput, error) {
	return change(ctx, a, func(w *journal.Work) (*personOutput, error) {
		if err := do(w); err != nil {
			return nil, err
		}
		return &personOutput{personOf(w.State, id)}, nil
	})
}

type addPersonInput struct {
	Body struct {
		Name  string        `json:"name" minLength:"1"`
		Email string        `json:"email,omitempty"`
		Roles []review.Role `json:"roles" minItems:"1"`
		Until string        `json:"until,omitempty" format:"date" doc:"the last day; auditors have one"`
	}
}

func (a *api) addPerson(ctx context.Context, in *addPersonInput) (*personOutput, error) {
	action := &review.AddPerson{ID: journal.NewID("p"), Roles: in.Body.Roles, Until: in.Body.Until, PersonText: review.PersonText{Name: strings.TrimSpace(in.Body.Name), Email: strings.TrimSpace(in.Body.Email)}}
	return a.onPerson(ctx, action.ID, func(w *journal.Work) error { return w.Do(action) })
}

// OnPerson names a person in the path.
type OnPerson struct {
	Person string `path:"person" maxLength:"64"`
}

// known refuses who is nobody.
func (in *OnPerson) known(w *journal.Work) error {
	if w.State.People[in.Person] == nil {
		return huma.Error404NotFound("nobody has the id " + in.Person)
	}
	return nil
}

func (a *api) onKnownPerson(ctx context.Context, in *OnPerson, action review.Action) (*personOutput, error) {
	return a.onPerson(ctx, in.Person, func(w *journal.Work) error {
		if err := a.administering(ctx, w.State); err != nil {
			return err
		}
		if err := in.known(w); err != nil {
			return err
		}
		return w.Do(action)
	})
}

type setRolesInput struct {
	OnPerson
	Body struct {
		Roles []review.Role `json:"roles" minItems:"1"`
	}
}

func (a *api) setRoles(ctx context.Context, in *setRolesInput) (*personOutput, error) {
	return a.onKnownPerson(ctx, &in.OnPerson, &review.SetRoles{ID: in.Person, Roles: in.Body.Roles})
}

type setUntilInput struct {
	OnPerson
	Body struct {
		Until string `json:"until" doc:"the last day, as 2027-01-31; empty for none"`
	}
}

func (a *api) setUntil(ctx context.Context, in *setUntilInput) (*personOutput, error) {
	return a.onKnownPerson(ctx, &in.OnPerson, &review.SetUntil{ID: in.Person, Until: in.Body.Until})
}

func (a *api) letLeave(ctx context.Context, in *OnPerson) (*personOutput, error) {
	return a.onKnownPerson(ctx, in, &review.Leave{ID: in.Person})
}
