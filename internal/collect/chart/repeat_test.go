package chart

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRepeated renders a chart that makes things up, twice: the results are equal, and what it
// makes up is seen to be no secret that the chart holds.
func TestRepeated(t *testing.T) {
	dir := build(t, map[string]string{"templates/secret.yaml": `
{{- $ca := genCA "ca" 365 }}
{{- $cert := genSignedCert "a" nil (list "a.example.com") 365 $ca }}
apiVersion: v1
kind: Secret
metadata:
  name: made-up
stringData:
  password: {{ randAlphaNum 8 }}
  digits: "{{ randNumeric 3 }}"
  bytes: {{ randBytes 3 }}
  key: {{ genPrivateKey "rsa" }}
  cert: {{ $cert.Cert }}
  certKey: {{ $cert.Key }}
  self: {{ (genSelfSignedCert "a" nil nil 1).Key }}
  own: {{ (buildCustomCert ("cert" | b64enc) ("key" | b64enc)).Key }}
  hash: {{ bcrypt "x" }}
  user: {{ htpasswd "admin" "x" }}
  aes: {{ encryptAES "k" "x" | b64dec }}
  id: {{ uuidv4 }}
  time: {{ now | date "2006-01-02" }} {{ htmlDate now }} {{ ago now }} {{ now.Unix }}
  chance: {{ randInt 5 9 }} {{ shuffle "abc" }}
`})
	want := `apiVersion: v1
kind: Secret
metadata:
  name: made-up
stringData:
  password: aaaaaaaa
  digits: "111"
  bytes: YWFh
  key: <placeholder-generated-at-installation>
  cert: <placeholder-generated-at-installation>
  certKey: <placeholder-generated-at-installation>
  self: <placeholder-generated-at-installation>
  own: key
  hash: <placeholder-generated-at-installation>
  user: admin:<placeholder-generated-at-installation>
  aes: <placeholder-generated-at-installation>
  id: 00000000-0000-4000-8000-000000000000
  time: 2000-01-01 2000-01-01 0s 946684800
  chance: 5 abc
`
	for range 2 {
		subjects, errs := Collect(context.Background(), dir, Options{Show: "chart"})
		if len(errs) > 0 || len(subjects) != 1 {
			t.Fatalf("%d subjects, errors %v", len(subjects), errs)
		}
		if diff := cmp.Diff(want, strings.TrimLeft(string(subjects[0].Source.Text), "\n")); diff != "" {
			t.Errorf("rendered (-want +got):\n%s", diff)
		}
	}
}

// TestLocateFromMany asks one rendering from many goroutines, as the engine does.
func TestLocateFromMany(t *testing.T) {
	subjects, _ := Collect(context.Background(), build(t, benchmarkChart()), Options{Show: "chart"})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for line := -1; line < 80; line++ {
				template, value := subjects[0].Source.Origin.Locate(line, "spec.template.spec.securityContext.runAsUser")
				if template.File == "" || value != nil && value.File == "" {
					t.Errorf("line %d: %v, %v", line, template, value)
				}
			}
		})
	}
	all.Wait()
}

// TestCIValues meets a file of ci/ that leaves the chart, and one that .helmignore names.
func TestCIValues(t *testing.T) {
	dir := build(t, map[string]string{"templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name }}}\n",
		"values.yaml": "name: default\n", ".helmignore": "ci/\n", "ci/a-values.yaml": "name: a\n", "ci/README.md": ""})
	outside := filepath.Join(t.TempDir(), "x.yaml")
	check(t, os.WriteFile(outside, []byte("name: outside\n"), 0o644))
	check(t, os.Symlink(outside, filepath.Join(dir, "ci", "b-values.yaml")))
	subjects, errs := Collect(context.Background(), dir, Options{Show: "chart", CI: true})
	want := `lost chart/ci/b-values.yaml:0: symbolic link leaves the chart or leads nowhere: put the file itself into the chart
Pod default/default chart/templates/pod.yaml (values default)
Pod default/a chart/templates/pod.yaml (values ci/a-values.yaml)
`
	if diff := cmp.Diff(want, listErrors(errs)+listSubjects(subjects)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
