package access

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// applicationOf names the application of somebody else that an object belongs to: a Helm release,
// an operator's bundle, or an add-on that is known by its names; "" if it bears no such mark.
func applicationOf(model *rbac.Model, object *inventory.Subject) string {
	labels := object.Labels()
	packaged := labels.Get("helm.sh/chart") != nil || labels.Get("olm.owner") != nil || labels.Get("heritage").Text() == "Helm" ||
		strings.EqualFold(labels.Get("app.kubernetes.io/managed-by").Text(), "helm") || object.Annotation("meta.helm.sh/release-name") != ""
	if !packaged {
		if origin := model.Origin(object); origin.Maker == rbac.ThirdParty {
			return origin.Note[strings.LastIndex(origin.Note, " of ")+len(" of "):]
		}
		return ""
	}
	if chart := labels.Get("helm.sh/chart").Text(); chart != "" {
		return chartVersion.ReplaceAllString(chart, "")
	}
	for _, label := range []string{"olm.owner", "app.kubernetes.io/part-of", "app.kubernetes.io/name", "app", "app.kubernetes.io/instance", "release"} {
		if name := labels.Get(label).Text(); name != "" {
			return name
		}
	}
	return cmp.Or(object.Annotation("meta.helm.sh/release-name"), object.Name)
}

// chartVersion is the end of the label helm.sh/chart.
var chartVersion = regexp.MustCompile(`-v?[0-9]+\..*$`)

// application is what one packaged application asks for.
type application struct {
	name    string
	first   *inventory.Subject // the first role or binding of it
	excess  []string
	subject *inventory.Subject // the first object with excess
	node    *document.Node
}

// Excess judges every packaged application (a Helm release, an operator's bundle) as a whole: it
// fails if its roles hold wildcards in groups of Kubernetes, or its bindings make it cluster-admin or give it one of the
// parameter "rights" in the whole cluster. One finding sums up all that the application asks for.
func Excess(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	s, err := newSearch(in, model)
	if err != nil {
		return wrongParameter(model, err)
	}
	all := applications(in, s)
	var verdicts []assessment.Verdict
	for _, app := range all {
		if len(app.excess) == 0 {
			verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Pass, Subject: app.first})
			continue
		}
		verdict := assessment.Failed(fmt.Sprintf("application %q asks for %s", app.name, shortList(app.excess, "; ", "; ")), app.node)
		verdict.Subject = app.subject
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

func applications(in assessment.Input, s *search) []*application {
	var all []*application
	of := func(object *inventory.Subject) *application {
		name := applicationOf(s.model, object)
		if name == "" || shipped(s.model, object) || fitsAny(in.Values.Strings("allowed"), name) {
			return nil
		}
		i := slices.IndexFunc(all, func(app *application) bool { return strings.EqualFold(app.name, name) })
		if i < 0 {
			i = len(all)
			all = append(all, &application{name: name, first: object})
		}
		return all[i]
	}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, object := range in.Index.Kind(kind) {
			if role := s.model.RoleOf(object); role != nil {
				if app := of(object); app != nil {
					app.addStars(role)
				}
			}
		}
	}
	for _, g := range s.model.Grants {
		if app := of(g.Binding); app != nil {
			app.addGrant(s, g)
		}
	}
	return all
}

func (app *application) add(object *inventory.Subject, node *document.Node, what string) {
	if app.subject == nil {
		app.subject, app.node = object, node
	}
	if !slices.Contains(app.excess, what) {
		app.excess = append(app.excess, what)
	}
}

func (app *application) addStars(role *rbac.Role) {
	if role.Object.Root.Get("aggregationRule") != nil {
		return
	}
	for i := range role.Rules {
		if stars := starsOf(&role.Rules[i]); stars != "" && !isOfExtensions(&role.Rules[i]) {
			app.add(role.Object, role.Rules[i].Node, stars)
		}
	}
}

// isOfExtensions reports whether a rule is about groups of custom resources only: mostly those that
// the application brings itself.
func isOfExtensions(rule *rbac.Rule) bool {
	return len(rule.APIGroups) > 0 && !slices.ContainsFunc(rule.APIGroups, func(group string) bool {
		return group == "*" || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".x-k8s.io")
	})
}

func (app *application) addGrant(s *search, g *rbac.Grant) {
	switch {
	case g.RoleKind == "ClusterRole" && slices.Contains(userFacing, g.RoleName) && g.RoleName != "view":
		app.add(g.Binding, g.Binding.Root.Get("roleRef"), roleOf(g)+place(g))
	case g.Role != nil && g.Namespace == "" && !isTotalGrant(g):
		if who, what := s.offenders(g); len(who) > 0 {
			app.add(g.Binding, guilty(g, who), "the right to "+deeds(what)+place(g))
		}
	}
}
