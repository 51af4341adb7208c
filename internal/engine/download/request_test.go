package download

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func words(line string) []token {
	var all []token
	for _, word := range strings.Fields(line) {
		all = append(all, token{text: word})
	}
	return all
}

// saved are the addresses of a request with the files they go to, as address>file.
func saved(r *request) []string {
	var all []string
	for n, address := range r.addresses {
		all = append(all, address.text+">"+r.file(n))
	}
	return all
}

func TestRequests(t *testing.T) {
	for _, test := range []struct {
		read func([]token) *request
		line string
		want []string
	}{
		{curl, "-fsSLo /tmp/a https://h/a", []string{"https://h/a>/tmp/a"}},
		{curl, "-fsSL -o/tmp/a https://h/a", []string{"https://h/a>/tmp/a"}},
		{curl, "--output a https://h/x -H Accept:text -O https://h/b", []string{"https://h/x>a", "https://h/b>b"}},
		{curl, "-O https://h/a?x=1 --retry 3 --proto =https", []string{"https://h/a?x=1>a"}},
		{curl, "-s https://h/a", []string{"https://h/a>"}},
		{curl, "-o - https://h/a", []string{"https://h/a>"}},
		{curl, "--output-dir /tmp -O https://h/a", []string{"https://h/a>/tmp/a"}},
		{curl, "--url=https://h/a -o a", []string{"https://h/a>a"}},
		{wget, "https://h/a", []string{"https://h/a>a"}},
		{wget, "-nv -qP /tmp https://h/a https://h/b", []string{"https://h/a>/tmp/a", "https://h/b>/tmp/b"}},
		{wget, "-qO- https://h/a", []string{"https://h/a>"}},
		{wget, "-q -O /tmp/a https://h/b --header X:y -t 3", []string{"https://h/b>/tmp/a"}},
		{wget, "--output-document=a https://h/b", []string{"https://h/b>a"}},
		{aria, "-x 5 -d /tmp -o a https://h/b", []string{"https://h/b>/tmp/a"}},
		{webRequest, "-UseBasicParsing -Uri https://h/a.zip -OutFile a.zip", []string{"https://h/a.zip>a.zip"}},
	} {
		if diff := cmp.Diff(test.want, saved(test.read(words(test.line)))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.line, diff)
		}
	}
}

func TestInsecure(t *testing.T) {
	for line, want := range map[string]bool{"-fsSLk https://h/a": true, "--insecure https://h/a": true, "-o k https://h/a": false, "-H -k https://h/a": false} {
		asked := false
		for _, o := range options(words(line), curlShort, curlLong, "") {
			asked = asked || o.name == "-k" || o.name == "--insecure"
		}
		if asked != want {
			t.Errorf("curl %s: insecure %v, want %v", line, asked, want)
		}
	}
}

func FuzzRequests(f *testing.F) {
	for _, seed := range []string{"-fsSLo /tmp/a https://h/a", "--output", "-o", "-", "--", "-nv -n", "-Uri", "x -OutFile", "-O -O -O", "--url="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, read := range []func([]token) *request{curl, wget, aria, webRequest} {
			if r := read(words(line)); r != nil && len(saved(r)) != len(r.addresses) {
				t.Errorf("%q: some addresses got lost", line)
			}
		}
		if (&fetch{address: line, file: line}).told() == "" {
			t.Errorf("%q has no name in messages", line)
		}
		inStatement(line)
		refersTo(line, "X")
	})
}
