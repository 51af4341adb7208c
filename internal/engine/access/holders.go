package access

import (
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/bundle"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Holders judges every binding at once: it fails if its subjects hold one of the dangerous rights
// of the parameter "rights", in the notation that package access documents at right. Further
// parameters:
//
//	scope        "cluster" judges what holds everywhere or in kube-system, "namespace" the rest, "" both
//	allowed      subjects that may, as patterns: "Group ops", "ServiceAccount kube-system/*"
//	needs        an object without which the rights are harmless: "ConfigMap kube-system/aws-auth"
//	podSecurity  true to say which Pod Security level the namespace enforces
//
// Bindings that Kubernetes makes by itself pass. Those that give total control, and those of the
// roles that Kubernetes ships for people, are judged by other controls and not repeated here. What
// the same subjects hold in the same place by several bindings is one finding at the first, and what
// they hold in the whole cluster is not repeated for namespaces.
func Holders(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	s, err := newSearch(in, model)
	if err != nil {
		return wrongParameter(model, err)
	}
	if needs := in.Values.String("needs"); needs != "" && !exists(in, needs) {
		return nil
	}
	verdicts := make([]assessment.Verdict, 0, len(model.Grants))
	told := &tellings{index: in.Index, byKey: map[tellingKey][]*telling{}}
	for _, g := range model.Grants {
		verdict, who, what := s.judge(g)
		if len(who) > 0 {
			told.add(len(verdicts), g, who, what)
		}
		verdicts = append(verdicts, verdict)
	}
	for _, t := range told.all {
		t.tell(in, verdicts)
	}
	return verdicts
}

// wrongParameter says on the first binding that the control's parameters cannot be read.
func wrongParameter(model *rbac.Model, err error) []assessment.Verdict {
	if len(model.Grants) == 0 {
		return nil
	}
	first := model.Grants[0].Binding
	return []assessment.Verdict{{Outcome: assessment.Error, Message: err.Error(), Subject: first, Node: first.Root}}
}

// search looks for holders of rights; what a role holds is looked up once.
type search struct {
	in      assessment.Input
	model   *rbac.Model
	rights  []*right
	allowed []string
	minor   int // of the cluster; 0 if unknown
	byRole  map[*rbac.Role][]held
	byWith  map[withKey][]held
	byWide  map[wideKey]*wide
}

type withKey struct {
	who               rbac.Subject
	right             *right
	bundle, namespace string
}

func newSearch(in assessment.Input, model *rbac.Model) (*search, error) {
	rights, err := parseRights(in.Values.Strings("rights"))
	return &search{in: in, model: model, rights: rights, allowed: in.Values.Strings("allowed"), minor: minorOf(in.Index),
		byRole: map[*rbac.Role][]held{}, byWith: map[withKey][]held{}, byWide: map[wideKey]*wide{}}, err
}

// minorOf is the minor version of the cluster; 0 if several or none were seen.
func minorOf(index *inventory.Index) int {
	clusters := index.Kind(inventory.FactCluster)
	if len(clusters) != 1 {
		return 0
	}
	minor, _ := strconv.Atoi(clusters[0].Root.Get("version", "minor").Text())
	return minor
}

// judge gives the verdict of a binding; that of a failure is not written yet, but for who holds what.
func (s *search) judge(g *rbac.Grant) (_ assessment.Verdict, who []rbac.Holder, what []held) {
	verdict := assessment.Verdict{Outcome: assessment.Pass, Subject: g.Binding}
	switch {
	case isDefault(s.model, g) || !inScope(s.in.Values.String("scope"), g):
		return verdict, nil, nil
	case g.Refused != "":
		verdict.Outcome, verdict.Message = assessment.NotApplicable, "the binding gives nothing: "+g.Refused
		return verdict, nil, nil
	case s.judgedElsewhere(g) != "":
		verdict.Outcome, verdict.Message = assessment.NotApplicable, s.judgedElsewhere(g)
		return verdict, nil, nil
	case g.Role == nil:
		verdict.Outcome, verdict.Message = assessment.NotApplicable, "the rules of "+roleOf(g)+" were not seen"
		return verdict, nil, nil
	}
	who, what = s.offenders(g)
	if len(who) > 0 && s.toldWider(g, who, what) {
		verdict.Outcome, verdict.Message = assessment.NotApplicable, people(who)+" can do the same in the whole cluster, which is told there"
		return verdict, nil, nil
	}
	return verdict, who, what
}

// offenders lists the subjects of a binding that hold a dangerous right by it, and what they hold.
func (s *search) offenders(g *rbac.Grant) (who []rbac.Holder, what []held) {
	here := allHere(s.held(g.Role), g)
	if len(here) == 0 {
		return nil, nil
	}
	for _, holder := range g.Subjects {
		if fitsAny(s.allowed, holder.Subject.String()) {
			continue
		}
		guilty := false
		for _, h := range here {
			more, complete := s.completed(holder.Subject, h, g)
			if !complete || s.isPartOfMore(holder.Subject, h, g) {
				continue
			}
			guilty = true
			what = append(append(what, h), more...)
		}
		if guilty {
			who = append(who, holder)
		}
	}
	return who, what
}

// held lists what a role holds of the rights.
func (s *search) held(role *rbac.Role) []held {
	found, known := s.byRole[role]
	if known {
		return found
	}
	for i := range role.Rules {
		rule := &role.Rules[i]
		for _, r := range s.rights {
			if r.before > 0 && s.minor >= r.before {
				continue
			}
			for _, h := range r.heldBy(rule) {
				if !s.isRepeated(h) {
					found = append(found, h)
				}
			}
		}
	}
	s.byRole[role] = found
	return found
}

// isRepeated reports whether a control of sweeping rules says the same; those controls, whose
// rights are sweeping themselves, repeat nothing.
func (s *search) isRepeated(h held) bool {
	if h.right.isSweeping() {
		return false
	}
	if h.all && isTotal(h.rule) && !h.right.isTotal() {
		return true
	}
	return isSweeping(h.rule) && !slices.ContainsFunc(h.verbs, func(verb string) bool { return !slices.Contains(sweepingVerbs, verb) })
}

func (r *right) isSweeping() bool {
	return slices.Contains(r.resources, resource{"*", "*"})
}

func (r *right) holdsIn(namespace string) bool {
	return r.namespaces == nil || namespace == "" || fitsAny(r.namespaces, namespace)
}

// completed gives what a subject holds beside h that makes h dangerous; false if it lacks it.
func (s *search) completed(who rbac.Subject, h held, g *rbac.Grant) ([]held, bool) {
	if h.right.with == nil {
		return nil, true
	}
	found := s.heldToo(who, h.right.with, g)
	return found, len(found) > 0
}

// isPartOfMore reports whether a subject holds what its right is written "unless" of.
func (s *search) isPartOfMore(who rbac.Subject, h held, g *rbac.Grant) bool {
	return h.right.unless != nil && len(s.heldToo(who, h.right.unless, g)) > 0
}

// heldToo is heldElsewhere, looked up once.
func (s *search) heldToo(who rbac.Subject, wanted *right, g *rbac.Grant) []held {
	key := withKey{who, wanted, bundle.Of(s.in.Index, g.Binding), g.Namespace}
	found, known := s.byWith[key]
	if !known {
		found = s.heldElsewhere(who, wanted, g)
		s.byWith[key] = found
	}
	return found
}

// heldElsewhere finds a second right, with all that it needs in turn, by any binding of a subject
// that holds where the first grant does and is applied with it; nil if there is none.
func (s *search) heldElsewhere(who rbac.Subject, wanted *right, first *rbac.Grant) []held {
	for _, g := range s.model.GrantsOf(who) {
		if g.Role == nil || !overlap(g, first) || bundle.Of(s.in.Index, g.Binding) != bundle.Of(s.in.Index, first.Binding) {
			continue
		}
		for i := range g.Role.Rules {
			found := allHere(wanted.heldBy(&g.Role.Rules[i]), g)
			if len(found) == 0 {
				continue
			}
			if more, complete := s.completed(who, found[0], first); complete {
				return append(found, more...)
			}
		}
	}
	return nil
}

// guilty is the entry of the first offender; the reference to the role if the binding names none.
func guilty(g *rbac.Grant, who []rbac.Holder) *document.Node {
	if len(who) > 0 && who[0].Node != nil {
		return who[0].Node
	}
	if ref := g.Binding.Root.Get("roleRef"); ref != nil {
		return ref
	}
	return g.Binding.Root
}
