package running

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func hash(digit string) string { return "sha256:" + strings.Repeat(digit, 64) }

// subjectsOf reads objects in which AAAA and the like stand for digests.
func subjectsOf(t *testing.T, text string) []*inventory.Subject {
	t.Helper()
	text = strings.NewReplacer("AAAA", hash("a"), "BBBB", hash("b"), "CCCC", hash("c"), "DDDD", hash("d"), "EEEE", hash("e")).Replace(text)
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, &inventory.Source{}, 0, "", nil))
	}
	inventory.ResolveOwners(subjects)
	return subjects
}

// inputOf judges the first container of the first subject.
func inputOf(t *testing.T, text string, values control.Values) assessment.Input {
	t.Helper()
	subjects := subjectsOf(t, text)
	c := subjects[0].Pod.Containers()[0]
	inv := &inventory.Inventory{Subjects: subjects}
	return assessment.Input{Inventory: inv, Index: inventory.NewIndex(subjects), Subject: subjects[0], Element: c.Node, Container: c, Values: values}
}

func told(verdicts []assessment.Verdict) string {
	var all []string
	for _, v := range verdicts {
		all = append(all, strings.TrimSpace(string(v.Outcome)+" "+v.Message))
	}
	return strings.Join(all, "; ")
}

// images are facts of every kind that the tests below choose from.
const images = `
---
{kind: ContainerImage, metadata: {name: amd}, from: registry, platform: linux/amd64, index: "AAAA", digest: "BBBB", configDigest: "b", reference: {registry: r.example, repository: app, tag: "1"}}
---
{kind: ContainerImage, metadata: {name: arm}, from: registry, platform: linux/arm64, index: "AAAA", digest: "CCCC", configDigest: "c", reference: {registry: r.example, repository: app, tag: "1"}}
---
{kind: ContainerImage, metadata: {name: old}, from: registry, platform: linux/amd64, digest: "DDDD", configDigest: "EEEE", reference: {registry: r.example, repository: app}}
---
{kind: ContainerImage, metadata: {name: file.tar}, from: docker-archive, references: ["saved:1"], configDigest: "f"}
---
{kind: ContainerImage, metadata: {name: nginx}}
`

func TestUse(t *testing.T) {
	live := func(spec, digest string) string {
		return "{kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: '" + spec + "'}]}, status: {containerStatuses: [{name: c, imageID: '" + digest + "'}]}}"
	}
	pod := func(spec string) string { return "{kind: Pod, metadata: {name: p}, spec: " + spec + "}" }
	for name, test := range map[string]struct{ objects, want string }{
		"tag":                     {pod("{containers: [{name: c, image: 'r.example/app:1'}]}"), "amd arm"},
		"tag of a platform":       {pod("{nodeSelector: {kubernetes.io/arch: arm64}, containers: [{name: c, image: 'r.example/app:1'}]}"), "arm"},
		"tag of another platform": {pod("{nodeSelector: {kubernetes.io/arch: s390x}, containers: [{name: c, image: 'r.example/app:1'}]}"), "amd arm"},
		"tag of another system":   {pod("{os: {name: windows}, containers: [{name: c, image: 'r.example/app:1'}]}"), "amd arm"},
		"another tag":             {pod("{containers: [{name: c, image: 'r.example/app:2'}]}"), "image r.example/app:2 was not read: add image:r.example/app:2, or --images"},
		"digest of the index":     {pod("{containers: [{name: c, image: 'r.example/app:9@AAAA'}]}"), "amd arm"},
		"digest of one":           {pod("{containers: [{name: c, image: 'r.example/app@CCCC'}]}"), "arm"},
		"short name":              {pod("{containers: [{name: c, image: docker.io/library/nginx}]}"), "nginx"},
		"archive":                 {pod("{containers: [{name: c, image: 'saved:1'}]}"), "file.tar"},
		"placeholder":             {pod("{containers: [{name: c, image: '{{ .image }}'}]}"), "the image is a placeholder, or no valid reference"},
		"no image":                {pod("{containers: [{name: c}]}"), "the container names no image"},

		"live is the tag":               {live("r.example/app:1", "r.example/app@AAAA"), "amd arm"},
		"live is one of it":             {live("r.example/app:1", "docker-pullable://r.example/app@BBBB"), "amd"},
		"live is another that was read": {live("r.example/app:1", "r.example/app@DDDD"), "old"},
		"live is a configuration":       {live("r.example/app:1", "EEEE"), "old"},
		"live may be another platform":  {live("r.example/app:1", "r.example/app@"+hash("9")), "amd arm"},
		"live is no digest":             {live("r.example/app:1", "app"), "amd arm"},
		"digest wins over nothing":      {live("r.example/app@DDDD", ""), "old"},
		"of an archive nobody knows":    {live("saved:1", hash("9")), "file.tar"},
		"live of an index on its node": {strings.Replace(live("r.example/app:1", "r.example/app@AAAA"), "spec: {", "spec: {nodeName: n, ", 1) +
			"\n---\n{kind: Node, metadata: {name: n}, status: {nodeInfo: {architecture: arm64}}}", "arm"},
		"moved for sure": {strings.Replace(live("r.example/app:1", "r.example/app@"+hash("9")), "spec: {", "spec: {nodeName: n, ", 1) +
			"\n---\n{kind: Node, metadata: {name: n}, status: {nodeInfo: {architecture: arm64}}}",
			"the image that runs was not read, since r.example/app:1 now names another one: container-image-moved tells it"},
	} {
		t.Run(name, func(t *testing.T) {
			u, skip := useOf(inputOf(t, test.objects+images, nil))
			got := strings.TrimPrefix(told(skip), "notapplicable ")
			if skip == nil {
				var names []string
				for _, s := range u.facts {
					names = append(names, s.Name)
				}
				got = strings.Join(names, " ")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLivePodsOfAWorkload asks which pods tell what a Deployment runs.
func TestLivePodsOfAWorkload(t *testing.T) {
	const workload = `{kind: ReplicaSet, metadata: {name: w}, spec: {template: {spec: {containers: [{name: c, image: "r.example/app:1"}]}}}}`
	for name, test := range map[string]struct{ pod, want string }{
		"its own":               {`{spec: {containers: [{name: c, image: "r.example/app:1"}]}}`, hash("a")},
		"resolved by admission": {`{spec: {containers: [{name: c, image: "r.example/app@AAAA"}]}}`, hash("a")},
		"resolved with its tag": {`{spec: {containers: [{name: c, image: "r.example/app:1@AAAA"}]}}`, hash("a")},
		"of another tag":        {`{spec: {containers: [{name: c, image: "r.example/app:0@AAAA"}]}}`, ""},
		"of a template before":  {`{spec: {containers: [{name: c, image: "r.example/app:0"}]}}`, ""},
		"of another repository": {`{spec: {containers: [{name: c, image: "r.example/other@AAAA"}]}}`, ""},
	} {
		pod := strings.Replace(test.pod, "{spec:", `{kind: Pod, metadata: {name: p, ownerReferences: [{kind: ReplicaSet, name: w, controller: true}]}, status: {containerStatuses: [{name: c, imageID: "AAAA"}, {name: c, imageID: "AAAA"}, 5]}, spec:`, 1)
		u, _ := useOf(inputOf(t, workload+"\n---\n"+pod+images, nil))
		var got []string
		for _, l := range u.live {
			got = append(got, l.digest)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestNothingReadIsNoPass(t *testing.T) {
	for name, check := range Checks {
		got := told(check(inputOf(t, "{kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: x}]}}", nil)))
		if want := "notapplicable image x was not read: add image:x, or --images"; got != want {
			t.Errorf("%s without any image: %q, want %q", name, got, want)
		}
	}
}

func TestSeveralFactsAreToldApart(t *testing.T) {
	const pod = "{kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: 'app:1'}]}}\n---\n"
	fact := func(platform, digest, user string) string {
		return "{kind: ContainerImage, metadata: {name: 'app:1'}, platform: " + platform + ", digest: '" + digest + "', config: {user: '" + user + "'}}\n---\n"
	}
	for want, facts := range map[string]string{
		`fail container "c" runs as root: USER is "0" in image "app:1"`:                            fact("linux/amd64", "AAAA", "0") + fact("linux/arm64", "BBBB", "0"),
		`fail container "c" runs as root: USER is "0" in image "app:1" (linux/arm64)`:              fact("linux/amd64", "AAAA", "5") + fact("linux/arm64", "BBBB", "0"),
		`fail container "c" runs as root: USER is "0" in image "app:1" (` + short(hash("a")) + `)`: fact("linux/amd64", "AAAA", "0") + fact("linux/amd64", "BBBB", "5"),
		`pass USER is "5" in image "app:1"`:                                                        fact("windows/amd64", "AAAA", "") + fact("linux/amd64", "BBBB", "5"),
	} {
		if got := told(Checks["running.Root"](inputOf(t, pod+facts, nil))); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestScannedKnowsTime(t *testing.T) {
	values := control.Values{"days": 10, "coverage": 50}
	const pod = "{kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: 'app:1'}]}}\n---\n"
	for fact, want := range map[string]string{
		"scan: {observed: '2026-11-30T00:00:00Z', newest: '2026-11-25T00:00:00Z'}": "pass image \"app:1\" was scanned with what was known 5 days ago",
		"scan: {observed: '2026-11-30T00:00:00Z', newest: '2026-12-25T00:00:00Z'}": "pass image \"app:1\" was scanned with what was known 0 days ago",
		"scan: {newest: '2026-11-25T00:00:00Z'}":                                   `unknown container "c": how long ago image "app:1" was scanned is not known`,
		"scan: {judged: 5}":                                                        `unknown container "c": when image "app:1" was scanned is not known`,
		"observed: '2026-11-30T00:00:00Z', scan: {judged: 1, unparsed: {npm: 9}}, attestations: [{kind: vulnerabilities, state: verified, scannedAt: '2026-11-29T00:00:00Z'}]": `pass image "app:1" was scanned with what was known 1 days ago`,
	} {
		if got := told(Checks["running.Scanned"](inputOf(t, pod+"{kind: ContainerImage, metadata: {name: 'app:1'}, "+fact+"}", values))); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", fact, got, want)
		}
	}
}

// TestHostileFacts gives every check facts and containers of wrong types: none may stop, and none may
// pass where nothing was seen.
func TestHostileFacts(t *testing.T) {
	const pod = "{kind: Pod, metadata: {name: p}, spec: {nodeName: [], nodeSelector: 5, securityContext: [], containers: [{name: c, image: 'app:1', command: {a: b}, ports: [5, {containerPort: x}], " +
		"env: text, volumeMounts: [5], securityContext: {readOnlyRootFilesystem: true, runAsNonRoot: [a]}, livenessProbe: {exec: {command: [[], sh]}}}]}, status: {containerStatuses: [5, {name: c, imageID: []}]}}\n---\n"
	for _, fact := range []string{"a: b", "config: 5, scan: text, signed: [], packages: x, vulnerabilities: {a: b}, files: x, shells: 5, tools: [5]",
		"config: {user: [], ports: [[], 99999, a-b, '5-1'], volumes: [[], {}], env: [5], entrypoint: 5}, scan: {observed: x, judged: -1, unmatched: {a: -5, b: 9e99}, ecosystems: [5]}, " +
			"signed: {state: []}, attestations: [5, {kind: []}], vulnerabilities: [5, {id: []}], drops: [[]], platform: []"} {
		for name, check := range Checks {
			values := control.Values{"days": 1, "coverage": 50, "severities": []string{"high"}, "ports": map[string]string{"x": "y"}}
			for _, v := range check(inputOf(t, pod+"{kind: ContainerImage, metadata: {name: 'app:1'}, "+fact+"}", values)) {
				if v.Outcome == "" || v.Outcome == assessment.Pass {
					t.Errorf("%s on %q gives %+v", name, fact, v)
				}
			}
		}
	}
}

func TestShort(t *testing.T) {
	got := []string{short(hash("a")), short("sha256:ab"), short("")}
	if diff := cmp.Diff([]string{"sha256:aaaaaaaaaaaa", "sha256:ab", ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
