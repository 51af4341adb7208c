// Package apiserver starts Kubernetes' own API server for tests: etcd, kube-apiserver and, if
// asked, kube-controller-manager on loopback, with certificates of their own. The programs are
// built by test/cluster/build.sh from their Go modules. Begin with Start.
package apiserver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// required is the variable that makes missing programs a failure instead of a skipped test.
const required = "KUBEPROOF_CLUSTER_TESTS"

// Options say what to start. The zero value is an API server with RBAC, auditing and encryption
// of secrets, without controllers.
type Options struct {
	// Controllers starts kube-controller-manager too: default service accounts, aggregated
	// roles and Pods of Deployments appear. It takes some five seconds more.
	Controllers bool
	// AuditPolicy replaces the audit policy.
	AuditPolicy string
	// Flags are added to those of kube-apiserver; later ones win.
	Flags []string
}

// Server is a running control plane. It ends with the test that started it.
type Server struct {
	URL string // https://127.0.0.1:PORT
	Dir string // certificates, logs, the audit log audit.log

	authority *authority
	running   []*process
	kubeconfigs
}

type kubeconfigs struct {
	mutex sync.Mutex
	paths map[string]string
}

// Start starts a control plane and waits until it answers. Without the programs the test is
// skipped, or fails where KUBEPROOF_CLUSTER_TESTS is "require".
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	bin := programs(t)
	s, err := start(t.TempDir(), bin, o)
	if s != nil {
		t.Cleanup(s.stop)
	}
	if err != nil {
		t.Fatalf("start the API server: %v", err)
	}
	return s
}

// programs finds the folder of the programs.
func programs(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	bin := filepath.Join(filepath.Dir(here), "..", "cluster", "bin")
	if _, err := os.Stat(filepath.Join(bin, "stamp")); err == nil {
		return bin
	}
	if os.Getenv(required) == "require" {
		t.Fatalf("the API server is not built: run test/cluster/build.sh")
	}
	t.Skip("the API server is not built: run test/cluster/build.sh (make test does)")
	return ""
}

func start(dir, bin string, o Options) (*Server, error) {
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	s := &Server{URL: fmt.Sprintf("https://127.0.0.1:%d", ports[0]), Dir: dir, kubeconfigs: kubeconfigs{paths: map[string]string{}}}
	if err := s.writeFiles(o); err != nil {
		return nil, err
	}
	if err := s.run(bin, "etcd", s.etcdFlags(ports[1], ports[2])); err != nil {
		return s, err
	}
	if err := s.run(bin, "kube-apiserver", s.serverFlags(ports[0], ports[1], o)); err != nil {
		return s, err
	}
	admin, err := s.Client("kubernetes-admin", "system:masters")
	if err != nil {
		return s, err
	}
	for _, path := range []string{"/readyz", "/api/v1/namespaces/default"} {
		if err := s.wait(admin, s.URL+path, 2*time.Minute); err != nil {
			return s, err
		}
	}
	if !o.Controllers {
		return s, nil
	}
	if err := s.run(bin, "kube-controller-manager", s.controllerFlags(ports[3])); err != nil {
		return s, err
	}
	return s, s.wait(admin, s.URL+"/api/v1/namespaces/default/serviceaccounts/default", time.Minute)
}

// Client gives an HTTP client that the server knows as the user, by a client certificate. An
// empty user is anonymous.
func (s *Server) Client(user string, groups ...string) (*http.Client, error) {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.authority.pem)
	config := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	if user != "" {
		cert, key, err := s.authority.issue(identity{name: user, groups: groups})
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, MaxIdleConnsPerHost: 16}}, nil
}

// wait asks a URL until it answers 200 or a program has ended.
func (s *Server) wait(client *http.Client, url string, within time.Duration) error {
	last := "no answer"
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for _, p := range s.running {
			if p.ended() {
				return fmt.Errorf("%s ended: %s", p.name, p.tail())
			}
		}
		answer, err := client.Get(url)
		if err != nil {
			last = err.Error()
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		last = answer.Status
	}
	return fmt.Errorf("%s did not answer within %s: %s", url, within, last)
}

func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// run starts one program; its output goes to a log in the server's folder.
func (s *Server) run(bin, name string, flags []string) error {
	log, err := os.Create(filepath.Join(s.Dir, name+".log"))
	if err != nil {
		return err
	}
	command := exec.Command(filepath.Join(bin, name), flags...)
	command.Stdout, command.Stderr = log, log
	p, err := begin(name, command, log)
	if err == nil {
		s.running = append(s.running, p)
	}
	return err
}

func (s *Server) stop() {
	for i := len(s.running) - 1; i >= 0; i-- {
		s.running[i].end()
	}
}
