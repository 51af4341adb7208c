package cli

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/store"
)

const podWithSecret = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: a, env: [{name: DB_PASSWORD, value: hJ8-kQ2zR5wLx9}]}]}
`

// keptInventories are what the scans of a store saw, the newest first; "" of one without.
func (p *office) keptInventories() (all []string) {
	p.t.Helper()
	s, err := store.Open(p.t.Context(), p.env["KUBEPROOF_STORE"], store.Options{ReadOnly: true})
	if err != nil {
		p.t.Fatal(err)
	}
	defer s.Close()
	err = s.View(p.t.Context(), func(tx *store.Tx) error {
		return tx.Scans(store.ScanFilter{}, func(scan store.ScanRow) error {
			text := ""
			if r, _, err := tx.OpenInventory(scan.ID); err == nil {
				read, err := io.ReadAll(r)
				if text = string(read); err != nil {
					return err
				}
			}
			all = append(all, text)
			return nil
		})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// TestScansHandInWhatTheySaw, without secrets, unless they are told not to.
func TestScansHandInWhatTheySaw(t *testing.T) {
	p := newOffice(t)
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	p.env["KUBEPROOF_TOKEN"] = strings.TrimSpace(strings.Split(p.run(0, "serve", "token", "add", "ci", "--scope", "scan"), "\n")[0])
	address, _ := p.serve()
	manifest := filepath.Join(t.TempDir(), "pod.yaml")
	if err := os.WriteFile(manifest, []byte(podWithSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	handed := p.run(exitClean, "scan", manifest, "--fail-on", "never", "--control", "container-privileged", "--upload", address, "--upload-to", "main/production/a")
	alone := p.run(exitClean, "scan", manifest, "--fail-on", "never", "--upload", address, "--upload-to", "main/production/b", "--upload-inventory=false")
	p.run(exitClean, "review", "scan", manifest, "--label", "c")
	if !strings.Contains(handed, "handed in as main/production/a") || !strings.Contains(alone, "handed in as main/production/b") {
		t.Errorf("%s\n%s", handed, alone)
	}
	kept := p.keptInventories()
	if len(kept) != 3 || kept[0] == "" || kept[1] != "" || kept[2] == "" {
		t.Fatalf("kept is %d long: %.100q", len(kept), kept)
	}
	for i, packed := range []string{kept[0], kept[2]} {
		file := filepath.Join(t.TempDir(), "inventory.gz")
		if err := os.WriteFile(file, []byte(packed), 0o600); err != nil {
			t.Fatal(err)
		}
		again := p.run(exitFindings, "scan", "inventory:"+file, "-o", "json")
		if !strings.Contains(again, `"env-secret`) && !strings.Contains(again, "DB_PASSWORD") || strings.Contains(again, "hJ8-kQ2zR5wLx9") {
			t.Errorf("%d: the inventory shows %.2000s", i, again)
		}
	}
}

// TestReportsComeFromPipes too.
func TestReportsComeFromPipes(t *testing.T) {
	p := newOffice(t)
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	folder := t.TempDir()
	manifest, report := filepath.Join(folder, "pod.yaml"), filepath.Join(folder, "scan.json")
	if err := os.WriteFile(manifest, []byte(podWithSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run(exitClean, "scan", manifest, "--fail-on", "never", "-o", "json="+report)
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() { _, _ = w.Write(text); w.Close() }()
	if told := p.run(exitClean, "review", "scan", "--report", "/dev/fd/"+fdOf(r), "--made", "2026-01-01", "--label", "x"); !strings.Contains(told, "recorded x") {
		t.Error(told)
	}
	if told := p.run(exitClean, "review", "scan", "--report", report, "--made", "2026-01-01", "--label", "x"); !strings.Contains(told, "recorded already") {
		t.Error(told)
	}
}

func fdOf(f *os.File) string { return strconv.Itoa(int(f.Fd())) }
