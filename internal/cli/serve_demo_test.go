package cli

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestServeDemo: everybody who is printed can sign in, pages say that the data is made up, the store of the
// environment is not touched, and nothing stays behind.
func TestServeDemo(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Run("served", func(t *testing.T) {
		p := newOffice(t)
		address, printed := p.serve("--demo")
		printed.wait(t, nil, `(pat .*)\n`)
		people := regexp.MustCompile(`(?m)^(\w+) +(\w{5}-\w{5}-\w{5}-\w{5}) `).FindAllStringSubmatch(printed.String(), -1)
		if len(people) != 6 || strings.Contains(printed.String(), "half an hour") {
			t.Fatalf("%d people were printed: %s", len(people), printed)
		}
		for _, one := range people {
			client := browser(t)
			response, err := client.PostForm(address+"/login", url.Values{"login": {one[1]}, "password": {one[2]}})
			if got, text := read(t, response, err); got != 200 || !strings.Contains(text, "Demonstration: all data is made up") {
				t.Fatalf("%s signs in: %d %s", one[1], got, text)
			}
			for _, path := range []string{"/", "/mywork", "/findings", "/exceptions", "/access", "/ledger"} {
				response, err := client.Get(address + path)
				if got, text := read(t, response, err); got != 200 {
					t.Errorf("%s at %s: %d %s", one[1], path, got, text)
				}
			}
		}
		if _, err := os.Stat(p.env["KUBEPROOF_STORE"]); err == nil {
			t.Error("the store that the environment names was filled")
		}
	})
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
