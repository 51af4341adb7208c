package engine

import (
	"crypto/sha256"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// worker judges subjects one after another in one goroutine.
type worker struct {
	plan   *Plan
	inv    *inventory.Inventory
	index  *inventory.Index
	counts []assessment.Counts
	frame  frame
	memos  []memo // by rule
	// blocked tells, for each rule, where it is not run.
	blocked []blockage
	// keyBytes is reused for every key.
	keyBytes []byte

	// of the subject that is being judged:
	subject  *inventory.Subject
	findings []*assessment.Finding
	slab     []assessment.Finding
	judged   bool
	excerpts excerpts
	spots    map[*document.Node]*spot
	prints   map[[sha256.Size]byte]int
	skipped  map[string][]bool // by file: the rules left out there
	skip     []bool            // of the subject's file; nil if none
}

func newWorker(p *Plan, inv *inventory.Inventory, index *inventory.Index) *worker {
	return &worker{plan: p, inv: inv, index: index, counts: make([]assessment.Counts, len(p.rules)), memos: make([]memo, len(p.rules))}
}

// judge gives the findings of one subject and whether any control looked at it.
func (w *worker) judge(s *inventory.Subject) ([]*assessment.Finding, bool) {
	if s.Pod != nil && s.Owner != nil {
		return nil, true // through its owner
	}
	w.begin(s)
	if !isNamesake(s) {
		for _, i := range w.plan.byKind[s.Kind] {
			w.apply(i, s.Root, inventory.Container{})
		}
	}
	kindJudged := w.judged
	for _, i := range w.plan.objects {
		w.apply(i, s.Root, inventory.Container{})
	}
	w.judged = kindJudged // what looks at every object does not make its kind known
	if s.Pod != nil {
		w.judgePod(s.Pod)
	}
	if s.Kind == inventory.FactDockerfile {
		w.judgeDockerfile(s.Root)
	}
	return inOrder(slices.Clone(w.findings)), w.judged
}

func (w *worker) begin(s *inventory.Subject) {
	w.subject, w.findings, w.judged = s, w.findings[:0], false
	clear(w.prints)
	clear(w.spots)
	w.excerpts.begin(s)
	w.skip = w.skipIn(s.Source.File)
	w.frame = frame{object: toValue(s.Root), namespace: emptyMap}
	if namespace := w.index.Find("Namespace", "", s.Namespace); namespace != nil {
		w.frame.namespace = toValue(namespace.Root)
	}
}

// skipIn gives which rules are left out for a file; nil if none is.
func (w *worker) skipIn(file string) []bool {
	if w.plan.options.Skip == nil {
		return nil
	}
	skip, known := w.skipped[file]
	if !known {
		skip = make([]bool, len(w.plan.rules))
		for i, r := range w.plan.rules {
			skip[i] = w.plan.options.Skip(file, r.control)
		}
		if w.skipped == nil {
			w.skipped = map[string][]bool{}
		}
		w.skipped[file] = skip
	}
	return skip
}

func (w *worker) judgePod(pod *inventory.Pod) {
	w.frame.pod, w.frame.template = toValue(pod.Spec), toValue(pod.Template)
	for _, i := range w.plan.pod {
		element := pod.Spec
		if w.plan.rules[i].scope.Name == "workload" {
			element = w.subject.Root
		}
		w.apply(i, element, inventory.Container{})
	}
	for _, volume := range pod.Spec.Get("volumes").Children() {
		w.frame.volume = toValue(volume)
		for _, i := range w.plan.volumes {
			w.apply(i, volume, inventory.Container{})
		}
	}
	for _, c := range pod.Containers() {
		w.frame.container = toValue(c.Node)
		for _, i := range w.plan.container {
			if inScope(w.plan.rules[i].scope.Name, c.Role) {
				w.apply(i, c.Node, c)
			}
		}
		if len(w.plan.variables) > 0 {
			w.judgeVariables(c)
		}
	}
}

func (w *worker) judgeVariables(c inventory.Container) {
	for _, variable := range c.Node.Get("env").Children() {
		w.frame.variable = toValue(variable)
		for _, i := range w.plan.variables {
			w.apply(i, variable, c)
		}
	}
}

func inScope(scope string, role inventory.Role) bool {
	switch scope {
	case "containers.all":
		return true
	case "containers.main":
		return role == inventory.Main
	case "containers.init":
		return role == inventory.Init || role == inventory.Sidecar
	case "containers.ephemeral":
		return role == inventory.Ephemeral
	case "containers.lasting":
		return role != inventory.Ephemeral
	}
	return false
}

// judgeWhole runs the checks that look at everything at once, side by side.
func (w *worker) judgeWhole(judged []bool) []*assessment.Finding {
	place := make(map[*inventory.Subject]int, len(w.inv.Subjects))
	for i, s := range w.inv.Subjects {
		place[s] = i
	}
	if len(place) == 0 {
		return nil
	}
	verdicts := make([][]assessment.Verdict, len(w.plan.whole))
	w.subject = nil
	parallel(len(verdicts), func(_, i int) {
		if rule := w.plan.whole[i]; !w.blocked[rule].everywhere() {
			verdicts[i] = w.run(w.plan.rules[rule], nil, inventory.Container{})
		}
	})
	var all []*assessment.Finding
	for n, i := range w.plan.whole {
		for _, verdict := range verdicts[n] {
			if verdict.Subject == nil { // the check stopped before it came to any
				verdict.Subject = w.inv.Subjects[0]
			}
			if w.subject != verdict.Subject {
				w.begin(verdict.Subject)
			}
			w.findings = w.findings[:0]
			if w.blocked[i].of(verdict.Subject) {
				continue
			}
			if w.skip != nil && w.skip[i] {
				continue
			}
			w.report(i, verdict, verdict.Subject.Root)
			judged[place[verdict.Subject]] = true
			all = append(all, w.findings...)
		}
	}
	return all
}
