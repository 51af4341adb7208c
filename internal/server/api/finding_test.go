package api

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

const foundReport = `{"schema":"kubeproof.dev/scan/v1","targets":[{"name":"cluster:prod"}],
"controls":[{"id":"container-privileged","title":"t","severity":"critical","team":"apps","outcomes":{"pass":1,"fail":1}},{"id":"cluster-backup","title":"t","severity":"high","team":"infra","outcomes":{"unknown":1}}],
"summary":{"subjects":3,"kinds":{"Deployment":1}},"errors":[],"findings":[
{"control":"container-privileged","title":"Privileged","outcome":"fail","severity":"critical","risk":10,"team":"apps","message":"it is privileged","fingerprint":"f1","subject":{"apiVersion":"apps/v1","kind":"Deployment","namespace":"shop","name":"web","container":"app","cluster":"prod"},"location":{"path":"spec.template.spec.containers[0].securityContext.privileged"}},
{"control":"cluster-backup","title":"Backups","outcome":"unknown","severity":"high","risk":7,"team":"infra","message":"nobody knows","fingerprint":"f2","subject":{"kind":"Cluster","name":"prod"},"location":{}}]}`

// TestFindings: filters, counts, and one with its history and patch.
func TestFindings(t *testing.T) {
	d := newDesk(t)
	d.controls["container-privileged"] = &control.Control{ID: "container-privileged", Check: control.Check{Scope: "containers.all"}, Remedy: &control.Remedy{Set: "securityContext.privileged", To: false}}
	d.want(200, "anna", "POST", "/reviews/main/scans?environment=production&label=prod&made=2026-06-01T10:00:00Z", foundReport)
	d.now = d.now.AddDate(0, 0, 10)
	d.texts["vera"] = d.token("vera", Scopes...)
	for query, want := range map[string]string{
		"outcome=unknown": "f2", "outcome=fail": "f1", "older=20": "", "older=5": "f1 f2", "younger=5": "", "late=true": "f1", "late=true&review=main&severity=high": "", "back=true": "",
		"review=main&kind=Cluster": "f2", "name=web&namespace=shop": "f1", "q=NOBODY": "f2",
	} {
		_, text := d.want(200, "vera", "GET", "/findings?"+query, "")
		for _, print := range []string{"f1", "f2"} {
			if strings.Contains(text, `"fingerprint":"`+print) != strings.Contains(want, print) {
				t.Errorf("%s gives %s", query, text)
			}
		}
	}
	d.want(404, "vera", "GET", "/findings?review=none", "")
	for _, query := range []string{"older=-1", "older=99999", "outcome=well", "late=perhaps"} {
		d.want(422, "vera", "GET", "/findings?"+query, "")
	}
	_, text := d.want(200, "vera", "GET", "/findings/counts?by=control&state=open", "")
	for _, want := range []string{`{"key":"cluster-backup","n":1,"severities":{"high":1}}`, `{"key":"container-privileged","n":1,"severities":{"critical":1}}`} {
		if !strings.Contains(text, want) {
			t.Errorf("counts are %s", text)
		}
	}
	if _, text := d.want(200, "vera", "GET", "/findings/counts?by=source&most=1&late=true", ""); !strings.Contains(text, `"key":"main/production/prod","n":1,`) {
		t.Errorf("counts are %s", text)
	}
	d.want(422, "vera", "GET", "/findings/counts?by=id", "")
	d.want(422, "vera", "GET", "/findings/counts", "")
	_, text = d.want(200, "vera", "GET", "/findings/1", "")
	for _, want := range []string{`"history":[{"at":"2026-06-01T10:00:00Z","what":"found","scan":`, `"what":"seen"`, `"due":"2026-06-08T10:00:00Z","late":true`, `kubectl patch deployment.apps web --namespace shop`, `"fingerprint":"f1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the finding lacks %s: %s", want, text)
		}
	}
	if _, text = d.want(200, "vera", "GET", "/findings/2", ""); strings.Contains(text, `"patch"`) || !strings.Contains(text, `"due":"2026-07-01T10:00:00Z"`) {
		t.Errorf("the finding is %s", text)
	}
	err := d.journal.Act(t.Context(), "anna", func(w *journal.Work) error {
		return w.Do(&review.CreatePlan{ID: "other", Checklists: []string{"information-security-review"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, text := d.want(422, "vera", "GET", "/findings?late=true", ""); !strings.Contains(text, "name it with review=") {
		t.Errorf("late findings of two reviews: %s", text)
	}
	if _, text := d.want(200, "vera", "GET", "/findings?review=other", ""); !strings.Contains(text, `"findings":[]`) {
		t.Errorf("findings of the other review: %s", text)
	}
	d.want(404, "vera", "GET", "/findings/3", "")
	d.want(422, "vera", "GET", "/findings/x", "")
}
