package rbac

import (
	"cmp"
	"slices"
)

// Can reports whether a subject may do what is asked, and by which grant and rule. Members of
// system:masters may do everything without a grant.
func (m *Model) Can(who Subject, request Request, groups ...string) (*Grant, *Rule, bool) {
	if who.isSuperuser(groups) {
		return nil, nil, true
	}
	for _, name := range who.names(groups) {
		reach := m.byWho[name.key()]
		if reach == nil {
			continue
		}
		if g, rule := firstAllowing(reach.everywhere, request); rule != nil {
			return g, rule, true
		}
		if request.Namespace != "" && request.Path == "" {
			if g, rule := firstAllowing(reach.in[request.Namespace], request); rule != nil {
				return g, rule, true
			}
		}
	}
	return nil, nil, false
}

func firstAllowing(grants []*Grant, request Request) (*Grant, *Rule) {
	for _, g := range grants {
		if rule := g.Allows(request); rule != nil {
			return g, rule
		}
	}
	return nil, nil
}

// Allows gives the rule of the grant that allows a request; nil if none does.
func (g *Grant) Allows(request Request) *Rule {
	if !g.holdsIn(request) || g.Role == nil || g.Refused != "" {
		return nil
	}
	for i := range g.Role.Rules {
		if g.Role.Rules[i].Allows(request) {
			return &g.Role.Rules[i]
		}
	}
	return nil
}

// holdsIn reports whether the rights of the grant hold where the request goes.
func (g *Grant) holdsIn(request Request) bool {
	return g.Namespace == "" || request.Path == "" && request.Namespace == g.Namespace
}

// Access is one way in which a subject of a binding may do what was asked.
type Access struct {
	Holder Holder
	Grant  *Grant
	Rule   *Rule
}

// WhoCan lists every subject of a binding that may do what is asked, in the inventory's order.
func (m *Model) WhoCan(request Request) []Access {
	return m.whoCan(request, func(g *Grant) bool { return g.holdsIn(request) })
}

// WhoCanAnywhere is WhoCan for every namespace and for the whole cluster at once: who may do it
// somewhere. The namespace of each grant says where.
func (m *Model) WhoCanAnywhere(request Request) []Access {
	return m.whoCan(request, func(g *Grant) bool { return g.Namespace == "" || request.Path == "" })
}

func (m *Model) whoCan(request Request, holds func(*Grant) bool) []Access {
	var all []Access
	for _, way := range m.lookup.allowing(request) {
		for _, g := range way.grants {
			if !holds(g) {
				continue
			}
			for _, holder := range g.Subjects {
				all = append(all, Access{holder, g, way.rule})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Access) int { return cmp.Compare(a.Grant.order, b.Grant.order) })
	return all
}

// Named lists the names to which rules restrict what is asked, where the request names none: who
// may do it with these objects only is not among those who can. They are sorted.
func (m *Model) Named(request Request) []string {
	if request.Name != "" || request.Path != "" {
		return nil
	}
	var names []string
	for _, list := range m.lookup.candidates(request) {
		for _, at := range list {
			for _, name := range at.role.Rules[at.rule].ResourceNames {
				request.Name = name
				if at.role.Rules[at.rule].Allows(request) {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
