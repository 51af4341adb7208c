package server

import (
	"cmp"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// mostAnswers is how many answers to a question a page shows, and mostNotes how many notes.
const (
	mostAnswers = 500
	mostNotes   = 10
)

// whoCanPage asks who may do something.
type whoCanPage struct {
	*onCluster
	Verb, Resource, Namespace, Name string
	Verbs                           []string
	Wrong                           string
	Answer                          *ask.WhoCan
	Groups                          []answerGroup
	More                            int // answers that are not shown
	Notes                           []string
	MoreNotes                       int
}

// answerGroup are the subjects of one kind who may do it.
type answerGroup struct {
	Heading ask.Heading
	All     []ask.Access
}

// whoCanVerbs are offered; others may be written.
var whoCanVerbs = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "bind", "escalate", "*"}

func (v *visit) rbacWhoCan() error {
	c, err := v.onCluster(rbacTabs, ask.RightsKinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := whoCanPage{onCluster: c, Verb: escape.Clip(q.Get("verb"), 100), Resource: escape.Clip(q.Get("resource"), 300), Namespace: escape.Clip(q.Get("namespace"), 300),
		Name: escape.Clip(q.Get("name"), 300), Verbs: whoCanVerbs}
	if c.Ready() && page.Resource != "" {
		page.ask()
	}
	page.Verb = cmp.Or(page.Verb, "get")
	return v.show("rbac_whocan.html", "Who can", page)
}

func (p *whoCanPage) ask() {
	answer, err := p.seen.WhoCan(cmp.Or(p.Verb, "get"), p.Resource, p.Namespace, p.Name)
	if err != nil {
		p.Wrong = sentence(err.Error()) + "."
		return
	}
	p.Answer = answer
	shown := 0
	for _, heading := range ask.Headings {
		group := answerGroup{Heading: heading}
		for _, one := range answer.Answers {
			if one.Subject.Who != heading.Who {
				continue
			}
			if shown++; shown <= mostAnswers {
				group.All = append(group.All, one)
			}
		}
		if len(group.All) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	p.More = max(0, shown-mostAnswers)
	p.Notes = answer.Notes[:min(len(answer.Notes), mostNotes)]
	p.MoreNotes = len(answer.Notes) - len(p.Notes)
}
