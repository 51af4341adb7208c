package image

import (
	"math"
	"path"
	"strings"
)

// The bounds of a file that is searched for secrets.
const (
	mostNamed   = 1 << 20   // of a file whose name says that it may hold one
	mostUnnamed = 256 << 10 // of other texts
)

// searchedUpTo gives the size up to which a file is searched for secrets that are somebody's own; 0
// for files that are not. Tests, examples, documentation and what packages bring along hold keys that
// are no secret. Of keystores only the beginning is read.
func searchedUpTo(name, base string) int64 {
	switch {
	case isKeystore(base):
		if !isBrought(name) {
			return math.MaxInt64
		}
	case isSecretName(name, base):
		if !isBrought(name) {
			return mostNamed
		}
	case isSetting(base) && !ofSystem(name) && !isBrought(name):
		return mostUnnamed
	}
	return 0
}

// secretNames are files that programs keep secrets in, in lower case.
var secretNames = map[string]bool{
	".npmrc": true, ".yarnrc": true, ".yarnrc.yml": true, ".pypirc": true, ".netrc": true, "_netrc": true, ".git-credentials": true, ".pgpass": true,
	".my.cnf": true, ".s3cfg": true, ".boto": true, ".dockercfg": true, ".vault-token": true, ".terraformrc": true,
	"terraform.rc": true, "credentials": true, "credentials.json": true, "application_default_credentials.json": true, "kubeconfig": true, "admin.conf": true,
	"kubelet.conf": true, "super-admin.conf": true, "wp-config.php": true, "nuget.config": true, "pip.conf": true,
	".bash_history": true, ".zsh_history": true, ".ash_history": true, ".envrc": true, "auth.json": true, ".ftpconfig": true, "sftp-config.json": true,
	"master.key": true, "secring.gpg": true, "docker-compose.yml": true, "docker-compose.yaml": true,
}

// isSecretName tells files by their names, or the ends of their paths.
func isSecretName(name, base string) bool {
	lower := strings.ToLower(base)
	if secretNames[lower] || isKeyName(lower) {
		return true
	}
	if strings.HasPrefix(lower, ".env") && !isTemplate(lower) {
		return true
	}
	switch path.Ext(lower) {
	case ".env", ".tfstate", ".tfvars", ".kubeconfig", ".ovpn":
		return true
	case ".backup":
		return strings.HasSuffix(lower, ".tfstate.backup")
	}
	for _, ending := range []string{"/.docker/config.json", "/.aws/config", "/.kube/config", "/.git/config", "/.m2/settings.xml", "/.gradle/gradle.properties",
		"/.cargo/credentials.toml", "/.config/gh/hosts.yml", "/.gem/credentials", "/.composer/auth.json", "/kaniko/.docker/config.json"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// isKeyName tells files that hold private keys.
func isKeyName(lower string) bool {
	switch path.Ext(lower) {
	case ".key", ".pem", ".ppk", ".p8", ".pk8":
		return true
	case ".pub":
		return false
	}
	return strings.HasPrefix(lower, "id_") || strings.HasPrefix(lower, "ssh_host_") || strings.HasSuffix(lower, "_rsa") || strings.HasSuffix(lower, "_ed25519")
}

// isKeystore tells containers of keys, which are read by their names only. Those for the
// certificates of others hold no key.
func isKeystore(base string) bool {
	lower := strings.ToLower(base)
	switch path.Ext(lower) {
	case ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".jceks", ".bcfks":
		return !strings.Contains(lower, "trust") && !strings.Contains(lower, "cacert")
	}
	return false
}

func isTemplate(lower string) bool {
	for _, part := range []string{"example", "sample", "template", "dist", "test", "schema", "defaults", ".md"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

// isSetting tells texts that settings and own programs are in.
func isSetting(base string) bool {
	lower := strings.ToLower(base)
	if strings.HasSuffix(lower, ".min.js") || lower == "package-lock.json" || isTemplate(lower) {
		return false
	}
	switch path.Ext(lower) {
	case ".json", ".yaml", ".yml", ".properties", ".conf", ".cnf", ".cfg", ".config", ".ini", ".toml", ".xml", ".sh", ".bash", ".py", ".js", ".mjs", ".ts",
		".rb", ".php", ".tf", ".sql", ".txt", ".cs", ".settings", ".secret", ".secrets", ".token", ".password", ".credentials", ".bak", ".old", ".orig":
		return true
	case "":
		for _, part := range []string{"secret", "passw", "token", "credential", "config", "dockerfile"} {
			if strings.Contains(lower, part) {
				return true
			}
		}
	}
	return false
}

// systemFolders hold what packages of the system put there.
var systemFolders = []string{"/usr/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/bin/", "/sbin/", "/boot/", "/proc/", "/sys/", "/dev/",
	"/var/lib/", "/var/cache/", "/var/log/", "/nix/store/", "/etc/ssl/certs/", "/etc/alternatives/", "/etc/ca-certificates/", "/etc/pki/",
	"/etc/fonts/", "/etc/init.d/", "/etc/pam.d/", "/etc/security/", "/etc/apparmor.d/", "/etc/bash_completion.d/", "/etc/vim/",
	"/etc/ImageMagick", "/etc/java", "/etc/perl/", "/etc/php/", "/etc/python", "/opt/java/", "/opt/jdk", "/root/.cache/", "/snap/"}

// ownFolders of the system hold what builds of images put there.
var ownFolders = []string{"/usr/src/app", "/usr/local/bin/", "/usr/local/sbin/", "/usr/local/etc/", "/usr/local/app/", "/usr/app/",
	"/usr/share/nginx/html/", "/usr/local/apache2/htdocs/", "/usr/local/tomcat/conf/", "/usr/local/tomcat/webapps/", "/var/lib/jenkins/"}

func ofSystem(name string) bool {
	for _, folder := range ownFolders {
		if strings.HasPrefix(name, folder) {
			return false
		}
	}
	for _, folder := range systemFolders {
		if strings.HasPrefix(name, folder) {
			return true
		}
	}
	return false
}

// isBrought reports whether a file is one of those that come with libraries, tests and documentation.
func isBrought(name string) bool {
	if strings.Contains(name, "ssl-cert-snakeoil") || strings.Contains(name, "/pkg/mod/") || strings.Contains(name, "/.cargo/registry/") {
		return true
	}
	for _, folder := range []string{"/usr/share/", "/usr/lib/", "/usr/lib64/", "/usr/local/lib/", "/usr/local/go/", "/lib/"} {
		if strings.HasPrefix(name, folder) && ofSystem(name) {
			return true
		}
	}
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		switch strings.ToLower(part) {
		case "node_modules", "site-packages", "dist-packages", "gems", "bundle", "vendor", "third_party", "bower_components", "testdata", "test", "tests", "testing", "__tests__", "spec",
			"fixtures", "__fixtures__", "mock", "mocks", "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "man", "locale", "locales", "i18n", "cacerts",
			"typeshed", "stubs", "pnpm", ".pnpm", ".pnpm-store", ".yarn", ".npm", "jvm", "jre", "jdk", "idle_test", "schemas":
			return true
		}
	}
	return false
}
