package server

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	kinds "github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
)

// foundOn records a scan with findings on the names, each with a hostile message.
func (h *house) foundOn(t *testing.T, names ...string) {
	t.Helper()
	var all []*assessment.Finding
	for _, name := range names {
		all = append(all, &assessment.Finding{Control: "container-privileged", Title: "Privileged", Outcome: assessment.Fail, Severity: "critical", Risk: 10, Team: "apps",
			Message: name + " is <script>alert(1)</script>", Fingerprint: "print-" + name, Subject: assessment.Subject{Kind: "Pod", Namespace: "shop", Name: name}, Fix: "set `privileged: false`",
			Evidence: &assessment.Evidence{Lines: []assessment.Line{{Number: 3, Text: "privileged: true <b>", Guilty: true}}}})
	}
	h.foundAll(t, "findings", all...)
}

// foundAll records a scan of a label with findings.
func (h *house) foundAll(t *testing.T, label string, all ...*assessment.Finding) {
	t.Helper()
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Name: "cluster:prod"}}, Findings: all}
	a.Summary.Subjects, a.Summary.Kinds = 3, map[string]int{"Pod": 3}
	for _, id := range []string{"container-privileged", "pod-host-network", "cluster-backup", "container-latest"} {
		a.Controls = append(a.Controls, assessment.ControlResult{ID: id, Outcomes: assessment.Counts{Fail: 1, Pass: 1}})
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	err = h.j.Act(t.Context(), "carl", func(w *journal.Work) error {
		_, _, err := w.RecordScan(journal.ScanReport{Plan: "main", Environment: "production", Label: label, Made: w.Mark().At, Assessment: a, JSON: text, Names: []string{"prod"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// found is a finding of a kind of everything.
func found(control, severity, namespace, name string) *assessment.Finding {
	return &assessment.Finding{Control: control, Title: "title of " + control, Outcome: assessment.Fail, Severity: kinds.Severity(severity), Risk: 5, Team: "apps", Message: control + " fails on " + name,
		Fingerprint: control + namespace + name, Subject: assessment.Subject{APIVersion: "apps/v1", Kind: "Deployment", Namespace: namespace, Name: name, Cluster: "prod"}}
}

// TestFindings: what scans found over time is listed, counted, and shown with what became of it.
func TestFindings(t *testing.T) {
	h := newHouse(t)
	h.foundOn(t, "web", "db", hostileAt("pod"))
	vera := h.as("vera")
	page := vera.get("/findings")
	for _, want := range []string{"web is &lt;script&gt;", "Pod shop/db", `<a href="/findings?severity=critical">critical</a><b>3</b>`, `<span class="badge v-critical">3 critical</span>`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the list lacks %s: %s", want, page.text)
		}
	}
	checkHarmless(t, "/findings", page.text)
	h.pass(24 * time.Hour)
	h.foundOn(t, "web")
	h.pass(24 * time.Hour)
	h.foundOn(t, "web", "db")
	vera = h.as("vera") // the session of two days ago is over
	open := vera.get("/findings?q=db&order=subject")
	if !strings.Contains(open.text, "came back 1 time<") || strings.Contains(open.text, "Pod shop/web") {
		t.Errorf("what came back is shown as %s", open.text)
	}
	link := regexp.MustCompile(`/findings/\d+`).FindString(open.text)
	one := vera.get(link)
	for _, want := range []string{"found", "fixed", "came back", "privileged: true &lt;b&gt;", "How to mend it"} {
		if !strings.Contains(one.text, want) {
			t.Errorf("the finding lacks %s: %s", want, one.text)
		}
	}
	checkHarmless(t, link, one.text)
	if fixed := vera.get("/findings?state=fixed"); !strings.Contains(fixed.text, "2026-06-01") || strings.Contains(fixed.text, "Pod shop/db") {
		t.Errorf("what is fixed is shown as %s", fixed.text)
	}
	for path, want := range map[string]int{"/findings/0": 404, "/findings/x": 404, "/findings?after=forged": 400, "/findings?state=none&severity=none&order=none": 200,
		"/findings?control=" + url.QueryEscape(hostileAt("c")) + "&namespace=x&q=" + url.QueryEscape(hostileAt("q")): http.StatusOK} {
		got := vera.get(path)
		if got.status != want {
			t.Errorf("%s gives %d, want %d", path, got.status, want)
		}
		checkHarmless(t, path, got.text)
	}
}

// many are findings of two clusters, with what is unknown, an error, and of a later scan.
func (h *house) many(t *testing.T) {
	t.Helper()
	unknown, broken := found("cluster-backup", "high", "", "prod"), found("container-latest", "low", "shop", "web")
	unknown.Outcome, broken.Outcome = assessment.Unknown, assessment.Error
	unknown.Subject.Kind, unknown.Team = "Cluster", "infra"
	mendable := found("container-privileged", "critical", "shop", "web")
	mendable.Subject.Container, mendable.Location.Path = "app", "spec.template.spec.containers[0].securityContext.privileged"
	h.foundAll(t, "one", unknown, broken, mendable, found("pod-host-network", "high", "pay", "db"))
	h.pass(10 * 24 * time.Hour)
	h.foundAll(t, "two", found("pod-host-network", "high", "shop", "cart"))
}

// TestFindingFilters: each filter leaves what it says, alone and with others; what is no filter is left out.
func TestFindingFilters(t *testing.T) {
	h := newHouse(t)
	h.many(t)
	vera := h.as("vera")
	rows := regexp.MustCompile(`<a href="/findings/\d+" data-row>(.*?)</a>`)
	for query, want := range map[string]string{
		"":                                     "container-privileged fails on web|cluster-backup fails on prod|pod-host-network fails on db|pod-host-network fails on cart|container-latest fails on web",
		"severity=high":                        "cluster-backup fails on prod|pod-host-network fails on db|pod-host-network fails on cart",
		"severity=high&severity=low&team=apps": "pod-host-network fails on db|pod-host-network fails on cart|container-latest fails on web",
		"source=main/production/two":           "pod-host-network fails on cart",
		"namespace=-":                          "cluster-backup fails on prod",
		"namespace=shop&namespace=pay&control=pod-host-network": "pod-host-network fails on db|pod-host-network fails on cart",
		"outcome=unknown":            "cluster-backup fails on prod",
		"outcome=error":              "container-latest fails on web",
		"outcome=fail&severity=high": "pod-host-network fails on db|pod-host-network fails on cart",
		"older=5&severity=high":      "cluster-backup fails on prod|pod-host-network fails on db",
		"younger=5":                  "pod-host-network fails on cart",
		"late=yes":                   "container-privileged fails on web",
		"late=yes&severity=high":     "",
		"state=back":                 "",
		"state=fixed":                "",
		"q=CART":                     "pod-host-network fails on cart",
		"order=age&severity=high":    "cluster-backup fails on prod|pod-host-network fails on db|pod-host-network fails on cart",
		"state=nonsense&severity=worse&outcome=pass&older=-1&younger=x&late=no&order=id&group=id&own=1": "container-privileged fails on web|cluster-backup fails on prod|pod-host-network fails on db|pod-host-network fails on cart|container-latest fails on web",
	} {
		page := vera.get("/findings?" + query)
		var got []string
		for _, row := range rows.FindAllStringSubmatch(page.text, -1) {
			got = append(got, row[1])
		}
		if strings.Join(got, "|") != want || page.status != http.StatusOK {
			t.Errorf("%s gives %d, %s", query, page.status, strings.Join(got, "|"))
		}
		checkMarkup(t, "/findings?"+query, page.text)
		checkHarmless(t, "/findings?"+query, page.text)
	}
	page := vera.get("/findings?severity=high&namespace=shop").text
	for _, want := range []string{`aria-label="take away: severity high"`, `href="/findings?namespace=shop"`, `href="/findings?namespace=shop&amp;severity=critical&amp;severity=high"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, want := range []string{`<a href="/findings?outcome=unknown">unknown</a><b>1</b>`, `<a href="/findings?outcome=fail">fails</a><b>3</b>`, `<a href="/findings" aria-current="true">open</a><b>5</b>`, `<a href="/findings?state=fixed">fixed</a><b>0</b>`} {
		if whole := vera.get("/findings").text; !strings.Contains(whole, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if whole := vera.get("/findings").text; strings.Contains(whole, `<span class="badge v-high">high</span></td><td class="long"><p><a href="/findings/1"`) || !strings.Contains(whole, `<span class="badge o-unknown">unknown</span> <span class="w">would be high</span>`) {
		t.Error("what is unknown is shown as a failure")
	}
}

// TestFindingGroups: groups have their counts and lead to what is in them.
func TestFindingGroups(t *testing.T) {
	h := newHouse(t)
	h.many(t)
	vera := h.as("vera")
	for by, want := range map[string][]string{
		"control":   {`href="/findings?control=pod-host-network" data-row`, `aria-label="2 high "`, `Pods must not use the node&#39;s network`},
		"source":    {`href="/findings?source=main%2Fproduction%2Fone" data-row`, `aria-label="1 critical 2 high 1 low "`},
		"namespace": {`href="/findings?namespace=-" data-row>none</a>`, `href="/findings?namespace=shop" data-row`},
		"team":      {`href="/findings?team=infra" data-row`},
		"severity":  {`href="/findings?severity=high" data-row`},
	} {
		page := vera.get("/findings?group=" + by).text
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("by %s the page lacks %s", by, text)
			}
		}
		checkMarkup(t, by, page)
	}
	if page := vera.get("/findings?group=control&namespace=shop&late=yes").text; !strings.Contains(page, `href="/findings?control=container-privileged&amp;late=yes&amp;namespace=shop" data-row`) || strings.Contains(page, `data-row>pod-host-network`) {
		t.Error("groups forget filters")
	}
}

// TestFindingPages lead from one to the next and back to the beginning.
func TestFindingPages(t *testing.T) {
	h := newHouse(t)
	var all []*assessment.Finding
	for i := range 2*findingsOnPage + 1 {
		all = append(all, found("pod-host-network", "high", "shop", fmt.Sprintf("web-%03d", i)))
	}
	h.foundAll(t, "one", all...)
	vera := h.as("vera")
	next, seen := "/findings?order=subject&severity=high", map[string]bool{}
	pages := 0
	for next != "" && pages < 9 {
		page := vera.get(next).text
		for _, row := range regexp.MustCompile(`fails on (web-\d+)`).FindAllStringSubmatch(page, -1) {
			seen[row[1]] = true
		}
		if pages++; pages > 1 && !strings.Contains(page, `href="/findings?order=subject&amp;severity=high">From the beginning`) {
			t.Errorf("page %d leads to no beginning", pages)
		}
		link := regexp.MustCompile(`<a class="button" href="([^"]*)" data-next>`).FindStringSubmatch(page)
		if next = ""; link != nil {
			next = html.UnescapeString(link[1])
		}
	}
	if pages != 3 || len(seen) != len(all) {
		t.Errorf("%d findings on %d pages", len(seen), pages)
	}
}

// TestPatchOfAFinding is offered where it is sure, and as a file.
func TestPatchOfAFinding(t *testing.T) {
	h := newHouse(t)
	h.many(t)
	vera := h.as("vera")
	list := vera.get("/findings").text
	sure := regexp.MustCompile(`/findings/\d+" data-row>container-privileged`).FindString(list)
	sure, _, _ = strings.Cut(sure, `"`)
	page := vera.get(sure).text
	for _, want := range []string{"kubectl patch deployment.apps web --namespace shop --type strategic --patch-file patch.yaml", "privileged: false", `href="` + sure + `/patch.yaml"`, "late: due", "Why it matters", "container-latest fails on web"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	checkMarkup(t, sure, page)
	file := vera.get(sure + "/patch.yaml")
	if file.status != http.StatusOK || !strings.Contains(file.text, "          securityContext:\n            privileged: false\n") || !strings.Contains(file.header.Get("Content-Disposition"), "patch.yaml") {
		t.Errorf("%d %s", file.status, file.text)
	}
	unsure := regexp.MustCompile(`/findings/\d+" data-row>cluster-backup`).FindString(list)
	unsure, _, _ = strings.Cut(unsure, `"`)
	if page := vera.get(unsure).text; !strings.Contains(page, "There is no patch") || !strings.Contains(page, "nobody knows whether this holds") {
		t.Error("a patch is offered for what is not known")
	}
	if got := vera.get(unsure + "/patch.yaml"); got.status != http.StatusNotFound {
		t.Errorf("the file of no patch gives %d", got.status)
	}
}

// TestExceptionOfAFinding is asked for from its page, by contributors, for its control and subject.
func TestExceptionOfAFinding(t *testing.T) {
	h := newHouse(t)
	h.foundAll(t, "one", found("pod-host-network", "high", "shop", "web"), found("pod-host-network", "high", "shop", "w*"), found("pod-host-network", "high", "shop", "other"))
	carl, dana := h.as("carl"), h.as("dana")
	path := func(name string) string {
		link := regexp.MustCompile(`(/findings/\d+)" data-row>pod-host-network fails on ` + regexp.QuoteMeta(name) + `<`).FindStringSubmatch(carl.get("/findings").text)
		if link == nil {
			t.Fatal("there is no finding on " + name)
		}
		return link[1]
	}
	web := path("web")
	if strings.Contains(dana.get(web).text, "/exception\"") || !strings.Contains(carl.get(web).text, web+`/exception"`) {
		t.Error("the form is not for contributors alone")
	}
	for want, pairs := range map[string][]string{
		"it has no end": {"reason", "why"}, "give a reason": {"expires", "2026-06-20"}, "which has passed": {"expires", "2020-01-01", "reason", "why"}, "at most": {"expires", "2099-01-01", "reason", "why"},
	} {
		got := carl.post(web+"/exception", pairs...)
		if page := carl.get(got.header.Get("Location")).text; !strings.Contains(page, want) {
			t.Errorf("%v is told as %s", pairs, told(page))
		}
	}
	page := carl.done(web+"/exception", "expires", "2026-06-20", "reason", hostileAt("why"), "control", "other", "subject", "*")
	checkHarmless(t, web, page)
	checkMarkup(t, web, page)
	for _, want := range []string{`<span class="badge s-requested">requested</span>`, "shop/Deployment/web"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, web+`/exception"`) || strings.Contains(carl.get(path("other")).text, "s-requested") {
		t.Error("what is asked for is shown where it is not, or can be asked for twice")
	}
	for _, one := range h.state().Exceptions {
		if text := h.state().ReasonOf(one); one.Control != "pod-host-network" || text.Subject != "shop/Deployment/web" || one.Requested.By != "carl" {
			t.Errorf("asked for %+v %+v", one, text)
		}
	}
	if got := carl.post(path("w*")+"/exception", "expires", "2026-06-20", "reason", "why"); !strings.Contains(carl.get(got.header.Get("Location")).text, "stand for others") {
		t.Error("a name with signs that stand for others was taken")
	}
	if got := carl.post("/findings/99/exception"); got.status != http.StatusNotFound {
		t.Errorf("an exception of no finding gives %d", got.status)
	}
}
