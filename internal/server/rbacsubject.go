package server

import (
	"net/http"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// How much of an answer a page shows; the command line has all.
const (
	mostGrantRows = 500
	mostUses      = 50
	mostWays      = 50
	mostChokes    = 10
)

// rbacSubjectPage is everything that one subject may do.
type rbacSubjectPage struct {
	*onCluster
	Asked   string
	Wrong   string // what is wrong with the name
	Answer  *ask.SubjectAnswer
	Dangers []ask.Danger
	Rows    []grantRow
	More    int // rows that are not shown
	Uses    rows
	Picture picture
	Ways    []ask.PathGoal
}

// grantRow is rights with the same verbs, and what gives them.
type grantRow struct {
	ask.RightLine
	Grant ask.Grant
}

func (v *visit) rbacSubject() error {
	c, err := v.onCluster(rbacTabs, ask.PathKinds...)
	if err != nil {
		return err
	}
	page := rbacSubjectPage{onCluster: c, Asked: escape.Clip(v.URL.Query().Get("subject"), 600)}
	if c.Ready() {
		if err := page.fill(); err != nil {
			return err
		}
	}
	title := "RBAC"
	if page.Answer != nil {
		title = page.Answer.Subject.Kind + " " + page.Answer.Subject.FullName()
	}
	status := http.StatusOK
	if page.Wrong != "" {
		status = http.StatusNotFound
	}
	return v.page(status, "rbac_subject.html", title, page)
}

func (p *rbacSubjectPage) fill() error {
	who, err := p.seen.FindSubject(p.Asked)
	if err != nil {
		p.Wrong = sentence(err.Error()) + "."
		return nil
	}
	p.Answer = p.seen.Subject(who)
	p.Dangers = p.seen.Dangers(p.Answer.Subject)
	for _, grant := range p.Answer.Grants {
		lines := ask.RightLines(grant.Rights)
		if len(lines) == 0 {
			lines = []ask.RightLine{{}}
		}
		for _, line := range lines {
			if len(p.Rows) < mostGrantRows {
				p.Rows = append(p.Rows, grantRow{line, grant})
			} else {
				p.More++
			}
		}
	}
	p.Uses = rowsOf("", len(p.Answer.UsedBy), mostUses)
	p.Answer.UsedBy = p.Answer.UsedBy[:p.Uses.To]
	p.Ways = p.seen.Paths(escalation.Goals, who).Goals
	p.Picture, err = pictureOf(p.seen.WaysDrawn(escalation.Goals, ask.DrawnRights{Only: &who}))
	return err
}

// rbacWaysPage is how everybody could get more rights.
type rbacWaysPage struct {
	*onCluster
	Namespace string
	Goals     []ask.PathGoal
	Left      map[string]int // ways that are not shown, by goal
	Picture   picture
	Drawn     string // the goal that is drawn
	AllGoals  []choice
}

// drawnGoals are what the picture may show.
var drawnGoals = []choice{{"admin", "become cluster-admin"}, {"node", "become root on a node"}, {"secrets", "read every Secret"}}

func (v *visit) rbacWays() error {
	c, err := v.onCluster(rbacTabs, ask.PathKinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := rbacWaysPage{onCluster: c, Namespace: escape.Clip(q.Get("namespace"), 100), Left: map[string]int{}, Drawn: chosen(q.Get("goal"), drawnGoals), AllGoals: drawnGoals}
	if !c.Ready() {
		return v.show("rbac_ways.html", "Ways to more rights", page)
	}
	for _, goal := range c.seen.AllPaths().Goals {
		if left := len(goal.Paths) - mostWays; left > 0 {
			goal.Paths, page.Left[goal.Goal] = goal.Paths[:mostWays], left
		}
		goal.Chokes = goal.Own()
		goal.Chokes = goal.Chokes[:min(len(goal.Chokes), mostChokes)]
		page.Goals = append(page.Goals, goal)
	}
	goals, err := ask.ParseGoals(page.Drawn)
	if err == nil {
		page.Picture, err = pictureOf(c.seen.WaysDrawn(goals, ask.DrawnRights{Namespace: page.Namespace}))
	}
	if err != nil {
		return err
	}
	return v.show("rbac_ways.html", "Ways to more rights", page)
}
