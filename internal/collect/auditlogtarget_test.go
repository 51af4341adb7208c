package collect

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

func TestAuditLogTarget(t *testing.T) {
	const event = `{"kind":"Event","stage":"ResponseComplete","verb":"get","user":{"username":"ann"},"objectRef":{"resource":"pods"},"requestReceivedTimestamp":"2026-11-01T10:00:00Z"}` + "\n"
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(event)); err != nil || writer.Close() != nil {
		t.Fatal("pack the log")
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"plain.log": []byte(event), "packed.log.gz": packed.Bytes(), "cut.log.gz": packed.Bytes()[:packed.Len()-12], "empty.log": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ name, events, fault string }{
		{"plain.log", "1", ""},
		{"packed.log.gz", "1", ""},
		{"cut.log.gz", "", "read: unexpected EOF: what follows was not read"},
		{"empty.log", "", "holds no completed audit event: give a log of audit.k8s.io/v1 events as JSON lines"},
		{"missing.log", "", "open: no such file"},
		{"", "", "it is no file: name one"},
	} {
		target := AuditLog(dir + "/" + test.name)
		inv := Collect(context.Background(), []string{target}, Options{})
		if inv.Targets[0].Kind != "audit-log" {
			t.Errorf("%s: target of kind %q", test.name, inv.Targets[0].Kind)
		}
		var fault string
		if len(inv.Errors) > 0 {
			fault = inv.Errors[0].Message
		}
		if test.fault == "" && fault != "" || !strings.Contains(fault, test.fault) {
			t.Errorf("%s: error %q, want %q", test.name, fault, test.fault)
		}
		events := ""
		if len(inv.Subjects) > 0 {
			events = inv.Subjects[0].Root.Get("events").Text()
			if s := inv.Subjects[0]; s.Kind != inventory.FactAuditUse || s.Source.Target != target {
				t.Errorf("%s: subject %s of target %q", test.name, s.Kind, s.Source.Target)
			}
		}
		if test.events != "" && events != test.events {
			t.Errorf("%s: %q events, want %s", test.name, events, test.events)
		}
	}
}
