package document

import (
	"bytes"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/test/corpus"
)

// benchmarkTexts are generated workloads of 105 lines and 2.9 KB on average.
func benchmarkTexts() (texts [][]byte, size int) {
	for _, text := range corpus.Documents(200, 1) {
		texts = append(texts, []byte(text))
		size += len(text)
	}
	return texts, size
}

// benchmarkEach gives the cost of one document.
func benchmarkEach(b *testing.B, read func(text []byte)) {
	texts, size := benchmarkTexts()
	b.SetBytes(int64(size / len(texts)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		read(texts[i%len(texts)])
	}
}

// BenchmarkRead reads as users do.
func BenchmarkRead(b *testing.B) {
	benchmarkEach(b, func(text []byte) {
		if documents, problems := Read(text, DefaultLimits); len(documents) != 1 || len(problems) > 0 {
			b.Fatal(documents, problems)
		}
	})
}

// BenchmarkBlock is the block reader alone.
func BenchmarkBlock(b *testing.B) {
	benchmarkEach(b, func(text []byte) {
		if _, why := readBlock(part{text: text}, DefaultLimits, &arena{}); why != "" {
			b.Fatal(why)
		}
	})
}

// BenchmarkLibrary is what Read costs where the block reader refuses.
func BenchmarkLibrary(b *testing.B) {
	benchmarkEach(b, func(text []byte) {
		if documents, problems := readLibrary(part{text: text}, DefaultLimits, &arena{}); len(documents) != 1 || len(problems) > 0 {
			b.Fatal(documents, problems)
		}
	})
}

// BenchmarkYAMLNodes is the library alone, to its own nodes.
func BenchmarkYAMLNodes(b *testing.B) {
	benchmarkEach(b, func(text []byte) {
		var node yaml.Node
		if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&node); err != nil {
			b.Fatal(err)
		}
	})
}
