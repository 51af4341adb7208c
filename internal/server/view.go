package server

import (
	"context"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// seen is a review as it stands, worked out once and shared by all who look at it: nobody changes it.
type seen struct {
	size int64
	at   time.Time
	*review.View
	Doc        *dossier.Document
	items      map[string]*dossier.Item
	questions  map[string]*dossier.Question
	evidences  map[string]*dossier.Evidence
	exceptions map[string]*dossier.Exception
}

// views keep what was worked out until something changes or a minute has passed.
type views struct {
	mutex sync.Mutex
	all   map[string]*seen
}

func newViews() *views { return &views{all: map[string]*seen{}} }

// sees gives the review that is looked at.
func (v *visit) sees() (*seen, error) {
	if v.plan == "" {
		return nil, errNoPlan
	}
	return v.s.seenOf(v.Context(), v.state, v.plan)
}

var errNoPlan = problem(404, "There is no review yet", "An administrator begins one on the page Reviews, or with `kubeproof review init`; then its checklists stand here.")

// seenOf gives what was worked out before, where only entries came since that no review shows.
func (s *Server) seenOf(ctx context.Context, state *review.State, plan string) (*seen, error) {
	s.views.mutex.Lock()
	defer s.views.mutex.Unlock()
	now := s.Now()
	if known := s.views.all[plan]; known != nil && now.Sub(known.at).Abs() < time.Minute {
		same, err := s.history.onlyAside(ctx, s.Journal, known.size, state.Size)
		if err != nil {
			return nil, err
		}
		if same {
			known.size = state.Size
			return known, nil
		}
	}
	one, err := s.lookAt(state, plan, now)
	if err == nil {
		s.views.all[plan] = one
	}
	return one, err
}

// lookAt works out how a review stands at a time.
func (s *Server) lookAt(state *review.State, plan string, now time.Time) (*seen, error) {
	view, err := state.View(plan, s.Library, s.Controls, now)
	if err != nil {
		return nil, err
	}
	one := &seen{size: state.Size, at: now, View: view, Doc: dossier.Gather(&dossier.Dossier{View: view, Version: s.Version}),
		items: map[string]*dossier.Item{}, questions: map[string]*dossier.Question{}, evidences: map[string]*dossier.Evidence{}, exceptions: map[string]*dossier.Exception{}}
	for _, item := range one.Doc.Items {
		one.items[item.ID] = item
	}
	for _, question := range one.Doc.Questions {
		one.questions[question.ID] = question
	}
	for _, evidence := range one.Doc.Evidence {
		one.evidences[evidence.ID] = evidence
	}
	for _, exception := range one.Doc.Exceptions {
		one.exceptions[exception.ID] = exception
	}
	return one, nil
}
