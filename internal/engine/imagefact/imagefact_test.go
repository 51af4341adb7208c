package imagefact

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func hash(digit string) string { return "sha256:" + strings.Repeat(digit, 64) }

// factsOf reads facts that stand one on each line, without what all have.
func factsOf(t *testing.T, lines string) *Facts {
	t.Helper()
	var subjects []*inventory.Subject
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		line = strings.NewReplacer("AAAA", hash("a"), "BBBB", hash("b"), "CCCC", hash("c"), "DDDD", hash("d")).Replace(line)
		documents, problems := document.Read([]byte("{kind: ContainerImage, apiVersion: kubeproof.dev/v1, "+strings.TrimSpace(line)+"}"), document.DefaultLimits)
		if len(problems) > 0 || len(documents) != 1 {
			t.Fatalf("read %q: %v", line, problems)
		}
		subjects = append(subjects, inventory.NewSubject(documents[0].Root, &inventory.Source{}, 0, "", nil))
	}
	return Of(inventory.NewIndex(subjects))
}

func TestFind(t *testing.T) {
	facts := factsOf(t, `
metadata: {name: nginx}, from: registry, digest: "AAAA", index: "BBBB", configDigest: "CCCC", reference: {registry: docker.io, repository: library/nginx, tag: latest}
metadata: {name: "localhost:5000/app"}, from: registry
metadata: {name: build/app.tar}, from: docker-archive, references: ["shop:1.4", "2.0"]
metadata: {name: "ghcr.io/a/b:7@DDDD"}, from: registry, digest: "DDDD", reference: {registry: ghcr.io, repository: a/b}
metadata: {name: "docker://quay.io/x/y:3"}
metadata: {name: [5]}, references: {a: b}, reference: text, digest: []
`)
	for reference, want := range map[string]string{
		"nginx":                           "nginx",
		"nginx:latest":                    "nginx",
		"docker.io/nginx":                 "nginx",
		"library/nginx":                   "nginx",
		"docker.io/library/nginx:latest":  "nginx",
		"index.docker.io/library/nginx":   "nginx",
		"nginx:1.29":                      "",
		"nginx@" + hash("a"):              "nginx",
		"nginx:1.29@" + hash("b"):         "nginx", // the digest decides
		"mirror.example/n@" + hash("c"):   "nginx",
		"nginx:latest@" + hash("e"):       "",
		"localhost:5000/app:latest":       "localhost:5000/app",
		"localhost:5000/app":              "localhost:5000/app",
		"localhost/app":                   "",
		"app:5000":                        "",
		"shop:1.4":                        "build/app.tar",
		"docker.io/library/shop:1.4":      "build/app.tar",
		"shop":                            "",
		"2.0":                             "", // a mere tag of a layout
		"build/app.tar":                   "", // a file
		"ghcr.io/a/b@" + hash("d"):        "ghcr.io/a/b:7@" + hash("d"),
		"ghcr.io/a/b:7":                   "", // what the tag names was not asked
		"ghcr.io/a/b":                     "",
		"quay.io/x/y:3":                   "docker://quay.io/x/y:3",
		"{{ .Values.image }}":             "",
		"":                                "",
		"UPPER/Case":                      "",
		strings.Repeat("a", 4096) + ":1":  "",
		"registry.example/nginx@sha256:a": "",
	} {
		var names []string
		for _, s := range facts.Find(reference) {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("Find(%q) = %q, want %q", reference, got, want)
		}
	}
}

func TestFindSeveral(t *testing.T) {
	facts := factsOf(t, `
metadata: {name: a.tar}, from: docker-archive, references: ["app:1"], configDigest: "AAAA", platform: linux/amd64
metadata: {name: "app:1"}, from: registry, digest: "BBBB", index: "DDDD", configDigest: "AAAA", platform: linux/amd64
metadata: {name: "app:1"}, from: registry, digest: "CCCC", index: "DDDD", platform: linux/arm64
`)
	for reference, want := range map[string][]string{
		"app:1":            {"registry linux/amd64", "registry linux/arm64"}, // the archive holds the first of them
		"app@" + hash("d"): {"registry linux/amd64", "registry linux/arm64"},
		"app@" + hash("c"): {"registry linux/arm64"},
	} {
		var got []string
		for _, s := range facts.Find(reference) {
			got = append(got, s.Root.Get("from").Text()+" "+s.Root.Get("platform").Text())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Find(%q) (-want +got):\n%s", reference, diff)
		}
	}
}

func TestEmpty(t *testing.T) {
	if !Of(inventory.NewIndex(nil)).Empty() || factsOf(t, "metadata: {name: a}").Empty() {
		t.Error("Empty does not tell whether an image was read")
	}
}

func TestUserOf(t *testing.T) {
	for text, want := range map[string]User{
		"config: {}":                                       {UID: "0", Root: true},
		`config: {user: ":0"}`:                             {Spec: ":0", UID: "0", Root: true},
		`config: {user: "00:5"}`:                           {Spec: "00:5", Name: "00", Numeric: true, UID: "0", Root: true},
		`config: {user: 10001}`:                            {Spec: "10001", Name: "10001", Numeric: true, UID: "10001"},
		"config: {user: root}":                             {Spec: "root", Name: "root", Root: true},
		"config: {user: app}":                              {Spec: "app", Name: "app"},
		"config: {user: [a]}":                              {UID: "0", Root: true},
		"config: {user: 'app:web'}\nuser: {uid: 7}":        {Spec: "app:web", Name: "app", UID: "7"},
		"config: {user: toor}\nuser: {uid: 0, root: true}": {Spec: "toor", Name: "toor", UID: "0", Root: true},
		"config: {user: '5'}\nuser: {uid: 0, root: true}":  {Spec: "5", Name: "5", Numeric: true, UID: "5"},
	} {
		documents, _ := document.Read([]byte(text), document.DefaultLimits)
		got, read := UserOf(documents[0].Root)
		if diff := cmp.Diff(want, got); diff != "" || !read {
			t.Errorf("%s: read %t (-want +got):\n%s", text, read, diff)
		}
	}
	if _, read := UserOf(nil); read {
		t.Error("a configuration that was not read has no user")
	}
}

func TestUserIsTold(t *testing.T) {
	for want, user := range map[string]User{
		"USER is not set":       {UID: "0", Root: true},
		`USER is "0:0"`:         {Spec: "0:0", Name: "0", Numeric: true, UID: "0", Root: true},
		`USER is "root"`:        {Spec: "root", Name: "root", Root: true},
		`USER is "app"`:         {Spec: "app", Name: "app"},
		`USER "toor" has UID 0`: {Spec: "toor", Name: "toor", UID: "0", Root: true},
	} {
		if got := user.String(); got != want {
			t.Errorf("%+v is told as %q, want %q", user, got, want)
		}
	}
}
