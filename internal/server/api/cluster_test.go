package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/store"
)

// asked is one cluster in memory.
type asked struct{ seen *ask.Seen }

func (a asked) Ask(_ context.Context, source, scan string) (*ask.Seen, store.ScanRow, error) {
	if source != "main/production/prod" || scan != "" && scan != "s-1" {
		return nil, store.ScanRow{}, fmt.Errorf("no such cluster: %w", fs.ErrNotExist)
	}
	return a.seen, store.ScanRow{ID: "s-1", Made: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}, nil
}

const small = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: everything}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}, subjects: [{kind: User, name: kim, apiGroup: rbac.authorization.k8s.io}]}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}, policyTypes: [Ingress]}}
`

// TestClusters asks who may do what, and what can talk to what.
func TestClusters(t *testing.T) {
	documents, problems := document.Read([]byte(small), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	inv := &inventory.Inventory{Gaps: []inventory.Gap{{Kind: "Role", Reason: "no right to list roles"}}}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, &inventory.Source{File: "x.yaml"}, d.EndLine, "", nil))
	}
	d := newDesk(t)
	d.clusters.Clusters = asked{ask.Of(inv)}
	const at = "/clusters/main/production/prod"
	for _, one := range []struct {
		path   string
		status int
		wants  []string
	}{
		{at + "/rbac/subjects", 200, []string{`"scan":"s-1"`, `"unseen":["Role not seen: no right to list roles"]`, `"name":"kim"`, `"admin":"cluster"`, `"dangers":[{"goal":"admin","steps":1,"direct":true,"perhaps":false}`}},
		{at + "/rbac/subjects?scan=s-1&all=true", 200, []string{`"leftOut":0`}},
		{at + "/rbac/subjects?scan=s-2", 404, []string{"no such cluster"}},
		{"/clusters/main/production/other/rbac/subjects", 404, []string{"no such cluster"}},
		{at + "/rbac/who-can?verb=get&resource=secrets", 200, []string{`"resource":"secrets"`, `"name":"kim"`, `"kind":"ClusterRoleBinding"`, `"notes":[`}},
		{at + "/rbac/who-can?verb=get&resource=gizmos", 422, []string{`resource \"gizmos\" is unknown`}},
		{at + "/rbac/who-can?verb=get", 422, []string{"required"}},
		{at + "/network/matrix", 200, []string{`"groups":[{"name":"shop/web"`, `{"from":"shop/web","to":"internet","answer":"allowed"}`, `"state":"unknown"`}},
		{at + "/network/matrix?namespace=nothing", 200, []string{`"groups":[{"name":"internet"}]`, `"flows":[]`}},
	} {
		_, text := d.want(one.status, "vera", "GET", one.path, "")
		for _, want := range one.wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s: %s", one.path, want, text)
			}
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON", one.path)
		}
	}
	d.want(401, "", "GET", at+"/rbac/subjects", "")
	d.want(403, d.token("vera", ScopeScan), "GET", at+"/network/matrix", "")
}
