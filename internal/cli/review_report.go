package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/report/oscal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/handout"
)

// reporting are the flags of review report.
type reporting struct {
	desk
	formats []string
	oscal   string
}

// bundleFormat is the bundle for an auditor, which holds all reports.
const bundleFormat = "bundle"

func reportNames() []string {
	var names []string
	for _, format := range handout.Reports {
		names = append(names, format.Name)
	}
	return append(names, bundleFormat)
}

func newReviewReportCommand(streams *Streams) *cobra.Command {
	f := &reporting{formats: []string{"html"}}
	command := &cobra.Command{
		Use: "report", Short: "Report on the review: HTML (prints well), Markdown, XLSX, JSON, OSCAL, or a bundle for an auditor", Args: none,
		Long: `Report on the review as it stands. Every report prints the ledger's checkpoint, so that whoever keeps one can
prove later that nothing before it was changed. A bundle holds the whole ledger, texts, evidence and all reports,
whose digests are entries of the ledger; kubeproof ledger verify proves it offline, and so does the Python script
in it.

  html      one page to read and to print     markdown  for a wiki or a pull request
  xlsx      for spreadsheets                  json      everything, for programs
  oscal     OSCAL assessment results          poam      OSCAL plan of action and milestones
  bundle    all of it, for an auditor`,
		Example: "  kubeproof review report -o html=review.html\n  kubeproof review report -o bundle=audit.zip -o poam=poam.json",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkFormats(f.formats, reportNames()); err != nil {
				return err
			}
			if slices.Contains(f.formats, bundleFormat) {
				return usageError("a bundle goes to a file: write -o bundle=FILE")
			}
			if !slices.Contains(oscal.Versions, f.oscal) {
				return usageError("OSCAL version %q is unknown: use %s", f.oscal, strings.Join(oscal.Versions, " or "))
			}
			return f.run(command.Context(), streams)
		},
	}
	f.register(command.Flags())
	command.Flags().StringArrayVarP(&f.formats, "format", "o", f.formats, "as `FORMAT[=FILE]`; may be repeated: "+strings.Join(reportNames(), ", "))
	command.Flags().StringVar(&f.oscal, "oscal-version", oscal.DefaultVersion, "`VERSION` of OSCAL: "+strings.Join(oscal.Versions, " or "))
	return command
}

func (f *reporting) run(ctx context.Context, streams *Streams) error {
	bundles := slices.ContainsFunc(f.formats, func(format string) bool { return strings.HasPrefix(format, bundleFormat+"=") })
	s, err := f.open(ctx, streams, bundles)
	if err != nil {
		return err
	}
	defer s.Close()
	d, actor, err := f.dossier(ctx, s)
	if err != nil {
		return asUsage(err)
	}
	return asUsage(eachFormat(streams, f.formats, func(name, file string, out io.Writer) error {
		if name == bundleFormat {
			if err := f.bundle(ctx, s, d, actor, out); err != nil {
				return err
			}
			key, err := s.Key(ctx)
			if err == nil {
				s.say("prove it with `kubeproof ledger verify %s --key %s`", file, key)
			}
			return err
		}
		return handout.Write(name, out, d, f.oscal)
	}))
}

// dossier takes the review and the checkpoint of the same moment.
func (f *reporting) dossier(ctx context.Context, s *session) (*dossier.Dossier, string, error) {
	d, actor := &dossier.Dossier{Version: version()}, ""
	err := s.ReadSigned(ctx, func(state *review.State, checkpoint []byte) error {
		plan, err := s.planOf(state)
		if err != nil {
			return err
		}
		d.View, err = s.view(state, plan)
		d.Checkpoint, d.Signer = checkpoint, state.Keys[len(state.Keys)-1]
		actor, _ = s.who(state)
		return err
	})
	return d, actor, err
}

// bundle writes the whole for an auditor: first the digests of its reports go into the ledger.
func (f *reporting) bundle(ctx context.Context, s *session, d *dossier.Dossier, actor string, out io.Writer) error {
	if actor == "" {
		return usageError("say who exports with --as: the ledger notes it")
	}
	return handout.Bundle(ctx, s, d, actor, f.oscal, out)
}
