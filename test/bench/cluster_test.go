package bench

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubeproof/kubeproof/test/apiserver"
	"github.com/kubeproof/kubeproof/test/corpus"
)

// listOnly names the kubeconfig of the cluster that this program, started again, only lists.
const listOnly = "KUBEPROOF_BENCH_LIST_ONLY"

// lists are the kinds of the large cluster. They are asked for as Kubernetes' own clients do: in
// pages of 500 objects, as protobuf, decoded into their Go types.
var lists = map[string]func() protobufList{
	"/api/v1/namespaces":                                     func() protobufList { return &corev1.NamespaceList{} },
	"/api/v1/serviceaccounts":                                func() protobufList { return &corev1.ServiceAccountList{} },
	"/api/v1/secrets":                                        func() protobufList { return &corev1.SecretList{} },
	"/api/v1/services":                                       func() protobufList { return &corev1.ServiceList{} },
	"/api/v1/pods":                                           func() protobufList { return &corev1.PodList{} },
	"/apis/apps/v1/deployments":                              func() protobufList { return &appsv1.DeploymentList{} },
	"/apis/apps/v1/replicasets":                              func() protobufList { return &appsv1.ReplicaSetList{} },
	"/apis/networking.k8s.io/v1/networkpolicies":             func() protobufList { return &networkingv1.NetworkPolicyList{} },
	"/apis/rbac.authorization.k8s.io/v1/roles":               func() protobufList { return &rbacv1.RoleList{} },
	"/apis/rbac.authorization.k8s.io/v1/rolebindings":        func() protobufList { return &rbacv1.RoleBindingList{} },
	"/apis/rbac.authorization.k8s.io/v1/clusterroles":        func() protobufList { return &rbacv1.ClusterRoleList{} },
	"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": func() protobufList { return &rbacv1.ClusterRoleBindingList{} },
}

type protobufList interface {
	Unmarshal([]byte) error
	metav1.ListInterface
}

// listAll lists every kind and keeps the objects, four kinds side by side.
func listAll(kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	turns := make(chan struct{}, 4)
	errs := make(chan error, len(lists))
	for path, empty := range lists {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			errs <- listKind(client, config.Host+path, empty)
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func listKind(client *http.Client, url string, empty func() protobufList) error {
	var kept []protobufList
	for next := ""; ; {
		request, err := http.NewRequest(http.MethodGet, url+"?limit=500&continue="+next, nil)
		if err != nil {
			return err
		}
		request.Header.Set("Accept", "application/vnd.kubernetes.protobuf")
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			return fmt.Errorf("list %s: %s %w", url, answer.Status, err)
		}
		var envelope runtime.Unknown
		if err := envelope.Unmarshal(body[4:]); err != nil { // after the mark "k8s\x00"
			return err
		}
		page := empty()
		if err := page.Unmarshal(envelope.Raw); err != nil {
			return err
		}
		kept = append(kept, page)
		if next = page.GetContinue(); next == "" {
			_ = kept
			return nil
		}
	}
}

// BenchmarkCluster gives the time of a scan of a live cluster with 10,000 Pods of 2,000 Deployments in
// 500 namespaces and 5,000 bindings as a multiple of that of merely listing the same objects, and
// its peak memory.
func BenchmarkCluster(b *testing.B) {
	kubeconfig := largeCluster(b)
	binary := program(b)
	best := func(build func() *exec.Cmd) cost {
		least := run(b, build())
		for range 2 {
			if again := run(b, build()); again.wall < least.wall {
				least = again
			}
		}
		return least
	}
	for b.Loop() {
		listed := best(func() *exec.Cmd {
			command := exec.Command(os.Args[0])
			command.Env = append(os.Environ(), listOnly+"="+kubeconfig)
			return command
		})
		scanned := best(func() *exec.Cmd {
			return exec.Command(binary, "scan", "cluster:", "--kubeconfig", kubeconfig, "-o", "json", "--no-probe")
		})
		b.ReportMetric(listed.wall.Seconds(), "list-s")
		b.ReportMetric(scanned.wall.Seconds(), "scan-s")
		b.ReportMetric(scanned.wall.Seconds()/listed.wall.Seconds(), "x-list")
		b.ReportMetric(scanned.cpu.Seconds(), "cpu-s")
		b.ReportMetric(scanned.peakMB, "peak-MB")
	}
}

// largeCluster gives the kubeconfig of a control plane that holds the large cluster; one that is
// filled already may be named in KUBEPROOF_BENCH_KUBECONFIG.
func largeCluster(b *testing.B) string {
	b.Helper()
	if known := os.Getenv("KUBEPROOF_BENCH_KUBECONFIG"); known != "" {
		return known
	}
	server := apiserver.Start(b, apiserver.Options{})
	for _, part := range corpus.Cluster(500, 2_000, 10_000, 5_000) {
		if err := server.CreateMany(part.Count, func(i int) apiserver.Object { return apiserver.Object(part.Object(i)) }); err != nil {
			b.Fatal(err)
		}
	}
	kubeconfig, err := server.Kubeconfig("kubernetes-admin", "system:masters")
	if err != nil {
		b.Fatal(err)
	}
	return kubeconfig
}
