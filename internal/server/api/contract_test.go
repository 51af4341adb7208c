package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// problemOf reads a problem and demands that it is one.
func problemOf(t *testing.T, what string, status int, header http.Header, text string) {
	t.Helper()
	var told struct {
		Title, Detail string
		Status        int
	}
	if err := json.Unmarshal([]byte(text), &told); err != nil || header.Get("Content-Type") != "application/problem+json" || told.Title == "" || told.Status != status {
		t.Errorf("%s gives no problem: %d %v %s, %v", what, status, header, text, err)
	}
}

// TestWhatIsNoOperationIsAProblem too.
func TestWhatIsNoOperationIsAProblem(t *testing.T) {
	d := newDesk(t)
	for _, test := range []struct {
		method, path, body, kind string
		status                   int
	}{
		{"GET", "/nothing", "", "", 404},
		{"GET", "", "", "", 404},
		{"GET", "/", "", "", 404},
		{"DELETE", "/reviews/main", "", "", 405},
		{"POST", "/scans", "{}", "", 405},
		{"GET", "//reviews", "", "", 404},
		{"GET", "/../../login", "", "", 404},
		{"POST", "/reviews", "id: other", "application/yaml", 415},
		{"POST", "/reviews", "<review/>", "text/xml", 415},
		{"POST", "/reviews", "{", "", 400},
		{"POST", "/reviews", `{"id":"a"} {"id":"b"}`, "", 400},
		{"POST", "/people", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, "", 413},
	} {
		headers := []string{}
		if test.kind != "" {
			headers = append(headers, "Content-Type", test.kind)
		}
		status, header, text := d.call("anna", test.method, test.path, test.body, headers...)
		what := test.method + " " + test.path
		if status != test.status {
			t.Errorf("%s gives %d, want %d: %.300s", what, status, test.status, text)
		}
		problemOf(t, what, status, header, text)
		if status == 405 && header.Get("Allow") == "" {
			t.Errorf("%s does not say what the address takes", what)
		}
	}
}

// hostileNames are put in the place of every name in every path.
var hostileNames = []string{"..", ".", "../../etc/passwd", "..%2f..%2f", `..\..\windows`, "%00", "a\x00b", "a\nb", "main'--", "<script>", "{{.}}", "\xff\xfe", "\u202e", strings.Repeat("a", 5000), " ", "%", "*", "main/answers", "-1", "9999999999999999999999"}

// TestHostilePaths: whatever stands in the place of a name, nothing is found, nothing is changed, and it is
// told as a problem.
func TestHostilePaths(t *testing.T) {
	d, _ := prepared(t)
	before, tried := d.entries(), 0
	for path, methods := range served(t).Paths {
		path = strings.TrimPrefix(path, Prefix)
		for at, part := range strings.Split(path, "/") {
			if !strings.HasPrefix(part, "{") {
				continue
			}
			for _, name := range hostileNames {
				parts := strings.Split(path, "/")
				for other := range parts {
					switch known := map[string]string{"{review}": "main", "{key}": "backups", "{item}": "S4.001"}[parts[other]]; {
					case other == at:
						parts[other] = url.PathEscape(name)
					case known != "":
						parts[other] = known
					case strings.HasPrefix(parts[other], "{"):
						parts[other] = "x"
					}
				}
				for method := range methods {
					target := strings.Join(parts, "/")
					status, header, text := d.call("anna", strings.ToUpper(method), target, "", "If-Match", `"1"`)
					tried++
					if status < 400 && !strings.HasPrefix(target, "/uploads/") || status >= 500 {
						t.Errorf("%s %q gives %d: %.200s", method, target, status, text)
					}
					if status >= 400 {
						problemOf(t, method+" "+target, status, header, text)
					}
					if strings.Contains(text, "root:") || strings.Contains(text, "goroutine") {
						t.Errorf("%s %q shows %.200s", method, target, text)
					}
				}
			}
		}
	}
	if d.entries() != before {
		t.Errorf("%d entries, before %d", d.entries(), before)
	}
	t.Logf("%d requests tried", tried)
}

// TestWhatIsKnownIsNotSentAgain: with If-None-Match a list comes only where something changed.
func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	d, _ := prepared(t)
	for _, path := range []string{"/reviews", "/reviews/main", "/reviews/main/items", "/reviews/main/items/S4.001", "/reviews/main/evidence", "/reviews/main/exceptions", "/reviews/main/access", "/people"} {
		header, _ := d.want(200, "anna", "GET", path, "")
		tag := header.Get("ETag")
		if tag == "" {
			t.Errorf("%s has no ETag", path)
			continue
		}
		for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			if header, text := d.want(304, "anna", "GET", path, "", "If-None-Match", known); text != "" || header.Get("ETag") != tag {
				t.Errorf("%s with %s: %v %q", path, known, header, text)
			}
		}
		d.want(200, "anna", "GET", path, "", "If-None-Match", `"other"`)
		d.want(401, "kpt_forged", "GET", path, "", "If-None-Match", tag)
		d.want(200, "anna", "POST", "/reviews/main/answers/backups/comments", `{"text":"more"}`)
		d.want(200, "anna", "GET", path, "", "If-None-Match", tag)
	}
	header, _ := d.want(200, "anna", "GET", "/reviews", "")
	d.now = d.now.AddDate(0, 0, 1)
	d.want(200, "anna", "GET", "/reviews", "", "If-None-Match", header.Get("ETag")) // answers grow old
	d.want(403, "vera", "GET", "/people", "", "If-None-Match", "*")
}

// TestListsComePageByPage, each thing once.
func TestListsComePageByPage(t *testing.T) {
	d, _ := prepared(t)
	for n := range 7 {
		d.want(200, "adam", "POST", "/reviews", fmt.Sprintf(`{"id":"more-%d","checklists":["requirements"]}`, n))
		d.want(200, "rob", "POST", strings.Replace(strings.Replace(aScan, "prod&", fmt.Sprintf("label-%d&", n/3), 1), "T10", fmt.Sprintf("T%02d", n+1), 1), scanReport)
	}
	for path, next := range map[string]string{"/reviews": "after", "/people": "after", "/controls": "after", "/reviews/main/items": "after", "/reviews/main/evidence": "after", "/reviews/main/exceptions": "after", "/scans": "before"} {
		read := func(limit int) (ids []string) {
			from := ""
			for range 500 {
				address := fmt.Sprintf("%s?limit=%d", path, limit)
				if from != "" {
					address += "&" + next + "=" + url.QueryEscape(from)
				}
				_, text := d.want(200, "anna", "GET", address, "")
				var page map[string]json.RawMessage
				if err := json.Unmarshal([]byte(text), &page); err != nil {
					t.Fatal(err)
				}
				from = strings.Trim(string(page["next"]), `"`)
				delete(page, "next")
				for _, list := range page {
					var all []struct{ ID string }
					if err := json.Unmarshal(list, &all); err != nil || len(all) > limit && path != "/scans" {
						t.Fatalf("%s: %d, %v", address, len(all), err)
					}
					for _, one := range all {
						ids = append(ids, one.ID)
					}
				}
				if from == "" {
					break
				}
			}
			return ids
		}
		whole, parts := strings.Join(read(500), " "), strings.Join(read(2), " ")
		if whole != parts || whole == "" {
			t.Errorf("%s gives %s and in parts %s", path, whole, parts)
		}
		if next == "after" {
			d.want(422, "anna", "GET", path+"?after=forged", "")
		}
		d.want(422, "anna", "GET", path+"?limit=501", "")
	}
}

// TestReportsAreHandedOut in every format, and as files that no browser runs.
func TestReportsAreHandedOut(t *testing.T) {
	d, names := prepared(t)
	for format, want := range map[string]string{"html": "text/plain; charset=utf-8", "markdown": "text/plain; charset=utf-8", "xlsx": "application/octet-stream", "json": "application/json", "oscal": "application/json",
		"answers-xlsx": "application/octet-stream", "answers-csv": "text/plain; charset=utf-8", "answers-yaml": "application/octet-stream"} {
		header, text := d.want(200, "vera", "GET", "/reviews/main/reports/"+format, "")
		if header.Get("Content-Type") != want || len(text) < 500 || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v, %d bytes", format, header, len(text))
		}
	}
	d.want(422, "vera", "GET", "/reviews/main/reports/exe", "")
	d.want(404, "vera", "GET", "/reviews/none/reports/html", "")
	before := d.entries()
	if header, text := d.want(200, "vera", "POST", "/reviews/main/bundle", ""); header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(text, "PK") || d.entries() != before+1 {
		t.Errorf("%v, %d bytes, %d entries more", header, len(text), d.entries()-before)
	}
	if _, text := d.want(200, "vera", "GET", names.Replace("/reviews/main/evidence/{evidence}/file"), ""); text != "every night" {
		t.Errorf("the evidence is %q", text)
	}
	if _, text := d.want(200, "vera", "GET", names.Replace("/scans/{scan}/report"), ""); text != scanReport {
		t.Errorf("the report is %q", text)
	}
	if _, text := d.want(200, "vera", "GET", names.Replace("/scans/{scan}/inventory"), ""); text != packed(inventoryText) {
		t.Errorf("the inventory is %q", text)
	}
	if _, text := d.want(200, "vera", "GET", "/ledger/proof", ""); !strings.Contains(text, `"whole":true`) {
		t.Error(text)
	}
	if _, text := d.want(200, "vera", "GET", names.Replace("/scans/{scan}"), ""); !strings.Contains(text, `"inventory":true`) || !strings.Contains(text, `"subjects":3`) || !strings.Contains(text, `"source":"main/production/prod"`) {
		t.Error(text)
	}
	d.want(404, "vera", "GET", "/scans/none", "")
}

// TestChangesThatWereOvertaken are refused.
func TestChangesThatWereOvertaken(t *testing.T) {
	d, names := prepared(t)
	d.want(412, "rob", "DELETE", names.Replace("/reviews/main/answers/restore-test/evidence/{evidence}"), "", "If-Match", `"7"`)
	d.want(412, "rob", "POST", names.Replace("/exceptions/{granted}/extend"), `{"expires":"2027-01-31","reason":"more"}`, "If-Match", `"7"`)
	d.want(412, "rob", "POST", names.Replace("/exceptions/{granted}/withdraw"), `{"reason":"x"}`, "If-Match", `"7"`)
	d.want(200, "rob", "POST", "/reviews/main/access/production", `{"source":"s","subjects":[{"kind":"User","name":"x","rights":"r"}]}`)
	d.want(412, "rob", "POST", "/reviews/main/access/production/confirm", `{"place":0,"keep":true}`, "If-Match", names.Replace("{list}"))
	d.want(422, "rob", "POST", "/reviews/main/access/production/confirm", `{"place":0,"keep":true}`) // it must say what was read
	d.want(404, "rob", "POST", "/reviews/main/access/mars/confirm", `{"place":0,"keep":true}`, "If-Match", `"1"`)
}

// TestTokensAreBounded: one that is used too often is told to wait, and others go on.
func TestTokensAreBounded(t *testing.T) {
	r := newRates()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for n := range rateAtOnce {
		if !r.take("a", now) {
			t.Fatalf("the %dth use is refused", n)
		}
	}
	if r.take("a", now) || !r.take("b", now) {
		t.Error("the bound is not one of each token")
	}
	if r.take("a", now.Add(-time.Hour)) {
		t.Error("a clock that goes back gives more")
	}
	if now = now.Add(time.Second); !r.take("a", now) {
		t.Error("after a second it is still refused")
	}
	d := newDesk(t)
	text := d.token("vera", ScopeRead)
	for range rateAtOnce {
		if status, _, _ := d.call(text, "GET", "/checklists", ""); status == 429 {
			t.Fatal("refused too early")
		}
	}
	for range rateAtOnce { // tokens come back while the test runs
		if status, header, text := d.call(text, "GET", "/checklists", ""); status == 429 {
			if header.Get("Retry-After") == "" {
				t.Error("it does not say when to try again")
			}
			problemOf(t, "too often", status, header, text)
			return
		}
	}
	t.Log("this machine is too slow to use a token too often")
}
