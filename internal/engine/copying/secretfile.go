package copying

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// SecretFile finds files with secrets that go into the image: by their names, and by what the build context
// shows. What a COPY of the whole context brings along is for Ignore. Scope object:Dockerfile.
func SecretFile(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	told := map[*dockerfile.Instruction]bool{}
	eachSource(file.Production(), func(s source) {
		takes := s.in.Get("takes")
		if isCertain(file) && takes != nil && s.in.Get("from") == nil {
			if paths := likely(takes); len(paths) > 0 && !takes.Get("whole").Bool() && !told[s.in] {
				told[s.in] = true
				verdicts = append(verdicts, assessment.Failed(s.in.Name+" takes "+some(paths)+" into the image"+stays(s, paths[0]), s.node))
			}
			if takes.Get("missing") == nil {
				return // the context shows what lies there
			}
		}
		if told[s.in] || isRemote(s.name) {
			return
		}
		if what := secretName(s); what != "" && !s.isPublicAt() {
			verdicts = append(verdicts, assessment.Failed(s.in.Name+" takes "+what+" into the image"+stays(s, s.name), s.node))
		}
	})
	return verdicts
}

// isPublicAt reports whether the destination names a public key or a sample.
func (s source) isPublicAt() bool {
	destination := strings.ToLower(s.in.Get("destination").Text())
	return strings.HasSuffix(destination, ".pub") || strings.Contains(destination, "known_hosts") || strings.Contains(destination, "authorized_keys") ||
		strings.Contains(destination, "keyring") || strings.Contains(destination, "rpm-gpg") || strings.Contains(destination, "trusted.gpg") || isSampleName(destination)
}

// stays tells that a file which a later RUN removes is in the image still.
func stays(s source, name string) string {
	if isRemoved(s, name) {
		return ", where it stays though a later layer removes it"
	}
	return ""
}

// isRemoved reports whether a later RUN of the stage removes what was copied.
func isRemoved(s source, name string) bool {
	names := []string{path.Base(name)}
	if destination := s.in.Get("destination").Text(); !strings.HasSuffix(destination, "/") && destination != "." {
		names = append(names, path.Base(destination))
	}
	return s.isRunLater(func(c *dockerfile.Command) bool {
		return (c.Name == "rm" || c.Name == "shred" || c.Name == "unlink") &&
			slices.ContainsFunc(arguments(c), func(word *document.Node) bool { return slices.Contains(names, path.Base(word.Text())) })
	})
}

// secretName tells what a source holds by its name; "" if that says nothing.
func secretName(s source) string {
	base := s.base()
	clean := strings.ToLower(path.Join("/", s.name))
	folder := path.Base(path.Dir(clean))
	if isSampleName(clean) {
		return ""
	}
	switch base {
	case "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "deploy_key", "deploy_rsa", "ssh_host_rsa_key", "ssh_host_ecdsa_key", "ssh_host_ed25519_key", "ssh_host_dsa_key", "id_rsa*", "deploykey":
		return "the private key " + told(s.name)
	case ".ssh":
		return "the folder of SSH keys " + told(s.name)
	case ".aws":
		return "the folder of cloud credentials " + told(s.name)
	case ".git-credentials", ".netrc", "_netrc", ".pgpass", ".vault-token", ".dockercfg", ".s3cfg", ".boto", ".my.cnf", ".pypirc":
		return "the file of credentials " + told(s.name)
	case "kubeconfig", ".kube":
		return "the credentials of a cluster " + told(s.name)
	case ".env", ".env.production", ".env.prod", ".env.local", ".env.production.local", ".envrc":
		return "the environment file " + told(s.name)
	case ".npmrc", ".yarnrc.yml", "settings.xml":
		if base == ".npmrc" && isRemoved(s, s.name) {
			return "the file of registry tokens " + told(s.name)
		}
		return ""
	case "credentials.json", "application_default_credentials.json", "client_secret.json", "service-account.json", "service_account.json", "serviceaccount.json", "service-account-key.json",
		"service_account_key.json", "serviceaccountkey.json", "google-credentials.json", "gcp-credentials.json", "gcloud-service-key.json", "firebase-adminsdk.json", "gcp-key.json":
		return "the credentials " + told(s.name)
	case "master.key":
		return "the master key " + told(s.name)
	case "terraform.tfstate":
		return "the state of Terraform, which holds secrets as they are, " + told(s.name)
	}
	switch base {
	case "ipsec.secrets", "chap-secrets", "pap-secrets":
		return "the file of passwords " + told(s.name)
	}
	switch destination := strings.ToLower(path.Base(s.in.Get("destination").Text())); destination {
	case "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519":
		return "the private key " + told(s.name)
	case ".git-credentials", ".netrc", "_netrc", ".pgpass":
		return "the file of credentials " + told(s.name)
	}
	switch folder + "/" + base {
	case ".aws/credentials", ".docker/config.json", ".kube/config", ".gem/credentials", ".cargo/credentials", ".cargo/credentials.toml":
		return "the credentials " + told(s.name)
	}
	return keyName(base, s.name)
}

// keyName tells private keys and keystores by the ends of their names.
func keyName(base, name string) string {
	switch path.Ext(base) {
	case ".key":
		if !strings.Contains(base, "pub") && !strings.Contains(base, "gpg") && !strings.Contains(base, "sign") && !strings.Contains(base, "release") && !strings.Contains(base, "archive") {
			return "the private key " + told(name)
		}
	case ".pem":
		for _, word := range strings.FieldsFunc(strings.TrimSuffix(base, ".pem"), func(r rune) bool { return strings.ContainsRune(".-_", r) }) {
			if word == "key" || word == "privkey" || word == "private" || word == "privatekey" {
				if !strings.Contains(base, "pub") {
					return "the private key " + told(name)
				}
			}
		}
	case ".p12", ".pfx":
		return "the keystore " + told(name)
	case ".jks", ".keystore":
		if !strings.Contains(base, "trust") && !strings.Contains(base, "cacert") {
			return "the keystore " + told(name)
		}
	case ".ppk":
		return "the private key " + told(name)
	case ".kubeconfig":
		return "the credentials of a cluster " + told(name)
	}
	return ""
}

// isSampleName tells names of samples.
func isSampleName(name string) bool {
	for _, word := range []string{"example", "sample", "template", ".dist", "dummy", "snakeoil", "/testdata/", "/test/", "/tests/", "/fixtures/", "mock"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
