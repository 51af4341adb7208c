package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/catalog"
)

var controlID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func newControlNewCommand(streams *Streams) *cobra.Command {
	var folder string
	command := &cobra.Command{
		Use: "new ID", Short: "Begin a control of your own: a file that works, to be changed",
		Args: one("an id", "a slug that says what must hold, such as no-host-pid"),
		RunE: func(_ *cobra.Command, ids []string) error {
			path, err := beginControl(folder, ids[0])
			if err != nil {
				return usageError("%v", err)
			}
			fmt.Fprintf(streams.Out, "wrote %s\nnext: edit it, then run `kubeproof control test %s`\nand use it with `kubeproof scan --controls %s TARGET`\n", path, path, folder)
			return nil
		},
	}
	command.Flags().StringVar(&folder, "dir", "controls", "`FOLDER` to write to")
	return command
}

// beginControl writes the template for a new control and gives its path. It never overwrites.
func beginControl(folder, id string) (string, error) {
	if !controlID.MatchString(id) {
		return "", fmt.Errorf("id %q is not a slug: use small letters, digits and dashes", id)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("make folder for controls: %w", err)
	}
	path := filepath.Join(folder, id+".yaml")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s exists already: choose another id or edit it", path)
	}
	if err != nil {
		return "", fmt.Errorf("write control: %w", err)
	}
	_, err = file.WriteString(strings.ReplaceAll(catalog.NewControl, "NEW-ID", id))
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("write control: %w", err)
	}
	return path, nil
}
