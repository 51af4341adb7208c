// Package audit judges audit policies by the requests that they would log: a policy is a list of
// rules of which the first that matches a request decides, so that only trying requests tells what
// it logs. Begin with Policy.Evaluate; Found gives the policies of an inventory.
package audit

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Level says how much of a request is logged.
type Level int

// The levels, least first.
const (
	None Level = iota
	Metadata
	Request
	RequestResponse
)

// Levels are the names of the levels, least first.
var Levels = []string{"None", "Metadata", "Request", "RequestResponse"}

// String is the name that policies use.
func (l Level) String() string { return Levels[l] }

// LevelNamed gives the level of that name; false if there is none.
func LevelNamed(name string) (Level, bool) {
	at := slices.Index(Levels, name)
	return Level(max(at, 0)), at >= 0
}

// Stages are the moments of a request at which it can be logged, in their order.
var Stages = []string{"RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"}

// Policy is an audit policy of audit.k8s.io/v1.
type Policy struct {
	Rules             []Rule
	OmitStages        []string
	OmitManagedFields bool
	Node              *document.Node
}

// Rule is one rule of a policy. What is empty does not restrict it.
type Rule struct {
	Level             Level
	Users, UserGroups []string
	Verbs             []string
	Resources         []GroupResources
	Namespaces        []string // "" is that of cluster-scoped objects
	NonResourceURLs   []string
	OmitStages        []string
	OmitManagedFields *bool // nil: as the policy says
	Node              *document.Node
	Number            int // in the policy, from 1
}

// GroupResources are resources of one API group: "" is the core group, "*" any.
type GroupResources struct {
	Group                    string
	Resources, ResourceNames []string
	Node                     *document.Node
}

// Event is one request, as the audit backend sees it.
type Event struct {
	User      string // "" where authentication failed
	Groups    []string
	Verb      string
	Path      string // of what is no resource, as /healthz; "" for resources
	Namespace string // "" for cluster-scoped objects and for all namespaces at once
	Group     string // of the API
	Resource  string // plural, "pods"
	Sub       string // subresource, "exec"
	Name      string
}

// Decision is what a policy does with a request.
type Decision struct {
	Level Level
	// Rule is the one that matched first; nil if none did.
	Rule              *Rule
	OmitStages        []string // in the order of Stages
	OmitManagedFields bool
}

// NewPolicy reads a policy from its document. What the API server would refuse in it is told by
// Problems; here it counts as absent.
func NewPolicy(root *document.Node) *Policy {
	p := &Policy{Node: root, OmitStages: texts(root.Get("omitStages")), OmitManagedFields: root.Get("omitManagedFields").Bool()}
	for i, node := range root.Get("rules").Children() {
		level, _ := LevelNamed(node.Get("level").Text())
		rule := Rule{Node: node, Number: i + 1, Level: level,
			Users: texts(node.Get("users")), UserGroups: texts(node.Get("userGroups")), Verbs: texts(node.Get("verbs")),
			Namespaces: texts(node.Get("namespaces")), NonResourceURLs: texts(node.Get("nonResourceURLs")),
			OmitStages: texts(node.Get("omitStages"))}
		if omit := node.Get("omitManagedFields"); omit != nil {
			value := omit.Bool()
			rule.OmitManagedFields = &value
		}
		for _, group := range node.Get("resources").Children() {
			rule.Resources = append(rule.Resources, GroupResources{Node: group, Group: group.Get("group").Text(),
				Resources: texts(group.Get("resources")), ResourceNames: texts(group.Get("resourceNames"))})
		}
		p.Rules = append(p.Rules, rule)
	}
	return p
}

func texts(list *document.Node) []string {
	var all []string
	for _, element := range list.Children() {
		all = append(all, element.Text())
	}
	return all
}
