package buildcontext

import (
	"strings"
	"testing"
)

func TestGuess(t *testing.T) {
	mono := []string{"go.mod", "main.go", "deploy/docker/Dockerfile", "deploy/entrypoint.sh", "web/Dockerfile", "web/package.json", "web/src/a.js", "web/go.mod", "lib/x"}
	tests := []struct {
		name, dockerfile, sources string
		want                      string
		certain                   bool
	}{
		{"its own folder", "web/Dockerfile", "package.json src", "web", true},
		{"its own folder before others", "web/Dockerfile", "go.mod", "web", true},
		{"at the top", "Dockerfile", "nothing go.mod", ".", false},
		{"the top of all", "Dockerfile", "", ".", true},
		{"two folders up", "deploy/docker/Dockerfile", "go.mod main.go", ".", true},
		{"the nearest one up", "deploy/docker/Dockerfile", "./entrypoint.sh", "deploy", true},
		{"most of them", "deploy/docker/Dockerfile", "go.mod main.go dist/app", ".", true},
		{"half of them", "deploy/docker/Dockerfile", "go.mod dist/app", ".", false},
		{"none of them", "web/Dockerfile", "dist/app", "web", false},
		{"wildcards", "deploy/docker/Dockerfile", "*.go", ".", true},
		{"wildcards further down", "deploy/docker/Dockerfile", "web/src/*.js", ".", true},
		{"wildcards that match nothing", "deploy/docker/Dockerfile", "*.py", "deploy/docker", false},
		{"variables and addresses say nothing", "web/Dockerfile", "$APP https://a/b", "web", true},
		{"all says nothing", "web/Dockerfile", ". / ./ *", "web", true},
		{"all says nothing in a folder for Dockerfiles", "deploy/docker/Dockerfile", ".", "deploy/docker", false},
		{"absolute ones begin at the context", "deploy/docker/Dockerfile", "/lib/x", ".", true},
		{"nothing above the top", "web/Dockerfile", "../lib/x", ".", true},
		{"a Dockerfile that is not there", "a/b/c/Dockerfile", "lib", ".", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder, certain := Guess(files(mono...), tt.dockerfile, strings.Fields(tt.sources))
			if folder != tt.want || certain != tt.certain {
				t.Errorf("got %q, %v; want %q, %v", folder, certain, tt.want, tt.certain)
			}
		})
	}
}

func TestGuessBelowAListOfPatterns(t *testing.T) {
	for dockerfile, want := range map[string]bool{"apps/web/Dockerfile": false, "apps/api/Dockerfile": true, "Dockerfile": true} {
		tree := files(".dockerignore", "apps/web/a.js", "apps/api/.dockerignore", "apps/web/Dockerfile", "apps/api/Dockerfile", "Dockerfile")
		if _, certain := Guess(tree, dockerfile, []string{"."}); certain != want {
			t.Errorf("%s: certain is %v", dockerfile, certain)
		}
	}
}
