package audit

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// HidesUsers fails for rules at None that name users or groups and take requests of theirs that
// should be seen whoever makes them (parameter requests).
func HidesUsers(in assessment.Input) []assessment.Verdict {
	samples, err := Samples(in.Values.Strings("requests"))
	return judged(in, func(found *Found) (all []assessment.Verdict) {
		if err != nil {
			return []assessment.Verdict{found.at(assessment.Error, err.Error(), found.Node)}
		}
		for i := range found.Rules {
			rule := &found.Rules[i]
			if rule.Level != None || len(rule.Users)+len(rule.UserGroups) == 0 {
				continue
			}
			if hidden, example := found.hidden(rule, samples); len(hidden) > 0 {
				all = append(all, found.at(assessment.Fail, fmt.Sprintf("rule %d keeps requests of %s out of the log, as %s",
					rule.Number, listed(hidden), example), rule.Node))
			}
		}
		return all
	})
}

// hidden lists those named by a rule of whom it takes a sample, with the first such sample.
func (p *Policy) hidden(rule *Rule, samples []Sample) (hidden []string, example string) {
	for _, actor := range rule.named() {
		if sample := p.takes(rule, actor, samples); sample != "" {
			hidden = append(hidden, actor.Title)
			if example == "" {
				example = sample
			}
		}
	}
	return hidden, example
}

func (p *Policy) takes(rule *Rule, actor Actor, samples []Sample) string {
	for _, sample := range samples {
		for _, place := range p.Places(sample) {
			if p.Evaluate(sample.Event(actor, place)).Rule == rule {
				return sample.String() + place.String()
			}
		}
	}
	return ""
}

// mostNamed bounds how many of those whom a rule names are tried.
const mostNamed = 100

// named gives the callers that a rule names: its users, members of its groups if it names groups
// too, or any member of its groups.
func (r *Rule) named() []Actor {
	var all []Actor
	for _, user := range r.Users[:min(len(r.Users), mostNamed)] {
		all = append(all, Actor{Title: "user " + user, User: user, Groups: append(GroupsOf(user), r.UserGroups...)})
	}
	if len(r.Users) > 0 {
		return all
	}
	for _, group := range r.UserGroups[:min(len(r.UserGroups), mostNamed)] {
		all = append(all, memberOf(group))
	}
	return all
}

// GroupsOf are the groups that the API server gives to a user by itself.
func GroupsOf(user string) []string {
	rest, isAccount := strings.CutPrefix(user, "system:serviceaccount:")
	switch {
	case user == "system:anonymous":
		return []string{"system:unauthenticated"}
	case isAccount:
		namespace, _, _ := strings.Cut(rest, ":")
		return []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"}
	case strings.HasPrefix(user, "system:node:"):
		return []string{"system:nodes", "system:authenticated"}
	}
	return []string{"system:authenticated"}
}

// memberOf is somebody in the group, whom no rule names.
func memberOf(group string) Actor {
	actor := Actor{Title: "group " + group, User: "sample-user", Groups: []string{group, "system:authenticated"}}
	for _, known := range Actors {
		for _, own := range known.Groups {
			if own == group && group != "system:authenticated" {
				actor.User, actor.Groups = known.User, known.Groups
			}
		}
	}
	if namespace, ok := strings.CutPrefix(group, "system:serviceaccounts:"); ok {
		actor.User = "system:serviceaccount:" + namespace + ":sample"
		actor.Groups = GroupsOf(actor.User)
	}
	return actor
}

// listed joins names for a message; of many the first three.
func listed(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
