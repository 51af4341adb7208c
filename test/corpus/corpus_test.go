package corpus_test

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/test/corpus"
)

func TestDocumentsAreReadableAndRepeatable(t *testing.T) {
	documents := corpus.Documents(200, 1)
	text := strings.Join(documents, "---\n")
	if text != strings.Join(corpus.Documents(200, 1), "---\n") {
		t.Fatal("one seed gives two corpora")
	}
	read, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 || len(read) != len(documents) {
		t.Fatalf("read %d of %d documents, problems %v", len(read), len(documents), problems)
	}
	lines, size := strings.Count(text, "\n")/len(documents), len(text)/len(documents)
	if lines < 85 || lines > 125 || size < 2300 || size > 3500 {
		t.Errorf("documents have %d lines and %d bytes on average, want near 105 and 2900", lines, size)
	}
}
