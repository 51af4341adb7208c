package composefile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
)

func input(t *testing.T, text string, values control.Values) assessment.Input {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	return assessment.Input{Element: documents[0].Root, Values: values}
}

func TestAdminPorts(t *testing.T) {
	for text, want := range map[string][]string{
		"ports: ['22']":                                                 {"22"},
		"ports: [22]":                                                   {"22"},
		"ports: ['2222:22/tcp', '80:80']":                               {"22"},
		"ports: ['0.0.0.0:2222:22']":                                    {"22"},
		"ports: ['20-25:20-25']":                                        {"22"},
		"ports: [{target: 23, published: '2323'}]":                      {"23"},
		"expose: ['22', 23]":                                            {"22", "23"},
		"ports: ['127.0.0.1:2222:22']":                                  nil,
		"ports: ['[::1]:2222:22']":                                      nil,
		"ports: [{target: 22, host_ip: 127.0.0.1}]":                     nil,
		"ports: ['22:8080', '8022', '${P}:80', '30-40', '-', '22-', a]": nil,
		"ports: {a: b}\nexpose: null":                                   nil,
		"ports: 22":                                                     nil,
	} {
		var got []string
		for _, verdict := range AdminPorts(input(t, text, control.Values{"ports": []string{"22", "23"}})) {
			got = append(got, verdict.Message)
		}
		for i := range want {
			want[i] = "service opens port " + want[i] + ", which is for remote administration"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestOneNetwork(t *testing.T) {
	for text, want := range map[string]int{
		"services: {a: {}, b: {}, c: null}": 1,
		"services: {a: {}, b: {}}":          0,
		"services: {a: {networks: [x, z]}, b: {networks: {z: null, x: null}}, c: {networks: [z, x]}}": 1,
		"services: {a: {networks: [x]}, b: {networks: {z: null}}, c: {}}":                             0,
		"services: {a: {}, b: {}, c: {network_mode: none}}":                                           0,
		"name: x": 0,
	} {
		if got := OneNetwork(input(t, text, control.Values{"services": 3})); len(got) != want {
			t.Errorf("%s gives %d verdicts, want %d", text, len(got), want)
		}
	}
}
