package fact

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlagzOfARealServer(t *testing.T) {
	var forms []map[string]string
	for _, file := range []string{"flagz-v1beta1.json", "flagz.txt"} {
		body, err := os.ReadFile("testdata/server/" + file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parseFlagz(body)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		forms = append(forms, f.flags)
	}
	if diff := cmp.Diff(forms[0], forms[1]); diff != "" {
		t.Errorf("the object and the text differ (-object +text):\n%s", diff)
	}
	want := map[string]string{
		"authorization-mode": "Node,RBAC", "enable-admission-plugins": "NodeRestriction", "anonymous-auth": "true",
		"audit-log-maxage": "30", "etcd-servers": "https://127.0.0.1:26379", "request-timeout": "1m0s", "oidc-signing-algs": "RS256",
	}
	for name, value := range want {
		if forms[0][name] != value {
			t.Errorf("%s is %q, want %q", name, forms[0][name], value)
		}
	}
	for _, unset := range []string{"token-auth-file", "disable-admission-plugins", "tls-min-version"} {
		if value, found := forms[0][unset]; found {
			t.Errorf("%s, which nobody set, is %q", unset, value)
		}
	}
}

func TestFlagzTextHasFourSeparators(t *testing.T) {
	want := map[string]string{"anonymous-auth": "false", "bind-address": "::", "etcd-servers": "https://a:1,https://b:2", "feature-gates": "A=true,B=false", "v": "1"}
	for _, separator := range flagzSeparators {
		page := "\nkube-apiserver flagz\nWarning: This endpoint is not meant to be machine parseable.\n"
		for _, line := range [][2]string{{"admission-control", ""}, {"anonymous-auth", "false"}, {"bind-address", "::"}, {"etcd-servers", "[https://a:1,https://b:2]"}, {"feature-gates", "A=true,B=false"}, {"v", "1"}} {
			page += line[0] + separator + line[1] + "\n"
		}
		f, err := parseFlagz([]byte(page))
		if err != nil {
			t.Fatalf("%q: %v", separator, err)
		}
		if diff := cmp.Diff(want, f.flags); diff != "" {
			t.Errorf("separator %q (-want +got):\n%s", separator, diff)
		}
	}
}

func TestPagesWithoutFlags(t *testing.T) {
	tests := map[string]string{
		"":                               "the answer is no page of flags",
		"ok":                             "the answer is no page of flags",
		"not found\nnothing here\n":      "the answer is no page of flags",
		"\nx flagz\nWarning: y\n":        "the answer is a page of flags without flags",
		`{"kind":"Status","code":406}`:   "the answer is no Flagz object",
		`{"kind":"Flagz","flags":["a"]}`: "the answer is no Flagz object",
		`{"kind":"Flagz","flags":{"a":"`: "",
	}
	for body, want := range tests {
		_, err := parseFlagz([]byte(body))
		if err == nil || want != "" && err.Error() != want {
			t.Errorf("%q: got %v, want %q", body, err, want)
		}
	}
}

func FuzzFlagz(f *testing.F) {
	f.Add("\nkube-apiserver flagz\nWarning: x\na=b\n")
	f.Add("\nx flagz\n\na: [b,c]\nd: \n")
	f.Add(`{"kind":"Flagz","apiVersion":"config.k8s.io/v1beta1","flags":{"a":"[b]"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		found, err := parseFlagz([]byte(body))
		if err != nil {
			return
		}
		if !strings.Contains(body, "flagz") && !strings.Contains(body, "Flag") && !strings.Contains(body, `\u`) {
			t.Errorf("%q is read as flags", body)
		}
		for name, value := range found.flags {
			if value == "" {
				t.Errorf("flag %q is kept without a value", name)
			}
		}
	})
}
