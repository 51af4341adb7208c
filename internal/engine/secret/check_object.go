package secret

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// InConfigMap finds secrets in the data of a ConfigMap, line by line in whole files. The
// message counts lines within the value. Scope object:ConfigMap.
func InConfigMap(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, value := range in.Element.Get("data").Children() {
		if what := inFile(value.Key(), value.Text()); what != "" {
			verdicts = append(verdicts, fail(value, "key %q holds %s", value.Key(), what))
		}
	}
	for _, value := range in.Element.Get("binaryData").Children() {
		decoded, err := decodeData(value.Text())
		if err != nil || !utf8.ValidString(decoded) {
			continue
		}
		if what := inFile(value.Key(), decoded); what != "" {
			verdicts = append(verdicts, fail(value, "key %q holds %s", value.Key(), what))
		}
	}
	return verdicts
}

// inFile tells what secret a text holds, and where in it; "" if none.
func inFile(name, text string) string {
	if strings.IndexByte(strings.TrimSpace(text), '\n') < 0 {
		found, _ := secret.Detect(name, text)
		return found.What
	}
	hits := secret.Scan(name, text)
	if len(hits) == 0 {
		return ""
	}
	place := fmt.Sprintf("%s (line %d", hits[0].What, hits[0].Line)
	if hits[0].Key != "" {
		place += ", " + hits[0].Key
	}
	switch more := len(hits) - 1; {
	case more == 1:
		return place + ") and 1 more secret"
	case len(hits) == secret.MostHits:
		return place + fmt.Sprintf(") and %d or more other secrets", more)
	case more > 1:
		return place + fmt.Sprintf(") and %d more secrets", more)
	}
	return place + ")"
}

// lastApplied is where kubectl apply keeps the whole object as it was sent.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// InAnnotation finds secrets in the annotations of an object and of its pod template. Scope
// objects.
func InAnnotation(in assessment.Input) []assessment.Verdict {
	verdicts := inAnnotations(in.Element.Get("metadata", "annotations"), "annotation")
	if pod := in.Subject.Pod; pod != nil && pod.Template != in.Element {
		verdicts = append(verdicts, inAnnotations(pod.Template.Get("metadata", "annotations"), "annotation of the pod template")...)
	}
	return verdicts
}

func inAnnotations(annotations *document.Node, name string) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, value := range annotations.Children() {
		key, text := value.Key(), value.Text()
		what := ""
		if key == lastApplied {
			what = inApplied(text)
		} else {
			what = inFile(annotationName(key), text)
		}
		if what != "" {
			verdicts = append(verdicts, fail(value, "%s %q holds %s", name, key, what))
		}
	}
	return verdicts
}

// annotationName is the name by which a value is judged: none for checksum/secret and the like,
// which hold the hash of a Secret so that pods start anew when it changes.
func annotationName(key string) string {
	if group, _, ok := strings.Cut(key, "/"); ok && strings.HasPrefix(group, "checksum") {
		return ""
	}
	return key
}

// inApplied finds the first secret in an object that was written as JSON into an annotation.
func inApplied(text string) string {
	documents, _ := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) == 0 {
		return inFile("", text)
	}
	what := ""
	root := documents[0].Root
	isSecret := root.Get("kind").Text() == "Secret"
	root.Walk(func(n *document.Node) {
		if what != "" || n.Kind == document.Map || n.Kind == document.List {
			return
		}
		name := n.Key()
		if name == "value" && n.Parent().Get("name") != nil {
			name = n.Parent().Get("name").Text()
		}
		if found, ok := secret.Detect(name, n.Text()); ok {
			what = fmt.Sprintf("%s (%s)", found.What, n.Path())
		} else if isSecret && n.Parent() == root.Get("data") && inData(n) != "" {
			what = fmt.Sprintf("%s (%s)", inData(n), n.Path())
		}
	})
	return what
}

// decodeData decodes the base64 of a Secret or ConfigMap; line breaks are allowed in it.
func decodeData(text string) (string, error) {
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	return string(decoded), err
}
