package scan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/secret"
	"github.com/kubeproof/kubeproof/test/corpus"
)

const benchDocuments = 1000

func benchText(b *testing.B) []byte {
	b.Helper()
	var text bytes.Buffer
	for _, d := range corpus.Documents(benchDocuments, 1) {
		text.WriteString("---\n" + d)
	}
	b.SetBytes(int64(text.Len()))
	return text.Bytes()
}

// BenchmarkNodes only parses into YAML nodes: what the other figures are compared with.
func BenchmarkNodes(b *testing.B) {
	text := benchText(b)
	for b.Loop() {
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var node yaml.Node
			if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkRead reads into positioned documents.
func BenchmarkRead(b *testing.B) {
	text := benchText(b)
	for b.Loop() {
		benchInventory(text)
	}
}

func benchInventory(text []byte) *inventory.Inventory {
	documents, _ := document.Read(text, document.DefaultLimits)
	source := &inventory.Source{File: "all.yaml", Text: text}
	inv := &inventory.Inventory{}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return inv
}

// BenchmarkAssess judges what has been read, with all built-in controls.
func BenchmarkAssess(b *testing.B) {
	inv := benchInventory(benchText(b))
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		b.Fatal(err)
	}
	request := Request{Controls: controls, Config: &config.Config{}, Today: time.Unix(0, 0)}
	request.Engine.Mask = secret.Mask
	plan, err := Prepare(request)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(controls)), "controls")
	for b.Loop() {
		if _, err := Assess(context.Background(), plan, request, inv); err != nil {
			b.Fatal(err)
		}
	}
}
