package review

import (
	"slices"
	"strings"
	"testing"
)

const issuer = "https://id.example.com/realms/a"

func admitted(id, name string, roles ...Role) *AdmitPerson {
	return &AdmitPerson{ID: id, Issuer: issuer, Roles: roles, PersonText: PersonText{Name: name}}
}

// TestProviderRules: only the program adds people and sets roles for a provider, and only for its own.
func TestProviderRules(t *testing.T) {
	other := "https://other.example.com"
	tests := []struct {
		name, who string
		action    Action
		want      string // "" if it is allowed
	}{
		{"admit", System, admitted("new", "New", Contributor), ""},
		{"admit by an administrator", "anna", admitted("new", "New", Contributor), "only the program"},
		{"admit somebody known", System, admitted("carl", "New", Contributor), "exists already"},
		{"admit a known name", System, admitted("new", "the CARL", Contributor), "somebody is known as"},
		{"admit without a role", System, admitted("new", "New"), "at least one role"},
		{"admit without a name", System, admitted("new", "", Viewer), "name the person"},
		{"admit the program", System, admitted(System, "New", Viewer), "not usable"},
		{"admit an auditor who answers", System, admitted("new", "New", Auditor, Contributor), "holds no other role"},
		{"admit from nowhere", System, &AdmitPerson{ID: "new", Issuer: "words of a person", Roles: []Role{Viewer}, PersonText: PersonText{Name: "New"}}, "no address of a provider"},
		{"admit in the clear", System, &AdmitPerson{ID: "new", Issuer: "http://id.example.com", Roles: []Role{Viewer}, PersonText: PersonText{Name: "New"}}, "no address of a provider"},
		{"follow", System, &FollowGroups{ID: "pia", Issuer: issuer, Roles: []Role{Reviewer}}, ""},
		{"follow out", System, &FollowGroups{ID: "pia", Issuer: issuer}, ""},
		{"follow by an administrator", "anna", &FollowGroups{ID: "pia", Issuer: issuer, Roles: []Role{Reviewer}}, "only the program"},
		{"follow with nothing new", System, &FollowGroups{ID: "pia", Issuer: issuer, Roles: []Role{Contributor}}, "nothing changes"},
		{"follow of another provider", System, &FollowGroups{ID: "pia", Issuer: other, Roles: []Role{Reviewer}}, "do not come from"},
		{"follow of somebody added here", System, &FollowGroups{ID: "carl", Issuer: issuer, Roles: []Role{Administrator}}, "do not come from"},
		{"follow of nobody", System, &FollowGroups{ID: "nobody", Issuer: issuer, Roles: []Role{Viewer}}, "nobody is known"},
		{"roles by hand", "anna", &SetRoles{ID: "pia", Roles: []Role{Reviewer}}, "come from the groups"},
		{"password past the provider", "pia", &SetPassword{}, "signs in by"},
		{"sign in past the provider", "pia", &SignIn{How: ByPassword}, "signs in by"},
		{"sign in by the provider", "pia", &SignIn{How: ByOpenID, Issuer: issuer}, ""},
		{"sign in by nobody", "pia", &SignIn{How: ByOpenID}, "no address of a provider"},
		{"sign in by a password of somebody", "carl", &SignIn{How: ByPassword, Issuer: issuer}, "nobody issues"},
		{"connect", "carl", &Connect{Issuer: issuer}, ""},
		{"connect twice", "pia", &Connect{Issuer: other}, "signs in by"},
		{"disconnect oneself", "carl", &Disconnect{ID: "carl"}, ""},
		{"disconnect oneself from the groups", "pia", &Disconnect{ID: "pia"}, "signs in by"},
		{"disconnect", "anna", &Disconnect{ID: "pia"}, ""},
		{"disconnect by a reviewer", "ben", &Disconnect{ID: "pia"}, "is no administrator"},
		{"disconnect nobody", "anna", &Disconnect{ID: "nobody"}, "nobody is known"},
	}
	o := newOffice(t)
	o.must(System, admitted("pia", "Pia", Contributor))
	for _, test := range tests {
		office := o.fork()
		err := office.do(test.who, test.action)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: error is %v, want %q", test.name, err, test.want)
		}
		office.loadsAgain()
	}
}

// TestOutOfAllGroups: who is in no group any more does nothing, until groups say otherwise.
func TestOutOfAllGroups(t *testing.T) {
	o := newOffice(t)
	o.must(System, admitted("pia", "Pia", Contributor))
	o.must("pia", o.set("backups", "yes"))
	o.must(System, &FollowGroups{ID: "pia", Issuer: issuer})
	if err := o.do("pia", o.how("so")); err == nil || !strings.Contains(err.Error(), "no group of "+issuer) {
		t.Errorf("she still answers: %v", err)
	}
	if err := o.do("carl", &Assign{Plan: "main", Key: "backups", Owner: "pia"}); err == nil {
		t.Error("questions are given to her")
	}
	if err := o.do(System, &FollowGroups{ID: "pia", Issuer: issuer}); err == nil {
		t.Error("it is noted twice")
	}
	o.must(System, &FollowGroups{ID: "pia", Issuer: issuer, Roles: []Role{Contributor}})
	o.must("pia", o.how("so"))
	o.must("anna", &Disconnect{ID: "pia"})
	o.must("anna", &SetRoles{ID: "pia", Roles: []Role{Viewer}})
	if err := o.do(System, &FollowGroups{ID: "pia", Issuer: issuer, Roles: []Role{Contributor}}); err == nil {
		t.Error("groups still give roles to whom administrators took over")
	}
}

// TestLastAdministratorOfGroups: groups take the role from everybody but the last who has it for good.
func TestLastAdministratorOfGroups(t *testing.T) {
	o := newOffice(t)
	o.must(System, admitted("pia", "Pia", Administrator))
	o.must("pia", &Leave{ID: "anna"})
	for _, roles := range [][]Role{nil, {Viewer}} {
		if err := o.do(System, &FollowGroups{ID: "pia", Issuer: issuer, Roles: roles}); err == nil || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("%v: %v", roles, err)
		}
	}
	o.must("pia", &AddPerson{ID: "eve", Roles: []Role{Administrator}, Until: "2026-12-31", PersonText: PersonText{Name: "Eve"}})
	if err := o.do(System, &FollowGroups{ID: "pia", Issuer: issuer}); err == nil {
		t.Error("who is left is an administrator until a day only")
	}
	o.must("pia", &SetUntil{ID: "eve"})
	o.must(System, &FollowGroups{ID: "pia", Issuer: issuer})
	if err := o.do("eve", &SetUntil{ID: "eve", Until: "2026-12-31"}); err == nil {
		t.Error("the last administrator got an end")
	}
}

func TestRolesOfGroups(t *testing.T) {
	groups := GroupRoles{"devs": {Contributor}, "security": {Reviewer}, "leads": {Reviewer, Contributor}, "ops": {Administrator}, "all": {Viewer}, "kpmg": {Auditor}}
	tests := []struct {
		in   string
		want []Role
		err  string
	}{
		{"", nil, ""}, {"unknown DEVS", nil, ""}, {"devs", []Role{Contributor}, ""}, {"all devs ops devs", []Role{Administrator, Contributor, Viewer}, ""},
		{"devs security", nil, "both contributor and reviewer"}, {"leads", []Role{Contributor, Reviewer}, ""}, {"leads devs security", []Role{Contributor, Reviewer}, ""},
		{"kpmg", []Role{Auditor}, ""}, {"kpmg devs", nil, "holds no other role"},
	}
	for _, test := range tests {
		got, err := groups.Of(strings.Fields(test.in))
		if !slices.Equal(got, test.want) || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%q: %v, %v", test.in, got, err)
		}
	}
}

// TestUntil: whose last day is over does nothing, and administrators set it by the rules.
func TestUntil(t *testing.T) {
	o := newOffice(t)
	for name, action := range map[string]Action{
		"name the last day":      &AddPerson{ID: "aud", Roles: []Role{Auditor}, PersonText: PersonText{Name: "Aud"}},
		"which is no date":       &AddPerson{ID: "aud", Roles: []Role{Auditor}, Until: "soon", PersonText: PersonText{Name: "Aud"}},
		"2026-05-31 is over":     &AddPerson{ID: "aud", Roles: []Role{Auditor}, Until: "2026-05-31", PersonText: PersonText{Name: "Aud"}},
		"holds no other role":    &AddPerson{ID: "aud", Roles: []Role{Viewer, Auditor}, Until: "2026-06-03", PersonText: PersonText{Name: "Aud"}},
		"last day of the audit":  &SetRoles{ID: "carl", Roles: []Role{Auditor}},
		"nobody sets his own":    &SetUntil{ID: "anna", Until: "2026-12-31"},
		"nobody is known":        &SetUntil{ID: "nobody", Until: "2026-12-31"},
		"2026-05-30 is over":     &SetUntil{ID: "carl", Until: "2026-05-30"},
		`is "31.12.2026", which`: &SetUntil{ID: "carl", Until: "31.12.2026"},
	} {
		if err := o.do("anna", action); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error is %v, want %q", err, name)
		}
	}
	if err := o.do("ben", &SetUntil{ID: "carl", Until: "2026-12-31"}); err == nil {
		t.Error("a reviewer set a last day")
	}
	o.must("anna", &AddPerson{ID: "aud", Roles: []Role{Auditor}, Until: "2026-06-03", PersonText: PersonText{Name: "Aud"}})
	if err := o.do("anna", &SetUntil{ID: "aud"}); err == nil {
		t.Error("an auditor without an end")
	}
	if err := o.do("aud", &AddComment{Plan: "main", Key: "how", ReasonText: ReasonText{"hello"}}); err == nil {
		t.Error("an auditor wrote")
	}
	o.must("anna", &SetUntil{ID: "carl", Until: "2026-06-02"})
	o.later(1)
	o.must("carl", o.how("so"))
	o.later(1)
	if err := o.do("carl", o.how("anew")); err == nil || !strings.Contains(err.Error(), "ended on 2026-06-02") {
		t.Errorf("he answered after his last day: %v", err)
	}
	if err := o.do("dana", &Assign{Plan: "main", Key: "backups", Owner: "carl"}); err == nil {
		t.Error("a question was given to somebody whose last day is over")
	}
	o.must("aud", &SignIn{How: ByPassword})
	o.must("anna", &SetUntil{ID: "carl"})
	o.must("carl", o.how("anew"))
	live, _ := o.state.Records()
	if replayed, _ := o.replayed().Records(); describe(live) != describe(replayed) {
		t.Error("the log makes another state")
	}
	o.loadsAgain()
}
