package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"

	"github.com/kubeproof/kubeproof/internal/collect/osv"
	packages "github.com/kubeproof/kubeproof/internal/collect/software"
	"github.com/kubeproof/kubeproof/internal/collect/vex"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/sbom"
	"github.com/kubeproof/kubeproof/internal/software"
)

// billFacts is the fact SoftwareBill.
type billFacts struct {
	APIVersion    string             `json:"apiVersion"`
	Kind          string             `json:"kind"`
	Metadata      metadata           `json:"metadata"`
	From          string             `json:"from"`
	Observed      string             `json:"observed,omitempty"`
	Packages      []software.Package `json:"packages"`
	PackageCounts map[string]int     `json:"packageCounts"`
	*osv.Result
}

type metadata struct {
	Name string `json:"name"`
}

// planBill reads a bill of materials that somebody made.
func (r *run) planBill(target int, name, place string) {
	r.addPacked(target, name, place, func(show string, text io.Reader) []part {
		found, format, err := sbom.Read(text)
		var left *sbom.LeftOut
		if err != nil && !errors.As(err, &left) {
			return failed(show, err.Error())
		}
		p := r.bill(name, show, format, found)
		p.files = 1
		if left != nil {
			p.errors = append(p.errors, inventory.Error{File: show, Lost: true, Message: left.Error()})
		}
		return []part{p}
	})
}

// planDependencies holds the packages that a folder installs or locks against advisories, if there
// are some.
func (r *run) planDependencies(target int, name, real string) {
	if r.options.Image.Advisories == nil {
		return
	}
	show := path.Clean(filepath.ToSlash(name))
	r.add(target, name, show, func() []part {
		found, errs := packagesBelow(r.ctx, real, show, nil)
		p := part{show: show}
		if len(found) > 0 {
			p = r.bill(name, show, "folder", found)
		}
		p.errors = append(errs, p.errors...)
		return []part{p}
	})
}

// packagesBelow reads the packages of a folder that people see as show.
func packagesBelow(ctx context.Context, folder, show string, tell func(files int)) ([]software.Package, []inventory.Error) {
	found, errs := packages.Folder(ctx, folder, packageLimits(), tell)
	for n := range errs {
		errs[n].File = path.Join(show, errs[n].File)
	}
	return found, errs
}

// bill makes a subject of packages, held against the advisories if there are some.
func (r *run) bill(target, show, from string, found []software.Package) part {
	o := r.options.Image
	slices.SortStableFunc(found, software.Compare)
	facts := billFacts{APIVersion: inventory.FactVersion, Kind: inventory.FactBill, Metadata: metadata{show}, From: from, Observed: o.observed(),
		Packages: append([]software.Package{}, found...), PackageCounts: map[string]int{}}
	for _, one := range found {
		facts.PackageCounts[string(one.Type)]++
	}
	p := part{show: show}
	if o.Advisories != nil {
		result, errs := o.Advisories.Match(r.ctx, found, osv.Options{Observed: o.Observed, VEX: o.VEX, Image: vex.Image{},
			Limits: osv.Limits{Vulnerabilities: mostVulnerabilities}})
		facts.Result, p.errors = &result, errs
		for n := range p.errors {
			if p.errors[n].File == "" {
				p.errors[n].File = show
			}
		}
	}
	root, err := r.factOf(facts)
	if err != nil {
		p.errors = append(p.errors, inventory.Error{File: show, Lost: true, Message: fmt.Sprintf("put the facts of %d packages together: %v: split it", len(found), err)})
		return p
	}
	p.subjects, p.documents = []*inventory.Subject{{Kind: inventory.FactBill, APIVersion: inventory.FactVersion, Name: show, Root: root,
		Source: &inventory.Source{Target: target, File: show}}}, 1
	return p
}

// factOf makes the tree of a fact.
func (r *run) factOf(facts any) (*document.Node, error) {
	text, err := json.Marshal(facts)
	if err != nil {
		return nil, err
	}
	root, _, err := document.NewUnplacedReader(r.options.Limits).Read(text, document.Shape{})
	return root, err
}
