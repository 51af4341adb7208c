package server

import (
	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// canPage asks whether one place may open a connection to another.
type canPage struct {
	*onCluster
	policing
	From, Dest, Port string
	Wrong            string
	Answer           *ask.Can
	More             int // pairs that are not shown
	Endpoints        []string
}

// mostPairs is how many pairs of places a page shows, and mostEndpoints how many places are offered.
const (
	mostPairs     = 50
	mostEndpoints = 2000
)

func (v *visit) networkCan() error {
	c, err := v.onCluster(networkTabs, reach.Kinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := canPage{onCluster: c, From: escape.Clip(q.Get("from"), 600), Dest: escape.Clip(q.Get("dest"), 600), Port: escape.Clip(q.Get("port"), 30)}
	if c.Ready() {
		page.policing = policingOf(c.seen)
		page.Endpoints = append([]string{"internet"}, c.seen.Endpoints(mostEndpoints)...)
		if page.From+page.Dest+page.Port != "" {
			page.ask()
		}
	}
	return v.show("network_can.html", "Can it connect", page)
}

func (p *canPage) ask() {
	port, protocol, err := ask.ParsePort(p.Port)
	if err == nil {
		p.Answer, err = p.seen.Can(p.From, p.Dest, port, protocol)
	}
	if err != nil {
		p.Wrong = sentence(err.Error()) + "."
		return
	}
	if p.More = len(p.Answer.Answers) - mostPairs; p.More > 0 {
		p.Answer.Answers = p.Answer.Answers[:mostPairs]
	}
}

// exposedPage lists the ways from outside into the cluster.
type exposedPage struct {
	*onCluster
	policing
	Namespace string
	Rows      rows
	Ways      []ask.Way
	Admin     int
}

func (v *visit) networkExposed() error {
	c, err := v.onCluster(networkTabs, append(ask.ExposedKinds, reach.Kinds...)...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := exposedPage{onCluster: c, Namespace: escape.Clip(q.Get("namespace"), 300)}
	if c.Ready() {
		page.policing = policingOf(c.seen)
		ways := c.seen.Exposed(func(name string) bool { return page.Namespace == "" || name == page.Namespace }).Ways
		for _, way := range ways {
			if way.Admin != "" {
				page.Admin++
			}
		}
		page.Rows = rowsOf(q.Get("page"), len(ways), subjectsOnPage)
		page.Ways = ways[page.Rows.From:page.Rows.To]
	}
	return v.show("network_exposed.html", "From outside", page)
}
