package imagecontents

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/image"
)

// baseName is the label in which builders name the base of an image
// (https://github.com/opencontainers/image-spec/blob/main/annotations.md).
const baseName = "org.opencontainers.image.base.name"

// trustedBase fails if the image says that it is based on one from none of the places in the
// parameter "registries". What it does not say is not known.
func trustedBase(in assessment.Input) []assessment.Verdict {
	registries := in.Values.Strings("registries")
	if len(registries) == 0 {
		return assessment.Skipped("no registries are named: set the parameter registries")
	}
	label := in.Element.Get("config", "labels").Get(baseName)
	if label.Text() == "" {
		return unknown(in.Element.Get("config"), "image does not name its base in the label %s", baseName)
	}
	reference, err := image.Parse(label.Text())
	if err != nil {
		return unknown(label, "the base %q is no name of an image", label.Text())
	}
	if !reference.From(registries) {
		return failed(label, "image is based on %s, which is not from a trusted place", reference.Name())
	}
	return nil
}
