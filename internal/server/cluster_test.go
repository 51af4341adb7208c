package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
)

// packed is an inventory as it is handed in.
func packed(t testing.TB, inv *inventory.Inventory) []byte {
	t.Helper()
	var out bytes.Buffer
	file := gzip.NewWriter(&out)
	if err := saved.Write(file, inv, nil); err != nil {
		t.Fatal(err)
	}
	file.Close()
	return out.Bytes()
}

// collected reads manifests.
func collected(t testing.TB, manifests string) *inventory.Inventory {
	t.Helper()
	return collect.Collect(t.Context(), []string{"-"}, collect.Options{Stdin: strings.NewReader(manifests)})
}

// handedIn records a scan of production with what it saw, which may be nil, and gives the cluster.
func (h *house) handedIn(label string, inventoryText []byte) string {
	h.t.Helper()
	h.pass(time.Minute)
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Name: "cluster:" + label}}, Controls: []assessment.ControlResult{{ID: "container-privileged", Outcomes: assessment.Counts{Pass: 1}}}}
	a.Summary.Subjects, a.Summary.Kinds = 3, map[string]int{"Pod": 3}
	text, err := json.Marshal(a)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.j.Act(h.t.Context(), "carl", func(w *journal.Work) error {
		_, _, err := w.RecordScan(journal.ScanReport{Plan: "main", Environment: "production", Label: label, Made: w.Mark().At, Assessment: a, JSON: text, Names: []string{label}, Inventory: inventoryText})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return "main/production/" + label
}

// about is the address of a page about a cluster.
func about(path, cluster string, pairs ...string) string {
	return path + "?" + queryOf(append([]string{"cluster", cluster}, pairs...))
}

// clusterPages are all pages about clusters.
var clusterPages = []string{"/rbac", "/rbac/subject", "/rbac/who-can", "/rbac/ways", "/rbac/roles", "/rbac/role", "/rbac/changes", "/network", "/network/namespace", "/network/can", "/network/exposed", "/network/policy"}

// TestNoCluster: without a scan, without its inventory, or with a broken one, each page says what to do.
func TestNoCluster(t *testing.T) {
	h := newHouse(t)
	vera := h.as("vera")
	expect := func(cluster, want string) {
		t.Helper()
		for _, path := range clusterPages {
			got := vera.get(about(path, cluster))
			if got.status != http.StatusOK || !strings.Contains(got.text, want) {
				t.Errorf("%s of %s: %d, without %q", path, cluster, got.status, want)
			}
			checkMarkup(t, path, got.text)
		}
	}
	expect("", "No cluster was scanned yet")
	h.handedIn("bare", nil)
	expect("", "This scan was handed in without its inventory")
	expect("", "kubeproof scan cluster: --upload")
	expect("main/production/none", "There is no such cluster")
	expect("nothing", "There is no such cluster")
	h.handedIn("broken", []byte("nothing of that"))
	expect("main/production/broken", "it is not packed with gzip: hand the scan in again")
	expect("main/production/bare", "This scan was handed in without its inventory")
	h.handedIn("other", packed(t, collected(t, rights)))
	if got := vera.get(about("/rbac", "main/production/other", "scan", "nothing")); !strings.Contains(got.text, "or it has no such scan") {
		t.Error("an unknown scan is not told")
	}
	if got := vera.get(about("/rbac", strings.Repeat("x", 5000), "scan", strings.Repeat("y", 5000), "page", "99999999999999999999")); got.status != http.StatusOK {
		t.Errorf("a long name: %d", got.status)
	}
}

// TestUnseenIsTold: what the scan did not see stands on top of every answer.
func TestUnseenIsTold(t *testing.T) {
	h := newHouse(t)
	inv := collected(t, rights)
	inv.Gaps = []inventory.Gap{{Target: "cluster:", Kind: "ClusterRole", Reason: "no right to list clusterroles"}, {Target: "cluster:", Kind: "Role", Namespaces: []string{"shop"}, Reason: "no right to list roles"}}
	inv.Errors = []inventory.Error{{Target: "cluster:", Message: "the connection was lost", Lost: true}}
	cluster := h.handedIn("prod", packed(t, inv))
	vera := h.as("vera")
	for _, path := range clusterPages {
		page := vera.get(about(path, cluster)).text
		for _, want := range []string{"The answers below lack", "ClusterRole not seen: no right to list clusterroles", "Role not seen in shop: no right", "the connection was lost"} {
			if strings.HasPrefix(path, "/rbac") && !strings.Contains(page, want) {
				t.Errorf("%s does not tell %q", path, want)
			}
		}
	}
}

// TestNewestScanIsShown: the newest by default, an older one if it is asked for.
func TestNewestScanIsShown(t *testing.T) {
	h := newHouse(t)
	cluster := h.handedIn("prod", packed(t, collected(t, rights)))
	vera := h.as("vera")
	if page := vera.get("/rbac").text; !strings.Contains(page, "shop/ci") || strings.Contains(page, "newcomer") {
		t.Fatal("the first scan is not shown")
	}
	first := h.scanIDs(cluster)[0]
	h.handedIn("prod", packed(t, collected(t, rights+newcomer)))
	if page := vera.get("/rbac").text; !strings.Contains(page, "newcomer") || strings.Contains(page, "There is a newer scan") {
		t.Error("the newest scan is not shown")
	}
	page := vera.get(about("/rbac", cluster, "scan", first)).text
	if strings.Contains(page, "newcomer") || !strings.Contains(page, "There is a newer scan") || !strings.Contains(page, "scan="+url.QueryEscape(first)) {
		t.Error("an older scan is not shown as one")
	}
}

func (h *house) scanIDs(cluster string) []string {
	h.t.Helper()
	scans, err := h.j.NewestScans(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var all []string
	for _, one := range scans {
		if one.Source == cluster {
			all = append(all, one.ID)
		}
	}
	return all
}
