module github.com/kubeproof/kubeproof/test/oscal

go 1.26.0

// Its folder holds the official schemas of OSCAL: see README.md.
require github.com/defenseunicorns/go-oscal v0.7.1
