package oscal

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas compiles the official schemas, by their version. They stand in a module that test/oscal pins;
// where it cannot be had the test is skipped, unless KUBEPROOF_OSCAL_TESTS is require.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	folder, err := schemaFolder()
	if err != nil {
		if os.Getenv("KUBEPROOF_OSCAL_TESTS") == "require" {
			t.Fatal(err)
		}
		t.Skipf("no schemas of OSCAL: %v: see test/oscal/README.md", err)
	}
	all := map[string]*jsonschema.Schema{}
	for _, version := range Versions {
		name := filepath.Join(folder, "oscal_complete_schema-"+strings.ReplaceAll(version, ".", "-")+".json")
		schema, err := jsonschema.NewCompiler().Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[version] = schema
	}
	return all
}

func schemaFolder() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", "github.com/defenseunicorns/go-oscal")
	command.Dir = filepath.Join("..", "..", "..", "test", "oscal")
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	var module struct{ Dir, Error string }
	if parse := json.Unmarshal(out, &module); err == nil {
		err = parse
	}
	if err != nil {
		return "", &fetchError{err, strings.TrimSpace(stderr.String() + module.Error)}
	}
	return filepath.Join(module.Dir, "src", "internal", "schemas"), nil
}

type fetchError struct {
	err    error
	detail string
}

func (e *fetchError) Error() string {
	return "fetch module go-oscal: " + e.err.Error() + ": " + e.detail
}

func instance(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestSchemas holds both documents of every fixture to both versions.
func TestSchemas(t *testing.T) {
	for version, schema := range schemas(t) {
		for name, world := range worlds() {
			t.Run(version+"/"+name, func(t *testing.T) {
				input := inputOf(world)
				input.Version = version
				if err := schema.Validate(instance(t, results(t, input))); err != nil {
					t.Errorf("results: %v", err)
				}
				plan, err := POAM(input)
				if err == ErrNothingToDo && name == "empty" {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Validate(instance(t, plan)); err != nil {
					t.Errorf("plan of action: %v", err)
				}
			})
		}
	}
}

// TestSchemasRefuse proves that the schemas are looked at: each of these must be refused.
func TestSchemasRefuse(t *testing.T) {
	text := string(results(t, inputOf(worlds()["full"])))
	for version, schema := range schemas(t) {
		if err := schema.Validate(instance(t, []byte(text))); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string][2]string{
			"unknown member": {`"results": [`, `"result": [`}, "token": {`"control-id": "B.01"`, `"control-id": "1.01"`}, "time without zone": {`"start": "2026`, `"start": "x2026`},
			"state": {`"state": "not-satisfied"`, `"state": "unknown"`}, "space around a string": {`"value": "not-satisfied"`, `"value": " not-satisfied"`},
			"version 7 of UUIDs": {`"uuid": "`, `"uuid": "01890000-0000-7000-8000-000000000000`},
		} {
			changed := strings.Replace(text, change[0], change[1], 1)
			if changed == text {
				t.Fatalf("%s: nothing was changed", name)
			}
			if schema.Validate(instance(t, []byte(changed))) == nil {
				t.Errorf("%s: the schema %s takes a wrong document", name, version)
			}
		}
	}
}
