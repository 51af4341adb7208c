package cli

import (
	"cmp"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/review"
)

// configException is an exception as .kubeproof.yaml has it.
type configException struct {
	Control string `yaml:"control"`
	Subject string `yaml:"subject"`
	Reason  string `yaml:"reason"`
	Owner   string `yaml:"owner,omitempty"`
	Expires string `yaml:"expires"`
}

// writeExceptionConfig writes the exceptions about controls that hold today for the configuration of scans.
func writeExceptionConfig(streams *Streams, view *review.View) error {
	list := struct {
		Exceptions []configException `yaml:"exceptions"`
	}{Exceptions: []configException{}}
	for _, exception := range view.Exceptions {
		until := exception.Until(view.Now)
		if exception.Control == "" || until == "" {
			continue
		}
		text := view.State.ReasonOf(exception)
		if text.Subject == "" {
			continue // it was erased: what it covers is not known any more
		}
		list.Exceptions = append(list.Exceptions, configException{exception.Control, text.Subject,
			text.Reason + " (" + exception.ID + ")", cmp.Or(text.Owner, view.State.NameOf(exception.Requested.By)), until})
	}
	out := yaml.NewEncoder(streams.Out)
	out.SetIndent(2)
	if err := out.Encode(list); err != nil {
		return err
	}
	return out.Close()
}
