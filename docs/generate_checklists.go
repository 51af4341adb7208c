//go:build ignore

// This program writes checklists.md, the coverage of all checklist items, from the catalogue.
package main

import (
	"bytes"
	"log"
	"os"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

func main() {
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		log.Fatal(err)
	}
	var text bytes.Buffer
	if err := checklist.WriteCoverage(&text, library); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], text.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
