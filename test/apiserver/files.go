package apiserver

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
)

// DefaultAuditPolicy is the audit policy of servers that are given none.
const DefaultAuditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:apiserver", "system:kube-scheduler", "system:kube-controller-manager"]
  verbs: [get, list, watch, update]
- level: None
  nonResourceURLs: ["/healthz*", "/readyz*", "/livez*", "/version", "/openapi*"]
- level: Metadata
  resources: [{group: "", resources: [secrets, configmaps, "serviceaccounts/token"]}]
- level: RequestResponse
  resources: [{group: rbac.authorization.k8s.io}]
- level: Request
  verbs: [create, update, patch, delete]
- level: Metadata
`

const encryption = `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox: {keys: [{name: key1, secret: %s}]}
  - identity: {}
`

func (s *Server) path(name string) string { return filepath.Join(s.Dir, name) }

// writeFiles makes the certificates and configuration files.
func (s *Server) writeFiles(o Options) error {
	var err error
	if s.authority, err = newAuthority("kubernetes"); err != nil {
		return err
	}
	if err := s.writeAuthorities(); err != nil {
		return err
	}
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	policy := o.AuditPolicy
	if policy == "" {
		policy = DefaultAuditPolicy
	}
	files := map[string]string{
		"audit.yaml":      policy,
		"encryption.yaml": fmt.Sprintf(encryption, base64.StdEncoding.EncodeToString(key[:])),
	}
	for name, text := range files {
		if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return s.writeSigningKey()
}

// writeAuthorities writes the authorities of the API server, of etcd and of the front proxy, each
// with the certificates that it issues.
func (s *Server) writeAuthorities() error {
	etcd, err := newAuthority("etcd-ca")
	if err != nil {
		return err
	}
	front, err := newAuthority("front-proxy-ca")
	if err != nil {
		return err
	}
	for name, a := range map[string]*authority{"ca": s.authority, "etcd-ca": etcd, "front-proxy-ca": front} {
		encoded, err := x509.MarshalECPrivateKey(a.key)
		if err == nil {
			err = s.writePair(name, a.pem, pemOf("EC PRIVATE KEY", encoded))
		}
		if err != nil {
			return err
		}
	}
	for _, one := range []struct {
		file string
		by   *authority
		who  identity
	}{
		{"apiserver", s.authority, identity{name: "kube-apiserver", server: true}},
		{"controllers", s.authority, identity{name: "system:kube-controller-manager", server: true}},
		{"kubelet-client", s.authority, identity{name: "kube-apiserver-kubelet-client"}},
		{"front-proxy-client", front, identity{name: "front-proxy-client"}},
		{"etcd-server", etcd, identity{name: "etcd", server: true}},
		{"etcd-client", etcd, identity{name: "kube-apiserver-etcd-client"}},
	} {
		cert, key, err := one.by.issue(one.who)
		if err == nil {
			err = s.writePair(one.file, cert, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) writePair(name string, cert, key []byte) error {
	if err := os.WriteFile(s.path(name+".crt"), cert, 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.path(name+".key"), key, 0o600)
}

// writeSigningKey writes the keys of service account tokens.
func (s *Server) writeSigningKey() error {
	a, err := newAuthority("service-accounts")
	if err != nil {
		return err
	}
	private, err := x509.MarshalECPrivateKey(a.key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(a.key.Public())
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("sa.key"), pemOf("EC PRIVATE KEY", private), 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.path("sa.pub"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), 0o600)
}

// Kubeconfig writes a kubeconfig with the context "test" for a user and gives its path.
func (s *Server) Kubeconfig(user string, groups ...string) (string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := fmt.Sprint(user, groups)
	if path, known := s.paths[key]; known {
		return path, nil
	}
	cert, private, err := s.authority.issue(identity{name: user, groups: groups})
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: %q, certificate-authority-data: %s}}]
users: [{name: test, user: {client-certificate-data: %s, client-key-data: %s}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
current-context: test
`, s.URL, encoded(s.authority.pem), encoded(cert), encoded(private))
	path := s.path(fmt.Sprintf("kubeconfig-%d", len(s.paths)))
	s.paths[key] = path
	return path, os.WriteFile(path, []byte(text), 0o600)
}

func encoded(text []byte) string { return base64.StdEncoding.EncodeToString(text) }
