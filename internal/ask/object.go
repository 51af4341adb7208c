package ask

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Object is a role, a binding, a policy or a workload in answers, with its place.
type Object struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Origin is whose work it is, as rbac.Maker has it; "" where that is not asked. Note says more.
	Origin  string `json:"origin,omitempty"`
	Note    string `json:"note,omitempty"`
	Cluster string `json:"cluster,omitempty"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
}

// String names the object: "ClusterRole edit", "Role shop/own".
func (o Object) String() string {
	if o.Namespace != "" {
		return o.Kind + " " + o.Namespace + "/" + o.Name
	}
	return o.Kind + " " + o.Name
}

// Place is where the object stands, for people: "deploy/rbac.yaml:12"; "" in a cluster.
func (o Object) Place() string {
	switch {
	case o.File == "":
		return ""
	case o.Line == 0:
		return o.File
	}
	return fmt.Sprintf("%s:%d", o.File, o.Line)
}

// Foreign reports whether the object came with Kubernetes or the platform.
func (o Object) Foreign() bool { return rbac.Origin{Maker: rbac.Maker(o.Origin)}.Foreign() }

// locate sets the place of a value of an object: in the file that people edit.
func (o *Object) locate(object *inventory.Subject, at *document.Node) {
	if o.Cluster = object.Source.Cluster; o.Cluster != "" || at == nil {
		return
	}
	o.File, o.Line = object.Source.File, int(at.Line)
	if object.Source.Origin != nil {
		template, _ := object.Source.Origin.Locate(o.Line, at.Path())
		o.File, o.Line = template.File, template.Line
	}
}

func objectOf(s *inventory.Subject) Object {
	o := Object{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
	o.locate(s, s.Root)
	return o
}

func bindingOf(m *rbac.Model, g *rbac.Grant, at *document.Node) Object {
	origin := m.Origin(g.Binding)
	o := Object{Kind: g.Binding.Kind, Namespace: g.Binding.Namespace, Name: g.Binding.Name, Origin: string(origin.Maker), Note: origin.Note}
	o.locate(g.Binding, at)
	return o
}

func roleOf(m *rbac.Model, g *rbac.Grant) Object {
	o := Object{Kind: g.RoleKind, Name: g.RoleName}
	if g.RoleKind == "Role" {
		o.Namespace = g.Namespace
	}
	if g.Role == nil {
		o.Note = "not seen"
		return o
	}
	o.describe(m, g.Role)
	return o
}

// describe tells whose work a role is, and where it stands.
func (o *Object) describe(m *rbac.Model, role *rbac.Role) {
	if role.Default {
		o.Origin, o.Note = string(rbac.BuiltIn), role.Object.Source.Target
		return
	}
	origin := m.Origin(role.Object)
	o.Origin, o.Note = string(origin.Maker), origin.Note
	o.locate(role.Object, role.Object.Root)
}

// Scope says where rights hold: "cluster", "namespace shop".
func Scope(namespace string) string {
	if namespace == "" {
		return "cluster"
	}
	return "namespace " + namespace
}
