package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

const (
	ann    = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/secrets/db?token=hunter2","verb":"get","user":{"username":"ann","groups":["ops","system:authenticated"]},"objectRef":{"resource":"secrets","namespace":"shop","name":"db","apiVersion":"v1"},"responseStatus":{"code":200},"responseObject":{"data":{"password":"hunter2"}},"requestReceivedTimestamp":"2026-11-01T10:00:00.000000Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC"}}`
	denied = `{"kind":"Event","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","user":{"username":"eve"},"objectRef":{"resource":"pods"},"responseStatus":{"code":403},"requestReceivedTimestamp":"2026-11-02T10:00:00Z","annotations":{"authorization.k8s.io/decision":"forbid"}}`
	begun  = `{"kind":"Event","stage":"RequestReceived","verb":"list","user":{"username":"ann"},"objectRef":{"resource":"nodes"}}`
	path   = `{"kind":"Event","stage":"ResponseComplete","requestURI":"/metrics?x=hunter2","verb":"get","user":{"username":"system:serviceaccount:mon:prom","groups":["system:serviceaccounts"]},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-03T10:00:00Z"}`
	as     = `{"kind":"Event","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","user":{"username":"proxy"},"impersonatedUser":{"username":"bob","groups":["devs","system:authenticated"]},"objectRef":{"resource":"pods"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-03T10:00:00Z"}`
)

func plainUses(t *testing.T, fact *inventory.Subject) []string {
	t.Helper()
	var all []string
	for _, use := range fact.Root.Get("uses").Children() {
		text, err := json.Marshal(use.Plain())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func TestReadSumsWhatWasAllowed(t *testing.T) {
	log := strings.Join([]string{ann, ann, denied, begun, "", path, as}, "\n")
	fact, errs := Read("audit.log", strings.NewReader(log), DefaultLimits)
	if len(errs) > 0 {
		t.Fatalf("errors: %v", errs)
	}
	want := []string{
		`{"count":1,"groups":["devs","system:authenticated"],"resource":"pods","user":"bob","verb":"list"}`,
		`{"count":1,"name":"devs","resource":"groups","user":"proxy","verb":"impersonate"}`,
		`{"count":1,"name":"bob","resource":"users","user":"proxy","verb":"impersonate"}`,
		`{"count":1,"groups":["system:serviceaccounts"],"path":"/metrics","user":"system:serviceaccount:mon:prom","verb":"get"}`,
	}
	want = append([]string{`{"count":2,"groups":["ops","system:authenticated"],"name":"db","namespace":"shop","resource":"secrets","user":"ann","verb":"get"}`}, want...)
	if diff := cmp.Diff(want, plainUses(t, fact)); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
	got := fact.Root.Get("window", "from").Text() + " " + fact.Root.Get("window", "to").Text() + " " + fact.Root.Get("events").Text()
	if got != "2026-11-01T10:00:00Z 2026-11-03T10:00:00Z 5" {
		t.Errorf("window and events: %s", got)
	}
	if text := fmt.Sprint(fact.Root.Plain()); strings.Contains(text, "hunter2") || strings.Contains(text, "password") {
		t.Error("the fact holds what is no identity of a request")
	}
	if fact.Kind != inventory.FactAuditUse || fact.Name != "audit.log" || fact.Namespace != "" {
		t.Errorf("subject %s %q in %q", fact.Kind, fact.Name, fact.Namespace)
	}
}

func TestReadListsAndBrokenLines(t *testing.T) {
	list := `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[` + ann + "," + path + `]}`
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(list), "", "  "); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, log string
		uses      int // -1: no fact
		errors    []string
	}{
		{"a list on a line", list, 2, nil},
		{"a list on many lines", pretty.String(), 2, nil},
		{"a list that ends early", pretty.String()[:pretty.Len()-40], 1, []string{":0: item 2 is no audit event: it ends in the middle: what follows was not read"}},
		{"a broken line", ann + "\n{\"kind\":\"Event\",\n" + path, 2, []string{":2: no audit event: invalid JSON at byte 16"}},
		{"a wrong type", ann + "\n" + `{"kind":"Event","verb":7}`, 1, []string{":2: no audit event: field verb has a wrong type"}},
		{"another kind", ann + "\n" + `{"kind":"Pod"}`, 1, []string{":2: no audit event: its kind is not Event or EventList"}},
		{"binary", "\x00\xff\x00\n" + ann, 1, []string{":1: no audit event: invalid JSON at byte 1"}},
		{"nothing", "", -1, []string{":0: holds no completed audit event: give a log of audit.k8s.io/v1 events as JSON lines"}},
		{"text", "I1101 started\n", -1, []string{":1: no audit event: invalid JSON at byte 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fact, errs := Read("a.log", strings.NewReader(test.log), DefaultLimits)
			var got []string
			for _, e := range errs {
				got = append(got, fmt.Sprintf(":%d: %s", e.Line, e.Message))
				if e.File != "a.log" || !e.Lost {
					t.Errorf("error %+v names no file or loses nothing", e)
				}
			}
			if diff := cmp.Diff(test.errors, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			uses := -1
			if fact != nil {
				uses = fact.Root.Get("uses").Len()
			}
			if uses != test.uses {
				t.Errorf("%d uses, want %d", uses, test.uses)
			}
		})
	}
}

func TestReadKeepsItsLimits(t *testing.T) {
	var log bytes.Buffer
	for i := range 40 {
		fmt.Fprintf(&log, `{"kind":"Event","stage":"ResponseComplete","verb":"get","user":{"username":"u%d"},"objectRef":{"resource":"pods","name":"p%d"}}`+"\n", i/20, i)
	}
	log.WriteString(`{"kind":"Event","pad":"` + strings.Repeat("x", 2000) + `"}` + "\n")
	log.WriteString(strings.Repeat("broken\n", 5))
	fact, errs := Read("a.log", &log, Limits{Line: 1000, Uses: 1, Names: 3, Errors: 2})
	want := []string{`{"count":20,"manyNames":true,"resource":"pods","user":"u0","verb":"get"}`}
	if diff := cmp.Diff(want, plainUses(t, fact)); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
	var got []string
	for _, e := range errs {
		got = append(got, fmt.Sprintf(":%d: %s", e.Line, e.Message))
	}
	wanted := []string{":41: line is longer than 1000 bytes: it was not read", ":42: no audit event: invalid JSON at byte 1", ":0: 5 more lines could not be read"}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// endless gives the same line again and again, with other names.
type endless struct {
	left, number int
	rest         []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.left == 0 {
			return 0, fmt.Errorf("the connection was cut")
		}
		e.left--
		e.number++
		e.rest = []byte(strings.Replace(ann, `"name":"db"`, fmt.Sprintf(`"name":"db%d"`, e.number), 1) + "\n")
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestReadStreams(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fact, errs := Read("a.log", &endless{left: 10_000}, DefaultLimits)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 4<<20 {
		t.Errorf("%d bytes are kept of a log of one use", kept)
	}
	if fact.Root.Get("events").Text() != "10000" || len(errs) != 1 || errs[0].Message != "read: the connection was cut: what follows was not read" {
		t.Errorf("%s events, errors %v", fact.Root.Get("events").Text(), errs)
	}
}
