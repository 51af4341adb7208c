package kubeproof_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kubeproof/kubeproof/"

// floors are the storeys of the house from the ground; a package stands on the first whose
// pattern matches, and imports only packages of lower floors.
var floors = [][]string{
	{"internal/document", "internal/graph", "internal/software", "internal/secret", "internal/ledger", "internal/store", "internal/report/escape", "catalog"},
	{"internal/control", "internal/checklist", "internal/inventory"},
	{"internal/assessment", "internal/collect/manifest", "internal/collect/ignore", "internal/collect/software/rpmdb", "internal/collect/image/layer", "internal/collect/image/tree"},
	{"internal/review", "internal/evidence", "internal/engine/image", "internal/engine/selector", "internal/engine/bundle", "internal/engine/rbac/builtin", "internal/engine/dockerfile", "internal/engine/release"},
	{"internal/engine/rbac", "internal/engine/reach", "internal/engine/imagefact"},
	{"internal/collect/cluster/*", "internal/collect/software", "internal/collect/buildcontext", "internal/collect/vex", "internal/collect/image/source"},
	{"internal/collect/*", "internal/engine/*", "internal/acceptance", "internal/sbom", "internal/journal", "internal/posture", "internal/review/*", "internal/report/*", "internal/report/*/*"},
	{"internal/engine", "internal/config", "internal/schedule", "internal/report", "internal/collect", "internal/policy", "internal/server/handout", "internal/server/intake", "internal/fix", "internal/ask"},
	{"internal/scan", "internal/controltest", "internal/server/api", "internal/server/listen", "internal/server/client", "internal/server/chart", "internal/server/shelf"},
	{"internal/server", "internal/demo"},
	{"internal/server/stored", "internal/server/openid"},
	{"internal/cli"},
	{"cmd/*"},
}

// confined are the libraries that only some packages may import.
var confined = map[string][]string{
	"github.com/google/cel-go":        {"internal/engine"},
	"helm.sh/helm":                    {"internal/collect/chart"},
	"sigs.k8s.io/kustomize":           {"internal/collect/kustomize"},
	"github.com/spf13/cobra":          {"internal/cli"},
	"k8s.io/client-go":                {"internal/collect/cluster", "internal/collect/cluster/fact"},
	"github.com/sigstore/sigstore-go": {"internal/collect/signature"},
	"github.com/notaryproject":        {"internal/collect/signature"},
	"github.com/moby/buildkit":        {"internal/collect/dockerfile"},
	"mvdan.cc/sh":                     {"internal/collect/dockerfile"},
	"github.com/moby/patternmatcher":  {"internal/collect/buildcontext"},
	"github.com/google/osv-scalibr":   {"internal/collect/osv"},
	"net/http":                        {"internal/server", "internal/server/api", "internal/server/handout", "internal/server/listen", "internal/server/client", "internal/server/openid", "internal/collect/cluster", "internal/collect/cluster/fact", "internal/collect/cluster/proof"},
	"github.com/danielgtaylor/huma":   {"internal/server/api"},
	"github.com/prometheus":           {"internal/server/listen"},
	"github.com/coreos/go-oidc":       {"internal/server/openid"},
	"golang.org/x/oauth2":             {"internal/server/openid"},
	"database/sql":                    {"internal/store"},
	"modernc.org/sqlite":              {"internal/store"},
	"github.com/jackc/pgx":            {"internal/store"},
	"github.com/pressly/goose":        {"internal/store"},
	"github.com/xuri/excelize":        {"internal/report/dossier", "internal/review/sheet"},
	"golang.org/x/mod":                {"internal/ledger", "internal/store"},
	"github.com/gabriel-vasile":       {"internal/evidence"},
}

func floorOf(pkg string) int {
	return slices.IndexFunc(floors, func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			matched, _ := path.Match(pattern, pkg)
			return matched
		})
	})
}

func TestImportsGoDownOnly(t *testing.T) {
	for pkg, files := range packages(t) {
		floor := floorOf(pkg)
		if floor < 0 {
			t.Errorf("package %s stands on no floor: add it to floors", pkg)
			continue
		}
		for _, imported := range importsOf(t, files) {
			checkConfined(t, pkg, imported)
			target, own := strings.CutPrefix(imported, module)
			if own && floorOf(target) >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d): imports go down only", pkg, floor, target, floorOf(target))
			}
		}
	}
}

func checkConfined(t *testing.T, pkg, imported string) {
	t.Helper()
	for library, users := range confined {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(users, pkg) {
			t.Errorf("%s imports %s, which only %v may", pkg, imported, users)
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	for pkg, files := range packages(t) {
		if !slices.ContainsFunc(files, func(file string) bool {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
			return err == nil && parsed.Doc != nil
		}) {
			t.Errorf("package %s has no comment: say what it is for and where to begin", pkg)
		}
	}
}

// packages gives the Go files of every package that is part of the program, by folder.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, root := range []string{"internal", "cmd", "catalog"} {
		err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "testdata") {
				pkg := filepath.ToSlash(filepath.Dir(name))
				found[pkg] = append(found[pkg], name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func importsOf(t *testing.T, files []string) []string {
	t.Helper()
	var all []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			all = append(all, strings.Trim(spec.Path.Value, `"`))
		}
	}
	return all
}
