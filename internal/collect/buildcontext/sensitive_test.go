package buildcontext

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// The keys are made up: they have the form only.
var (
	body   = strings.Repeat("MIIEpAIBAAKCAQEAr4vBkYj1", 4)
	pemKey = "-----BEGIN RSA PRIVATE KEY-----\n" + body + "\n-----END RSA PRIVATE KEY-----\n"
	token  = "npm_" + "Zx81kQ0pLm2vTr7yWe93Ab"
)

func TestSensitive(t *testing.T) {
	tests := []struct {
		path, text string
		want       string // "" for nothing, "?" before what is in doubt
	}{
		{".git/objects/ab/cd", "x", "git repository with its history"},
		{"sub/.git/config", "x", "git repository with its history"},
		{"testdata/.git/config", "x", "?git repository with its history"},
		{".git/HEAD", "ref: refs/heads/main", ""},
		{".git", "gitdir: ../.git/worktrees/x", ""},
		{".svn/wc.db", "x", "working copy of Subversion"},
		{".hg/store", "x", "repository of Mercurial"},
		{".github/workflows/x.yml", "x", ""},
		{".env", "DB_PASSWORD=Xk29dLq81mZv", "environment file"},
		{"app/.env.production", "export API_TOKEN=\"ghp_" + strings.Repeat("aB3dE5", 6) + "\"", "environment file"},
		{"prod.env", "DB_PASSWORD=Xk29dLq81mZv", "environment file"},
		{".env", "COMPOSE_PROJECT_NAME=shop", "?environment file"},
		{".env", "# nothing\n\nEMPTY=\n", ""},
		{".env", "", ""},
		{".env.example", "DB_PASSWORD=Xk29dLq81mZv", ""},
		{".env.production.sample", "DB_PASSWORD=Xk29dLq81mZv", ""},
		{"env-example.env", "DB_PASSWORD=Xk29dLq81mZv", ""},
		{".env.dist", "DB_PASSWORD=Xk29dLq81mZv", ""},
		{".environment", "DB_PASSWORD=Xk29dLq81mZv", ""},
		{"id_rsa", pemKey, "private key"},
		{"keys/deploy_id_ed25519", strings.Replace(pemKey, "RSA", "OPENSSH", 2), "private key"},
		{"id_rsa.pub", "ssh-rsa AAAA", ""},
		{"tls/server.KEY", strings.ReplaceAll(pemKey, "RSA PRIVATE", "ENCRYPTED PRIVATE"), "private key"},
		{"tls/server.pem", "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n" + pemKey, "private key"},
		{"tls/ca.pem", "-----BEGIN CERTIFICATE-----\n" + body, ""},
		{"public.key", "-----BEGIN PUBLIC KEY-----\n" + body, ""},
		{"how.key", "-----BEGIN PRIVATE KEY-----\n<yours>\n", ""},
		{"slides.key", "PK\x03\x04", ""},
		{"testdata/server.key", pemKey, "?private key"},
		{"web/node_modules/https/test/server.key", pemKey, "?private key"},
		{"certs/example-server.key", pemKey, "?private key"},
		{"latest/contest.key", pemKey, "private key"},
		{"store.p12", "x", "keystore"},
		{"trust-store.jks", "x", "?keystore"},
		{"release.keystore", "x", "keystore"},
		{"debug.keystore", "x", "?keystore"},
		{".npmrc", "//registry.npmjs.org/:_authToken=" + token, "token for a package registry"},
		{".npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nregistry=https://x", ""},
		{".npmrc", "# //registry.npmjs.org/:_authToken=" + token, ""},
		{".pypirc", "[pypi]\nusername = x\npassword = pypi-AgEIcHlwaS5vcmc", "password for a package registry"},
		{".pypirc", "[pypi]\nrepository = x", ""},
		{".netrc", "machine x login y password s3cr3tword", "passwords for servers (netrc)"},
		{".netrc", "machine x login y password $TOKEN", ""},
		{".git-credentials", "https://me:Xk29dLq81mZv@github.com", "passwords of git"},
		{"root/.docker/config.json", `{"auths":{"x":{"auth":"dXNlcjpwYXNzd29yZA=="}}}`, "password for an image registry"},
		{"root/.docker/config.json", `{"credsStore":"desktop"}`, ""},
		{"config.json", `{"auths":{"x":{"auth":"dXNlcjpwYXNzd29yZA=="}}}`, ""},
		{".aws/credentials", "[default]\naws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzzzz", "cloud access key"},
		{".kube/config", "users:\n- user:\n    client-key-data: " + body, "kubeconfig with credentials"},
		{"kubeconfig", "users:\n- user:\n    exec: {command: aws}", ""},
		{"terraform.tfstate", "{}", "Terraform state, which holds secrets as they are"},
		{"prod.tfvars", "db_password = \"Xk29dLq81mZv\"", "variables of Terraform"},
		{"prod.tfvars", "region = \"eu-central-1\"", "?variables of Terraform"},
		{"gcp-service-account.json", `{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\n` + body + `"}`, "key of a cloud service account"},
		{"gcp-sa.json", `{"type": "service_account", "private_key": "***"}`, ""},
		{"account.json", `{"id": 1}`, ""},
		{"credentials.json", `{"installed":{"client_secret":"GOCSPX-abcdefgh1234"}}`, "credentials"},
		{"credentials.json", `{"installed":{"client_secret":"<secret>"}}`, ""},
		{".vault-token", "s.abcdefgh", "token of Vault"},
		{".htpasswd", "admin:$apr1$x$y", "password hashes (htpasswd)"},
		{"config/secrets.yml", "production:\n  secret_key_base: 8f3c9a1d2b7e4f60a5c8d9e0f1a2b3c48f3c9a1d2b7e4f60", "secrets"},
		{"chart/templates/secrets.yaml", "password: {{ .Values.password }}", ""},
		{"secrets.yaml", "password: ENC[AES256_GCM,data:abc]\nsops:\n  version: 3", ""},
		{"config/master.key", "0123456789abcdef0123456789abcdef\n", "master key of Rails"},
		{"app.sqlite3", "SQLite format 3\x00...", "?database"},
		{"Thumbs.db", "x", ""},
		{"backup.sql", "x", "?database dump"},
		{".bash_history", "ls", "history of a shell"},
		{"main.go", pemKey, ""},
	}
	for _, tt := range tests {
		sent := Open(fstest.MapFS{tt.path: {Data: []byte(tt.text)}}, ".", "").Sent()
		got := ""
		for _, s := range sent.Sensitive().List {
			if !s.Likely {
				got = "?"
			}
			got += s.What
		}
		if got != tt.want {
			t.Errorf("%s holding %q: got %q, want %q", tt.path, tt.text[:min(len(tt.text), 40)], got, tt.want)
		}
	}
}

// TestSensitiveOfWhatIsTaken: only the files of a set count.
func TestSensitiveOfWhatIsTaken(t *testing.T) {
	c := Open(files(".dockerignore=*.pem", "a.pem="+pemKey, "b.key="+pemKey, "test/c.key="+pemKey, "d/.git/objects/x", "d/.git/HEAD", "e/id_rsa->../b.key"), ".", "")
	want := []Sensitive{{"b.key", "private key", true}, {"d/.git", "git repository with its history", true}, {"test/c.key", "private key", false}}
	if diff := cmp.Diff(Sensitives{List: want, Likely: 2, Total: 3}, c.Sent().Sensitive()); diff != "" {
		t.Error(diff)
	}
	if got := c.Take([]string{"test", "d/.git/HEAD", "e"}, nil, false).Sensitive(); got.Total != 1 || got.List[0].Path != "test/c.key" {
		t.Errorf("of what is taken: %+v", got)
	}
}

// TestSensitiveIsBounded: those in doubt never hide likely ones, and all are counted.
func TestSensitiveIsBounded(t *testing.T) {
	made := fstest.MapFS{}
	for i := range 1500 {
		made[fmt.Sprintf("a/test/%04d.key", i)] = &fstest.MapFile{Data: []byte(pemKey)}
		made[fmt.Sprintf("z/%04d.key", i)] = &fstest.MapFile{Data: []byte(pemKey)}
	}
	got := Open(made, ".", "").Sent().Sensitive()
	if len(got.List) != 50 || !got.List[0].Likely || !got.List[49].Likely || got.List[0].Path != "z/0000.key" {
		t.Errorf("%d listed, first %+v", len(got.List), got.List[0])
	}
	if got.Total != 2000 || got.Likely != 500 || got.Unlooked != 1000 {
		t.Errorf("total %d, likely %d, unlooked %d", got.Total, got.Likely, got.Unlooked)
	}
}

// refusing refuses to open one file.
type refusing struct {
	fstest.MapFS
	name string
}

func (r refusing) Open(name string) (fs.File, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.MapFS.Open(name)
}

func TestUnreadable(t *testing.T) {
	tree := files(".dockerignore=c", "a.key="+pemKey, "b/x", "c/y", "d")
	for name, want := range map[string]string{
		"a.key":         "files 4, unlooked 1, unread [], problems []",
		"b":             "files 3, unlooked 0, unread [{b permission denied: grant the right to read it, or list it in .dockerignore}], problems []",
		"c":             "files 4, unlooked 0, unread [], problems []",
		".dockerignore": "files 5, unlooked 0, unread [], problems [{0 read the list: permission denied: grant the right to read it, or list it in .dockerignore}]",
		".":             "files 0, unlooked 0, unread [{. permission denied: grant the right to read it, or list it in .dockerignore}], problems []",
	} {
		c := Open(refusing{tree, name}, ".", "")
		got := fmt.Sprintf("files %d, unlooked %d, unread %v, problems %v", c.Sent().Files, c.Sent().Sensitive().Unlooked, c.Unread(), c.Ignore().Problems)
		if got != want {
			t.Errorf("without %s: %s\nwant %s", name, got, want)
		}
	}
}
