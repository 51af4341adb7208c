package demo

import (
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Person is somebody who was made up.
type Person struct {
	ID, Name string
	Roles    []review.Role
	// Days is for how long after the end of the demonstration the person may look; 0 for as long as there is one.
	Days int
	// Does says what the person is there for, in words.
	Does string
}

// People are all of them; the first is the administrator.
var People = []Person{
	{"alex", "Alex Sample", []review.Role{review.Administrator}, 0, "administrates"},
	{"robin", "Robin Example", []review.Role{review.Contributor}, 0, "answers for security, and hands scans in"},
	{"sol", "Sol Placeholder", []review.Role{review.Contributor}, 0, "answers for platform and operations"},
	{"kim", "Kim Mockup", []review.Role{review.Reviewer}, 0, "reviews"},
	{"jamie", "Jamie Fiction", []review.Role{review.Contributor, review.Reviewer}, 0, "answers for development, and reviews what others answer"},
	{"pat", "Pat Nobody", []review.Role{review.Auditor}, 60, "audits, and only reads"},
}

// Email is where the person would be written to, if there were one.
func (p Person) Email() string { return p.ID + "@example.com" }

// added adds the person to a store that is filled up to a time.
func (p Person) added(end time.Time) *review.AddPerson {
	until := ""
	if p.Days > 0 {
		until = end.AddDate(0, 0, p.Days).Format(review.Day)
	}
	return &review.AddPerson{ID: p.ID, Roles: p.Roles, Until: until, PersonText: review.PersonText{Name: p.Name, Email: p.Email()}}
}

// first is who begins.
func (m *maker) first() *review.AddPerson { return People[0].added(m.options.End) }

// checklists are those that are worked through.
var checklists = []string{"requirements", "information-security-review", "container-security"}

// review is what is worked through.
func (m *maker) review() *review.CreatePlan {
	return &review.CreatePlan{ID: Review, Checklists: checklists, Environments: []string{"production", "staging"}, Settings: review.DefaultSettings,
		PlanText: review.PlanText{Title: "Example shop", Scope: "The shop and the platform that it runs on. All of it is made up for a demonstration."}}
}

// answering are the people who answer for roles.
var answering = map[checklist.Owner]string{
	checklist.Management: "robin", checklist.Compliance: "robin", checklist.Security: "robin", checklist.Procurement: "robin",
	checklist.Platform: "sol", checklist.Operations: "sol", checklist.Development: "jamie",
}

// team plans who joins, and who answers for what.
func (m *maker) team() {
	begin := m.clock.Add(time.Hour)
	for i, one := range People[1:] {
		m.does(begin.Add(time.Duration(i)*time.Minute), "alex", one.added(m.options.End))
	}
	for _, role := range checklist.Owners {
		m.does(begin.Add(time.Hour), "alex", &review.SetOwner{Plan: Review, Role: role, Person: answering[role]})
	}
}
