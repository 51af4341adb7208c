package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Problem is something in a policy that the API server does not take.
type Problem struct {
	Node    *document.Node
	Message string
}

// apiVersion is the only one that the API server reads since Kubernetes 1.24.
const apiVersion = "audit.k8s.io/v1"

// Problems are what makes the API server refuse a policy, and so not start; none if it takes it.
// (k8s.io/apiserver/pkg/apis/audit/validation)
func Problems(root *document.Node) []Problem {
	c := &checking{}
	if version := root.Get("apiVersion"); version.Text() != apiVersion {
		c.add(version, "apiVersion %s is not read since Kubernetes 1.24: write %s", version.Text(), apiVersion)
		return c.problems
	}
	c.stages(root, "")
	c.typed(root, "omitManagedFields", document.Bool, "")
	rules := root.Get("rules")
	switch {
	case rules.Len() == 0 && (rules == nil || rules.Kind == document.List):
		if rules == nil {
			rules = root
		}
		c.add(rules, "policy has no rules")
	case rules.Kind != document.List:
		c.add(rules, "rules is %s, not a list", rules.Kind.Named())
	}
	for i, rule := range rules.Children() {
		if rules.Kind == document.List {
			c.rule(rule, fmt.Sprintf("rule %d", i+1))
		}
	}
	return c.problems
}

type checking struct{ problems []Problem }

func (c *checking) add(node *document.Node, format string, args ...any) {
	c.problems = append(c.problems, Problem{node, fmt.Sprintf(format, args...)})
}

func (c *checking) rule(rule *document.Node, where string) {
	if rule.Kind != document.Map {
		c.add(rule, "%s is %s, not a map", where, rule.Kind.Named())
		return
	}
	before := len(c.problems)
	of := " of " + where
	c.typed(rule, "level", document.String, of)
	c.typed(rule, "omitManagedFields", document.Bool, of)
	for _, field := range []string{"users", "userGroups", "verbs", "namespaces", "nonResourceURLs"} {
		c.listed(rule, field, document.String, of)
	}
	c.stages(rule, of)
	c.resources(rule, where)
	if len(c.problems) > before {
		return
	}
	c.level(rule, where)
	c.urls(rule, where)
}

func (c *checking) level(rule *document.Node, where string) {
	level := rule.Get("level")
	if _, known := LevelNamed(level.Text()); level.Text() == "" {
		c.add(rule, "%s has no level", where)
	} else if !known {
		c.add(level, "%s has the level %q: it must be None, Metadata, Request or RequestResponse", where, level.Text())
	}
}

func (c *checking) urls(rule *document.Node, where string) {
	urls := rule.Get("nonResourceURLs")
	for _, url := range urls.Children() {
		text := url.Text()
		if text == "*" {
			continue
		}
		if !strings.HasPrefix(text, "/") {
			c.add(url, "URL %q of %s does not begin with /", text, where)
		}
		if star := strings.IndexByte(text, '*'); star >= 0 && star < len(text)-1 {
			c.add(url, "URL %q of %s has a * that is not at its end", text, where)
		}
	}
	if urls.Len() > 0 && rule.Get("resources").Len()+rule.Get("namespaces").Len() > 0 {
		c.add(urls, "%s names URLs and resources or namespaces: make two rules of it", where)
	}
}

// groupName is a DNS subdomain (RFC 1123), as names of API groups are.
var groupName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

func (c *checking) resources(rule *document.Node, where string) {
	if !c.listed(rule, "resources", document.Map, " of "+where) {
		return
	}
	for _, entry := range rule.Get("resources").Children() {
		group := entry.Get("group")
		if text := group.Text(); text != "" && text != "*" && (len(text) > 253 || !groupName.MatchString(text)) {
			c.add(group, "%q in %s is no API group: write the group without a version", text, where)
		}
		resources := c.listed(entry, "resources", document.String, " of "+where)
		if names := c.listed(entry, "resourceNames", document.String, " of "+where); names && resources &&
			entry.Get("resourceNames").Len() > 0 && entry.Get("resources").Len() == 0 {
			c.add(entry.Get("resourceNames"), "%s has resourceNames without resources", where)
		}
	}
}

func (c *checking) stages(parent *document.Node, of string) {
	if !c.listed(parent, "omitStages", document.String, of) {
		return
	}
	for _, stage := range parent.Get("omitStages").Children() {
		if !slices.Contains(Stages, stage.Text()) {
			c.add(stage, "omitStages%s names %q, which is no stage", of, stage.Text())
		}
	}
}

func (c *checking) typed(parent *document.Node, field string, kind document.Kind, of string) {
	if value := parent.Get(field); value != nil && value.Kind != kind {
		want := kind.Named()
		if kind == document.Bool {
			want = "true or false"
		}
		c.add(value, "%s%s is %s, not %s", field, of, value.Kind.Named(), want)
	}
}

// listed checks that a field is a list of values of one kind; nulls in it count as empty.
func (c *checking) listed(parent *document.Node, field string, kind document.Kind, of string) bool {
	value := parent.Get(field)
	if value == nil {
		return true
	}
	if value.Kind != document.List {
		c.add(value, "%s%s is %s, not a list", field, of, value.Kind.Named())
		return false
	}
	for _, element := range value.Children() {
		if element.Kind != kind && element.Kind != document.Null {
			c.add(element, "%s%s holds %s, not only %ss", field, of, element.Kind.Named(), kind)
			return false
		}
	}
	return true
}

// The fields that policies have, and those of a rule and of an entry of its resources.
var (
	policyFields = []string{"apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"}
	ruleFields   = []string{"level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages", "omitManagedFields"}
	groupFields  = []string{"group", "resources", "resourceNames"}
)

// Dropped are the fields that the API server does not know: it warns in its log and reads on
// without them, so that a rule whose restriction is misspelt catches everything.
func Dropped(root *document.Node) []Problem {
	c := &checking{}
	c.fields(root, policyFields, "", "")
	for i, rule := range root.Get("rules").Children() {
		of := fmt.Sprintf(" of rule %d", i+1)
		c.fields(rule, ruleFields, of, " and the rule catches more")
		for _, entry := range rule.Get("resources").Children() {
			c.fields(entry, groupFields, of, " and the rule catches more")
		}
	}
	return c.problems
}

func (c *checking) fields(parent *document.Node, known []string, of, effect string) {
	if parent.Kind != document.Map {
		return
	}
	for _, value := range parent.Children() {
		if !slices.Contains(known, value.Key()) {
			c.add(value, "field %q%s is unknown, so the API server drops it%s", value.Key(), of, effect)
		}
	}
}
