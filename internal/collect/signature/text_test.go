package signature

import "testing"

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		glob, text string
		want       bool
	}{
		{"registry.example.com/shop/*", "registry.example.com/shop/app", true},
		{"registry.example.com/shop/*", "registry.example.com/shop/app/cache", false},
		{"registry.example.com/shop/**", "registry.example.com/shop/app/cache", true},
		{"registry.example.com/shop", "registryXexample.com/shop", false},
		{"a*c", "abbc", true}, {"a?c", "abc", true}, {"a?c", "a/c", false}, {"a", "ab", false}, {"a", "ba", false},
		{"**", "", true}, {"a**", "a\nb", true}, {"(a|b)", "a", false}, {"é*", "éa", true},
	} {
		all, err := compile([]string{test.glob})
		if err != nil {
			t.Fatal(err)
		}
		if got := all.match(test.text); got != test.want {
			t.Errorf("%q matches %q: %v", test.glob, test.text, got)
		}
	}
}

func TestRepository(t *testing.T) {
	for given, want := range map[string]string{
		"nginx": "docker.io/library/nginx", "index.docker.io/library/nginx": "docker.io/library/nginx", "docker.io/nginx": "docker.io/library/nginx",
		"bitnami/nginx": "docker.io/bitnami/nginx", "localhost/a": "localhost/a", "localhost:5000/a/b": "localhost:5000/a/b", "gcr.io/a": "gcr.io/a", "": "",
	} {
		if got := repository(given); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
	for given, want := range map[string][2]string{"a/b:1": {"a/b", "1"}, "h:5000/b": {"h:5000/b", ""}, "h:5000/b:1@sha256:00": {"h:5000/b", "1"}, "": {}} {
		if name, tag := splitReference(given); name != want[0] || tag != want[1] {
			t.Errorf("%q is %q with tag %q, want %v", given, name, tag, want)
		}
	}
}

func TestSourceName(t *testing.T) {
	for given, want := range map[string]string{
		"git+https://github.com/example/shop@refs/tags/v1":               "https://github.com/example/shop",
		"https://github.com/example/shop.git#refs/heads/main":            "https://github.com/example/shop",
		"https://user@github.com/example/shop":                           "https://user@github.com/example/shop",
		"git+https://github.com/example/shop@evil.example.com/x":         "https://github.com/example/shop",
		"git+https://evil.example.com/a@https://github.com/example/shop": "https://evil.example.com/a",
		"git+ssh://git@github.com/example/shop@main":                     "ssh://git@github.com/example/shop",
		"pkg:docker/alpine@3.20?digest=sha256:abc":                       "pkg:docker/alpine",
		"": "",
	} {
		if got := sourceName(given); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	if got := clean("a\x1b[31m\nb\xff", 20); got != "a [31m b " {
		t.Errorf("%q", got)
	}
	if got := clean("aéé", 4); got != "aé..." {
		t.Errorf("%q", got)
	}
}
