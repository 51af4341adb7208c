package server

import (
	"io"

	"github.com/kubeproof/kubeproof/internal/server/handout"
)

// download answers with a file to be kept. It goes by a temporary file, so that who reads slowly holds
// nothing of the store.
func (v *visit) download(name, media string, fill func(io.Writer) error) error {
	file, err := handout.Spool(name, media, fill)
	if err != nil {
		return err
	}
	defer file.Close()
	file.Send(v.w)
	return nil
}
