package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// OneByOne judges every binding with human users: it fails if it names them instead of a group.
func OneByOne(in assessment.Input) []assessment.Verdict {
	return judgePeople(in, func(_ *rbac.Grant, who rbac.Subject) bool { return who.Kind == rbac.User },
		func(g *rbac.Grant, who []rbac.Holder) string {
			return fmt.Sprintf("%s %s bound by name: bind a group to %s", people(who), plural("is", "are", who), roleOf(g))
		})
}

// SharedNames judges every binding with human subjects: it fails if a user has one of the
// parameter "names", which tell no person, also with numbers behind.
func SharedNames(in assessment.Input) []assessment.Verdict {
	names := in.Values.Strings("names")
	return judgePeople(in, func(_ *rbac.Grant, who rbac.Subject) bool {
		plain := strings.ToLower(who.Name)
		if at := strings.LastIndexAny(plain, ":#"); at >= 0 { // prefixes of OIDC: "oidc:admin", "https://issuer#admin"
			plain = plain[at+1:]
		}
		plain, _, _ = strings.Cut(plain, "@")
		return who.Kind == rbac.User && slices.Contains(names, strings.TrimRight(plain, "0123456789-_."))
	}, func(g *rbac.Grant, who []rbac.Holder) string {
		return fmt.Sprintf("%s %s no person: nobody knows who acts with %s", people(who), plural("names", "name", who), roleOf(g))
	})
}

// plural chooses the form of a verb by the number of holders that do it.
func plural(one, several string, who []rbac.Holder) string {
	if len(who) == 1 {
		return one
	}
	return several
}

// judgePeople gives one verdict for each binding that names people.
func judgePeople(in assessment.Input, wrong func(*rbac.Grant, rbac.Subject) bool, say func(*rbac.Grant, []rbac.Holder) string) []assessment.Verdict {
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		if isDefault(model, g) || !hasPeople(g) {
			continue
		}
		var who []rbac.Holder
		for _, holder := range g.Subjects {
			if holder.Subject.Human() && wrong(g, holder.Subject) && !fitsAny(in.Values.Strings("allowed"), holder.Subject.String()) {
				who = append(who, holder)
			}
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if len(who) > 0 {
			verdict = assessment.Failed(say(g, who), guilty(g, who))
		}
		verdict.Subject = g.Binding
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

func hasPeople(g *rbac.Grant) bool {
	return slices.ContainsFunc(g.Subjects, func(h rbac.Holder) bool { return h.Subject.Human() })
}

// writes reports whether a grant lets its subjects change anything.
func writes(g *rbac.Grant) (changes, known bool) {
	if g.RoleKind == "ClusterRole" && slices.Contains(userFacing, g.RoleName) {
		return g.RoleName != "view", true
	}
	if g.Role == nil {
		return false, false
	}
	for _, rule := range g.Role.Rules {
		if len(rule.NonResourceURLs) == 0 && slices.ContainsFunc(rule.Verbs, isWrite) && !onlyAsks(&rule) {
			return true, true
		}
	}
	return false, true
}

func isWrite(verb string) bool { return verb != "get" && verb != "list" && verb != "watch" }

// onlyAsks reports whether a rule creates nothing that stays: reviews are questions.
func onlyAsks(rule *rbac.Rule) bool {
	return !slices.ContainsFunc(rule.Resources, func(name string) bool { return !strings.HasSuffix(name, "reviews") })
}

// Production judges every binding with human subjects that holds in a namespace of production, by
// its labels: it fails if they may change something there.
func Production(in assessment.Input) []assessment.Verdict {
	production := productionNamespaces(in)
	if len(production) == 0 {
		return nil
	}
	return judgePeople(in, func(g *rbac.Grant, _ rbac.Subject) bool {
		changes, _ := writes(g)
		return changes && (g.Namespace == "" || slices.Contains(production, g.Namespace))
	}, func(g *rbac.Grant, who []rbac.Holder) string {
		in := "namespace " + g.Namespace
		if g.Namespace == "" {
			in = "namespace " + listed(production)
			if len(production) > 1 {
				in = "namespaces " + listed(production)
			}
		}
		return fmt.Sprintf("%s can change things in production, %s (%s)", people(who), in, roleOf(g))
	})
}

func productionNamespaces(in assessment.Input) []string {
	var names []string
	for _, namespace := range in.Index.Kind("Namespace") {
		for _, label := range in.Values.Strings("environmentLabels") {
			if slices.Contains(in.Values.Strings("production"), strings.ToLower(namespace.Labels().Get(label).Text())) {
				names = append(names, namespace.Name)
				break
			}
		}
	}
	return names
}

// ReadApart judges how people hold rights: it fails once if many may change things and nobody holds
// a role that only reads, and for every role whose name promises reading and that changes.
func ReadApart(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	var writer *rbac.Grant
	readers := 0
	for _, g := range model.Grants {
		if isDefault(model, g) || !hasPeople(g) {
			continue
		}
		switch changes, known := writes(g); {
		case !known:
		case changes && writer == nil:
			writer = g
		case !changes:
			readers++
			verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Pass, Subject: g.Binding, Message: "read-only"})
		}
	}
	if writer != nil && readers == 0 {
		verdict := assessment.Failed("all people with access can change things: nobody holds a role that only reads", writer.Binding.Root.Get("roleRef"))
		verdict.Subject = writer.Binding
		verdicts = append(verdicts, verdict)
	}
	return append(verdicts, falseNames(in, model)...)
}

func falseNames(in assessment.Input, model *rbac.Model) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, object := range in.Index.Kind(kind) {
			role := model.RoleOf(object)
			if role == nil || shipped(model, object) || !promisesReading(object) {
				continue
			}
			verdict := assessment.Verdict{Outcome: assessment.Pass}
			for i := range role.Rules {
				rule := &role.Rules[i]
				if at := slices.IndexFunc(rule.Verbs, isWrite); at >= 0 && len(rule.NonResourceURLs) == 0 && !onlyAsks(rule) {
					verdict = assessment.Failed(fmt.Sprintf("%s %q promises reading, but its holders may %s %s", kind, object.Name, verbOf(rule.Verbs[at]), listed(rule.Resources)), rule.Node)
					break
				}
			}
			verdict.Subject = object
			verdicts = append(verdicts, verdict)
		}
	}
	return verdicts
}

func verbOf(verb string) string {
	if verb == "*" {
		return "do anything with"
	}
	return verb
}

// promisesReading reports whether the last word of a role's name says that it only reads.
func promisesReading(object *inventory.Subject) bool {
	words := strings.FieldsFunc(strings.ToLower(object.Name), func(r rune) bool { return !('a' <= r && r <= 'z') })
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return slices.Contains([]string{"view", "viewer", "reader", "readonly", "read"}, last) || last == "only" && slices.Contains(words, "read")
}
