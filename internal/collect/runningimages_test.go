package collect

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func TestImagesOfWorkloads(t *testing.T) {
	documents, _ := document.Read([]byte(`
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: "shop:1"}, {name: b, image: "shop:1"}, {name: c, image: "${IMAGE}"}], initContainers: [{name: d, image: registry.example/init:2}]}
status:
  containerStatuses:
  - {name: a, imageID: "docker-pullable://docker.io/library/shop@sha256:aaaa"}
  - {name: b, imageID: "docker.io/library/shop@sha256:bbbb"}
  - {name: c, imageID: "sha256:cccc"}
  initContainerStatuses: [{name: d, imageID: registry.example/init@sha256:aaaa}]
---
apiVersion: kubeproof.dev/v1
kind: ContainerImage
metadata: {name: registry.example/init:2}
digest: sha256:bbbb
`), document.DefaultLimits)
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, &inventory.Source{Cluster: "test"}, 0, "", nil))
	}
	if diff := cmp.Diff([]string{"shop:1"}, runningImages(subjects)); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"docker.io/library/shop@sha256:aaaa"}, movedImages(subjects)); diff != "" {
		t.Errorf("moved images (-want +got):\n%s", diff)
	}
}
