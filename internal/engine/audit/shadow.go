package audit

import "strings"

// Shadow tells whether a rule ever decides.
type Shadow struct {
	// Witness is a request that the rule decides; nil if there is none.
	Witness *Event
	// By are the earlier rules that take its requests, in their order. Where there is neither a
	// witness nor such a rule, no request can match the rule at all.
	By []*Rule
	// Decided is false if the rule names too much to be tried in bounded time.
	Decided bool
}

// tries bounds how many requests are tried for one rule, so that a whole policy takes bounded time.
func (p *Policy) tries() int {
	const mostMatches, mostTries = 20_000_000, 20_000
	return min(mostTries, mostMatches/(len(p.Rules)*len(p.Rules)))
}

// fresh stands for what no policy names. It cannot be written in a policy that the API server
// reads and matches nothing but what matches everything.
const fresh = "\x00"

// Shadow tells exactly whether any request can reach a rule of the policy. Where the rule does
// not restrict a part of a request, a value that no rule names is tried: fewest rules catch it,
// so if an earlier rule does, it catches every other value too. For the same reason one group of
// a user is enough. Where the rule lists values, each is tried.
func (p *Policy) Shadow(rule *Rule) Shadow {
	shadow := Shadow{Decided: true}
	taken := map[*Rule]bool{}
	left := p.tries()
	rule.requests(func(e Event) bool {
		if left--; left < 0 {
			shadow.Decided = false
			return false
		}
		if !rule.Matches(e) { // a resource such as pods/ is none
			return true
		}
		by := p.Evaluate(e).Rule
		if by == rule {
			shadow.Witness = &e
			return false
		}
		taken[by] = true
		return true
	})
	if shadow.Witness == nil && shadow.Decided {
		for i := range p.Rules {
			if taken[&p.Rules[i]] {
				shadow.By = append(shadow.By, &p.Rules[i])
			}
		}
	}
	return shadow
}

// requests gives the hardest requests to catch among those that the rule matches, until yield
// says stop.
func (r *Rule) requests(yield func(Event) bool) {
	r.targets(func(e Event) bool {
		for _, user := range orFresh(r.Users) {
			for _, verb := range orFresh(r.Verbs) {
				e.User, e.Verb, e.Groups = user, verb, nil
				if len(r.UserGroups) == 0 && !yield(e) {
					return false
				}
				for _, group := range r.UserGroups {
					e.Groups = []string{group}
					if !yield(e) {
						return false
					}
				}
			}
		}
		return true
	})
}

// targets gives what is asked for: resources, paths, or both.
func (r *Rule) targets(yield func(Event) bool) {
	if len(r.Namespaces) == 0 && len(r.Resources) == 0 {
		for _, url := range orFresh(r.NonResourceURLs) {
			if !yield(Event{Path: pathIn(url)}) {
				return
			}
		}
		if len(r.NonResourceURLs) > 0 {
			return
		}
	}
	entries := r.Resources
	if len(entries) == 0 {
		entries = []GroupResources{{Group: "*"}}
	}
	for _, entry := range entries {
		for _, namespace := range orFresh(r.Namespaces) {
			for _, resource := range orFresh(entry.Resources) {
				for _, name := range orFresh(entry.ResourceNames) {
					e := Event{Namespace: namespace, Group: entry.Group, Name: name}
					e.Resource, e.Sub = resourceIn(resource)
					if e.Group == "*" {
						e.Group = fresh
					}
					if !yield(e) {
						return
					}
				}
			}
		}
	}
}

func orFresh(list []string) []string {
	if len(list) == 0 {
		return []string{fresh}
	}
	return list
}

// pathIn gives the path that fewest patterns match among those that a pattern matches.
func pathIn(pattern string) string {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok || pattern == fresh {
		return "/" + strings.TrimPrefix(strings.TrimRight(prefix, "*"), "/") + fresh
	}
	return pattern
}

// resourceIn gives the resource and subresource that fewest patterns match among those that a
// pattern matches.
func resourceIn(pattern string) (resource, sub string) {
	if pattern == "*" {
		return fresh, fresh
	}
	resource, sub, _ = strings.Cut(pattern, "/")
	if resource == "*" {
		resource = fresh
	}
	if sub == "*" {
		sub = fresh
	}
	return resource, sub
}
