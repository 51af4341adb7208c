package fact

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func metricsOf(t *testing.T, page io.Reader) map[string]any {
	t.Helper()
	m := newMetrics()
	if err := scanMetrics(page, m.take); err != nil {
		t.Fatal(err)
	}
	return m.fields()
}

func TestMetricsOfARealServer(t *testing.T) {
	page, err := os.Open("testdata/server/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	got := metricsOf(t, iotest.HalfReader(page))
	delete(got, "admission")
	want := map[string]any{
		"from": "/metrics of one API server, since it started",
		"encryption": map[string]any{
			"configmaps": map[string]any{"k8s:enc:secretbox:v1:": int64(2)}, "secrets": map[string]any{"k8s:enc:secretbox:v1:": int64(1)}},
		"decryption": map[string]any{
			"configmaps": map[string]any{"k8s:enc:secretbox:v1:": int64(6)}, "secrets": map[string]any{"k8s:enc:secretbox:v1:": int64(2)}},
		"authorizers": []any{"RBAC"},
		"audit":       map[string]any{"events": int64(231), "errors": int64(0), "levels": map[string]any{"Metadata": int64(17), "None": int64(642), "Request": int64(73), "RequestResponse": int64(141)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func TestMetricsThatMatter(t *testing.T) {
	const transformed = "apiserver_storage_transformation_operations_total"
	tests := []struct{ name, page, part, want string }{
		{"without encryption", transformed + `{resource="secrets",status="OK",transformation_type="to_storage",transformer_prefix=""} 4`, "encryption", "secrets identity 4"},
		{"read without encryption", transformed + `{resource="secrets",status="OK",transformation_type="from_storage",transformer_prefix="identity"} 4`, "decryption", "secrets identity 4"},
		{"failures do not count", transformed + `{resource="secrets",status="Internal",transformation_type="to_storage",transformer_prefix="k8s:enc:kms:v2:a:"} 4`, "encryption", ""},
		{"names of keys do not count", transformed + `{resource="secrets",status="OK",transformation_type="to_storage",transformer_prefix="key1:"} 4`, "encryption", ""},
		{"odd names", transformed + `{resource="a\"b\\c\nd",status="OK",transformation_type="to_storage",transformer_prefix="k8s:enc:kms:v2:}x{:"} 1e3 1700000000`, "encryption", "a\"b\\c\nd k8s:enc:kms:v2:}x{: 1000"},
		{"not a number", transformed + `{resource="secrets",status="OK",transformation_type="to_storage",transformer_prefix=""} NaN`, "encryption", "secrets identity 0"},
		{"labels break off", transformed + `{resource="secrets,status="OK"`, "encryption", ""},
		{"no value", transformed + `{resource="secrets"}`, "encryption", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for resource, of := range metricsOf(t, strings.NewReader("# TYPE x counter\n"+test.page+"\n"))[test.part].(map[string]any) {
				for prefix, count := range of.(map[string]any) {
					got = append(got, fmt.Sprintf("%s %s %d", resource, prefix, count))
				}
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got %q, want %q", text, test.want)
			}
		})
	}
}

func TestPagesWithoutMetrics(t *testing.T) {
	tests := map[string]struct {
		page io.Reader
		want string
	}{
		"empty":      {strings.NewReader(""), "the answer holds no metrics: is this a page of a proxy before the API server?"},
		"HTML":       {strings.NewReader("<html>\n<h1>Log in</h1>\n</html>"), "the answer holds no metrics: is this a page of a proxy before the API server?"},
		"breaks off": {io.MultiReader(strings.NewReader("# TYPE a counter\na 1\n"), iotest.ErrReader(errors.New("connection reset"))), "the answer breaks off after 1 lines: connection reset"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := scanMetrics(test.page, func(sample) {})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestMetricsHaveNoLimitOfLines(t *testing.T) {
	line := "apiserver_request_total{code=\"200\"} 1\n"
	long := "apiserver_audit_event_total{x=\"" + strings.Repeat("x", 2*mostMetricsLine) + "\"} 1\n"
	page := strings.NewReader("# TYPE a counter\n" + strings.Repeat(line, 500_000) + long + "apiserver_audit_event_total 7")
	if got := metricsOf(t, page)["audit"].(map[string]any)["events"]; got != int64(7) {
		t.Errorf("%v events are counted, want 7: a line that is too long is passed over, the next is read", got)
	}
}

func FuzzMetrics(f *testing.F) {
	f.Add("apiserver_audit_event_total 1\n")
	f.Add(`kubernetes_feature_enabled{name="A\\\"",stage=""} 1`)
	f.Add("# TYPE a counter\napiserver_storage_transformation_operations_total{resource=\"secrets\",status=\"OK\",transformation_type=\"to_storage\",transformer_prefix=\"\"} +Inf")
	f.Fuzz(func(t *testing.T, page string) {
		m := newMetrics()
		if scanMetrics(strings.NewReader(page), m.take) == nil && !strings.Contains(page, "# TYPE ") && !strings.Contains(page, "apiserver_") && !strings.Contains(page, "kubernetes_") {
			t.Errorf("%q is read as metrics", page)
		}
		for resource, of := range m.written {
			for prefix, count := range of {
				if count < 0 {
					t.Errorf("%s %s is counted %d times", resource, prefix, count)
				}
			}
		}
	})
}
