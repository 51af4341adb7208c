package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/scan"
)

// save keeps the inventory without the secrets in it: in the file that --save-inventory names, and in
// memory for whoever hands it in. Every control that looks for secrets is asked where they are, chosen for
// the scan or not.
func (in *inputs) save(ctx context.Context, request scan.Request, inv *inventory.Inventory) error {
	if in.saveInventory == "" && !in.keepInventory {
		return nil
	}
	looking := request
	looking.Controls = nil
	for _, c := range request.Known {
		if c.Sensitive {
			looking.Controls = append(looking.Controls, c)
		}
	}
	findings, err := sensitive(ctx, looking, inv)
	if err != nil {
		return err
	}
	if in.keepInventory {
		var packed bytes.Buffer
		if err := writeSaved(&packed, true, inv, findings); err != nil {
			return usageError("%v", err)
		}
		in.inventory = packed.Bytes()
	}
	if in.saveInventory == "" {
		return nil
	}
	file, err := os.OpenFile(in.saveInventory, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		err = errors.Join(writeSaved(file, strings.HasSuffix(in.saveInventory, ".gz"), inv, findings), file.Close())
	}
	if err != nil {
		return usageError("save inventory %s: %s: name a file that can be written", in.saveInventory, reason(err))
	}
	return nil
}

func writeSaved(file io.Writer, zip bool, inv *inventory.Inventory, findings []*assessment.Finding) error {
	if !zip {
		return saved.Write(file, inv, findings)
	}
	packed := gzip.NewWriter(file)
	if err := saved.Write(packed, inv, findings); err != nil {
		return err
	}
	return packed.Close()
}

// sensitive judges the inventory by the controls of a request alone.
func sensitive(ctx context.Context, request scan.Request, inv *inventory.Inventory) ([]*assessment.Finding, error) {
	request.Engine.KeepAll, request.Engine.Progress = false, nil
	plan, err := scan.Prepare(request)
	if err != nil {
		return nil, usageError("%v", err)
	}
	result, err := plan.Judge(ctx, inv)
	if err != nil {
		return nil, err
	}
	return result.Findings, nil
}
