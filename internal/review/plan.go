package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// Plan says what is reviewed: a scope, its environments, and the checklists that are worked through.
type Plan struct {
	ID           string   `json:"id"`
	Checklists   []string `json:"checklists"`
	Environments []string `json:"environments"`
	Settings
	// Owners are the people who answer for the roles that questions are first given to.
	Owners map[checklist.Owner]string `json:"owners,omitempty"`
	By     string                     `json:"by"` // who made it
	// Described is the entry that holds title and scope.
	Described int64 `json:"described"`
}

// Settings are the periods of a plan, in days.
type Settings struct {
	ScanFresh   int `json:"scanFresh"`   // until a scan is too old to count
	Warn        int `json:"warn"`        // how long before something ends it is told
	AccessEvery int `json:"accessEvery"` // between two reviews of who has access
	Longest     int `json:"longest"`     // for which a risk can be accepted at once
	// Mend are the terms for mending findings; nil for DefaultTerms.
	Mend *Terms `json:"mend,omitempty"`
}

// DefaultSettings are those of a plan that sets none.
var DefaultSettings = Settings{ScanFresh: 30, Warn: 30, AccessEvery: 90, Longest: 366}

// PlanText is what can be erased of a plan.
type PlanText struct {
	Title string `json:"title,omitempty"`
	Scope string `json:"scope,omitempty"`
}

// Describe gives title and scope of a plan.
func (s *State) Describe(p *Plan) PlanText {
	text := PlanText{}
	s.text(p.Described, &text)
	if text.Title == "" {
		text.Title = p.ID
	}
	return text
}

// CreatePlan begins a review.
type CreatePlan struct {
	ID           string   `json:"id"`
	Checklists   []string `json:"checklists"`
	Environments []string `json:"environments"`
	Settings     Settings `json:"settings"`
	PlanText     `json:"-"`
}

// Name is plan.create.
func (*CreatePlan) Name() string { return "plan.create" }

// Text is title and scope.
func (a *CreatePlan) Text() any { return &a.PlanText }

// isSlug reports whether an id is words of small letters and digits with single dots or dashes between
// them. It is asked of every entry that is replayed, for which a regular expression is slow.
func isSlug(id string) bool {
	between := true // a word has to begin
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			between = false
		case between || c != '.' && c != '-':
			return false
		default:
			between = true
		}
	}
	return !between
}

const longestID = 64

func checkSlug(what, name, id string) error {
	if !isSlug(id) || len(id) > longestID {
		return fmt.Errorf("%s: %s %q is not usable: use at most %d small letters, digits, dots and dashes", what, name, id, longestID)
	}
	return nil
}

func (a *CreatePlan) check(s *State, m Mark) error {
	if err := s.need(m, "create review", Administrator); err != nil {
		return err
	}
	if err := checkSlug("create review", "name", a.ID); err != nil {
		return err
	}
	if s.Plans[a.ID] != nil {
		return fmt.Errorf("create review: %q exists already: choose another name, or see `kubeproof review status`", a.ID)
	}
	return checkParts("create review", a.Checklists, a.Environments, a.Settings)
}

func checkParts(what string, lists, environments []string, settings Settings) error {
	if len(lists) == 0 {
		return fmt.Errorf("%s: name at least one checklist: see `kubeproof checklist list`", what)
	}
	for _, list := range lists {
		if err := checkSlug(what, "checklist", list); err != nil {
			return err
		}
	}
	for i, environment := range environments {
		if err := checkSlug(what, "environment", environment); err != nil {
			return err
		}
		if slices.Contains(environments[:i], environment) {
			return fmt.Errorf("%s: environment %s stands twice", what, environment)
		}
	}
	if len(environments) == 0 {
		return fmt.Errorf("%s: name at least one environment, such as production", what)
	}
	for _, days := range []int{settings.ScanFresh, settings.Warn, settings.AccessEvery, settings.Longest} {
		if days < 1 || days > 3660 {
			return fmt.Errorf("%s: a period of %d days is out of range: use 1 to 3660", what, days)
		}
	}
	return settings.Mend.check(what)
}

func (a *CreatePlan) valid(_ *State, c Catalogue, _ Mark) error {
	if err := errors.Join(bounded("create review", "title", a.Title), bounded("create review", "scope", a.Scope)); err != nil {
		return err
	}
	return checkLists("create review", a.Checklists, c)
}

func checkLists(what string, lists []string, c Catalogue) error {
	for i, id := range lists {
		if _, known := c.Checklist(id); !known {
			return fmt.Errorf("%s: checklist %q is unknown: see `kubeproof checklist list`", what, id)
		}
		if slices.Contains(lists[:i], id) {
			return fmt.Errorf("%s: checklist %s stands twice", what, id)
		}
	}
	return nil
}

func (a *CreatePlan) apply(s *State, m Mark) {
	s.Plans[a.ID] = &Plan{ID: a.ID, Checklists: a.Checklists, Environments: a.Environments, Settings: a.Settings, By: m.Actor, Described: m.Seq}
	s.touch("plan", a.ID)
}

// ChangePlan sets what a plan reviews anew. Answers to questions that fall away stay in the ledger.
type ChangePlan struct {
	ID           string   `json:"id"`
	Checklists   []string `json:"checklists"`
	Environments []string `json:"environments"`
	Settings     Settings `json:"settings"`
	PlanText     `json:"-"`
}

// Name is plan.change.
func (*ChangePlan) Name() string { return "plan.change" }

// Text is title and scope.
func (a *ChangePlan) Text() any { return &a.PlanText }

func (a *ChangePlan) check(s *State, m Mark) error {
	if err := s.need(m, "change review", Administrator); err != nil {
		return err
	}
	if err := s.needPlan("change review", a.ID); err != nil {
		return err
	}
	return checkParts("change review", a.Checklists, a.Environments, a.Settings)
}

func (a *ChangePlan) valid(s *State, c Catalogue, m Mark) error {
	return (&CreatePlan{Checklists: a.Checklists, PlanText: a.PlanText}).valid(s, c, m)
}

func (a *ChangePlan) apply(s *State, m Mark) {
	plan := s.Plans[a.ID]
	plan.Checklists, plan.Environments, plan.Settings, plan.Described = a.Checklists, a.Environments, a.Settings, m.Seq
	s.touch("plan", a.ID)
}

// SetOwner says who answers the questions that are first given to a role, where nobody else is
// assigned; nobody with "".
type SetOwner struct {
	Plan   string          `json:"plan"`
	Role   checklist.Owner `json:"role"`
	Person string          `json:"person"`
}

// Name is plan.owner.
func (*SetOwner) Name() string { return "plan.owner" }

// Text is nil.
func (*SetOwner) Text() any { return nil }

func (a *SetOwner) check(s *State, m Mark) error {
	if err := errors.Join(s.need(m, "set owner", Administrator), s.needPlan("set owner", a.Plan)); err != nil {
		return err
	}
	if !slices.Contains(checklist.Owners, a.Role) {
		return fmt.Errorf("set owner: role %q is unknown: use %s", a.Role, words(checklist.Owners, ", "))
	}
	if owner := s.People[a.Person]; a.Person != "" && (owner == nil || owner.Gone(m.At) || !owner.Has(Contributor)) {
		return fmt.Errorf("set owner: %s is no contributor, or has left: name one who can answer", s.NameOf(a.Person))
	}
	return nil
}

func (a *SetOwner) apply(s *State, _ Mark) {
	plan := s.Plans[a.Plan]
	if plan.Owners == nil {
		plan.Owners = map[checklist.Owner]string{}
	}
	plan.Owners[a.Role] = a.Person
	if a.Person == "" {
		delete(plan.Owners, a.Role)
	}
	s.touch("plan", a.Plan)
}

// ownerOf is who has to answer a question: who was assigned, else who answers for its role; "" if nobody.
func (p *Plan) ownerOf(question *checklist.Question, answer *Answer) string {
	if answer != nil && answer.Owner != "" {
		return answer.Owner
	}
	return p.Owners[question.Owner]
}

func (s *State) needPlan(what, id string) error {
	if s.Plans[id] != nil {
		return nil
	}
	if len(s.Plans) == 0 {
		return fmt.Errorf("%s: there is no review yet: make one with `kubeproof review init`", what)
	}
	return fmt.Errorf("%s: review %q is unknown: use %s", what, id, strings.Join(sortedKeys(s.Plans), ", "))
}
