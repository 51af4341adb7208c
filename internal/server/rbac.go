package server

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// rbacTabs are the pages about who may do what.
var rbacTabs = []tab{{"/rbac", "Subjects", false}, {"/rbac/who-can", "Who can", false}, {"/rbac/ways", "Ways to more rights", false}, {"/rbac/roles", "Roles", false}, {"/rbac/changes", "Changes", false}}

// subjectsOnPage is how many subjects or roles a page shows, and mostAdmins how many administrators.
const (
	subjectsOnPage = 50
	mostAdmins     = 20
)

// rbacPage lists who has rights.
type rbacPage struct {
	*onCluster
	Q, Kind, Namespace, Danger, Who string
	Kinds, Dangers, Whos            []choice
	Rows                            rows
	Subjects                        []subjectRow
	Admins                          []subjectRow
	AllAdmins, LeftOut              int
}

// choice is a value of a filter with its text.
type choice struct{ Value, Text string }

// subjectRow is a subject of the list with what makes it dangerous.
type subjectRow struct {
	ask.ListedSubject
	Dangers []ask.Danger
}

// Grave is how grave the worst is, as severities are shown.
func (r subjectRow) Grave() string { return graveOf(r.Dangers) }

func graveOf(dangers []ask.Danger) string {
	grave := ""
	for _, d := range dangers {
		if !d.Perhaps {
			return "critical"
		}
		grave = "medium"
	}
	return grave
}

// The filters of the list.
var (
	subjectKinds   = []choice{{"User", "users"}, {"Group", "groups"}, {"ServiceAccount", "service accounts"}}
	subjectDangers = []choice{{"admin", "cluster-admin"}, {"can-admin", "can become cluster-admin"}, {"node", "can become root on a node"}, {"secrets", "can read every Secret"}, {"any", "anything of that"}, {"write", "may change something"}}
	subjectWhos    = []choice{{"person", "people"}, {"machine", "machines"}, {"everyone", "whole groups"}, {"all", "also Kubernetes and the platform"}}
)

// chosen is the value if it is among the choices.
func chosen(value string, of []choice) string {
	if slices.ContainsFunc(of, func(c choice) bool { return c.Value == value }) {
		return value
	}
	return ""
}

func (v *visit) rbac() error {
	c, err := v.onCluster(rbacTabs, ask.PathKinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := rbacPage{onCluster: c, Q: escape.Clip(q.Get("q"), 200), Kind: chosen(q.Get("kind"), subjectKinds), Namespace: escape.Clip(q.Get("namespace"), 100),
		Danger: chosen(q.Get("danger"), subjectDangers), Who: chosen(q.Get("who"), subjectWhos), Kinds: subjectKinds, Dangers: subjectDangers, Whos: subjectWhos}
	if c.Ready() {
		page.fill(q.Get("page"))
	}
	return v.show("rbac.html", "RBAC", page)
}

func (p *rbacPage) fill(number string) {
	list := p.seen.Subjects(p.Who == "all")
	p.LeftOut = list.LeftOut
	var found []subjectRow
	for _, listed := range list.Subjects {
		row := subjectRow{listed, p.seen.Dangers(listed.Subject)}
		if row.admin() {
			p.AllAdmins++
			if len(p.Admins) < mostAdmins {
				p.Admins = append(p.Admins, row)
			}
		}
		if p.fits(row) {
			found = append(found, row)
		}
	}
	p.Rows = rowsOf(number, len(found), subjectsOnPage)
	p.Subjects = found[p.Rows.From:p.Rows.To]
}

// admin reports whether the subject may do everything in the cluster, or was given that outright.
func (r subjectRow) admin() bool { return r.Admin == "cluster" || r.has("admin", true) }

// has reports whether the subject has, or with direct was given, what an attacker wants.
func (r subjectRow) has(goal string, direct bool) bool {
	return slices.ContainsFunc(r.Dangers, func(d ask.Danger) bool { return d.Goal == goal && d.Direct == direct })
}

func (p *rbacPage) fits(r subjectRow) bool {
	switch p.Danger {
	case "admin":
		if !r.admin() {
			return false
		}
	case "can-admin":
		if !r.has("admin", false) {
			return false
		}
	case "node", "secrets":
		if !r.has(p.Danger, false) && !r.has(p.Danger, true) {
			return false
		}
	case "any":
		if len(r.Dangers) == 0 && r.Admin == "" {
			return false
		}
	case "write":
		if r.Access != ask.Write {
			return false
		}
	}
	in := p.Namespace == "" || r.Namespace == p.Namespace || slices.Contains(r.Namespaces, p.Namespace)
	text := strings.Contains(strings.ToLower(r.FullName()), strings.ToLower(p.Q))
	return in && text && (p.Kind == "" || r.Kind == p.Kind) && (p.Who == "" || p.Who == "all" || r.Who == p.Who)
}
