package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	w.Close()
	return b.String()
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

const aScan = "/reviews/main/scans?environment=production&label=prod&made=2026-06-01T10:00:00Z"

// begin begins an upload of a text and gives its id.
func (d *desk) begin(who, text string) string {
	d.t.Helper()
	_, answer := d.want(200, who, "POST", "/uploads", fmt.Sprintf(`{"size":%d,"sha256":"%s"}`, len(text), digest(text)))
	var begun upload
	if err := json.Unmarshal([]byte(answer), &begun); err != nil || begun.ID == "" || begun.Offset != 0 || begun.Size != int64(len(text)) {
		d.t.Fatalf("%s: %v", answer, err)
	}
	return begun.ID
}

// uploaded hands a text in, in parts, and gives the id.
func (d *desk) uploaded(who, text string) string {
	d.t.Helper()
	id := d.begin(who, text)
	for at := 0; at < len(text); at += smallestPart {
		d.want(200, who, "PUT", fmt.Sprintf("/uploads/%s?offset=%d", id, at), text[at:min(at+smallestPart, len(text))])
	}
	return id
}

// padded is a report that has many parts.
func padded(bytes int) string {
	return strings.Replace(scanReport, `"no backup"`, `"no `+strings.Repeat("backup ", bytes/7)+`"`, 1)
}

// TestAReportArrivesInParts, is recorded, and its upload is gone then.
func TestAReportArrivesInParts(t *testing.T) {
	d := newDesk(t)
	text := padded(3 * smallestPart)
	id := d.begin("anna", text)
	part := func(at int) string { return text[at*smallestPart : min((at+1)*smallestPart, len(text))] }
	put := func(status, at int, body string) (http.Header, string) {
		t.Helper()
		return d.want(status, "anna", "PUT", fmt.Sprintf("/uploads/%s?offset=%d", id, at), body)
	}
	put(200, 0, part(0))
	put(200, 0, part(0))
	if header, _ := put(409, 2*smallestPart, part(2)); header.Get("Upload-Offset") != fmt.Sprint(smallestPart) {
		t.Errorf("the offset is told as %q", header.Get("Upload-Offset"))
	}
	put(422, smallestPart, "tiny")
	put(422, smallestPart, text)
	put(422, -1, part(0))
	d.want(409, "anna", "POST", aScan+"&upload="+id, "")
	d.want(404, "ben", "GET", "/uploads/"+id, "")
	d.want(404, "ben", "PUT", "/uploads/"+id+"?offset=0", part(0))
	d.want(200, "anna", "GET", "/uploads/"+id, "")
	for at := 1; at*smallestPart < len(text); at++ {
		put(200, at*smallestPart, part(at))
	}
	d.want(404, "ben", "POST", aScan+"&upload="+id, "")
	d.want(422, "anna", "POST", aScan+"&upload="+id, text)
	if _, answer := d.want(200, "anna", "POST", aScan+"&upload="+id, ""); !strings.Contains(answer, `"sha256":"`+digest(text)+`","known":false`) {
		t.Error(answer)
	}
	d.want(404, "anna", "GET", "/uploads/"+id, "")
	d.want(404, "anna", "POST", aScan+"&upload="+id, "")
	if _, answer := d.want(200, "anna", "POST", aScan, text); !strings.Contains(answer, `"known":true`) {
		t.Errorf("the same as a body: %s", answer)
	}
	d.want(204, "anna", "DELETE", "/uploads/"+d.begin("anna", text), "")
	d.want(204, "anna", "DELETE", "/uploads/none", "")
}

// TestReportsMayBePacked, as a body and as an upload; bombs and broken ones are refused.
func TestReportsMayBePacked(t *testing.T) {
	d := newDesk(t)
	_, first := d.want(200, "anna", "POST", aScan, packed(scanReport))
	if _, again := d.want(200, "anna", "POST", aScan+"&upload="+d.uploaded("anna", packed(scanReport)), ""); again != strings.Replace(first, `"known":false`, `"known":true`, 1) {
		t.Errorf("%s then %s", first, again)
	}
	if _, again := d.want(200, "anna", "POST", aScan, scanReport); !strings.Contains(again, `"known":true`) {
		t.Error(again)
	}
	whole := packed(scanReport)
	bomb := packed(`{"schema":"kubeproof.dev/scan/v1","x":[` + strings.Repeat(" ", 64<<20))
	later := strings.Replace(aScan, "06-01", "06-02", 1)
	d.now = d.now.AddDate(0, 0, 2)
	before := d.entries()
	for name, test := range map[string][2]string{
		"cut":              {whole[:len(whole)-9], "cut off"},
		"checksum":         {whole[:len(whole)-8] + "xxxxxxxx", "checksum"},
		"only magic":       {"\x1f\x8b", "unpack it"},
		"rubbish behind":   {whole + "rubbish that is no gzip", "invalid header"},
		"packed twice":     {packed(whole), "is no report"},
		"a piece too much": {bomb, "too large"},
		"UTF-16":           {"\xff\xfe{\x00}\x00", "is no report"},
		"deep":             {strings.Repeat("[", 100_000), "is no report"},
		"twice":            {strings.Replace(scanReport, `"errors":[]`, `"findings":[]`, 1), "findings twice"},
	} {
		if _, answer := d.want(422, "anna", "POST", later, test[0]); !strings.Contains(answer, test[1]) || len(answer) > 2000 {
			t.Errorf("%s: %.300s", name, answer)
		}
		if _, answer := d.want(422, "anna", "POST", later+"&upload="+d.uploaded("anna", test[0]), ""); !strings.Contains(answer, test[1]) {
			t.Errorf("%s as an upload: %.300s", name, answer)
		}
	}
	if d.entries() != before {
		t.Errorf("%d entries, before %d", d.entries(), before)
	}
}

// TestReportsThatWereCutOff anywhere are refused, and leave nothing.
func TestReportsThatWereCutOff(t *testing.T) {
	d := newDesk(t)
	before := d.entries()
	for at := 1; at < len(scanReport); at += 5 {
		d.want(422, "anna", "POST", aScan, scanReport[:at])
		d.want(422, "anna", "POST", aScan, scanReport[:at]+"\x00"+scanReport[at:])
	}
	d.want(422, "anna", "POST", aScan, "")
	if page, err := d.journal.Findings(t.Context(), store.FindingFilter{}, "subject", "", 1); err != nil || len(page.Findings) > 0 || d.entries() != before {
		t.Errorf("%d entries, before %d, %+v, %v", d.entries(), before, page, err)
	}
}

// TestUploadsMustBeWhatWasAnnounced.
func TestUploadsMustBeWhatWasAnnounced(t *testing.T) {
	d := newDesk(t)
	lie := strings.Replace(scanReport, "no backup", "no bakcup", 1)
	id := d.begin("anna", scanReport)
	d.want(200, "anna", "PUT", "/uploads/"+id+"?offset=0", lie)
	if _, answer := d.want(422, "anna", "POST", aScan+"&upload="+id, ""); !strings.Contains(answer, "hand it in anew") {
		t.Error(answer)
	}
	for body, status := range map[string]int{
		`{"size":0,"sha256":"` + digest("x") + `"}`:  422,
		`{"size":-1,"sha256":"` + digest("x") + `"}`: 422,
		`{"size":5}`:                422,
		`{"size":5,"sha256":"ABC"}`: 422,
		`{"size":536870913,"sha256":"` + digest("x") + `"}`: 413,
		`{"size":1e400,"sha256":"` + digest("x") + `"}`:     400,
		`{`: 400,
		``:  400,
		`{"size":5,"sha256":"` + digest("x") + `","x":1}`: 422,
	} {
		d.want(status, "anna", "POST", "/uploads", body)
	}
	d.now = d.now.Add(uploadTime)
	d.want(404, "anna", "GET", "/uploads/"+id, "")
}

// TestUploadsOfOneAreBounded, and say when to try again.
func TestUploadsOfOneAreBounded(t *testing.T) {
	d := newDesk(t)
	for range uploadLimits.OfPerson {
		d.begin("anna", "text")
	}
	header, answer := d.want(429, "anna", "POST", "/uploads", fmt.Sprintf(`{"size":4,"sha256":"%s"}`, digest("text")))
	if header.Get("Retry-After") == "" || !strings.Contains(answer, "uploads of anna") {
		t.Errorf("%v %s", header, answer)
	}
	d.want(403, "ben", "POST", "/uploads", fmt.Sprintf(`{"size":4,"sha256":"%s"}`, digest("text")))
	d.want(200, "rob", "POST", "/uploads", fmt.Sprintf(`{"size":4,"sha256":"%s"}`, digest("text")))
}

const inventoryText = `{"schema":"kubeproof.dev/inventory/v1","targets":[{"name":"cluster:prod"}],"subjects":0}` + "\n"

// TestInventories come beside a report; one that is none is refused, and the report counts.
func TestInventories(t *testing.T) {
	for name, test := range map[string]struct{ text, refused string }{
		"whole":        {packed(inventoryText), ""},
		"not packed":   {inventoryText, "not packed"},
		"no inventory": {packed("{}"), "no saved inventory"},
		"newer":        {packed(strings.Replace(inventoryText, "v1", "v9", 1)), "save it anew"},
		"empty":        {packed(""), "it is empty"},
		"cut":          {packed(inventoryText)[:40], "cut off"},
		"rubbish":      {"\x1f\x8bxxxxxxxxxxxxxxxxxxxxxxx", "unpack it"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			id := d.uploaded("anna", test.text)
			d.want(404, "ben", "POST", aScan+"&inventory="+id, scanReport)
			_, answer := d.want(200, "anna", "POST", aScan+"&inventory="+id, scanReport)
			if refused := strings.Contains(answer, "inventoryRefused"); refused != (test.refused != "") || !strings.Contains(answer, test.refused) {
				t.Error(answer)
			}
			d.want(404, "anna", "GET", "/uploads/"+id, "")
			scans, err := d.journal.NewestScans(t.Context())
			if err != nil || len(scans) != 1 {
				t.Fatalf("%+v, %v", scans, err)
			}
			err = d.journal.OpenInventory(t.Context(), scans[0].ID, func(r io.Reader, _ int64) error {
				kept, err := io.ReadAll(r)
				if string(kept) != test.text {
					t.Errorf("kept is %q", kept)
				}
				return err
			})
			if test.refused == "" && err != nil || test.refused != "" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("kept: %v", err)
			}
		})
	}
	d := newDesk(t)
	d.want(404, "anna", "POST", aScan+"&inventory=none", scanReport)
	d.want(409, "anna", "POST", aScan+"&inventory="+d.begin("anna", packed(inventoryText)), scanReport)
}

// TestAScanIsRecordedOnce for each idempotency key, however often and by however many it is asked for.
func TestAScanIsRecordedOnce(t *testing.T) {
	d := newDesk(t)
	id := d.uploaded("anna", packed(scanReport))
	_, first := d.want(200, "anna", "POST", aScan+"&upload="+id, "", "Idempotency-Key", "k1")
	before := d.entries()
	for range 2 {
		if _, again := d.want(200, "anna", "POST", aScan+"&upload="+id, "", "Idempotency-Key", "k1"); again != first {
			t.Errorf("%s then %s", first, again)
		}
	}
	d.want(422, "anna", "POST", aScan+"&upload=other", "", "Idempotency-Key", "k1")
	d.want(422, "anna", "POST", aScan, scanReport, "Idempotency-Key", "k1")
	d.want(404, "anna", "POST", aScan+"&upload="+id, "", "Idempotency-Key", "k2")
	d.want(422, "anna", "POST", aScan, scanReport, "Idempotency-Key", strings.Repeat("k", 201))
	if _, other := d.want(403, "ben", "POST", strings.Replace(aScan, "prod&", "other&", 1), scanReport, "Idempotency-Key", "k1"); other == first {
		t.Error("ben meets the key of anna")
	}
	if d.entries() != before {
		t.Errorf("%d entries, before %d", d.entries(), before)
	}
}

// TestFullDisksAreTold with what to do.
func TestFullDisksAreTold(t *testing.T) {
	a := &api{Options: Options{Log: quiet()}}
	for err, status := range map[error]int{store.ErrFull: 507, store.ErrUnreachable: 503, store.ErrDamaged: 503, store.ErrMissing: 503, fs.ErrInvalid: 422} {
		told := a.problem(fmt.Errorf("x: %w", err))
		var with interface{ GetHeaders() http.Header }
		if got := statusOf(told); got != status || (status > 500) != (errors.As(told, &with) && with.GetHeaders().Get("Retry-After") != "") {
			t.Errorf("%v gives %d: %v", err, got, told)
		}
	}
}

// TestRoomIsLeft and waited for.
func TestRoomIsLeft(t *testing.T) {
	r := make(room, 1)
	leave, err := r.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go func() { time.Sleep(10 * time.Millisecond); leave() }()
	if _, err := r.enter(t.Context()); err != nil {
		t.Error(err)
	}
}
