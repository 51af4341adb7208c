package access

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// use is what somebody did, as often as the audit logs saw it.
type use struct {
	who     rbac.Subject
	groups  []string
	request rbac.Request
	// manyNames is true if the objects were too many to be told apart.
	manyNames bool
}

// usage is what all audit logs of the inventory saw, and when.
type usage struct {
	from, to time.Time
	uses     []use
	verbs    map[string]bool // logged for anybody: a policy may leave reads out
	byWho    map[rbac.Subject][]*use
	byGroup  map[string][]*use
	log      *inventory.Subject // the first; nil if there is none
}

// usageOf reads the AuditLogUse facts.
func usageOf(index *inventory.Index) *usage {
	return inventory.Derived(index, "access.usageOf", func(index *inventory.Index) *usage {
		u := &usage{verbs: map[string]bool{}, byWho: map[rbac.Subject][]*use{}, byGroup: map[string][]*use{}}
		for _, fact := range index.Kind(inventory.FactAuditUse) {
			u.add(fact)
		}
		for i := range u.uses {
			one := &u.uses[i]
			u.byWho[one.who] = append(u.byWho[one.who], one)
			for _, group := range one.groups {
				u.byGroup[group] = append(u.byGroup[group], one)
			}
		}
		return u
	})
}

func (u *usage) add(fact *inventory.Subject) {
	if u.log == nil {
		u.log = fact
	}
	from, _ := time.Parse(time.RFC3339, fact.Root.Get("window", "from").Text())
	to, _ := time.Parse(time.RFC3339, fact.Root.Get("window", "to").Text())
	if u.from.IsZero() || !from.IsZero() && from.Before(u.from) {
		u.from = from
	}
	if to.After(u.to) {
		u.to = to
	}
	for _, node := range fact.Root.Get("uses").Children() {
		text := func(key string) string { return node.Get(key).Text() }
		one := use{
			who: rbac.Subject{Kind: rbac.User, Name: text("user")}.Canonical(),
			request: rbac.Request{Verb: text("verb"), Group: text("group"), Resource: text("resource"), Sub: text("subresource"),
				Namespace: text("namespace"), Name: text("name"), Path: text("path")},
			manyNames: node.Get("manyNames").Bool(),
		}
		for _, group := range node.Get("groups").Children() {
			one.groups = append(one.groups, group.Text())
		}
		one.groups = append(one.groups, one.who.Groups()...)
		slices.Sort(one.groups)
		one.groups = slices.Compact(one.groups)
		u.verbs[one.request.Verb] = true
		u.uses = append(u.uses, one)
	}
}

// days is how long the logs reach.
func (u *usage) days() int { return int(u.to.Sub(u.from).Hours() / 24) }

// of lists what a subject did, or the members of a group.
func (u *usage) of(who rbac.Subject) []*use {
	if who.Kind == rbac.Group {
		return u.byGroup[who.Name]
	}
	return u.byWho[who]
}

func seenInLog(index *inventory.Index, who rbac.Subject) bool { return len(usageOf(index).of(who)) > 0 }

// window says which days the logs cover.
func (u *usage) window() string {
	return "from " + u.from.Format(time.DateOnly) + " to " + u.to.Format(time.DateOnly)
}

// tooShort says that the logs reach less far back than the parameter "days"; nil if they do.
func (u *usage) tooShort(in assessment.Input) []assessment.Verdict {
	if wanted := in.Values.Int("days"); u.days() < wanted {
		return []assessment.Verdict{{Outcome: assessment.Unknown, Subject: u.log, Node: u.log.Root,
			Message: fmt.Sprintf("the audit log covers %d days (%s), %d are needed", u.days(), u.window(), wanted)}}
	}
	return nil
}

// UnusedRights judges every binding by audit logs (kubeproof scan --audit-log): it fails if rights
// that it gives were not used by any of its subjects in the time that the logs cover, which must be
// the parameter "days" at least. Without a log nothing is judged.
func UnusedRights(in assessment.Input) []assessment.Verdict {
	u := usageOf(in.Index)
	if u.log == nil {
		return nil
	}
	if short := u.tooShort(in); short != nil {
		return short
	}
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		if g.Role == nil || isDefault(model, g) || len(g.Subjects) == 0 {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if idle := u.idle(g); len(idle) > 0 {
			verdict = assessment.Failed(fmt.Sprintf("%s never used %s%s %s", people(g.Subjects), shortList(idle, "; ", "; "), place(g), u.window()), g.Binding.Root.Get("roleRef"))
		}
		verdict.Subject = g.Binding
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// idle lists the rights of a grant that none of its subjects used: whole rules, or verbs of them.
func (u *usage) idle(g *rbac.Grant) []string {
	var done []*use
	for _, holder := range g.Subjects {
		done = append(done, u.of(holder.Subject)...)
	}
	if len(done) == 0 {
		return []string{"anything that " + roleOf(g) + " gives"}
	}
	var idle []string
	for i := range g.Role.Rules {
		if text := u.idleIn(&g.Role.Rules[i], g, done); text != "" && !slices.Contains(idle, text) {
			idle = append(idle, text)
		}
	}
	return idle
}

// idleIn names what was not used of one rule; "" if all was, or if the logs cannot tell.
func (u *usage) idleIn(rule *rbac.Rule, g *rbac.Grant, done []*use) string {
	if len(rule.NonResourceURLs) > 0 {
		return ""
	}
	var verbs []string
	for _, verb := range rule.Verbs {
		one := *rule
		one.Verbs = []string{verb}
		anyName := one
		anyName.ResourceNames = nil
		used := slices.ContainsFunc(done, func(d *use) bool {
			return (g.Namespace == "" || g.Namespace == d.request.Namespace) &&
				(one.Allows(d.request) || d.manyNames && anyName.Allows(d.request))
		})
		if !used && (verb == "*" || u.verbs[verb] || isWrite(verb)) {
			verbs = append(verbs, verb)
		}
	}
	if len(verbs) == 0 {
		return ""
	}
	var names []string
	for _, name := range rule.Resources {
		names = append(names, display(name, firstOf(rule.APIGroups)))
	}
	return joined(verbs, ", ", " and ") + " " + listed(names)
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Unseen judges every binding with people by audit logs: it fails if a user that it names made no
// request in the time that the logs cover, which must be the parameter "days" at least.
func Unseen(in assessment.Input) []assessment.Verdict {
	u := usageOf(in.Index)
	if u.log == nil {
		return nil
	}
	if short := u.tooShort(in); short != nil {
		return short
	}
	return judgePeople(in, func(_ *rbac.Grant, who rbac.Subject) bool { return len(u.of(who)) == 0 },
		func(g *rbac.Grant, who []rbac.Holder) string {
			return fmt.Sprintf("%s made no request %s, but %s %s%s", people(who), u.window(), plural("holds", "hold", who), roleOf(g), place(g))
		})
}
