package buildcontext

import (
	"path"
	"slices"
	"strings"
)

// suspect is what a name makes of a file; without look the name is enough.
type suspect struct {
	what string
	look func(name string, text []byte) verdict
}

// verdict is what a look at a file gave.
type verdict uint8

const (
	unlooked verdict = iota
	harmless
	doubtful
	likely
)

// byName knows files by their whole name, in lower case.
var byName = map[string]suspect{
	".npmrc":           {"token for a package registry", holds(npmToken)},
	".yarnrc.yml":      {"token for a package registry", holds(yarnToken)},
	".pypirc":          {"password for a package registry", holds(passwordLine)},
	".netrc":           {"passwords for servers (netrc)", holds(netrcPassword)},
	"_netrc":           {"passwords for servers (netrc)", holds(netrcPassword)},
	".git-credentials": {"passwords of git", holds(passwordInAddress)},
	".dockercfg":       {"password for an image registry", holds(registryAuth)},
	".htpasswd":        {"password hashes (htpasswd)", holds(htpasswdLine)},
	".pgpass":          {"database password (pgpass)", holds(pgpassLine)},
	".my.cnf":          {"database password (my.cnf)", holds(passwordLine)},
	".s3cfg":           {"cloud access key", holds(secretKeyLine)},
	".boto":            {"cloud access key", holds(secretKeyLine)},
	".vault-token":     {"token of Vault", nil},
	".terraformrc":     {"token of Terraform", holds(tokenLine)},
	"kubeconfig":       {"kubeconfig with credentials", holds(kubeCredential)},
	"master.key":       {"master key of Rails", holds(railsKey)},
	"credentials.json": {"credentials", credentials},

	"application_default_credentials.json": {"cloud credentials", credentials},
	"credentials.tfrc.json":                {"token of Terraform", credentials},
	"auth.json":                            {"token for a package registry", holds(composerAuth)},
	"secrets.yaml":                         {"secrets", settings},
	"secrets.yml":                          {"secrets", settings},
	"secrets.json":                         {"secrets", settings},
	"secrets.toml":                         {"secrets", settings},
	".bash_history":                        {"history of a shell", nil},
	".zsh_history":                         {"history of a shell", nil},
	".psql_history":                        {"history of a database client", nil},
	".mysql_history":                       {"history of a database client", nil},
}

// byFolder knows files by their folder and name.
var byFolder = map[string]suspect{
	".docker/config.json":     {"password for an image registry", holds(registryAuth)},
	".aws/credentials":        {"cloud access key", holds(secretKeyLine)},
	".kube/config":            {"kubeconfig with credentials", holds(kubeCredential)},
	".cargo/credentials":      {"token for a package registry", holds(tokenLine)},
	".cargo/credentials.toml": {"token for a package registry", holds(tokenLine)},
	".gem/credentials":        {"token for a package registry", holds(gemKey)},
}

var (
	privateKey = suspect{"private key", holds(privateKeyBlock)}
	keystore   = suspect{"keystore", nil}
	database   = suspect{"database", database3}
	dump       = suspect{"database dump", doubt}
)

// byEnding knows files by the ending of their name.
var byEnding = []struct {
	ending string
	suspect
}{
	{".pem", privateKey}, {".key", privateKey}, {".p8", privateKey}, {".pk8", privateKey}, {".asc", privateKey}, {".gpg", privateKey}, {".ppk", suspect{"private key", holds(puttyKey)}},
	{"id_rsa", privateKey}, {"id_dsa", privateKey}, {"id_ecdsa", privateKey}, {"id_ed25519", privateKey}, {"id_ecdsa_sk", privateKey}, {"id_ed25519_sk", privateKey},
	{".p12", keystore}, {".pfx", keystore}, {".jks", suspect{"keystore", certificatesOnly}}, {".keystore", suspect{"keystore", certificatesOnly}},
	{".tfstate", suspect{"Terraform state, which holds secrets as they are", nil}}, {".tfstate.backup", suspect{"Terraform state, which holds secrets as they are", nil}},
	{".tfvars", suspect{"variables of Terraform", settings}}, {".tfvars.json", suspect{"variables of Terraform", settings}},
	{".kubeconfig", suspect{"kubeconfig with credentials", holds(kubeCredential)}}, {".ovpn", suspect{"key of a VPN", holds(privateKeyBlock)}},
	{".sqlite", database}, {".sqlite3", database}, {".db", database},
	{".dump", dump}, {"dump.sql", dump}, {"backup.sql", dump}, {".sql.gz", dump},
}

// harmlessEnvironments are endings of files .env that are made to be shown.
var harmlessEnvironments = []string{"example", "sample", "template", "dist", "defaults", "tpl", "tmpl", "schema", "j2", "md"}

// suspectOf says what a name makes of a file; false for links, empty files and all others.
func suspectOf(e entry) (suspect, bool) {
	if !e.mode.IsRegular() || e.size == 0 {
		return suspect{}, false
	}
	lower := strings.ToLower(e.path)
	base := path.Base(lower)
	if s, known := byName[base]; known {
		return s, true
	}
	if isEnvironment(base) {
		return suspect{"environment file", settings}, true
	}
	if s, known := byFolder[path.Base(path.Dir(lower))+"/"+base]; known {
		return s, true
	}
	if strings.HasSuffix(base, ".json") && mayBeServiceAccount(base) && e.size < mostLooked {
		return suspect{"key of a cloud service account", holds(serviceAccountKey)}, true
	}
	for _, known := range byEnding {
		if strings.HasSuffix(base, known.ending) {
			return known.suspect, true
		}
	}
	return suspect{}, false
}

// isEnvironment knows .env, .env.production, prod.env and the like, but not .env.example.
func isEnvironment(base string) bool {
	for _, word := range strings.FieldsFunc(base, isBetweenWords) {
		if slices.Contains(harmlessEnvironments, word) {
			return false
		}
	}
	return base == ".envrc" || strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env")
}

// mayBeServiceAccount spares most of the JSON files a look.
func mayBeServiceAccount(base string) bool {
	for _, word := range []string{"service", "account", "credential", "gcp", "gcloud", "google", "firebase", "adminsdk", "client_secret", "key", "-sa", "sa-"} {
		if strings.Contains(base, word) {
			return true
		}
	}
	return false
}
