package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/scan"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// inputs are the flags of every command that assesses targets: what to read, and by which controls.
type inputs struct {
	folder, config   string
	namespace        string
	include, exclude []string
	framework        string
	checklist        string
	baseline         string
	all              bool
	noProgress       bool
	noIgnore         bool
	values           []string
	set              []string
	valueSets        []string
	saveInventory    string
	auditLogs        []string
	cluster          clusterFlags
	image            imageFlags
	images           []*inventory.Subject // that assess read, for reports
	keepInventory    bool                 // assess keeps what it read in inventory
	inventory        []byte               // without secrets, packed
}

func (in *inputs) register(flags *pflag.FlagSet) {
	flags.StringVar(&in.config, "config", "", "configuration `FILE` (default "+config.Name+" in the working directory)")
	flags.StringVar(&in.folder, "controls", "", "`FOLDER` with controls of your own, added to the built-in ones")
	flags.StringVarP(&in.namespace, "namespace", "n", "", "namespace `NAME` of objects that name none; of a cluster, the only one that is read")
	flags.StringArrayVarP(&in.values, "values", "f", nil, "values `FILE` for charts; may be repeated")
	flags.StringArrayVar(&in.set, "set", nil, "value for charts, as `KEY=VALUE`; may be repeated")
	flags.StringArrayVar(&in.valueSets, "value-set", nil, "render charts with these values too, as `NAME=FILE[,FILE]`; may be repeated")
	flags.BoolVar(&in.noIgnore, "no-ignore", false, "also read what .gitignore and the built-in list leave out of folders")
	flags.BoolVar(&in.noProgress, "no-progress", false, "no progress bar")
	in.cluster.register(flags)
	in.image.register(flags)
}

// registerSelection adds the flags that choose controls.
func (in *inputs) registerSelection(flags *pflag.FlagSet) {
	flags.StringVar(&in.checklist, "checklist", "", "only controls that answer the checklist `NAME`: see kubeproof checklist list")
	flags.StringVar(&in.framework, "framework", "", "only controls that map to the framework `ID`; cis takes the CIS benchmark of the cluster's version")
	flags.StringSliceVar(&in.include, "control", nil, "only these controls or topics, as `ID,...`; may be repeated")
	flags.StringSliceVar(&in.exclude, "exclude", nil, "not these controls or topics, as `ID,...`; may be repeated")
	flags.StringVar(&in.baseline, "baseline", "", "JSON report `FILE` of an earlier scan: failures in it do not count")
	flags.StringArrayVar(&in.auditLogs, "audit-log", nil, "audit log `FILE` of the API server (.gz too), to tell rights that nobody uses; may be repeated")
	flags.StringVar(&in.saveInventory, "save-inventory", "", "write what was read, without secrets, to `FILE` (.gz packs it) for kubeproof scan inventory:FILE")
	in.cluster.registerProof(flags)
	flags.BoolVar(&in.all, "all", false, "also list what passed or does not apply")
}

// assess reads the targets and judges them. Errors are those of usage; what cannot be read is
// part of the assessment.
func (in *inputs) assess(ctx context.Context, streams *Streams, targets []string) (*assessment.Assessment, scan.Request, error) {
	for _, file := range in.auditLogs {
		targets = append(targets, collect.AuditLog(file))
	}
	if err := checkTargets(targets); err != nil {
		return nil, scan.Request{}, usageError("%v", err)
	}
	streams.streamCollection(targets)
	request, err := in.request(streams)
	if err != nil {
		return nil, request, usageError("%v", err)
	}
	options, err := in.collectOptions(streams, request.Config)
	if err != nil {
		return nil, request, err
	}
	judging := in.progress(streams, "judging")
	request.Engine.Progress = judging.Set
	plan, err := scan.Prepare(request)
	if err == nil && len(request.Engine.Bounded) > 0 {
		err = plan.Check() // a user's mistake is found before anything is read
	}
	if err != nil {
		return nil, request, usageError("%v", err)
	}
	reading := in.progress(streams, "reading")
	options.Progress = reading.Set
	inv := collect.Collect(ctx, targets, options)
	reading.Clear()
	if err := checkNamespace(targets, inv, in.namespace); err != nil {
		return nil, request, err
	}
	in.images = report.Images(inv.Subjects)
	streams.settleCollection(inv)
	if plan, err = in.narrowToBenchmark(streams, &request, plan, inv); err != nil {
		return nil, request, err
	}
	a, err := scan.Assess(ctx, plan, request, inv)
	judging.Clear()
	if err == nil {
		err = in.save(ctx, request, inv)
	}
	if err != nil && ctx.Err() != nil {
		return nil, request, &codeError{code: exitPartial, text: "interrupted: nothing was assessed"}
	}
	return a, request, err
}

// request gathers controls, configuration and baseline.
func (in *inputs) request(streams *Streams) (scan.Request, error) {
	settings, err := in.settings()
	if err != nil {
		return scan.Request{}, err
	}
	controls, err := in.controls(settings)
	if err != nil {
		return scan.Request{}, err
	}
	baseline, err := in.readBaseline()
	if err != nil {
		return scan.Request{}, err
	}
	return scan.Request{Controls: controls.chosen, Known: controls.all, Config: settings, Baseline: baseline, Today: today(streams),
		Engine: engine.Options{Bounded: controls.own, Mask: secret.Mask, KeepAll: in.all}}, nil
}

// settings reads the configuration that is named, or the one in the working directory.
func (in *inputs) settings() (*config.Config, error) {
	if in.config != "" {
		return config.Load(in.config)
	}
	if _, err := os.Stat(config.Name); errors.Is(err, os.ErrNotExist) {
		return &config.Config{}, nil
	}
	return config.Load(config.Name)
}

// controls chooses what runs, with the severities that the configuration sets.
func (in *inputs) controls(settings *config.Config) (*controlSet, error) {
	set, err := catalogue(in.folder, builtInRules)
	if err != nil {
		return nil, err
	}
	if err := settings.Check(set.all); err != nil {
		return nil, err
	}
	for _, c := range set.all {
		if severity, given := settings.Severities[c.ID]; given {
			c.Severity = severity
		}
	}
	set.chosen, err = in.choose(set.all, settings)
	return set, err
}

// choose gives the controls that the configuration and the flags leave. None is a mistake: a
// scan that judges nothing would look like one that found nothing.
func (in *inputs) choose(all []*control.Control, settings *config.Config) ([]*control.Control, error) {
	if err := checkFramework(in.framework); err != nil {
		return nil, err
	}
	listed, err := controlsOfChecklist(in.checklist)
	if err != nil {
		return nil, err
	}
	chosen := all
	for _, selection := range []control.Selection{
		{Include: settings.Include, Exclude: settings.Exclude},
		{Include: listed},
		{Include: in.include, Exclude: in.exclude, Framework: in.oneFramework()},
	} {
		kept, err := selection.Choose(all)
		if err != nil {
			return nil, err
		}
		chosen = slices.DeleteFunc(slices.Clone(chosen), func(c *control.Control) bool { return !slices.Contains(kept, c) })
	}
	chosen = in.ofBenchmark(chosen, allBenchmarks)
	if len(chosen) == 0 {
		return nil, errors.New("no control is left to run: loosen --control, --exclude, --framework, --checklist or the configuration")
	}
	return chosen, nil
}

func (in *inputs) readBaseline() (*scan.Baseline, error) {
	if in.baseline == "" {
		return nil, nil
	}
	file, err := os.Open(filepath.Clean(in.baseline))
	if err != nil {
		return nil, fmt.Errorf("read baseline %s: %s: make one with `kubeproof scan -o json=FILE`", in.baseline, reason(err))
	}
	defer file.Close()
	return scan.ReadBaseline(in.baseline, file)
}
