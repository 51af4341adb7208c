package cli

import (
	"bytes"
	"cmp"
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/server/client"
)

// uploading are the flags that hand a scan in to a server.
type uploading struct {
	server, to string
	whole      bool // with what was seen
}

func (u *uploading) register(flags *pflag.FlagSet) {
	flags.StringVar(&u.server, "upload", "", "also hand the report in to the server at `URL`, with the token in KUBEPROOF_TOKEN")
	flags.StringVar(&u.to, "upload-to", "main/production", "`REVIEW/ENVIRONMENT[/LABEL]` that the scan is of (default label from the targets)")
	flags.BoolVar(&u.whole, "upload-inventory", true, "hand what was read in too, without secrets, so that the server can show it; false hands in the report alone")
}

// target is where the report goes, by the flags and what was scanned.
func (u *uploading) target(streams *Streams, a *assessment.Assessment) (client.Target, error) {
	parts := strings.Split(u.to, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return client.Target{}, usageError("target %q of the upload is none: write REVIEW/ENVIRONMENT or REVIEW/ENVIRONMENT/LABEL", u.to)
	}
	now, err := clock(streams)
	if err != nil {
		return client.Target{}, err
	}
	label := labelOf(report.LookedAt(a)[0])
	if len(parts) == 3 {
		label = cmp.Or(parts[2], label)
	}
	return client.Target{URL: u.server, Token: streams.Getenv("KUBEPROOF_TOKEN"), Review: parts[0], Environment: parts[1], Label: label, Made: now(), Version: version()}, nil
}

// upload hands the report in, and what was read; nothing if no server is named.
func (u *uploading) upload(ctx context.Context, streams *Streams, a *assessment.Assessment, in *inputs) error {
	if u.server == "" {
		return nil
	}
	target, err := u.target(streams, a)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	made := report.New(a, nil, report.Options{Version: version()})
	made.Images = in.images
	if err := report.Write("json", &text, made); err != nil {
		return err
	}
	bar := in.progress(streams, "handing in, KiB")
	result, err := client.Upload(ctx, target, client.Scan{Report: text.Bytes(), Inventory: in.inventory, Progress: func(done, total int) { bar.Set(done>>10, total>>10) }})
	bar.Clear()
	if err != nil {
		return &codeError{code: exitPartial, text: harmless(err.Error())}
	}
	return tellUploaded(streams, target, result)
}

func tellUploaded(streams *Streams, target client.Target, result *client.Result) error {
	told := "handed in"
	if result.Known {
		told = "was handed in before"
	}
	text := "kubeproof: the report " + told + " as " + target.Review + "/" + target.Environment + "/" + target.Label + "\n"
	if result.Refused != "" {
		text += "kubeproof: the server does not keep what was read: " + harmless(result.Refused) + "\n"
	}
	_, err := streams.Err.Write([]byte(text))
	return err
}
