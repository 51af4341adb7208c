package server

import (
	"net/http"
	"strings"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// rolesPage lists the roles with what they give and to how many.
type rolesPage struct {
	*onCluster
	Q, Show string
	All     bool
	Shows   []choice
	Rows    rows
	Roles   []ask.ListedRole
	Unused  int
	Wild    int
}

// roleShows are the filters of the list.
var roleShows = []choice{{"unused", "unused"}, {"wild", "with stars"}, {"everything", "that give everything"}}

func (v *visit) rbacRoles() error {
	c, err := v.onCluster(rbacTabs, ask.RightsKinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := rolesPage{onCluster: c, Q: escape.Clip(q.Get("q"), 200), Show: chosen(q.Get("show"), roleShows), All: q.Get("all") != "", Shows: roleShows}
	if c.Ready() {
		var found []ask.ListedRole
		for _, role := range c.seen.Roles(page.All) {
			if role.Bindings == 0 {
				page.Unused++
			}
			if role.Wild {
				page.Wild++
			}
			if page.fits(role) {
				found = append(found, role)
			}
		}
		page.Rows = rowsOf(q.Get("page"), len(found), subjectsOnPage)
		page.Roles = found[page.Rows.From:page.Rows.To]
	}
	return v.show("rbac_roles.html", "Roles", page)
}

func (p *rolesPage) fits(role ask.ListedRole) bool {
	switch {
	case p.Show == "unused" && role.Bindings > 0, p.Show == "wild" && !role.Wild, p.Show == "everything" && !role.All:
		return false
	}
	return strings.Contains(strings.ToLower(role.Namespace+"/"+role.Name), strings.ToLower(p.Q))
}

// rolePage is what one role gives, and who has it: several of one name may have been seen.
type rolePage struct {
	*onCluster
	Title string
	Wrong bool
	Roles []roleView
}

// roleView is a role with its rights as lines, and the first of those who have it.
type roleView struct {
	ask.RoleAnswer
	Lines []ask.RightLine
	More  int // of those who have it
}

func (v *visit) rbacRole() error {
	c, err := v.onCluster(rbacTabs, ask.RightsKinds...)
	if err != nil {
		return err
	}
	q := v.URL.Query()
	name := ask.Object{Kind: escape.Clip(q.Get("kind"), 40), Namespace: escape.Clip(q.Get("namespace"), 300), Name: escape.Clip(q.Get("name"), 300)}
	page := rolePage{onCluster: c, Title: name.String()}
	if c.Ready() {
		for _, answer := range c.seen.Role(name.Kind, name.Namespace, name.Name) {
			one := roleView{RoleAnswer: answer, Lines: ask.RightLines(answer.Rights)}
			if one.More = len(one.Access) - mostAnswers; one.More > 0 {
				one.Access = one.Access[:mostAnswers]
			}
			page.Roles = append(page.Roles, one)
		}
		page.Wrong = len(page.Roles) == 0
	}
	status := http.StatusOK
	if page.Wrong {
		status = http.StatusNotFound
	}
	return v.page(status, "rbac_role.html", page.Title, page)
}
