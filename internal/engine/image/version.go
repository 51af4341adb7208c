package image

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// semanticVersion is the grammar of semver.org 2.0.0 with an optional v before it and, since
// tags cannot hold a plus sign, an underscore where Helm writes one before build metadata.
var semanticVersion = regexp.MustCompile(`^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
	`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?` +
	`(_[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)

// leadingVersion is the version that a tag begins with, as 1.25 in 1.25-alpine.
var leadingVersion = regexp.MustCompile(`^v?(\d+)(\.\d+)?(\.\d+)?(\.\d+)*([-_+]|$)`)

// revision ends tags that name one build of a version, as 12-debian-12-r50.
var revision = regexp.MustCompile(`-r\d+$`)

// versionOf gives the image of the container judged, or why its tag is not judged. How a version
// is written matters too little to stop a scan at a placeholder that is filled in later.
func versionOf(in assessment.Input) (Reference, *document.Node, []assessment.Verdict) {
	ref, node, skip := imageOf(in)
	if len(skip) > 0 && skip[0].Outcome == assessment.Unknown {
		return ref, node, assessment.Skipped("the image is a placeholder, or no valid reference")
	}
	return ref, node, skip
}

// SemanticVersion judges the image of a container: it fails if an image of one's own has a tag
// that is no semantic version. Own are the images from the parameter own, or if that is
// empty those from no registry of the parameter public. No tag at all is judged elsewhere.
func SemanticVersion(in assessment.Input) []assessment.Verdict {
	ref, node, skip := versionOf(in)
	if skip != nil {
		return skip
	}
	own := ref.From(in.Values.Strings("own"))
	if len(in.Values.Strings("own")) == 0 {
		own = !ref.From(in.Values.Strings("public"))
	}
	switch {
	case !own:
		return assessment.Skipped("not an image of one's own: set the parameter own to name those")
	case ref.Tag == "" || ref.Tag == "latest":
		return assessment.Skipped("has no version tag: image-tag-latest judges that")
	case !semanticVersion.MatchString(ref.Tag):
		return []assessment.Verdict{assessment.Failed("tag \""+ref.Tag+"\" of image \""+node.Text()+"\" is not a semantic version", node)}
	}
	return nil
}

// SpecificTag judges the image of a container from the parameter public: it fails if the tag
// says less than it could. That is only a part of the version (one number, or two for an image of
// the parameter three), or no base system for an official image of the parameter variants.
func SpecificTag(in assessment.Input) []assessment.Verdict {
	ref, node, skip := versionOf(in)
	if skip != nil {
		return skip
	}
	if ref.Digest != "" || !ref.From(in.Values.Strings("public")) {
		return assessment.Skipped("pinned by digest, or from a registry that is not in the parameter public")
	}
	parts := leadingVersion.FindStringSubmatch(ref.Tag)
	if parts == nil {
		return assessment.Skipped("the tag begins with no version")
	}
	last := ref.Repository[strings.LastIndex(ref.Repository, "/")+1:]
	short := !revision.MatchString(ref.Tag) && (parts[2] == "" && len(parts[1]) < 4 || // 20240105 and 2024 are dates
		parts[3] == "" && slices.Contains(in.Values.Strings("three"), last))
	switch {
	case short:
		return []assessment.Verdict{assessment.Failed("tag \""+ref.Tag+"\" of image \""+node.Text()+
			"\" names only a part of the version", node)}
	case strings.HasPrefix(ref.Name(), "docker.io/library/") && slices.Contains(in.Values.Strings("variants"), last) && !hasVariant(ref.Tag):
		return []assessment.Verdict{assessment.Failed("tag \""+ref.Tag+"\" of image \""+node.Text()+
			"\" does not name the base system", node)}
	}
	return nil
}

// hasVariant reports whether something in letters follows the version, as in 3.12-slim-bookworm.
func hasVariant(tag string) bool {
	_, variant, _ := strings.Cut(tag, "-")
	return strings.ContainsAny(variant, "abcdefghijklmnopqrstuvwxyz")
}
