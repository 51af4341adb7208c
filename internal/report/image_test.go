package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect/image"
	"github.com/kubeproof/kubeproof/internal/collect/osv"
	"github.com/kubeproof/kubeproof/internal/collect/signature"
	"github.com/kubeproof/kubeproof/internal/collect/vex"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// of is a report of images alone.
func of(images ...*inventory.Subject) *Report {
	r := clean()
	r.Images = Images(images)
	return r
}

// TestFieldsOfFacts reads what the collectors write: a field that they rename is lost here.
func TestFieldsOfFacts(t *testing.T) {
	facts := &image.Image{APIVersion: inventory.FactVersion, Kind: inventory.FactImage, Metadata: image.Metadata{Name: "app"}, From: "registry", Digest: "sha256:d", Platform: "linux/amd64",
		Platforms: []string{"linux/amd64", "linux/arm64"}, Created: "2026-01-01T00:00:00Z", Observed: "2026-01-03T00:00:00Z", Config: image.Config{User: "app", Ports: []string{"80/tcp"}},
		History: []image.History{{By: "COPY a b", Layer: new(0)}, {Comment: "later", Empty: true}}, Layers: []image.Layer{{Bytes: 1000, Size: 4000, Files: 3, Removed: 1000}},
		Bytes: 1000, Size: new(int64(4000)), Files: new(int64(2)), Waste: new(int64(1000)), Wasted: []image.Wasted{{Path: "/w", Bytes: 1000, Layer: 0, RemovedBy: 1}},
		OS: &image.OS{Name: "Alpine"}, Base: "alpine", User: &image.RunUser{Spec: "app", UID: new(int64(0)), Name: "app", Known: true, Root: true}, Drops: []string{"su-exec"},
		PackageCounts: map[string]int{"apk": 4}, Unread: []image.Unread{{Path: "/u", Layer: 1, Reason: "too large"}}}
	fields := object{}
	for _, part := range []any{facts,
		osv.Result{Scan: osv.Scan{Observed: "2026-01-05T00:00:00Z", Judged: 3, Unmatched: map[string]int{"Alpine:v3.19": 1}, Ecosystems: []osv.Ecosystem{{Ecosystem: "Alpine", Newest: "2026-01-02T00:00:00Z"}}},
			Vulnerabilities: []osv.Vulnerability{{ID: "CVE-1", Severity: osv.High, Fixed: "2"}, {ID: "CVE-2", Severity: osv.High, VEX: &vex.Verdict{Status: vex.NotAffected}}}},
		signature.Report{Signed: signature.Verdict{State: signature.Verified, Reason: "by a key", Copied: true}, Origin: signature.Verdict{State: signature.Absent, Reason: "r", Policy: "x/*", Required: true}}} {
		text, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := json.Marshal(fields)
	root, _, err := document.NewUnplacedReader(document.DefaultLimits).Read(text, document.Shape{})
	if err != nil {
		t.Fatal(err)
	}
	budget := mostCommands
	got := newHTMLImage(imageFact{root: root}, &budget)
	want := htmlImage{Name: "app", Line: "4.00 kB, 1 layer, 25 % waste, 4 packages, root",
		Facts: []fact{{"Digest", "sha256:d", true, ""}, {"Platform", "linux/amd64 (of linux/amd64, linux/arm64)", false, ""}, {"System", "Alpine (alpine)", false, ""},
			{"Made", "1 January 2026, 2 days before the scan", false, ""}, {"Size", "4.00 kB in its layers, 1.00 kB of it wasted; 1.00 kB as stored; 2 files", false, ""},
			{"Packages", "4: apk 4", false, ""}, {"User", "app, which has UID 0: root, until su-exec drops it", false, "bad"}, {"Ports", "80/tcp", false, ""}},
		Chart: &layerChart{Label: "1 layer, 4.00 kB", Wasted: true, Parts: []layerPart{{Class: "l0", Number: "0", Label: "layer 0: 4.00 kB, 1.00 kB of it wasted",
			From: "0.00", Share: "100.00", Middle: "50.00", LostFrom: "75.00", LostShare: "25.00"}}},
		Proofs:     []proofLine{{"Signature", stated{"verified, made for another name", "by a key", "warn"}}, {"Provenance", stated{"none", "the rule for x/* requires it", "bad"}}},
		Severities: []severityCount{{"high", 1, 1}}, Sized: true,
		Vulnerable: []string{"not counted, as VEX answers them: 1", "3 packages judged", "1 package not judged (Alpine:v3.19 1): no advisories of them were given",
			"advisories: Alpine of 2 January 2026, 3 days before the scan"},
		Steps:  []htmlStep{{Layer: "0", Command: "COPY a b", Size: "4.00 kB", Files: "3", Wasted: "1.00 kB", From: "75.00", Kept: "75.00", Lost: "25.00"}, {Command: "later"}},
		Wasted: []htmlWasted{{"/w", "1.00 kB", "0", "1"}}, Unread: []note{{"/u", "layer 1: too large"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(proofLine{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestOnlyVerifiedIsGood: nothing is green that nothing proves.
func TestOnlyVerifiedIsGood(t *testing.T) {
	for state, want := range map[string]stated{
		"verified": {"verified", "r", "good"}, "present": {"present, not verified", "r", "warn"}, "invalid": {"invalid", "r", "bad"}, "absent": {"none", "r", "warn"},
		"unknown": {"not known", "r", "warn"}, "Verified": {"not known", "r", "warn"}, "": {"not known", "r", "warn"},
	} {
		f := imageFact{root: document.Make(object{"signed": object{"state": state, "reason": "r"}})}
		if diff := cmp.Diff(want, f.proof("signed")); diff != "" {
			t.Errorf("%q: %s", state, diff)
		}
	}
	nothing := imageFact{root: document.Make(object{})}
	if got := nothing.proof("signed"); got != (stated{"not looked for", "", ""}) {
		t.Errorf("without a verdict: %v", got)
	}
	archive := imageFact{root: document.Make(object{"from": "docker-archive"})}
	if got := archive.proof("signed"); got.Mood == "good" || got.Word != "not known" {
		t.Errorf("of an archive: %v", got)
	}
}

func TestImageUser(t *testing.T) {
	for _, test := range []struct {
		fields      object
		short, long string
		root        bool
	}{
		{object{}, "user not known", "not known: the configuration was not read", false},
		{object{"config": object{}}, "root", "root: USER is not set", true},
		{object{"config": object{"user": "0:0"}}, "root", "root", true},
		{object{"config": object{"user": "toor"}, "user": object{"uid": 0, "root": true}}, "root", "toor, which has UID 0: root", true},
		{object{"config": object{"user": "app"}, "user": object{"uid": 10, "name": "app"}}, "user app", "app (UID 10)", false},
		{object{"config": object{"user": "app"}, "user": object{"known": false}}, "user app", "app: not in /etc/passwd", false},
		{object{"config": object{"user": "app"}}, "user app", "app: which UID that is was not seen", false},
		{object{"config": object{"user": "10"}, "user": object{"uid": 10, "name": "app"}}, "UID 10", "UID 10, which is app", false},
		{object{"config": object{"user": "10:20"}}, "UID 10", "UID 10:20", false},
		{object{"config": object{}, "platform": "windows/amd64"}, "user of its base", "USER is not set: as its base for Windows has it", false},
		{object{"config": object{"user": "ContainerUser"}, "platform": "windows/amd64"}, "ContainerUser", "ContainerUser", false},
	} {
		short, long, root := imageFact{root: document.Make(test.fields)}.user()
		if short != test.short || long != test.long || root != test.root {
			t.Errorf("%v: got %q, %q, %v", test.fields, short, long, root)
		}
	}
}

func TestStepText(t *testing.T) {
	budget := 1000
	long := "RUN " + strings.Repeat("make ", 50)
	for by, want := range map[string][2]string{
		"":                                      {"", ""},
		"/bin/sh -c #(nop)  CMD [\"sh\"]":       {`CMD ["sh"]`, ""},
		"/bin/sh -c apt-get  update":            {"RUN apt-get update", ""},
		"RUN /bin/sh -c make # buildkit":        {"RUN make", ""},
		"COPY a b # buildkit":                   {"COPY a b", ""},
		"RUN |1 V=1 /bin/sh -c make # buildkit": {"RUN make", "RUN |1 V=1 /bin/sh -c make # buildkit"}, // arguments are not lost
		"CMD [\"/bin/sh -c x\"]":                {`CMD ["/bin/sh -c x"]`, ""},
		"RUN curl -u bob:hunter2-hunter2 x.io":  {"RUN curl -u bob:*** x.io", ""},
		long:                                    {long[:147] + "...", long},
		"RUN " + strings.Repeat("x", 2000):      {"RUN " + strings.Repeat("x", 143) + "...", "not shown, or this page would be too large"},
	} {
		left := budget
		short, whole := stepText(by, &left)
		if diff := cmp.Diff(want, [2]string{short, whole}); diff != "" {
			t.Errorf("%.40q: %s", by, diff)
		}
	}
}

func TestByteSize(t *testing.T) {
	for n, want := range map[int]string{0: "0 B", 999: "999 B", 1000: "1.00 kB", 9_994: "9.99 kB", 9_999: "10.0 kB", 99_960: "100 kB", 999_600: "1.00 MB", 142_300_000: "142 MB", mostAmount: "1,125 TB"} {
		if got := byteSize(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
	for want, n := range map[string][2]int{"no": {0, 5}, "<1 %": {4, 1000}, "12 %": {12, 100}, "100 %": {9, 5}} {
		if got := shareText(n[0], n[1]); got != want {
			t.Errorf("%v: got %s, want %s", n, got, want)
		}
	}
}

// TestPartlyRead: what is not known is not called nothing.
func TestPartlyRead(t *testing.T) {
	for name, test := range map[string]struct {
		fields object
		want   []string
		lacks  []string
	}{
		"configuration only": {object{"config": object{}}, []string{"layers not read, root", "the layers: only the configuration was looked at", "<dd>not read</dd>", "not looked for"},
			[]string{"<svg class=\"layers\"", "Steps of the build", "none known", "0 B", "none found"}},
		"a layer not read": {object{"config": object{}, "bytes": 5000, "layers": array{object{"bytes": 5000, "size": 77}}, "unread": array{object{"layer": 0, "reason": "cut short"}}},
			[]string{"5.00 kB as stored, 1 layer, root", ">stored</th>", "layer 0: cut short", `aria-label="1 layer, 5.00 kB as stored"`, "not told"}, []string{"77 B", "waste,", "deleted or replaced by later"}},
		"no history":               {object{"size": 8, "layers": array{object{"size": 8, "by": "COPY x /"}}}, []string{"Steps of the build and their layers (1)", "<code>COPY x /</code>"}, nil},
		"empty layers":             {object{"size": 0, "waste": 0, "layers": array{object{"size": 0}}}, []string{"0 B, 1 layer, no waste"}, []string{"<svg class=\"layers\"", "NaN"}},
		"scratch without anything": {object{"size": 0, "layers": array{}, "base": "scratch", "packageCounts": object{}}, []string{"none (scratch)", "none found", "0 layers"}, []string{"Steps of the build"}},
		"nothing judged":           {object{"scan": object{"judged": 0}, "vulnerabilities": array{}}, []string{"0 packages judged", "how old the advisories are is not known"}, []string{"none known"}},
	} {
		t.Run(name, func(t *testing.T) {
			page := string(written(t, "html", of(factOf("x", test.fields))))
			_, section, _ := strings.Cut(page, `<section class="images"`)
			section, _, _ = strings.Cut(section, "</section>")
			for _, want := range test.want {
				if !strings.Contains(section, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			for _, bad := range test.lacks {
				if strings.Contains(section, bad) {
					t.Errorf("the page holds %q", bad)
				}
			}
			if t.Failed() {
				t.Log(section)
			}
		})
	}
}

// TestHostileImage: texts do nothing, and however much there is the page stays readable.
func TestHostileImage(t *testing.T) {
	huge := "RUN " + strings.Repeat("\u202e<b>\x1b[2J", 100_000)
	history, layers, wasted := array{}, array{}, array{}
	for i := range 10_000 {
		by := fmt.Sprint("RUN ", i)
		if i < 300 {
			by = huge
		}
		history = append(history, object{"by": by, "layer": i})
		layers = append(layers, object{"size": 1 << 60, "removed": 1 << 61, "files": -1})
		wasted = append(wasted, object{"path": huge, "bytes": 1 << 62})
	}
	fields := object{"history": history, "layers": layers, "wasted": wasted, "unread": wasted, "size": 1 << 60, "waste": 1 << 62, "config": object{"user": huge, "ports": array{huge}}}
	for _, format := range Formats {
		text := written(t, format.Name, of(factOf(huge, fields)))
		if format.Name != "json" && (len(text) > 6<<20 || bytes.ContainsAny(text, "\u202e\x1b")) {
			t.Errorf("%s is %d bytes large or holds what acts on a reader", format.Name, len(text))
		}
	}
	page := string(written(t, "html", of(factOf("x", fields))))
	if n := strings.Count(page, `<td class="b">`); n != mostSteps {
		t.Errorf("%d steps are shown", n)
	}
	for _, want := range []string{"and 9,800 more steps", "and 9,980 more", "layer others:", "&lt;b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<b>\\") {
		t.Error("a text of the image is markup")
	}
}

func TestManyImages(t *testing.T) {
	var all []*inventory.Subject
	for i := range 150 {
		all = append(all, factOf(fmt.Sprintf("app:%03d", i), object{"history": slices.Repeat(array{object{"by": strings.Repeat("long ", 3000)}}, 50)}))
	}
	all = append(all, &inventory.Subject{Kind: "Pod", APIVersion: "v1"})
	r := of(all...)
	page := written(t, "html", r)
	if n := bytes.Count(page, []byte(`<details class="im">`)); n != mostImages || !bytes.Contains(page, []byte("and 50 more images: the JSON report lists all")) {
		t.Errorf("%d images are shown", n)
	}
	if len(page) > 8<<20 {
		t.Errorf("the page is %d bytes large", len(page))
	}
	table := string(written(t, "table", r))
	if strings.Contains(table, "app:010") || !strings.Contains(table, "            and 140 more images: see -o json\n") {
		t.Errorf("the table does not fold images:\n%s", table)
	}
	if text := string(written(t, "json", r)); !strings.Contains(text, "app:149") {
		t.Error("the JSON report lacks an image")
	}
}

// FuzzImage reads facts that anybody may have written.
func FuzzImage(f *testing.F) {
	for _, s := range []*inventory.Subject{shopImage(), scratchImage(), evilImage()} {
		f.Add(s.Root.AppendJSON(nil, nil))
	}
	f.Add([]byte(`{"layers": {"a": 1}, "history": [3, {"layer": 1e9}], "config": [], "packageCounts": [1], "scan": 5, "vulnerabilities": "x", "signed": [], "size": -1, "os": 3}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		documents, _ := document.Read(text, document.DefaultLimits)
		for _, d := range documents {
			r := of(&inventory.Subject{Kind: inventory.FactImage, APIVersion: inventory.FactVersion, Root: d.Root})
			for _, format := range Formats {
				if err := Write(format.Name, io.Discard, r); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
