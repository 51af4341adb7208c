package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/report"
)

// never is the threshold at which no finding makes the exit code 1.
const never = control.Severity("never")

// scanOptions are the flags of scan: its inputs, and how to report.
type scanOptions struct {
	uploading
	inputs
	formats        []string
	failOn         string
	full, noColour bool
}

func newScanCommand(streams *Streams) *cobra.Command {
	o := &scanOptions{}
	command := &cobra.Command{
		Use:   "scan TARGET...",
		Short: "Assess files, charts, Dockerfiles, images and live clusters",
		Long: `Assess targets against the controls. Several targets make one inventory.

Targets:
  PATH               a file or a folder; charts, Kustomize overlays and Compose files in it are found
  -                  standard input
  chart:PATH         a Helm chart, folder or .tgz
  kustomize:PATH     a Kustomize overlay
  cluster:[CONTEXT]  a live cluster, read with your rights; the current context if none is named
  image:REFERENCE    a container image of a registry, or of a file: docker save, OCI layout (tar or folder)
  sbom:FILE          a bill of materials, CycloneDX or SPDX in JSON, to hold against --advisories
  inventory:FILE     what --save-inventory kept
  audit-log:FILE     an audit log of the API server, plain or .gz, as --audit-log takes it

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or configuration,
3 something could not be assessed (the rest is still reported).`,
		Example: "  kubeproof scan deploy/\n  helm template shop ./chart | kubeproof scan -\n  kubeproof scan . -o table -o sarif=results.sarif --fail-on high\n  kubeproof scan cluster: -o table -o html=report.html",
		RunE: func(command *cobra.Command, targets []string) error {
			if len(targets) == 0 {
				return usageError("name a target: a file, a folder, - for standard input, or cluster: for the current cluster")
			}
			if err := o.check(); err != nil {
				return err
			}
			o.keepInventory = o.server != "" && o.whole
			a, request, err := o.assess(command.Context(), streams, targets)
			if err != nil {
				return err
			}
			if err := o.write(streams, a, request.Controls, targets); err != nil {
				return usageError("%v", err)
			}
			if !o.shows() {
				tellLost(streams, a)
			}
			if err := o.upload(command.Context(), streams, a, &o.inputs); err != nil {
				return err
			}
			return verdict(a, o.threshold(request.Config))
		},
	}
	o.register(command.Flags())
	return command
}

func (o *scanOptions) register(flags *pflag.FlagSet) {
	o.inputs.register(flags)
	o.registerSelection(flags)
	o.uploading.register(flags)
	flags.StringArrayVarP(&o.formats, "format", "o", []string{"table"},
		"how to report, as `FORMAT[=FILE]`; may be repeated ("+strings.Join(report.Names(), ", ")+")")
	flags.Lookup("format").DefValue = "table"
	flags.StringVar(&o.failOn, "fail-on", "", "`SEVERITY` from which findings give exit code 1: info, low, medium, high, critical or never (default medium)")
	flags.BoolVar(&o.full, "full", false, "show every finding of the table with its lines")
	flags.BoolVar(&o.noColour, "no-color", false, "no colour")
}

// check finds a wrong flag before the work is done.
func (o *scanOptions) check() error {
	if err := checkFormats(o.formats, report.Names()); err != nil {
		return err
	}
	if o.failOn != "" && o.failOn != string(never) && control.Severity(o.failOn).Rank() < 0 {
		return usageError("severity %q is unknown: use info, low, medium, high, critical or never", o.failOn)
	}
	return nil
}

// shows reports whether what could not be assessed is seen on standard output anyway.
func (o *scanOptions) shows() bool { return slices.Contains(o.formats, "table") }

// threshold is the severity from which findings count: the flag's, the configuration's, medium.
func (o *scanOptions) threshold(settings *config.Config) control.Severity {
	switch {
	case o.failOn != "":
		return control.Severity(o.failOn)
	case settings.FailOn != "":
		return settings.FailOn
	}
	return control.Medium
}

// verdict gives the exit code. What could not be assessed weighs more than what was found, or a
// broken file would look like a known finding.
func verdict(a *assessment.Assessment, threshold control.Severity) error {
	if incomplete(a) {
		return &codeError{code: exitPartial}
	}
	for _, f := range a.Findings {
		if f.Outcome == assessment.Fail && !f.Baseline && threshold != never && f.Severity.Rank() >= threshold.Rank() {
			return &codeError{code: exitFindings}
		}
	}
	return nil
}

// write gives the assessment in every format asked for.
func (o *scanOptions) write(streams *Streams, a *assessment.Assessment, controls []*control.Control, targets []string) error {
	byID := make(map[string]*control.Control, len(controls))
	for _, c := range controls {
		byID[c.ID] = c
	}
	for _, format := range o.formats {
		name, file, toFile := strings.Cut(format, "=")
		options := report.Options{Version: version(), Width: streams.Width, Full: o.full}
		if len(targets) == 1 {
			options.Target = targets[0]
		}
		if !toFile {
			options.Colour = streams.colour(o.noColour)
		}
		made := report.New(a, byID, options)
		made.Images = o.images
		if toFile {
			if err := createFile(file, func(w io.Writer) error { return report.Write(name, w, made) }); err != nil {
				return fmt.Errorf("write %s to %s: %s: name a file that can be written", name, file, reason(err))
			}
			continue
		}
		if err := report.Write(name, streams.Out, made); err != nil {
			return err
		}
	}
	return nil
}

// today is the day for which exceptions count; SOURCE_DATE_EPOCH makes it repeatable
// (https://reproducible-builds.org/specs/source-date-epoch/).
func today(streams *Streams) time.Time {
	if seconds, err := strconv.ParseInt(streams.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Now().UTC()
}
