package auditlog

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// event is what is read of an audit event; all else is passed over.
type event struct {
	Kind         string             `json:"kind"`
	Stage        string             `json:"stage"`
	RequestURI   string             `json:"requestURI"`
	Verb         string             `json:"verb"`
	User         identity           `json:"user"`
	Impersonated *identity          `json:"impersonatedUser"`
	Object       *object            `json:"objectRef"`
	Response     struct{ Code int } `json:"responseStatus"`
	Received     time.Time          `json:"requestReceivedTimestamp"`
	Annotations  struct {
		Decision string `json:"authorization.k8s.io/decision"`
	} `json:"annotations"`
}

type identity struct {
	Username string   `json:"username"`
	Groups   []string `json:"groups"`
}

type object struct {
	Resource    string `json:"resource"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	APIGroup    string `json:"apiGroup"`
	Subresource string `json:"subresource"`
}

// allowed reports whether the request was let through: the decision if it was logged, else by the
// code of the answer.
func (e *event) allowed() bool {
	if decision := e.Annotations.Decision; decision != "" {
		return decision == "allow"
	}
	return e.Response.Code != 401 && e.Response.Code != 403
}

// what is a right that somebody used.
type what struct {
	user, groups                            string // groups joined by newlines
	verb, group, resource, sub, place, path string
}

// counted are the uses of one right: by the object's name, as long as the names are few.
type counted struct {
	names map[string]int
	total int
	many  bool // names were left out
}

// sum is what a log says so far.
type sum struct {
	limits   Limits
	uses     map[what]*counted
	events   int
	dropped  int
	from, to time.Time
}

func newSum(limits Limits) *sum {
	return &sum{limits: limits, uses: map[what]*counted{}}
}

// add counts a completed and allowed event.
func (s *sum) add(e *event) {
	if e.Stage != "ResponseComplete" || e.User.Username == "" {
		return
	}
	s.events++
	if !e.Received.IsZero() {
		if s.from.IsZero() || e.Received.Before(s.from) {
			s.from = e.Received
		}
		if e.Received.After(s.to) {
			s.to = e.Received
		}
	}
	if !e.allowed() {
		return
	}
	who := e.User
	if e.Impersonated != nil && e.Impersonated.Username != "" {
		s.impersonates(e.User, *e.Impersonated)
		who = *e.Impersonated
	}
	use := what{verb: e.Verb}
	name := ""
	if o := e.Object; o != nil && o.Resource != "" {
		use.group, use.resource, use.sub, use.place, name = o.APIGroup, o.Resource, o.Subresource, o.Namespace, o.Name
	} else {
		use.path, _, _ = strings.Cut(e.RequestURI, "?")
	}
	s.count(who, use, name)
}

// impersonates counts the right that turned one user into another.
func (s *sum) impersonates(who, other identity) {
	account, isAccount := strings.CutPrefix(other.Username, "system:serviceaccount:")
	if namespace, name, ok := strings.Cut(account, ":"); isAccount && ok {
		s.count(who, what{verb: "impersonate", resource: "serviceaccounts", place: namespace}, name)
	} else {
		s.count(who, what{verb: "impersonate", resource: "users"}, other.Username)
	}
	for _, group := range other.Groups {
		if !strings.HasPrefix(group, "system:serviceaccounts") && group != "system:authenticated" {
			s.count(who, what{verb: "impersonate", resource: "groups"}, group)
		}
	}
}

func (s *sum) count(who identity, use what, name string) {
	use.user = who.Username
	groups := slices.Clone(who.Groups)
	slices.Sort(groups)
	use.groups = strings.Join(slices.Compact(groups), "\n")
	c := s.uses[use]
	if c == nil {
		if len(s.uses) >= s.limits.Uses {
			s.dropped++
			return
		}
		c = &counted{names: map[string]int{}}
		s.uses[use] = c
	}
	c.total++
	if _, known := c.names[name]; known || len(c.names) < s.limits.Names {
		c.names[name]++
		return
	}
	c.many = true
}

// fact is the sum as a subject that controls judge.
func (s *sum) fact(name string) *inventory.Subject {
	var uses []any
	for _, key := range slices.SortedFunc(maps.Keys(s.uses), compareUses) {
		c := s.uses[key]
		if c.many {
			uses = append(uses, key.fields("", c.total, true))
			continue
		}
		for _, object := range slices.Sorted(maps.Keys(c.names)) {
			uses = append(uses, key.fields(object, c.names[object], false))
		}
	}
	root := document.Make(map[string]any{
		"apiVersion": inventory.FactVersion, "kind": inventory.FactAuditUse,
		"metadata": map[string]any{"name": name}, "from": "audit log " + name,
		"window": map[string]any{"from": s.from.UTC().Format(time.RFC3339), "to": s.to.UTC().Format(time.RFC3339)},
		"events": s.events, "uses": uses,
	})
	return inventory.NewSubject(root, &inventory.Source{File: name}, 0, "", nil)
}

// fields are a use as facts hold it; what is empty is left out.
func (w what) fields(name string, count int, many bool) map[string]any {
	fields := map[string]any{"user": w.user, "verb": w.verb, "count": count}
	for key, value := range map[string]string{"group": w.group, "resource": w.resource, "subresource": w.sub,
		"namespace": w.place, "path": w.path, "name": name} {
		if value != "" {
			fields[key] = value
		}
	}
	if many {
		fields["manyNames"] = true
	}
	if w.groups != "" {
		var groups []any
		for _, group := range strings.Split(w.groups, "\n") {
			groups = append(groups, group)
		}
		fields["groups"] = groups
	}
	return fields
}

func compareUses(a, b what) int {
	return cmp.Or(strings.Compare(a.user, b.user), strings.Compare(a.group, b.group), strings.Compare(a.resource, b.resource),
		strings.Compare(a.sub, b.sub), strings.Compare(a.place, b.place), strings.Compare(a.verb, b.verb),
		strings.Compare(a.path, b.path), strings.Compare(a.groups, b.groups))
}
