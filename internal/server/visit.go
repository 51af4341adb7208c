package server

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

// visit is one request with who makes it and what stands now.
type visit struct {
	*http.Request
	w       http.ResponseWriter
	s       *Server
	session *Session       // nil if nobody is signed in
	state   *review.State  // nil if nobody is signed in
	person  *review.Person // nil if nobody is signed in
	plan    string         // the review that is looked at; "" if there is none yet
	flash   string
	bad     bool // the flash tells what went wrong
}

// serve does what every route needs before its handler.
func (s *Server) serve(one route) http.Handler {
	most := cmp.Or(one.most, smallForm)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if most > smallForm {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(fileTime)) // what tests record into has none
		}
		v := &visit{Request: r, w: w, s: s}
		err := v.meet()
		if err == nil {
			err = v.admit(one.need)
		}
		if err == nil {
			err = v.choosePlan()
		}
		if err == nil {
			err = one.handle(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// meet finds out who it is. Somebody who may do nothing any more, or is unknown, is signed out.
func (v *visit) meet() error {
	session, err := v.findSession()
	if err != nil || session == nil {
		return err
	}
	state, err := v.s.Journal.Current(v.Context())
	if err != nil {
		return err
	}
	person := state.People[session.Person]
	if person == nil || person.Gone(v.s.Now()) {
		return v.s.Sessions.DeleteSession(v.Context(), session.ID)
	}
	v.session, v.state, v.person = session, state, person
	plans := slices.Sorted(maps.Keys(state.Plans))
	if v.plan = session.Plan; state.Plans[v.plan] == nil && len(plans) > 0 {
		v.plan = plans[0]
	}
	return nil
}

// admit lets in who may come; others sign in first, or are told.
func (v *visit) admit(n need) error {
	switch {
	case n.open:
		return nil
	case v.person == nil:
		return errSignIn
	case len(n.roles) == 0 || slices.ContainsFunc(n.roles, v.person.Has):
		return nil
	}
	var roles []string
	for _, role := range n.roles {
		roles = append(roles, string(role))
	}
	return problem(http.StatusForbidden, "That is not yours to do", "It takes the role "+strings.Join(roles, " or ")+". Ask somebody who has it, or an administrator for the role.")
}

// choosePlan keeps the review that ?plan= names, and comes back without it.
func (v *visit) choosePlan() error {
	wanted := v.URL.Query().Get("plan")
	if wanted == "" || v.person == nil || v.Method != http.MethodGet {
		return nil
	}
	if v.state.Plans[wanted] == nil {
		return errNotFound
	}
	v.session.Plan = wanted
	if err := v.s.Sessions.PutSession(v.Context(), *v.session); err != nil {
		return err
	}
	rest := v.URL.Query()
	rest.Del("plan")
	return redirect(here(v.URL.EscapedPath(), rest))
}

func here(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// form reads the form of the request.
func (v *visit) form() error {
	err := v.ParseForm()
	if strings.HasPrefix(v.Header.Get("Content-Type"), "multipart/form-data") {
		err = v.ParseMultipartForm(formMemory)
	}
	return formError(err)
}

// fileTime is how long a form with a file may take to arrive; what serves us bounds others.
const fileTime = 10 * time.Minute

// formMemory is how much of an upload lies in memory; the rest goes to a file until the request ends.
const formMemory = 4 << 20

func formError(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return problem(http.StatusRequestEntityTooLarge, "That is too much at once", "A file may have 50 MiB, a form without files 1 MiB. Attach a link to where the file lies, or the part that shows it.")
	case err != nil:
		return problem(http.StatusBadRequest, "The form cannot be read", "It came in pieces or is no form. Go back, open the page again and send it once more.")
	}
	return nil
}

// act has who is here make changes, tells so on the next page, and goes there. What the rules refuse
// is told there too.
func (v *visit) act(next, done string, fn func(*journal.Work) error) error {
	refused, err := v.try(fn)
	switch {
	case err != nil:
		return err
	case refused != nil:
		return v.tell(next, sentence(refused.Error()), true)
	}
	return v.tell(next, done, false)
}

// try has who is here make changes. What the rules refuse comes apart from what broke.
func (v *visit) try(fn func(*journal.Work) error) (refused, err error) {
	return v.tryAs(v.person.ID, fn)
}

// tryAs is try as somebody else: the program, or whoever just proved who it is.
func (v *visit) tryAs(actor string, fn func(*journal.Work) error) (refused, err error) {
	err = v.s.Journal.Act(v.Context(), actor, func(w *journal.Work) error {
		refused = fn(w)
		return refused
	})
	var told *failure
	if err == nil || refused == nil || errors.As(err, &told) || isFault(err) {
		return nil, err
	}
	return refused, nil
}

// mostFlash bounds what is told, in characters: it is kept with the session.
const mostFlash = 4000

// tell says something on the next page.
func (v *visit) tell(next, text string, bad bool) error {
	v.session.Flash, v.session.FlashBad = escape.Clip(text, mostFlash), bad
	if err := v.s.Sessions.PutSession(v.Context(), *v.session); err != nil {
		return err
	}
	return redirect(next)
}

// takeFlash gives what was to be told, once.
func (v *visit) takeFlash() {
	if v.session == nil || v.session.Flash == "" {
		return
	}
	v.flash, v.bad = v.session.Flash, v.session.FlashBad
	v.session.Flash, v.session.FlashBad = "", false
	if err := v.s.Sessions.PutSession(v.Context(), *v.session); err != nil {
		v.s.Log.Error("keep session", "error", err)
	}
}

// has reports whether who is here holds one of the roles.
func (v *visit) has(roles ...review.Role) bool {
	return v.person != nil && slices.ContainsFunc(roles, v.person.Has)
}

// sentence begins with a large letter.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
