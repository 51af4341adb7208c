package cluster

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoContexts = `apiVersion: v1
kind: Config
clusters:
- {name: c, cluster: {server: "https://127.0.0.1:1"}}
users:
- {name: u, user: {token: t}}
contexts:
- {name: prod, context: {cluster: c, user: u, namespace: shop}}
- {name: dev, context: {cluster: c, user: u}}
- {name: lost, context: {cluster: gone, user: u}}
`

func kubeconfigFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConnect(t *testing.T) {
	file := kubeconfigFile(t, twoContexts+"current-context: dev\n")
	empty := kubeconfigFile(t, "apiVersion: v1\nkind: Config\n")
	home := t.TempDir()
	usual := filepath.Join(home, ".kube", "config")
	for _, tt := range []struct {
		name    string
		options Options
		env     map[string]string
		want    string // CONTEXT NAMESPACE, or the error
	}{
		{"named", Options{Kubeconfig: file, Context: "prod"}, nil, "prod shop"},
		{"current", Options{Kubeconfig: file}, nil, "dev default"},
		{"from the environment", Options{}, map[string]string{"KUBECONFIG": "/nowhere:" + file}, "dev default"},
		{"the flag before the environment", Options{Kubeconfig: file}, map[string]string{"KUBECONFIG": "/nowhere"}, "dev default"},
		{"unknown", Options{Kubeconfig: file, Context: "live"}, nil, `context "live" is not in kubeconfig FILE: write cluster:CONTEXT with one of dev, lost, prod`},
		{"no current", Options{Kubeconfig: kubeconfigFile(t, twoContexts)}, nil, "kubeconfig FILE has no current context: write cluster:CONTEXT with one of dev, lost, prod"},
		{"context without a cluster", Options{Kubeconfig: file, Context: "lost"}, nil, `context "lost" of kubeconfig FILE names the cluster "gone", which is not there: correct the kubeconfig`},
		{"empty", Options{Kubeconfig: empty}, nil, "kubeconfig FILE holds no context: name another file with --kubeconfig"},
		{"absent", Options{Kubeconfig: "/nowhere"}, nil, "read kubeconfig /nowhere: no such file: name one with --kubeconfig"},
		{"absent in the environment", Options{}, map[string]string{"KUBECONFIG": "/nowhere:/neither"}, "read KUBECONFIG /nowhere:/neither: no such file: correct the variable, or name a file with --kubeconfig"},
		{"none", Options{}, map[string]string{"HOME": home}, "no kubeconfig was found: name one with --kubeconfig or KUBECONFIG, or run in a cluster"},
		{"none for a context", Options{Context: "prod"}, map[string]string{"HOME": home}, `context "prod": no kubeconfig was found: name one with --kubeconfig or KUBECONFIG, or run in a cluster`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("KUBERNETES_SERVICE_HOST", "")
			tt.options.Getenv = func(name string) string { return tt.env[name] }
			at, err := connect(tt.options)
			got := ""
			if err != nil {
				got = err.Error()
				if tt.options.Kubeconfig != "/nowhere" && tt.options.Kubeconfig != "" {
					got = strings.ReplaceAll(got, tt.options.Kubeconfig, "FILE")
				}
			} else {
				got = at.context + " " + at.namespace
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if err := os.MkdirAll(filepath.Dir(usual), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(usual, []byte(twoContexts+"current-context: prod\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if at, err := connect(Options{Getenv: func(string) string { return "" }}.filled()); err == nil {
		t.Errorf("connected to %s without a home folder", at.context)
	}
	env := func(name string) string { return map[string]string{"HOME": home}[name] }
	if at, err := connect(Options{Getenv: env}); err != nil || at.context != "prod" {
		t.Errorf("connect with ~/.kube/config: %v, %v", at, err)
	}
}

func TestBrokenKubeconfig(t *testing.T) {
	file := kubeconfigFile(t, "apiVersion: v1\nclusters: {a\n")
	_, err := connect(Options{Kubeconfig: file}.filled())
	if err == nil || !strings.HasPrefix(err.Error(), "read kubeconfig "+file+": ") || !strings.HasSuffix(err.Error(), ": correct the file") {
		t.Errorf("connect with broken YAML: %v", err)
	}
}

// TestNobodyListens: the user must be told at once, not after many tries.
func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	for server, want := range map[string]string{
		"https://" + address:           "connect to the API server https://" + address + ": connection refused: check that the cluster runs and that the kubeconfig names its address",
		"https://user:pw@" + address:   "connect to the API server https://user:xxxxx@" + address + ": connection refused: check that the cluster runs and that the kubeconfig names its address",
		"https://api.invalid:6443":     "connect to the API server https://api.invalid:6443: no such host: check the address in the kubeconfig and the network",
		"https://" + address + "/a/b/": "connect to the API server https://" + address + "/a/b/: connection refused: check that the cluster runs and that the kubeconfig names its address",
	} {
		file := kubeconfigFile(t, strings.Replace(twoContexts, "https://127.0.0.1:1", server, 1))
		result := Read(t.Context(), Options{Kubeconfig: file, Context: "prod"})
		if len(result.Errors) != 1 || result.Errors[0].Message != want || !result.Errors[0].Lost {
			t.Errorf("%s: errors %+v, want\n%s", server, result.Errors, want)
		}
	}
}

func TestLoginProgramIsMissing(t *testing.T) {
	exec := "{exec: {apiVersion: client.authentication.k8s.io/v1, command: kubeproof-no-such-login, interactiveMode: Never}}"
	file := kubeconfigFile(t, strings.Replace(twoContexts, "{token: t}", exec, 1))
	result := Read(t.Context(), Options{Kubeconfig: file, Context: "prod"})
	want := `run the program that logs in to context "prod": exec: executable kubeproof-no-such-login not found: install it, or log in again, as for kubectl`
	if len(result.Errors) != 1 || result.Errors[0].Message != want {
		t.Errorf("errors %+v, want\n%s", result.Errors, want)
	}
}
