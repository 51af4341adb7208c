package image

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const privateKey = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA4kPFlA0Zq2nXyW3vUj8sQm1Lr7Tb5GdHxKcEwYf9ZpVoNs6u\n-----END RSA PRIVATE KEY-----\n"

func TestSecretsInFiles(t *testing.T) {
	const token = "ghp_" + "0a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXy"
	secrets := []file{
		{name: "root/.ssh/id_ed25519", text: privateKey}, {name: "etc/tls/server.key", text: privateKey}, {name: "etc/ssh/ssh_host_rsa_key", text: privateKey},
		{name: "home/a/key.ppk", text: "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"},
		{name: "app/.env.production", text: "SECRET_KEY_BASE=8f2a9c1d4b7e6f10aa8f2a9c1d4b7e6f\n"},
		{name: "root/.npmrc", text: "//registry.npmjs.org/:_authToken=npm_0a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXy\n"},
		{name: "root/.pypirc", text: "[pypi]\nusername = a\npassword = Zx8qLm2Rt9\n"},
		{name: "root/.netrc", text: "machine git.example.org\nlogin a\npassword Zx8qLm2Rt9\n"},
		{name: "root/.pgpass", text: "db:5432:shop:app:Zx8qLm2Rt9\n"},
		{name: "root/.docker/config.json", text: `{"auths": {"r.example.org": {"auth": "YXBwOlp4OHFMbTJSdDk="}}}`},
		{name: "root/.aws/credentials", text: "[default]\naws_access_key_id = AKIAQ7R2M5T8W3X6Z4B9\naws_secret_access_key = wJk8rXUtnFEMIqK7MDENGxbPxRfiCYq2L9pZ4sVt\n"},
		{name: "root/.kube/config", text: "users:\n- name: a\n  user:\n    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk\n"},
		{name: "src/.git/config", text: "[remote \"origin\"]\n\turl = https://a:" + token + "@github.com/a/b.git\n"},
		{name: "app/store.p12", text: "\x30\x82\x01\x00\x02\x01\x03"}, {name: "app/store.jks", text: "\xfe\xed\xfe\xed\x00"},
		{name: "infra/terraform.tfstate", text: `{"version": 4, "terraform_version": "1.9", "resources": [{"type": "x"}]}`},
		{name: "app/key.json", text: "{\n \"type\": \"service_account\",\n \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\\n-----END PRIVATE KEY-----\\n\"\n}\n"},
		{name: "app/config.yaml", text: "database:\n  password: Zx8qLm2Rt9\n"}, {name: "usr/src/app/deploy.sh", text: "curl -H 'Authorization: token " + token + "' x\n"},
		{name: "app/settings.xml", text: "<a>\n<!-- <password>none</password>\n -->\n<password>Zx8qLm2Rt9</password></a>\n"},
	}
	harmless := []file{
		{name: "usr/share/doc/x/examples/server.key", text: privateKey}, {name: "app/node_modules/a/test/key.pem", text: privateKey},
		{name: "usr/lib/python3/dist-packages/x/tests/key.pem", text: privateKey}, {name: "go/src/x/testdata/id_rsa", text: privateKey},
		{name: "etc/ssl/private/ssl-cert-snakeoil.key", text: privateKey}, {name: "go/pkg/mod/x/server.key", text: privateKey},
		{name: "usr/local/go/src/crypto/x.pem", text: privateKey}, {name: "etc/ssl/certs/ca.pem", text: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"},
		{name: "app/.env.example", text: "DB_PASSWORD=Zx8qLm2Rt9\n"}, {name: "app/.env", text: "DB_PASSWORD=\nTOKEN=${TOKEN}\nLEVEL=info\n"},
		{name: "root/.npmrc", text: "registry=https://registry.npmjs.org\n//r/:_authToken=${NPM_TOKEN}\n"}, {name: "etc/pki/java/cacerts.jks", text: "\xfe\xed\xfe\xed"},
		{name: "app/truststore.p12", text: "\x30\x82\x01\x00"}, {name: "infra/terraform.tfstate", text: `{"terraform_version": "1.9", "resources": []}`},
		{name: "root/.ssh/id_ed25519.pub", text: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl a@b\n"},
		{name: "usr/lib/x/config.yaml", text: "password: Zx8qLm2Rt9\n"}, {name: "app/a.xml", text: "<!--\n<password>Zx8qLm2Rt9</password>\n-->"},
		{name: "root/.docker/config.json", text: `{"credsStore": "desktop"}`}, {name: "app/picture.yaml", text: "\x00password: Zx8qLm2Rt9\n"},
	}
	found := func(files []file) []string {
		var all []string
		for _, s := range collectOne(t, archiveOf(t, `{"os":"linux"}`, tarOf(t, files...)), Options{}).Secrets {
			all = append(all, fmt.Sprintf("%s %s:%d", s.What, s.Path, s.Line))
		}
		return all
	}
	for _, f := range secrets {
		if got := found([]file{f}); len(got) == 0 {
			t.Errorf("nothing was found in %s", f.name)
		} else if strings.Contains(strings.Join(got, ""), "Zx8qLm2Rt9") {
			t.Errorf("a value is told: %v", got)
		}
	}
	for _, f := range harmless {
		if got := found([]file{f}); len(got) > 0 {
			t.Errorf("%s: %v", f.name, got)
		}
	}
}

func TestSecretsOfLowerLayers(t *testing.T) {
	env := file{name: "app/.env", text: "DB_PASSWORD=Zx8qLm2Rt9\n"}
	tests := []struct {
		name   string
		layers [][]byte
		want   []string
	}{
		{"stays", [][]byte{tarOf(t, env)}, []string{"0 false"}},
		{"deleted", [][]byte{tarOf(t, env), tarOf(t, file{name: "app/.wh..env"})}, []string{"0 true"}},
		{"deleted with its folder", [][]byte{tarOf(t, env), tarOf(t, file{name: ".wh.app"})}, []string{"0 true"}},
		{"replaced", [][]byte{tarOf(t, env), tarOf(t, file{name: "app/.env", text: "X=1\n"})}, []string{"0 true"}},
		{"copied up", [][]byte{tarOf(t, env), tarOf(t, env)}, []string{"1 false"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, s := range collectOne(t, archiveOf(t, `{}`, test.layers...), Options{}).Secrets {
				got = append(got, fmt.Sprint(*s.Layer, " ", s.Deleted))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSecretsOfTheConfiguration(t *testing.T) {
	i := collectOne(t, saved(t, "a:1", imageOf(t, func(c *v1.ConfigFile) {
		c.Config.Env = []string{"DB_PASSWORD=Zx8qLm2Rt9", "PATH=/bin", "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", "BARE"}
		c.Config.Labels = map[string]string{"api-token": "8f2a9c1d4b7e6f10aa", "maintainer": "a@example.org"}
		c.Config.Cmd = []string{"redis-server", "--requirepass", "Zx8qLm2Rt9"}
		c.Config.Healthcheck = &v1.HealthConfig{Test: []string{"CMD-SHELL", "mysqladmin ping -u root --password=Zx8qLm2Rt9"}, Interval: 3e9}
		c.History = []v1.History{{CreatedBy: "ENV DB_PASSWORD Zx8qLm2Rt9", EmptyLayer: true}, {CreatedBy: "RUN <<EOF\nexport A_TOKEN=8f2a9c1d4b7e6f10aa\nmake\nEOF"}}
	}, tarOf(t, file{name: "x"}))), Options{})
	root := treeOf(t, i)
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"Zx8qLm2Rt9", "8f2a9c1d4b7e6f10aa"} {
		if strings.Contains(string(text), value) {
			t.Errorf("%s is told: %s", value, text)
		}
	}
	var where []string
	for _, one := range i.Secrets {
		where = append(where, one.Variable+one.Label+one.Word)
	}
	for _, want := range []string{"DB_PASSWORD", "api-token", "cmd", "healthcheck", ""} {
		if !slices.Contains(where, want) {
			t.Errorf("no secret is told of %q: %v", want, i.Secrets)
		}
	}
	if root.Get("config", "labels", "api-token").Text() != hidden || i.Config.Env[2].Value == hidden || i.Config.Healthcheck.Interval != "3s" {
		t.Errorf("%+v", i.Config)
	}
}

func TestLongLinesAreSearchedInPieces(t *testing.T) {
	long := "{" + strings.Repeat(`"name": "value", `, 2000) + `"password": "Zx8qLm2Rt9", ` + strings.Repeat(`"name": "value", `, 2000) + "}\n"
	hits := scan("x.json", "first: line\n"+long+"secret_token: 8f2a9c1d4b7e6f10aa\n")
	if len(hits) != 2 || hits[0].Line != 2 || hits[1].Line != 3 {
		t.Errorf("%+v", hits)
	}
}
