package server

import (
	"net/http"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// accessPage goes through everybody who has access, one by one.
type accessPage struct {
	All     []accessForm
	May     mayDo
	MayList bool           // who is here may begin one
	From    []accessSource // from where the list can be taken
}

// accessForm is an access review with its subjects; First is the one that is to be decided next.
type accessForm struct {
	dossier.Access
	First int
	// At is the entry with the list, so that a form of an older list is refused.
	At int64
}

func (v *visit) access() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	page := accessPage{May: v.may()}
	for i, one := range now.Doc.Access {
		form := accessForm{Access: one, First: -1, At: now.Access[i].Listed}
		for place, subject := range one.Subjects {
			if subject.Decision == "" {
				form.First = place
				break
			}
		}
		page.All = append(page.All, form)
	}
	if page.MayList = v.has(assigns.roles...); page.MayList {
		if page.From, err = v.accessSources(); err != nil {
			return err
		}
	}
	return v.show("access.html", "Access", page)
}

// confirmAccess says of one subject whether it keeps its access.
func (v *visit) confirmAccess() error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.PostForm
	one := v.state.Access[form.Get("id")]
	if one == nil || one.Plan != v.plan {
		return errNotFound
	}
	place, err := strconv.Atoi(form.Get("place"))
	if err != nil {
		return problem(http.StatusBadRequest, "The form cannot be read", "It does not say whom it is about. Open the page again.")
	}
	keep := form.Get("keep") == "yes"
	done := "Access is to be taken away; see that it is."
	if keep {
		done = "Access confirmed."
	}
	return v.act("/access#"+one.Environment, done, func(w *journal.Work) error {
		if at := w.State.Access[one.ID]; at == nil || strconv.FormatInt(at.Listed, 10) != form.Get("listed") {
			return errNewList
		}
		return w.Do(&review.ConfirmAccess{ID: one.ID, Place: place, Keep: keep, ReasonText: v.reason()})
	})
}

var errNewList = problem(http.StatusConflict, "There is a new list", "Somebody began a new access review since you opened the page: the places on it are others. Open the page again and decide there.")
