package demo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/collect/component"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/scan"
)

// weeks is for how long the organisation has been scanned.
const weeks = 26

// sight is what a scan sees of a cluster in one week.
type sight struct {
	cluster *cluster
	seed    uint64
	week    int
	at      time.Time
	source  *inventory.Source
	inv     *inventory.Inventory
}

// see makes the inventory of a cluster as its collector would give it.
func see(c *cluster, seed uint64, week int, at time.Time) *inventory.Inventory {
	target := "cluster:" + c.name
	s := &sight{cluster: c, seed: seed, week: week, at: at, source: &inventory.Source{Target: target, Cluster: c.name}, inv: &inventory.Inventory{}}
	s.namespaces()
	s.rights()
	s.machines()
	s.watched()
	for _, in := range s.spaces() {
		for i := range in.workloads {
			if w := (running{&in.workloads[i], in, c, seed, week}); w.there() {
				s.running(w)
			}
		}
	}
	s.described()
	if c.unread != 0 && week == c.unread {
		s.overlook("Secret", "RoleBinding")
	}
	slices.SortStableFunc(s.inv.Subjects, func(a, b *inventory.Subject) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	read := len(s.inv.Subjects)
	s.inv.Targets = []inventory.Target{{Kind: "cluster", Name: target, Documents: read, About: collect.About(s.inv.Subjects, s.inv.Gaps)}}
	s.inv.Subjects = append(s.inv.Subjects, component.Derive(s.inv.Subjects)...)
	inventory.ResolveOwners(s.inv.Subjects)
	return s.inv
}

// running adds a workload with all that belongs to it.
func (s *sight) running(w running) {
	made := w.object()
	s.add(made)
	for _, one := range append(w.pods(made), w.around()...) {
		s.add(one)
	}
}

// add adds an object.
func (s *sight) add(one object) {
	s.inv.Subjects = append(s.inv.Subjects, inventory.NewSubject(document.Make(one), s.source, 0, "", nil))
}

// spaces are the namespaces that are there.
func (s *sight) spaces() []*space {
	var there []*space
	for i := range s.cluster.spaces {
		if in := &s.cluster.spaces[i]; in.from <= s.week {
			there = append(there, in)
		}
	}
	return there
}

// there reports whether the workload is installed.
func (w running) there() bool { return max(w.from, w.in.from) <= w.week }

// overlook takes kinds away, as a cluster does that does not let them be read.
func (s *sight) overlook(kinds ...string) {
	s.inv.Subjects = slices.DeleteFunc(s.inv.Subjects, func(one *inventory.Subject) bool { return slices.Contains(kinds, one.Kind) })
	for _, kind := range kinds {
		s.inv.Gaps = append(s.inv.Gaps, inventory.Gap{Target: s.source.Target, Kind: kind, Reason: "no right to list them: the role of the scanner was changed"})
	}
	s.inv.Errors = append(s.inv.Errors, inventory.Error{Target: s.source.Target, Message: "list pods in messaging: the connection was lost", Lost: true})
}

// judged is a scan as it is recorded.
func (m *maker) judged(ctx context.Context, c *cluster, week int, at time.Time, keep bool) (journal.ScanReport, error) {
	inv := see(c, m.options.Seed, week, at)
	request := m.request
	request.Today = at
	a, err := scan.Assess(ctx, m.plan, request, inv)
	if err != nil {
		return journal.ScanReport{}, err
	}
	made := journal.ScanReport{Plan: Review, Environment: c.environment, Label: c.name, Made: at, Assessment: a, Version: m.options.Version, Names: []string{"cluster " + inv.Targets[0].About}}
	var text bytes.Buffer
	if err := report.Write("json", &text, report.New(a, nil, report.Options{Version: m.options.Version})); err != nil {
		return made, err
	}
	if made.JSON = text.Bytes(); keep {
		made.Inventory, err = m.packed(inv, a.Findings)
	}
	return made, err
}

// packed is the inventory as it is kept, without the secrets that the controls that look for them found.
func (m *maker) packed(inv *inventory.Inventory, findings []*assessment.Finding) ([]byte, error) {
	looks := map[string]bool{}
	for _, c := range m.options.Controls {
		looks[c.ID] = c.Sensitive
	}
	findings = slices.DeleteFunc(slices.Clone(findings), func(f *assessment.Finding) bool { return !looks[f.Control] })
	var text bytes.Buffer
	zip := gzip.NewWriter(&text)
	if err := saved.Write(zip, inv, findings); err != nil {
		return nil, err
	}
	err := zip.Close()
	return text.Bytes(), err
}
