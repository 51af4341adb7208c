package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/control"
)

func builtInControls() ([]*control.Control, error) { return control.Load(catalog.FS, "controls", "") }

// loadControls reads the controls of a folder that a user named, or of one file.
func loadControls(path string) ([]*control.Control, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read controls: %w: name a folder or a .yaml file", err)
	}
	if info.IsDir() {
		return control.Load(os.DirFS(path), ".", path)
	}
	return control.Load(os.DirFS(filepath.Dir(path)), filepath.Base(path), filepath.Dir(path))
}
