package rbac

// lookup finds the rules that may allow a request without asking every role: thousands of
// bindings give few roles, and few rules name one resource.
type lookup struct {
	byResource map[string][]entry // by a resource as rules write it: pods, pods/exec, */exec, *
	paths      []entry            // rules with nonResourceURLs
	grants     map[*Role][]*Grant
}

// entry is a rule of a role that is given to somebody.
type entry struct {
	role *Role
	rule int
}

// way is a rule that allows a request, with the grants that give it.
type way struct {
	rule   *Rule
	grants []*Grant
}

func newLookup(grants []*Grant) lookup {
	l := lookup{byResource: map[string][]entry{}, grants: map[*Role][]*Grant{}}
	for _, g := range grants {
		if g.Role == nil || g.Refused != "" {
			continue
		}
		if l.grants[g.Role] == nil {
			l.index(g.Role)
		}
		l.grants[g.Role] = append(l.grants[g.Role], g)
	}
	return l
}

func (l *lookup) index(role *Role) {
	for i := range role.Rules {
		at := entry{role, i}
		for _, resource := range role.Rules[i].Resources {
			l.byResource[resource] = append(l.byResource[resource], at)
		}
		if len(role.Rules[i].NonResourceURLs) > 0 {
			l.paths = append(l.paths, at)
		}
	}
}

// allowing gives for each role the first of its rules that allows a request.
func (l *lookup) allowing(request Request) []way {
	first := map[*Role]int{}
	var roles []*Role
	for _, list := range l.candidates(request) {
		for _, at := range list {
			if !at.role.Rules[at.rule].Allows(request) {
				continue
			}
			known, seen := first[at.role]
			if !seen {
				roles = append(roles, at.role)
			}
			if !seen || at.rule < known {
				first[at.role] = at.rule
			}
		}
	}
	ways := make([]way, len(roles))
	for i, role := range roles {
		ways[i] = way{&role.Rules[first[role]], l.grants[role]}
	}
	return ways
}

func (l *lookup) candidates(request Request) [][]entry {
	if request.Path != "" {
		return [][]entry{l.paths}
	}
	lists := [][]entry{l.byResource["*"], l.byResource[request.combined()]}
	if request.Sub != "" {
		lists = append(lists, l.byResource["*/"+request.Sub])
	}
	return lists
}
