package image_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/engine/image"
)

func TestParse(t *testing.T) {
	digest := "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, test := range []struct {
		in   string
		want image.Reference
	}{
		{"nginx", image.Reference{Registry: "docker.io", Repository: "library/nginx"}},
		{"grafana/grafana:11.2.0", image.Reference{Registry: "docker.io", Repository: "grafana/grafana", Tag: "11.2.0"}},
		{"localhost:5000/app", image.Reference{Registry: "localhost:5000", Repository: "app"}},
		{"localhost/app:1", image.Reference{Registry: "localhost", Repository: "app", Tag: "1"}},
		{"index.docker.io/library/redis:7", image.Reference{Registry: "docker.io", Repository: "library/redis", Tag: "7"}},
		{"ghcr.io/a/b/c:v1@" + digest, image.Reference{Registry: "ghcr.io", Repository: "a/b/c", Tag: "v1", Digest: digest}},
	} {
		got, err := image.Parse(test.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", test.in, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", test.in, diff)
		}
	}
	for _, bad := range []string{"", "{{ .Values.image }}", "Registry/App:1", "app:", "app:v 1", "-x", "a@sha256:zz"} {
		if got, err := image.Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", bad, got)
		}
	}
}

func TestFrom(t *testing.T) {
	for _, test := range []struct {
		image, place string
		want         bool
	}{
		{"ghcr.io/a/b", "ghcr.io", true},
		{"ghcr.io.evil.example/a/b", "ghcr.io", false},
		{"ghcr.io/team-x/b", "ghcr.io/team", false},
		{"ghcr.io/team/b", "ghcr.io/team/", true},
		{"ghcr.io/team/b:1", "ghcr.io/team/b", true},
		{"nginx", "docker.io/library", true},
		{"reg.eu.example.com/a", "*.example.com", true},
		{"example.com/a", "*.example.com", false},
		{"badexample.com/a", "*.example.com", false},
		{"reg.example.com:5000/a", "reg.example.com", false},
		{"reg.example.com/a/b", "*.example.com/a", true},
		{"ghcr.io/a", "*", false},
		{"ghcr.io/a", "", false},
	} {
		ref, err := image.Parse(test.image)
		if err != nil {
			t.Fatal(err)
		}
		if got := ref.From([]string{test.place}); got != test.want {
			t.Errorf("%s from %q = %t, want %t", test.image, test.place, got, test.want)
		}
	}
}
