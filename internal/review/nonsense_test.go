package review

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// pool are the words of nonsense: what is known, what is not, and what is none.
var pool = []string{"main", "how", "backups", "A.5", "e-0", "e-1", "x-0", "x-1", "anna", "ben", "both", "production", "main/production", "main/production/c", "2026-06-30", "2027-01-01",
	"administrator", "reviewer", "contributor", "note", "satisfied", "list", "none", "", "-", "yes", "c", "sha256:0000000000000000000000000000000000000000000000000000000000000000"}

// sense is what fits fields of that name, so that some of the nonsense gets far.
var sense = map[string][]any{
	"Plan": {"main"}, "Key": {"how", "backups", "A.5"}, "Evidence": {"e-0", "e-1"}, "Kind": {EvidenceNote}, "Media": {""}, "Environment": {"production"}, "Label": {"c"},
	"Expires": {"2026-06-30", "2026-07-30"}, "Collected": {"2026-05-01"}, "From": {""}, "To": {""}, "Due": {""}, "Reason": {"because"}, "Name": {"New"}, "Revision": {1, 2},
	"ScanFresh": {30}, "Warn": {30}, "AccessEvery": {90}, "Longest": {366}, "Checklists": {[]string{"list"}}, "Environments": {[]string{"production"}, []string{"production", "c"}},
	"Roles": {[]Role{Contributor}, []Role{Reviewer}, []Role{Contributor, Reviewer}}, "Keys": {[]string{"how"}, []string{"backups", "A.5"}}, "Count": {1, 2}, "Machines": {0, 1}, "Place": {0, 1},
	"ID":        {"x-0", "x-1", "e-0", "e-1", "main", "vera", "main/production", "main/production/c"},
	"Catalogue": {"sha256:0000000000000000000000000000000000000000000000000000000000000000"}, "Values": {[]string(nil), []string{"yes"}}, "Judged": {"", "satisfied"},
	"Control": {"", "policies"}, "Item": {"", "A.6"}, "Methods": {[]checklist.Method{"C"}}, "Pass": {1}, "Fail": {0, 1}, "Accepted": {0}, "Unknown": {0}, "Error": {0}, "Lost": {0},
}

// TestNonsense fills the bodies of random actions with nonsense that has the right types, for such is
// what gets past decoding: nothing panics, refusals change nothing, and the log makes the same state.
func TestNonsense(t *testing.T) {
	done := map[string]int{}
	for seed := range uint64(12) {
		o, chance := newOffice(t), seeded(seed)
		stages[Approved](o)
		o.scan("c", "C", counts{"policies": fails})
		for range 400 {
			action := actions[chance.IntN(len(actions))]()
			nonsense(chance.IntN, reflect.ValueOf(action).Elem())
			who := []string{"anna", "carl", "ben", "both", "none"}[chance.IntN(5)]
			o.sign(action, who)
			body, err := BodyOf(action)
			if err != nil {
				continue
			}
			text, _ := TextOf(action)
			written := Written{Data: text}
			if text != nil {
				written.Digest = fmt.Sprintf("sha256:%064d", o.state.Size)
			}
			read, err := Decode(action.Name(), body, text)
			if err == nil && o.refusedChangesNothing(read, o.mark(who), written) == nil {
				o.log = append(o.log, logged{action.Name(), Mark{o.state.Size - 1, o.now, who}, body, written})
				done[action.Name()]++
			}
			o.now = o.now.Add(time.Duration(chance.IntN(20)) * time.Hour)
		}
		o.view()
		o.loadsAgain()
		live, _ := o.state.Records()
		if replayed, _ := o.replayed().Records(); describe(live) != describe(replayed) {
			t.Fatalf("seed %d: the log makes another state", seed)
		}
		checkDuties(t, o)
	}
	t.Logf("done: %v", done)
}

// sign makes the statement of an approval good, so that the rest of it is looked at.
func (o *office) sign(action Action, who string) {
	switch a := action.(type) {
	case *Approve:
		if answer := o.state.Answers[IDOf(a.Plan, a.Key)]; answer != nil {
			a.Revision = answer.Revision
			_ = a.Sign(o.state, o.mark(who), o.key)
		}
	case *ApproveException:
		if exception := o.state.Exceptions[a.ID]; exception != nil {
			a.Revision = exception.Revision
			_ = a.Sign(o.state, o.mark(who), o.key)
		}
	}
}

// nonsense fills a value at random.
func nonsense(n func(int) int, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(pool[n(len(pool))])
	case reflect.Bool:
		v.SetBool(n(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, 1, 2, 30, 90, -1, 1 << 40}[n(8)])
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte([]string{"null", "{}", `{"payload":"x"}`, `[1]`}[n(4)]))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n(3), 3))
		for i := range v.Len() {
			nonsense(n, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range n(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			nonsense(n, key)
			nonsense(n, value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(day0.AddDate(0, 0, n(60)-30)))
			return
		}
		for i := range v.NumField() {
			if !v.Field(i).CanSet() {
				continue
			}
			nonsense(n, v.Field(i))
			if good := sense[v.Type().Field(i).Name]; good != nil && n(5) > 0 {
				if value := reflect.ValueOf(good[n(len(good))]); value.Kind() == v.Field(i).Kind() {
					v.Field(i).Set(value.Convert(v.Field(i).Type()))
				}
			}
		}
	}
}
