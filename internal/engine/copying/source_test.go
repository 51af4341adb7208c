package copying

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// sourceOf makes a source that nothing else is known of.
func sourceOf(name string) source {
	root := document.Make(map[string]any{"instruction": "COPY", "destination": "/app/"})
	stage := &dockerfile.Stage{}
	return source{in: &dockerfile.Instruction{Node: root, Name: "COPY", Stage: stage}, node: root, name: name}
}

func TestIsArchive(t *testing.T) {
	for name, want := range map[string]bool{"a.tar.gz": true, "a.TGZ": true, "a.tar.*": true, "a.zip": false, "a.jar": false, "tar": false, "a.tar": true, "": false} {
		if got := isArchive(name); got != want {
			t.Errorf("isArchive(%q) = %v", name, got)
		}
	}
}

func TestIsWhole(t *testing.T) {
	for name, want := range map[string]bool{".": true, "./": true, "*": true, "/": true, "./.": true, "src": false, "*.go": false, "$PWD": true} {
		if got := sourceOf(name).isWhole(); got != want {
			t.Errorf("isWhole(%q) = %v", name, got)
		}
	}
}

func TestIsConfiguration(t *testing.T) {
	for name, want := range map[string]bool{
		"application-prod.yml": true, "config/production.json": true, ".env.production": true, ".env.staging.local": true, "settings_prod.py": true, "env/prod.env": true,
		"appsettings.Production.json": true, "app.staging.properties": true,
		"application.yml": false, ".env.example": false, "requirements/production.txt": false, "webpack.prod.js": false, "docker-compose.prod.yml": false, "nginx.prod.conf": false,
		"production.py": false, "tests/config/production.json": false, "package.prod.json": false, "tsconfig.prod.json": false, "": false,
	} {
		if got := isConfiguration(sourceOf(name)); got != want {
			t.Errorf("isConfiguration(%q) = %v", name, got)
		}
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"id_rsa": true, "~/.ssh": true, "home/.aws": true, ".aws/credentials": true, ".env": true, "conf/server.key": true, "tls/privkey.pem": true, "kubeconfig": true, "a.p12": true,
		"id_rsa.pub": false, ".env.example": false, "ca.pem": false, "public-key.pem": false, "truststore.jks": false, "tests/server.key": false, "release-signing.key": false,
		"src": false, "environment.ts": false, ".npmrc": false, "": false,
	} {
		if got := secretName(sourceOf(name)) != ""; got != want {
			t.Errorf("secretName(%q) tells %v", name, got)
		}
	}
}

func TestUnpinned(t *testing.T) {
	for image, want := range map[string]bool{
		"composer": true, "composer:2": false, "composer:latest": true, "ghcr.io/a/b": true, "localhost:5000/a": true, "localhost:5000/a:1": false, "a@sha256:00": false, "context": false,
	} {
		if got := unpinned(image) != ""; got != want {
			t.Errorf("unpinned(%q) tells %v", image, got)
		}
	}
}
