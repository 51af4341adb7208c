package secret

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// InManifest finds Secret objects in files that hold the secret itself. What was encrypted by
// SOPS, references and placeholders are fine, as are values that a chart draws by chance each
// time it is rendered, and the parts of a Secret that are public (user names, certificates).
// Secrets of a cluster are where they belong. Scope object:Secret.
func InManifest(in assessment.Input) []assessment.Verdict {
	root := in.Element
	if in.Subject.Source.File == "" || root.Get("sops") != nil || root.Get("type").Text() == "helm.sh/release.v1" {
		return nil
	}
	var verdicts []assessment.Verdict
	for _, value := range root.Get("data").Children() {
		if what := inData(value); what != "" && !isDrawn(in.Subject.Source.Origin, value) {
			verdicts = append(verdicts, fail(value, "data key %q holds %s, only encoded", value.Key(), what))
		}
	}
	for _, value := range root.Get("stringData").Children() {
		if what := secret.Declared(value.Key(), value.Text()); what != "" && !isDrawn(in.Subject.Source.Origin, value) {
			verdicts = append(verdicts, fail(value, "stringData key %q holds %s", value.Key(), what))
		}
	}
	return verdicts
}

// inData tells what a value under data holds; one that is not base64 counts as it stands.
func inData(value *document.Node) string {
	text := value.Text()
	if secret.IsReference(text) {
		return ""
	}
	if decoded, err := decodeData(text); err == nil {
		text = decoded
	}
	return secret.Declared(value.Key(), text)
}

// isDrawn tells values that a chart's template made up: they stand in no values file, and the
// next rendering gives others.
func isDrawn(origin inventory.Origin, value *document.Node) bool {
	if origin == nil {
		return false
	}
	template, decided := origin.Locate(int(value.Line), value.Path())
	if decided != nil || !strings.Contains("/"+template.File, "/templates/") {
		return false
	}
	text := value.Text()
	if decoded, err := decodeData(text); err == nil && secret.IsPrintable(decoded) {
		text = decoded
	}
	return secret.IsRandom(text)
}
