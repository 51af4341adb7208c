package ask

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// WhoCan tells who may do something.
type WhoCan struct {
	Schema   string   `json:"schema"`
	Question Question `json:"question"`
	Answers  []Access `json:"answers"`
	Notes    []string `json:"notes"`
	Gaps     []Gap    `json:"incomplete"`
}

// Question is what was asked, as it was understood.
type Question struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	Path        string `json:"path,omitempty"`
	Name        string `json:"name,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	text        string
}

// String says what is asked: "get secrets in namespace shop".
func (q Question) String() string { return q.text }

// Access is one way in which one subject may do it.
type Access struct {
	Subject Subject `json:"subject"`
	// Namespace is where the right holds; "" is the whole cluster.
	Namespace string `json:"namespace"`
	Role      Object `json:"role"`
	Binding   Object `json:"binding"`
}

// WhoCan tells who may do something with a resource, written as for kubectl, or a path. Without a
// namespace every namespace is asked, without a name all objects. The error says what is unknown.
func (s *Seen) WhoCan(verb, what, namespace, name string) (*WhoCan, error) {
	model := rbac.Of(s.Index)
	asked, err := model.ParseAsked(s.Index, what)
	if err != nil {
		return nil, err
	}
	request := asked.Request(verb, namespace, name)
	a := &WhoCan{Schema: "kubeproof.dev/rbac-who-can/v1", Answers: []Access{}, Gaps: s.GapsOf(RightsKinds...), Question: Question{
		Verb: verb, Group: request.Group, Resource: request.Resource, Subresource: request.Sub, Path: request.Path,
		Name: request.Name, Namespace: request.Namespace, text: request.String()}}
	ways := model.WhoCan
	if request.Namespace == "" && request.Path == "" && !asked.ClusterScoped {
		ways = model.WhoCanAnywhere
	}
	for _, way := range ways(request) {
		a.Answers = append(a.Answers, Access{Subject: describe(way.Holder.Subject), Namespace: way.Grant.Namespace,
			Role: roleOf(model, way.Grant), Binding: bindingOf(model, way.Grant, way.Holder.Node)})
	}
	a.Notes = whoCanNotes(model, request)
	return a, nil
}

func whoCanNotes(model *rbac.Model, request rbac.Request) []string {
	notes := []string{"members of the group system:masters can do everything, without any binding"}
	if names := model.Named(request); len(names) > 0 {
		notes = append(notes, "some can do it with single objects only, if the name is asked for: "+strings.Join(names[:min(len(names), 10)], ", "))
	}
	for _, g := range model.Grants {
		binding := bindingOf(model, g, nil).String()
		switch {
		case g.Refused != "":
			notes = append(notes, binding+" gives nothing, the API server refuses it: "+g.Refused)
		case g.Role == nil:
			notes = append(notes, binding+" gives nothing, its "+g.RoleKind+" "+g.RoleName+" was not seen")
		}
	}
	return notes
}
