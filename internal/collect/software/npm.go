package software

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// readNodePackage reads the package.json of a package that is installed in node_modules.
func readNodePackage(s *source) {
	var p struct {
		Name, Version text
		License       npmLicense
		Licenses      []npmLicense
	}
	if !s.json(&p) {
		return
	}
	out := software.Package{Type: software.NPM, Name: string(p.Name), Version: string(p.Version)}
	for _, license := range append([]npmLicense{p.License}, p.Licenses...) {
		if license != "" && len(license) <= longestLicense {
			out.Licenses = append(out.Licenses, string(license))
		}
	}
	s.add(out)
}

// isNodePackage holds for node_modules/NAME and node_modules/@SCOPE/NAME: other package.json
// files of a package only set how its parts are loaded.
func isNodePackage(folder string) bool {
	above, name := cutLast(folder)
	if above, scope := cutLast(above); strings.HasPrefix(scope, "@") {
		return isNodeModules(above) && name != ""
	}
	return isNodeModules(above) && !strings.HasPrefix(name, "@")
}

func isNodeModules(folder string) bool {
	return folder == "node_modules" || strings.HasSuffix(folder, "/node_modules")
}

// cutLast cuts a path before its last element.
func cutLast(name string) (before, last string) {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}

// longestLicense in bytes is how long the name of a licence may be; what is longer is its text.
const longestLicense = 256

// npmLicense is the name of a licence: a text, or a map with the field type, as old packages have.
type npmLicense string

func (l *npmLicense) UnmarshalJSON(given []byte) error {
	var one struct{ Type text }
	if json.Unmarshal(given, (*string)(l)) != nil && json.Unmarshal(given, &one) == nil {
		*l = npmLicense(one.Type)
	}
	return nil
}

// text is a string of JSON; any other value is "", so that one odd field does not spoil a file.
type text string

func (t *text) UnmarshalJSON(given []byte) error {
	if json.Unmarshal(given, (*string)(t)) != nil {
		*t = ""
	}
	return nil
}

// json reads the whole file; false, and a fault, if it is no JSON of that form.
func (s *source) json(into any) bool {
	given, ok := s.text()
	if !ok {
		return false
	}
	err := json.Unmarshal(given, into)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		return true
	case errors.As(err, &syntax):
		s.fail(lineAt(given, syntax.Offset), "is no JSON: %v: it was not read", syntax)
	case errors.As(err, &typed):
		s.fail(lineAt(given, typed.Offset), "%s is %s where another kind of value is expected: the file was not read", place(typed.Field), typed.Value)
	default:
		s.fail(0, "is no JSON: %v: it was not read", err)
	}
	return false
}

func place(field string) string {
	if field == "" {
		return "the document"
	}
	return "field " + field
}
