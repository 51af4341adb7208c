package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/sbom"
)

// sbomOptions are the flags of sbom.
type sbomOptions struct {
	formats    []string
	platform   string
	insecure   bool
	noProgress bool
}

func newSBOMCommand(streams *Streams) *cobra.Command {
	o := &sbomOptions{}
	command := &cobra.Command{
		Use:   "sbom IMAGE|FOLDER",
		Short: "Write the bill of materials of an image or a folder",
		Long: `Write which packages an image or a folder holds: those of the operating system and of languages,
Go programs, archives of Java, and what lock files name.

IMAGE is a reference to a registry or a file, as scan takes it behind "image:": docker save, OCI layout
(tar or folder). Of several images in one file, pick one by FILE#TAG.

Exit codes: 0 written, 2 wrong usage, 3 something could not be read (the rest is still written; nothing is
if a whole layer is missing).`,
		Example: "  kubeproof sbom registry.example.org/shop/web:1.4 > web.cdx.json\n  kubeproof sbom app.tar -o cyclonedx=app.cdx.json -o spdx=app.spdx.json\n  kubeproof sbom . -o spdx",
		Args:    one("an image or a folder", "as in `kubeproof sbom app.tar`"),
		RunE: func(command *cobra.Command, args []string) error {
			return o.run(command.Context(), streams, args[0])
		},
	}
	flags := command.Flags()
	flags.StringArrayVarP(&o.formats, "format", "o", []string{sbom.CycloneDX}, "how to write it, as `FORMAT[=FILE]`; may be repeated ("+strings.Join(sbom.Formats, ", ")+")")
	flags.Lookup("format").DefValue = sbom.CycloneDX
	flags.StringVar(&o.platform, "platform", "", "`OS/ARCH` of an image for several platforms (default linux on this machine's architecture)")
	flags.BoolVar(&o.insecure, "insecure-registry", false, "speak HTTP to registries of images")
	flags.BoolVar(&o.noProgress, "no-progress", false, "no progress bar")
	return command
}

func (o *sbomOptions) run(ctx context.Context, streams *Streams, from string) error {
	if from == "" || from == "-" || from == "image:" {
		return usageError("name an image or a folder: as in `kubeproof sbom app.tar`")
	}
	if err := checkFormats(o.formats, sbom.Formats); err != nil {
		return err
	}
	streams.streamCollection([]string{"image:"}) // folders are read as a stream too
	reading := report.NewProgress(streams.Err, streams.ErrTerminal && !o.noProgress, "reading", nil)
	bill, errs := collect.Bill(ctx, from, collect.ImageOptions{Platform: o.platform, Insecure: o.insecure, Observed: today(streams)}, reading.Set)
	reading.Clear()
	if ctx.Err() != nil {
		return &codeError{code: exitPartial, text: "interrupted: nothing was written"}
	}
	for _, e := range errs {
		if e.Target == "" {
			e.Target = from
		}
		fmt.Fprintf(streams.Err, "kubeproof: %s\n", harmless(place(e)+e.Message))
	}
	if bill == nil {
		return &codeError{code: exitPartial, text: "nothing was written: the packages could not be read"}
	}
	bill.Version = version()
	if err := o.write(streams, *bill); err != nil {
		return err
	}
	if len(errs) > 0 {
		return &codeError{code: exitPartial, text: "the bill of materials is incomplete: something could not be read"}
	}
	return nil
}

// write gives the bill in every format asked for.
func (o *sbomOptions) write(streams *Streams, bill sbom.Bill) error {
	for _, format := range o.formats {
		name, file, toFile := strings.Cut(format, "=")
		if !toFile {
			if err := sbom.Write(streams.Out, name, bill); err != nil {
				return usageError("write %s: %v", name, err)
			}
			continue
		}
		if err := createFile(file, func(w io.Writer) error { return sbom.Write(w, name, bill) }); err != nil {
			return usageError("write %s to %s: %s: name a file that can be written", name, file, reason(err))
		}
	}
	return nil
}
