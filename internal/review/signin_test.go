package review

import (
	"strings"
	"testing"
)

// TestAccountRules: who may note what became of accounts, and that none of it changes a review.
func TestAccountRules(t *testing.T) {
	tests := []struct {
		name, who string
		action    Action
		want      string // "" if it is allowed
	}{
		{"sign in", "vera", &SignIn{How: ByPassword}, ""},
		{"sign in by OpenID", "anna", &SignIn{How: ByOpenID, Issuer: "https://id.example.com"}, ""},
		{"sign in somehow", "vera", &SignIn{How: "magic"}, "no way to sign in"},
		{"sign in as nobody", "nobody", &SignIn{How: ByPassword}, "nobody is known"},
		{"sign in as the program", System, &SignIn{How: ByPassword}, "nobody is known"},
		{"sign in and gone", "dana", &SignIn{How: ByPassword}, "has left"},
		{"set a password", "carl", &SetPassword{}, ""},
		{"set a password and gone", "dana", &SetPassword{}, "has left"},
		{"lock", System, &LockOut{ID: "carl"}, ""},
		{"lock by a person", "anna", &LockOut{ID: "carl"}, "only the program"},
		{"lock nobody", System, &LockOut{ID: "nobody"}, "nobody is known"},
		{"end sessions", "anna", &EndSessions{ID: "carl"}, ""},
		{"end sessions by a reviewer", "ben", &EndSessions{ID: "carl"}, "is no administrator"},
		{"end sessions of nobody", "anna", &EndSessions{ID: "nobody"}, "nobody is known"},
	}
	o := newOffice(t)
	o.must("anna", &Leave{ID: "dana"})
	before, _ := o.state.Records()
	for _, test := range tests {
		err := o.do(test.who, test.action)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: error is %v, want %q", test.name, err, test.want)
		}
		if !Aside(test.action.Name()) {
			t.Errorf("%s counts as a change of reviews", test.action.Name())
		}
	}
	if after, _ := o.state.Records(); describe(before) != describe(after) {
		t.Error("an entry about accounts changed a record")
	}
	for _, name := range []string{"answer.set", "person.add", "erase", "none", ""} {
		if Aside(name) {
			t.Errorf("%q counts as no change of reviews", name)
		}
	}
	if replayed, _ := o.replayed().Records(); describe(before) != describe(replayed) {
		t.Error("the log makes another state")
	}
}
