package download

import (
	"strings"
	"testing"
)

func TestHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://Example.com/a": "example.com", "http://u:p@example.com:8080/x@y": "example.com", "example.com/a": "example.com", "https://[::1]:80/a": "[::1]",
		"https://$HOST/a": "", "https://example.com?x=1": "example.com", "": "",
	} {
		if got := host(address); got != want {
			t.Errorf("host(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestBase(t *testing.T) {
	for name, want := range map[string]string{
		"https://h/a/b.tgz?x=/y#z": "b.tgz", "/usr/bin/a": "a", "https://h/a/": "a", "a": "a", "https://h": "h", "https://h/${V#v}.tgz": "${V#v}.tgz", "": "",
	} {
		if got := base(name); got != want {
			t.Errorf("base(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestIsFixed(t *testing.T) {
	commit := strings.Repeat("1f0c", 10)
	for address, want := range map[string]bool{
		"https://h/archive/" + commit + ".tar.gz": true, "https://h/" + commit + "0/a": false, "https://h/" + commit[1:] + "/a": false,
		"https://h/" + commit + commit[:24]: true, "https://h/a": false,
	} {
		if got := isFixed(address); got != want {
			t.Errorf("isFixed(%q) = %v", address, got)
		}
	}
}

// TestToldHidesPasswords keeps users and passwords of addresses out of messages.
func TestToldHidesPasswords(t *testing.T) {
	for _, address := range []string{"https://bot:Winter2031@h/a.git", "https://h/a?token=Winter2031", "https://Winter2031@h", "https://h/a#Winter2031"} {
		if got := named(address); strings.Contains(got, "Winter2031") {
			t.Errorf("%q is told as %q", address, got)
		}
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]kind{
		"https://h/a.tar.gz": program, "/usr/a.deb": program, "https://h/a.tar.gz.asc": sum, "key.asc": key, "https://h/key.gpg": key, "a.csv.gz": data,
		"SHA256SUMS": sum, "tool-1.4.2": unknown, "a.json": data, "RPM-GPG-KEY": key, "https://h/x.zip?raw=1": program, "a.sha256": sum, "": unknown,
	} {
		if got := kindOf(name); got != want {
			t.Errorf("kindOf(%q) = %d, want %d", name, got, want)
		}
	}
}

func TestIsMoving(t *testing.T) {
	for ref, want := range map[string]bool{"": true, "main": true, "v1.4.2": false, "1f0c2d3": false, "origin/master": true, "$COMMIT": false} {
		if got := isMoving(ref); got != want {
			t.Errorf("isMoving(%q) = %v", ref, got)
		}
	}
	if ref := refOfAddress("https://h/a.git#v1:docs"); ref != "v1" {
		t.Errorf("the ref is %q", ref)
	}
}

func TestSecretNames(t *testing.T) {
	for name, want := range map[string]bool{"NPM_TOKEN": true, "DB_PASSWORD": true, "GIT_TOKEN_FILE": false, "VERSION": false, "API_KEY": true, "TOKEN_URL": false} {
		if got := namesSecret(name); got != want {
			t.Errorf("namesSecret(%q) = %v", name, got)
		}
	}
	for value, want := range map[string]string{"$A": "A", "${A}": "A", "${A:-x}": "", "a$A": "", "$": "", "${A": "", "": ""} {
		if got := argumentIn(value); got != want {
			t.Errorf("argumentIn(%q) = %q, want %q", value, got, want)
		}
	}
	for text, want := range map[string]bool{"a $X b": true, "${X}": true, "${X:-1}": true, "$XY": false, "X": false, "$Y${X#a}": true} {
		if got := refersTo(text, "X"); got != want {
			t.Errorf("refersTo(%q) = %v", text, got)
		}
	}
}
