package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const shopDeployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
      - {name: prepare, image: HOST/shop/tidy:1.2}
      containers:
      - {name: web, image: HOST/shop/app:1.2}
      - {name: again, image: HOST/shop/app:1.2}
      - {name: lost, image: HOST/shop/gone:1}
`

// imagesIn lists the images that findings of a report stand on.
func imagesIn(report judged) []string {
	var all []string
	for _, f := range report.Findings {
		if f.Subject.Kind == "ContainerImage" && !slices.Contains(all, f.Subject.Name) {
			all = append(all, f.Subject.Name)
		}
	}
	slices.Sort(all)
	return all
}

// With --images the images that workloads name are read too, each once; one that is gone is told.
func TestImagesOfWorkloads(t *testing.T) {
	h := newHarbour(t)
	h.push("shop/app:1.2", h.careless())
	h.push("shop/tidy:1.2", h.tidy())
	folder := filepath.Dir(h.write("deploy/web.yaml", strings.ReplaceAll(shopDeployment, "HOST", h.host)))
	if got := imagesIn(h.scan(folder)); got != nil {
		t.Errorf("without --images these were read: %v", got)
	}
	want := []string{h.host + "/shop/app:1.2", h.host + "/shop/tidy:1.2"}
	report := h.scan("--images", folder)
	if got := imagesIn(report); !slices.Equal(got, want) {
		t.Errorf("images %v, want %v", got, want)
	}
	h.lost(report, h.host+"/shop/gone:1", "the registry has no such image")
	h.says(report, "image-user-root", "fail image runs as root: USER is not set")

	// What was saved without images gives them later, as a cluster's inventory does.
	saved := filepath.Join(h.folder, "shop.json.gz")
	h.scan("--save-inventory", saved, folder)
	if got := imagesIn(h.scan("--images", "inventory:"+saved)); !slices.Equal(got, want) {
		t.Errorf("of the saved inventory: images %v, want %v", got, want)
	}
}
