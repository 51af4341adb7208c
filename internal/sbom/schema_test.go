package sbom

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	official "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var bills = map[string]Bill{"example": example, "folder": {Kind: Folder, Name: "a folder"}, "image without digest": {Kind: Image, Name: "x"}}

// TestCycloneDXSchema judges by the official schema, which the official library's module holds.
func TestCycloneDXSchema(t *testing.T) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}/schema", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Skip("needs the go command and the module's source: ", err)
	}
	compiler := jsonschema.NewCompiler()
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schemax.json"} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), name))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("http://cyclonedx.org/schema/"+strings.Replace(name, "schemax", "schema", 1), document); err != nil {
			t.Fatal(err)
		}
	}
	compiler.AssertFormat()
	schema, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate(t, schema, CycloneDX)
}

// TestSPDXSchema judges by the official schema, if the variable names its file:
// https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json
func TestSPDXSchema(t *testing.T) {
	file := os.Getenv("KUBEPROOF_SPDX_SCHEMA")
	if file == "" {
		t.Skip("set KUBEPROOF_SPDX_SCHEMA to the file of the schema")
	}
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	validate(t, schema, SPDX)
}

func validate(t *testing.T, schema *jsonschema.Schema, format string) {
	t.Helper()
	for name, bill := range bills {
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, format, bill)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCycloneDXLibrary reads with the official library, which loses nothing when it writes again.
func TestCycloneDXLibrary(t *testing.T) {
	text := written(t, CycloneDX, example)
	var bom official.BOM
	if err := official.NewBOMDecoder(bytes.NewReader(text), official.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.SpecVersion != official.SpecVersion1_6 || len(*bom.Components) != 8 || bom.Metadata.Component.Type != official.ComponentTypeContainer {
		t.Errorf("version %v, %d components, root %v", bom.SpecVersion, len(*bom.Components), bom.Metadata.Component.Type)
	}
	var again bytes.Buffer
	if err := official.NewBOMEncoder(&again, official.BOMFileFormatJSON).EncodeVersion(&bom, official.SpecVersion1_6); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values(t, text), values(t, again.Bytes())); diff != "" {
		t.Error("(-written +read and written again by cyclonedx-go):\n", diff)
	}
}

func values(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestLicenseIdentifiers holds our short list against the official one.
func TestLicenseIdentifiers(t *testing.T) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}/schema", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Skip("needs the go command and the module's source: ", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "spdx.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range append(licenseIDs, licenseExceptions...) {
		if !bytes.Contains(text, []byte(`"`+id+`"`)) {
			t.Errorf("%s is no identifier of SPDX", id)
		}
	}
}

func TestExpression(t *testing.T) {
	for text, want := range map[string]bool{
		"MIT": true, "MIT OR Apache-2.0": true, "(MIT AND ISC) OR Zlib": true, "GPL-2.0-only WITH Classpath-exception-2.0": true,
		"": false, "MIT OR": false, "OR MIT": false, "MIT Apache-2.0": false, "(MIT": false, "MIT)": false, "MIT or ISC": false, "GPLv3+": false,
		"MIT WITH": false, "MIT WITH MIT": false, "()": false, "Classpath-exception-2.0": false,
	} {
		if got := isExpression(text); got != want {
			t.Errorf("isExpression(%q) = %v", text, got)
		}
	}
}
