package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// read makes an inventory of a text, as a collector would.
func read(t testing.TB, text string) *inventory.Inventory {
	t.Helper()
	source := &inventory.Source{Target: "test", File: "test.yaml", Text: []byte(text)}
	documents, _ := document.Read([]byte(text), document.DefaultLimits)
	inv := &inventory.Inventory{}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return inv
}

// made is a control with the texts that every control needs.
func made(scope, cel, message string) *control.Control {
	return &control.Control{ID: "test-control", Title: "Test", Severity: control.High, Team: control.Apps,
		Why: "why", Fix: "fix", Check: control.Check{Scope: scope, CEL: cel, Message: message}}
}

func judge(t testing.TB, c *control.Control, text string, options Options) *Result {
	t.Helper()
	plan, err := New([]*control.Control{c}, options)
	if err != nil {
		t.Fatal(err)
	}
	result, err := plan.Judge(context.Background(), read(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: shop
  labels:
    app.kubernetes.io/name: shop
spec:
  hostNetwork: yes
  securityContext:
    runAsNonRoot: false
    sysctls:
      - name: net.core.somaxconn
        value: "1"
      - name: kernel.msgmax
        value: "2"
  containers:
    - name: app
      image: nginx
      args: [serve, --insecure]
      ports:
        - containerPort: 80
        - containerPort: 90
          hostPort: 90
      securityContext:
        privileged: on
        capabilities:
          drop: [CHOWN]
          add:
            - KILL
            - NET_RAW
    - name: plain
      image: redis
`

func TestExplainFindsTheGuiltyLine(t *testing.T) {
	tests := []struct {
		name, scope, cel string
		want             []string // path:line of each finding
	}{
		{"a field", "containers.all", `!container.?securityContext.?privileged.orValue(false)`,
			[]string{"spec.containers[0].securityContext.privileged:25"}},
		{"a field that is absent", "containers.all", `container.?securityContext.?readOnlyRootFilesystem.orValue(false)`,
			[]string{"spec.containers[0].securityContext.readOnlyRootFilesystem:24", "spec.containers[1].securityContext.readOnlyRootFilesystem:31"}},
		{"a value inherited from the pod", "containers.all",
			`container.?securityContext.?runAsNonRoot.orValue(pod.?securityContext.?runAsNonRoot.orValue(false))`,
			[]string{"spec.securityContext.runAsNonRoot:10", "spec.securityContext.runAsNonRoot:10"}},
		{"the element that decided exists", "containers.all",
			`!container.?securityContext.?capabilities.?add.orValue([]).exists(c, c == 'NET_RAW')`,
			[]string{"spec.containers[0].securityContext.capabilities.add[1]:30"}},
		{"a list in which nothing was found", "containers.all",
			`container.?securityContext.?capabilities.?drop.orValue([]).exists(c, c == 'ALL')`,
			[]string{"spec.containers[0].securityContext.capabilities.drop:27", "spec.containers[1].securityContext.capabilities.drop:31"}},
		{"in", "containers.all", `!('--insecure' in container.?args.orValue([]))`,
			[]string{"spec.containers[0].args:19"}},
		{"the element that decided all", "containers.all", `container.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)`,
			[]string{"spec.containers[0].ports[1].hostPort:23"}},
		{"a field of the element that decided all", "pod",
			`pod.?securityContext.?sysctls.orValue([]).all(s, !s.name.startsWith('kernel.'))`,
			[]string{"spec.securityContext.sysctls[1].name:14"}},
		{"the operand that decided", "containers.all",
			`container.?image.orValue('') != 'redis' || container.?tty.orValue(false)`,
			[]string{"spec.containers[1].image:32"}},
		{"the branch taken", "pod", `pod.?hostNetwork.orValue(false) ? pod.?dnsPolicy.orValue('') == 'None' : true`,
			[]string{"spec.dnsPolicy:7"}},
		{"the condition of a branch that reads nothing", "pod", `pod.?hostNetwork.orValue(false) ? false : true`,
			[]string{"spec.hostNetwork:8"}},
		{"a key that needs quotes", "workload", `object.metadata.?labels[?"app.kubernetes.io/name"].orValue("") == "web"`,
			[]string{`metadata.labels["app.kubernetes.io/name"]:6`}},
		{"a key that is absent", "workload", `object.metadata.?labels[?"team"].orValue("") != ""`,
			[]string{"metadata.labels.team:5"}},
		{"keys of a map", "workload", `object.metadata.?labels.orValue({}).all(key, key == 'app')`,
			[]string{`metadata.labels["app.kubernetes.io/name"]:6`}},
		{"two variables", "workload", `object.metadata.?labels.orValue({}).all(key, value, value == 'web')`,
			[]string{`metadata.labels["app.kubernetes.io/name"]:6`}},
		{"a size", "pod", `size(pod.containers) == 1`, []string{"spec.containers:16"}},
		{"a list written in the expression", "containers.all",
			`[container.?securityContext.?runAsNonRoot, pod.?securityContext.?runAsNonRoot].all(v, v.orValue(true))`,
			[]string{"spec.securityContext.runAsNonRoot:10", "spec.securityContext.runAsNonRoot:10"}},
		{"a field of a list written in the expression", "containers.all",
			`[container, pod].all(level, !level.?securityContext.?privileged.orValue(false))`,
			[]string{"spec.containers[0].securityContext.privileged:25"}},
		{"a name for a value", "pod", `[pod.?hostNetwork.orValue(false)].all(host, host ? pod.?dnsPolicy.orValue('') == 'None' : true)`,
			[]string{"spec.dnsPolicy:7"}},
		{"not the kind", "workload", `object.kind != 'Pod' || object.metadata.name != 'shop'`, []string{"metadata.name:4"}},
		{"has", "pod", `has(pod.priorityClassName)`, []string{"spec.priorityClassName:7"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range judge(t, made(test.scope, test.cel, `"wrong"`), pod, Options{}).Findings {
				got = append(got, f.Location.Path+":"+itoa(f.Location.Line))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.cel, diff)
			}
		})
	}
}

func TestEvidenceLeadsToTheGuiltyLine(t *testing.T) {
	c := made("containers.all", `!container.?securityContext.?privileged.orValue(false)`, `"wrong"`)
	f := judge(t, c, pod, Options{Mask: strings.ToUpper}).Findings[0]
	want := []assessment.Line{
		{Number: 7, Text: "SPEC:"}, {Number: 16, Text: "  CONTAINERS:"}, {Number: 17, Text: "    - NAME: APP"},
		{Number: 24, Text: "      SECURITYCONTEXT:"}, {Number: 25, Text: "        PRIVILEGED: ON", Guilty: true},
	}
	if diff := cmp.Diff(want, f.Evidence.Lines); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	c.Sensitive = true
	lines := judge(t, c, pod, Options{}).Findings[0].Evidence.Lines
	if got := lines[len(lines)-1].Text; got != "        privileged: [hidden]" {
		t.Errorf("sensitive control shows %q", got)
	}
}

func TestErrorsAreNeverAPass(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a string where a map is expected", "kind: Pod\nspec:\n  containers:\n    - name: a\n      securityContext: none\n",
			"cannot judge: spec.containers[0].securityContext is a string: check that its type is what Kubernetes expects (there is no field: privileged)"},
		{"a string where a boolean is expected", "kind: Pod\nspec:\n  containers:\n    - name: a\n      securityContext: {privileged: \"true\"}\n",
			"cannot judge: spec.containers[0].securityContext.privileged is a string: check that its type is what Kubernetes expects (a value has a type that the check does not know)"},
	}
	c := made("containers.all", `!container.?securityContext.?privileged.orValue(false)`, `"wrong"`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result := judge(t, c, test.text, Options{})
			if len(result.Findings) != 1 || result.Findings[0].Outcome != assessment.Error {
				t.Fatalf("got %+v, want one error", result.Findings)
			}
			if got := result.Findings[0].Message; got != test.want {
				t.Errorf("message\n got %s\nwant %s", got, test.want)
			}
			if got := result.Controls[0].Outcomes; got != (assessment.Counts{Error: 1}) {
				t.Errorf("counts %+v", got)
			}
		})
	}
}
