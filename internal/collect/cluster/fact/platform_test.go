package fact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/document"
)

// platformOf detects the platform of a fixture: a first document with what was asked of the
// server and what is wanted, then the objects of the cluster.
func platformOf(t *testing.T, file string) (want *document.Node, got Platform) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	documents, problems := document.Read(text, document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	head := documents[0].Root
	_, objects, _ := strings.Cut(string(text), "---\n")
	c := &collection{objects: newObjects(subjectsOf(t, objects)), options: Options{Cluster: head.Get("context").Text()},
		client: &restClient{config: &rest.Config{Host: "https://" + head.Get("server").Text() + ":6443"}}}
	r := reading{version: versionAnswer{Git: head.Get("version").Text()}}
	for _, group := range head.Get("groups").Children() {
		r.groups = append(r.groups, group.Text())
	}
	return head.Get("want"), Detect(c.evidence(&r))
}

func TestPlatforms(t *testing.T) {
	files, err := filepath.Glob("testdata/platforms/*.yaml")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d fixtures, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			want, p := platformOf(t, file)
			got := map[string]any{"name": p.Name, "managed": p.Managed, "controlPlane": string(p.ControlPlane), "confidence": p.Confidence}
			wanted := want.Plain().(map[string]any)
			wanted["confidence"] = want.Get("confidence").Float64()
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("platform (-want +got):\n%s\nsignals: %q", diff, p.Signals)
			}
			if (p.Name == "unknown") != (len(p.Signals) == 0) {
				t.Errorf("%s by the signals %q", p.Name, p.Signals)
			}
		})
	}
}

func TestSignalsSayWhatWasSeen(t *testing.T) {
	_, p := platformOf(t, "testdata/platforms/eks.yaml")
	want := []string{
		"the version is v1.33.4-eks-99d6cc0", "the server's name ends in .eks.amazonaws.com",
		"nodes have the label eks.amazonaws.com/capacityType", "the API group vpcresources.k8s.aws is served",
		"there is a ConfigMap kube-system/aws-auth", "the context's name begins with arn:aws:eks:",
	}
	if diff := cmp.Diff(want, p.Signals); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
}
