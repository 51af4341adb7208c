package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// prepared is a desk on which there is something of everything: what {names} in paths and bodies stand for.
func prepared(t *testing.T) (*desk, *strings.Replacer) {
	t.Helper()
	d := newDesk(t)
	d.clusters.Clusters = asked{ask.Of(&inventory.Inventory{})}
	id := func(who, method, path, body string, headers ...string) string {
		t.Helper()
		_, text := d.want(200, who, method, path, body, headers...)
		var made struct{ ID string }
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	d.want(200, "rob", "PUT", "/reviews/main/answers/backups", `{"values":["yes"]}`, "If-Match", `"0"`)
	evidence := id("rob", "POST", "/reviews/main/evidence?keys=restore-test&name=plan.txt", "every night")
	asked := id("rob", "POST", "/reviews/main/exceptions", `{"item":"S4.034","expires":"2026-12-31","reason":"later"}`)
	granted := id("rob", "POST", "/reviews/main/exceptions", `{"item":"S4.035","expires":"2026-12-01","reason":"later"}`)
	d.want(200, "ben", "POST", "/exceptions/"+granted+"/approve", `{}`, "If-Match", `"1"`)
	header, _ := d.want(200, "rob", "POST", "/reviews/main/access/production", `{"source":"a list","subjects":[{"kind":"User","name":"eve","rights":"all"},{"kind":"ServiceAccount","namespace":"a","name":"b","rights":"some","machine":true}]}`)
	d.want(200, "rob", "POST", aScan+"&inventory="+d.uploaded("rob", packed(inventoryText)), scanReport)
	scans, err := d.journal.NewestScans(t.Context())
	if err != nil || len(scans) != 1 {
		t.Fatalf("%+v, %v", scans, err)
	}
	return d, strings.NewReplacer("{evidence}", evidence, "{asked}", asked, "{granted}", granted, "{list}", header.Get("ETag"), "{scan}", scans[0].ID, "{upload}", d.begin("rob", "hello"))
}

const (
	everyone = "adam rob ben vera olga"
)

// asks are a good request for each operation, and whose it is: adam administers, rob contributes, ben
// reviews, vera looks and olga audits.
var asks = []struct {
	operation, method, path, body string
	match                         string // If-Match
	who                           string
	before                        func(d *desk)
}{
	{"whoami", "GET", "/whoami", "", "", everyone, nil},
	{"list-reviews", "GET", "/reviews", "", "", everyone, nil},
	{"create-review", "POST", "/reviews", `{"id":"other","checklists":["requirements"],"title":"Other","longest":100}`, "", "adam", nil},
	{"get-review", "GET", "/reviews/main", "", "", everyone, nil},
	{"change-review", "PATCH", "/reviews/main", `{"title":"New","warn":10}`, "", "adam", nil},
	{"set-owner", "PUT", "/reviews/main/owners/platform", `{"person":"rob"}`, "", "adam", nil},
	{"get-report", "GET", "/reviews/main/reports/markdown", "", "", everyone, nil},
	{"make-bundle", "POST", "/reviews/main/bundle", "", "", everyone, nil},
	{"list-items", "GET", "/reviews/main/items", "", "", everyone, nil},
	{"get-item", "GET", "/reviews/main/items/S4.001", "", "", everyone, nil},
	{"get-answer", "GET", "/reviews/main/answers/backups", "", "", everyone, nil},
	{"set-answer", "PUT", "/reviews/main/answers/backups", `{"values":["no"]}`, `"1"`, "rob", nil},
	{"submit-answer", "POST", "/reviews/main/answers/backups/submit", "", "", "rob", nil},
	{"approve-answer", "POST", "/reviews/main/answers/backups/approve", `{}`, `"1"`, "ben", submitted},
	{"request-changes", "POST", "/reviews/main/answers/backups/request-changes", `{"reason":"why"}`, `"1"`, "ben", submitted},
	{"reopen-answer", "POST", "/reviews/main/answers/backups/reopen", `{"reason":"why"}`, "", "rob ben", submitted},
	{"assign-answer", "PUT", "/reviews/main/answers/backups/owner", `{"owner":"rob","due":"2026-07-01"}`, "", "adam rob", nil},
	{"comment-answer", "POST", "/reviews/main/answers/backups/comments", `{"text":"hm"}`, "", "adam rob ben", nil},
	{"detach-evidence", "DELETE", "/reviews/main/answers/restore-test/evidence/{evidence}", "", `"1"`, "rob", nil},
	{"list-evidence", "GET", "/reviews/main/evidence", "", "", everyone, nil},
	{"attach-evidence", "POST", "/reviews/main/evidence?keys=backups&name=a.txt", "text", "", "rob", nil},
	{"attach-text", "POST", "/reviews/main/evidence/texts", `{"url":"https://example.com/a","title":"a","keys":["backups"]}`, "", "rob", nil},
	{"get-evidence-file", "GET", "/reviews/main/evidence/{evidence}/file", "", "", everyone, nil},
	{"list-exceptions", "GET", "/reviews/main/exceptions", "", "", everyone, nil},
	{"request-exception", "POST", "/reviews/main/exceptions", `{"item":"S4.036","expires":"2026-12-31","reason":"later"}`, "", "rob", nil},
	{"get-exception", "GET", "/exceptions/{asked}", "", "", everyone, nil},
	{"approve-exception", "POST", "/exceptions/{asked}/approve", `{}`, `"1"`, "ben", nil},
	{"reject-exception", "POST", "/exceptions/{asked}/reject", `{"reason":"no"}`, `"1"`, "ben", nil},
	{"extend-exception", "POST", "/exceptions/{granted}/extend", `{"expires":"2027-01-31","reason":"more"}`, `"1"`, "rob", nil},
	{"withdraw-exception", "POST", "/exceptions/{granted}/withdraw", `{"reason":"done"}`, `"1"`, "rob ben", nil},
	{"list-access", "GET", "/reviews/main/access", "", "", everyone, nil},
	{"get-access", "GET", "/reviews/main/access/production", "", "", everyone, nil},
	{"begin-access", "POST", "/reviews/main/access/production", `{"source":"s","subjects":[{"kind":"User","name":"x","rights":"r"}]}`, "", "adam rob", nil},
	{"confirm-access", "POST", "/reviews/main/access/production/confirm", `{"place":0,"keep":true}`, "{list}", "rob ben", nil},
	{"record-scan", "POST", strings.Replace(aScan, "prod&", "other&", 1), scanReport, "", "rob", nil},
	{"drop-scan", "POST", "/reviews/main/scans/production/prod/drop", `{"reason":"test"}`, "", "rob", nil},
	{"list-scans", "GET", "/scans", "", "", everyone, nil},
	{"get-scan", "GET", "/scans/{scan}", "", "", everyone, nil},
	{"get-scan-report", "GET", "/scans/{scan}/report", "", "", everyone, nil},
	{"get-scan-inventory", "GET", "/scans/{scan}/inventory", "", "", everyone, nil},
	{"begin-upload", "POST", "/uploads", `{"size":5,"sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}`, "", "rob", nil},
	{"get-upload", "GET", "/uploads/{upload}", "", "", "rob", nil},
	{"append-upload", "PUT", "/uploads/{upload}?offset=0", "hello", "", "rob", nil},
	{"delete-upload", "DELETE", "/uploads/{upload}", "", "", everyone, nil}, // that of others is not there, and stays
	{"list-findings", "GET", "/findings", "", "", everyone, nil},
	{"count-findings", "GET", "/findings/counts?by=severity", "", "", everyone, nil},
	{"get-finding", "GET", "/findings/1", "", "", everyone, nil},
	{"list-rbac-subjects", "GET", "/clusters/main/production/prod/rbac/subjects", "", "", everyone, nil},
	{"rbac-who-can", "GET", "/clusters/main/production/prod/rbac/who-can?verb=get&resource=secrets", "", "", everyone, nil},
	{"network-matrix", "GET", "/clusters/main/production/prod/network/matrix", "", "", everyone, nil},
	{"list-entries", "GET", "/ledger/entries", "", "", everyone, nil},
	{"get-checkpoint", "GET", "/ledger/checkpoint", "", "", everyone, nil},
	{"verify-ledger", "GET", "/ledger/proof", "", "", everyone, nil},
	{"list-people", "GET", "/people", "", "", "adam", nil},
	{"add-person", "POST", "/people", `{"name":"Zoe","roles":["viewer"]}`, "", "adam", nil},
	{"set-roles", "PUT", "/people/vera/roles", `{"roles":["contributor"]}`, "", "adam", nil},
	{"set-until", "PUT", "/people/vera/until", `{"until":"2026-12-31"}`, "", "adam", nil},
	{"let-leave", "POST", "/people/vera/leave", "", "", "adam", nil},
	{"list-checklists", "GET", "/checklists", "", "", everyone, nil},
	{"get-checklist", "GET", "/checklists/requirements", "", "", everyone, nil},
	{"list-controls", "GET", "/controls", "", "", everyone, nil},
	{"get-control", "GET", "/controls/cluster-backup", "", "", everyone, nil},
}

func submitted(d *desk) { d.want(200, "rob", "POST", "/reviews/main/answers/backups/submit", "") }

// TestEveryOperationIsForWhomItIs tries each operation as everybody, with all scopes: who may not is
// refused and changes nothing, who may is answered.
func TestEveryOperationIsForWhomItIs(t *testing.T) {
	var all []string
	for _, methods := range served(t).Paths {
		for _, operation := range methods {
			all = append(all, operation.OperationID)
		}
	}
	tried := 0
	for _, ask := range asks {
		if !slices.Contains(all, ask.operation) {
			t.Errorf("%s is no operation", ask.operation)
		}
		all = slices.DeleteFunc(all, func(id string) bool { return id == ask.operation })
		t.Run(ask.operation, func(t *testing.T) {
			var d *desk
			var names *strings.Replacer
			for _, who := range strings.Fields(everyone) {
				if d == nil {
					d, names = prepared(t)
					if ask.before != nil {
						ask.before(d)
					}
				}
				may, before := slices.Contains(strings.Fields(ask.who), who), d.entries()
				var headers []string
				if ask.match != "" {
					headers = []string{"If-Match", names.Replace(ask.match)}
				}
				status, _, text := d.call(who, ask.method, names.Replace(ask.path), ask.body, headers...)
				tried++
				refused := status == http.StatusForbidden || strings.HasSuffix(ask.operation, "-upload") && status == http.StatusNotFound
				if may && status > 299 || !may && (!refused || d.entries() != before) {
					t.Errorf("%s gets %d: %s", who, status, text)
				}
				if d.entries() != before {
					d = nil // the next one finds it as it was
				}
			}
		})
	}
	if len(all) > 0 {
		t.Errorf("nobody tries %v", all)
	}
	t.Logf("%d requests tried", tried)
}

// TestEveryPostIsDoneOnce: made again with its key it gives the very answer, and changes nothing; another
// request with the key is refused, and so is one that nobody may make.
func TestEveryPostIsDoneOnce(t *testing.T) {
	for _, ask := range asks {
		if ask.method != "POST" {
			continue
		}
		t.Run(ask.operation, func(t *testing.T) {
			d, names := prepared(t)
			if ask.before != nil {
				ask.before(d)
			}
			call := func(key, path, body string) (int, string, string) {
				headers := []string{"Idempotency-Key", key}
				if ask.match != "" {
					headers = append(headers, "If-Match", names.Replace(ask.match))
				}
				status, header, text := d.call(strings.Fields(ask.who)[0], ask.method, path, body, headers...)
				return status, header.Get("ETag"), text
			}
			path := names.Replace(ask.path)
			status, tag, first := call("k", path, ask.body)
			if ask.operation == "make-bundle" {
				if status != 422 || !strings.Contains(first, "leave Idempotency-Key out") {
					t.Errorf("%d %s", status, first)
				}
				return
			}
			if status != 200 {
				t.Fatalf("%d %s", status, first)
			}
			before := d.entries()
			d.now = d.now.Add(1e9)
			for range 2 {
				if again, tagged, text := call("k", path, ask.body); again != 200 || text != first || tagged != tag {
					t.Errorf("again: %d %s %s\nthen %s %s", again, tagged, text, tag, first)
				}
			}
			separator := "?"
			if strings.Contains(path, "?") {
				separator = "&"
			}
			if other, _, text := call("k", path+separator+"x=1", ask.body); other != 422 || !strings.Contains(text, "another request") {
				t.Errorf("another request: %d %s", other, text)
			}
			if d.entries() != before {
				t.Errorf("%d entries, before %d", d.entries(), before)
			}
		})
	}
}

type openAPI struct {
	Paths map[string]map[string]struct {
		OperationID string                `json:"operationId"`
		Security    []map[string][]string `json:"security"`
	} `json:"paths"`
}

func served(t *testing.T) (document openAPI) {
	t.Helper()
	if err := json.Unmarshal(OpenAPI(), &document); err != nil {
		t.Fatal(err)
	}
	return document
}
