package api

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Clusters give what scans saw: a shelf.Shelf.
type Clusters interface {
	// Ask gives what the newest scan of a cluster saw, or that of a scan that is named. fs.ErrNotExist is
	// wrapped if there is no such cluster or scan, or the scan was handed in without what it saw.
	Ask(ctx context.Context, source, scan string) (*ask.Seen, store.ScanRow, error)
}

// AskedCluster names a cluster and a scan of it.
type AskedCluster struct {
	Review      string `path:"review"`
	Environment string `path:"environment"`
	Label       string `path:"label" doc:"of its scans"`
	Scan        string `query:"scan" maxLength:"200" doc:"the scan that is asked; the newest by default"`
}

// AsOf is what every answer about a cluster tells.
type AsOf struct {
	Scan   string    `json:"scan"`
	Made   time.Time `json:"made"`
	Unseen []string  `json:"unseen" doc:"what the scan did not see: the answer lacks it"`
}

// ask gets what a scan saw. Kinds are those without which the answer is incomplete.
func (a *api) ask(ctx context.Context, in AskedCluster, kinds ...string) (*ask.Seen, AsOf, error) {
	seen, scan, err := a.Clusters.Ask(ctx, strings.Join([]string{in.Review, in.Environment, in.Label}, "/"), in.Scan)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, AsOf{}, huma.Error404NotFound(err.Error())
	}
	if err != nil {
		return nil, AsOf{}, a.problem(err)
	}
	return seen, AsOf{scan.ID, scan.Made, append([]string{}, seen.Unseen(kinds...)...)}, nil
}

type rbacSubjectsInput struct {
	AskedCluster
	All bool `query:"all" doc:"also those of Kubernetes and of the platform"`
}

// DangerousSubject is a subject with the ways by which it has or gets more rights.
type DangerousSubject struct {
	ask.ListedSubject
	Dangers []ask.Danger `json:"dangers"`
}

type rbacSubjectsOutput struct {
	Body struct {
		AsOf
		Subjects []DangerousSubject `json:"subjects"`
		LeftOut  int                `json:"leftOut" doc:"of Kubernetes and of the platform"`
	}
}

func (a *api) rbacSubjects(ctx context.Context, in *rbacSubjectsInput) (*rbacSubjectsOutput, error) {
	seen, about, err := a.ask(ctx, in.AskedCluster, ask.PathKinds...)
	if err != nil {
		return nil, err
	}
	list, out := seen.Subjects(in.All), &rbacSubjectsOutput{}
	out.Body.AsOf, out.Body.LeftOut, out.Body.Subjects = about, list.LeftOut, []DangerousSubject{}
	for _, one := range list.Subjects {
		out.Body.Subjects = append(out.Body.Subjects, DangerousSubject{one, append([]ask.Danger{}, seen.Dangers(one.Subject)...)})
	}
	return out, nil
}

type rbacWhoCanInput struct {
	AskedCluster
	Verb      string `query:"verb" required:"true" minLength:"1" maxLength:"100"`
	Resource  string `query:"resource" required:"true" minLength:"1" maxLength:"300" doc:"as kubectl takes it, or a path: pods/exec, deployments.apps, /metrics"`
	Namespace string `query:"namespace" maxLength:"300"`
	Name      string `query:"name" maxLength:"300" doc:"of the object"`
}

type rbacWhoCanOutput struct {
	Body struct {
		AsOf
		Question ask.Question `json:"question"`
		Answers  []ask.Access `json:"answers"`
		Notes    []string     `json:"notes"`
	}
}

func (a *api) rbacWhoCan(ctx context.Context, in *rbacWhoCanInput) (*rbacWhoCanOutput, error) {
	seen, about, err := a.ask(ctx, in.AskedCluster, ask.RightsKinds...)
	if err != nil {
		return nil, err
	}
	found, err := seen.WhoCan(in.Verb, in.Resource, in.Namespace, in.Name)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	out := &rbacWhoCanOutput{}
	out.Body.AsOf, out.Body.Question, out.Body.Answers, out.Body.Notes = about, found.Question, found.Answers, found.Notes
	return out, nil
}

// mostAskedGroups bounds a matrix: it has as many rows as columns.
const mostAskedGroups = 400

type networkMatrixInput struct {
	AskedCluster
	Namespace []string `query:"namespace" maxItems:"50" doc:"only workloads of these; all by default"`
}

type networkMatrixOutput struct {
	Body struct {
		AsOf
		Groups      []*ask.Group    `json:"groups" doc:"workloads of one namespace that all policies treat alike"`
		Flows       []ask.Flow      `json:"flows" doc:"what is not listed is denied"`
		Enforcement ask.Enforcement `json:"enforcement"`
		Problems    []ask.Reason    `json:"problems" doc:"what of policies cannot be read"`
	}
}

func (a *api) networkMatrix(ctx context.Context, in *networkMatrixInput) (*networkMatrixOutput, error) {
	seen, about, err := a.ask(ctx, in.AskedCluster, reach.Kinds...)
	if err != nil {
		return nil, err
	}
	found, err := seen.Matrix(func(name string) bool { return len(in.Namespace) == 0 || slices.Contains(in.Namespace, name) }, mostAskedGroups)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error() + ": name namespaces")
	}
	out := &networkMatrixOutput{}
	out.Body.AsOf, out.Body.Groups, out.Body.Flows, out.Body.Enforcement, out.Body.Problems = about, found.Groups, found.Flows, found.Enforcement, found.Problems
	return out, nil
}
