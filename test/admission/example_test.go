package admission

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

// asked is one control with one set of parameters, and the examples that use them.
type asked struct {
	control  *control.Control
	set      map[string]any // as a user sets them
	values   control.Values
	user     string // whom only its policy concerns, besides the group
	group    string // whom this and other policies concern
	examples []*example
}

// example is one text of a control's file: its objects as kubectl reads them.
type example struct {
	name    string // control, list and number
	text    string
	objects []object
	// namespaces are the objects that the others live in.
	namespaces []object
}

// userOf names who asks by a control as it is (ID.0) or with parameters (ID.1 and on).
func userOf(id, set string, number int) string {
	if set == "" {
		return id + ".0"
	}
	return fmt.Sprintf("%s.%d", id, number+1)
}

// askedOf groups the examples of a control by the parameters that they set.
func askedOf(c *control.Control) ([]*asked, error) {
	var all []*asked
	bySet := map[string]*asked{}
	for _, list := range []struct {
		name  string
		texts []string
	}{{"good", c.Examples.Good}, {"bad", c.Examples.Bad}} {
		for i, text := range list.texts {
			first, _, _ := strings.Cut(text, "\n")
			given, _ := strings.CutPrefix(first, "# with: ")
			if given == first {
				given = ""
			}
			a := bySet[given]
			if a == nil {
				a = &asked{control: c, set: map[string]any{}, user: userOf(c.ID, given, len(all))}
				if err := yaml.Unmarshal([]byte(given), &a.set); err != nil {
					return nil, err
				}
				var err error
				if a.values, err = c.Values(a.set); err != nil {
					return nil, err
				}
				bySet[given], all = a, append(all, a)
			}
			objects, err := apiserver.Objects([]byte(text))
			if err != nil {
				return nil, fmt.Errorf("%s, %s example %d: %w", c.ID, list.name, i+1, err)
			}
			name := fmt.Sprintf("%s %s %d", c.ID, list.name, i+1)
			namespaces := ownNamespaces(objects, strings.ReplaceAll(name, " ", "-"))
			a.examples = append(a.examples, &example{name, text, objects, namespaces})
		}
	}
	return all, nil
}

// ownNamespaces renames the namespaces that an example declares and fills, since another example
// may declare the same ones otherwise, and gives them.
func ownNamespaces(objects []object, suffix string) []object {
	var own []object
	for _, o := range objects {
		name := child(o, "metadata")["name"]
		filled := slices.ContainsFunc(objects, func(other object) bool { return child(other, "metadata")["namespace"] == name })
		if o["kind"] != "Namespace" || !filled {
			continue
		}
		renamed := fmt.Sprintf("%s-%s", name, suffix)
		for _, other := range objects {
			if metadata := child(other, "metadata"); metadata["namespace"] == name {
				metadata["namespace"] = renamed
			}
		}
		child(o, "metadata")["name"] = renamed
		own = append(own, o)
	}
	return own
}

// enforced are the controls of the catalogue that may be exported as policies.
func enforced(t *testing.T) []*asked {
	t.Helper()
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	// Scopes and parameters that no control of the catalogue has.
	more, err := control.Load(os.DirFS("testdata"), "controls", "testdata")
	if err != nil {
		t.Fatal(err)
	}
	controls = append(controls, more...)
	var all []*asked
	for _, c := range controls {
		if !c.Enforce {
			continue
		}
		some, err := askedOf(c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	for i, a := range all {
		a.group = fmt.Sprintf("group-%d", i%groups)
	}
	return all
}

// traps are objects of no control that the API server changes more than others.
func traps(t *testing.T) *asked {
	t.Helper()
	text, err := os.ReadFile("testdata/traps.yaml")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := apiserver.Objects(text)
	if err != nil {
		t.Fatal(err)
	}
	return &asked{control: &control.Control{ID: "traps"}, examples: []*example{{"traps", string(text), objects, nil}}}
}

// said are the messages of a judge by the user of a control.
type said map[string][]string

// judges are the plans of a scan: one of all controls as they are, and one for each set of
// parameters that examples set.
type judges map[string]*engine.Plan

const asIs = ""

func newJudges(t *testing.T, all []*asked) judges {
	t.Helper()
	j := judges{}
	var plain []*control.Control
	for _, a := range all {
		if len(a.set) == 0 {
			plain = append(plain, a.control)
			continue
		}
		j.add(t, a.user, []*control.Control{a.control}, map[string]map[string]any{a.control.ID: a.set})
	}
	j.add(t, asIs, plain, nil)
	return j
}

func (j judges) add(t *testing.T, name string, controls []*control.Control, values map[string]map[string]any) {
	t.Helper()
	plan, err := engine.New(controls, engine.Options{Values: values})
	if err != nil {
		t.Fatal(err)
	}
	j[name] = plan
}

// scanText judges a text as a scan of a file does, and gives for each object in it what failed or
// could not be judged.
func (j judges) scanText(text []byte) ([]said, error) {
	subjects, lost := collect.Example(text)
	if len(lost) > 0 {
		return nil, fmt.Errorf("read: %s", lost[0].Message)
	}
	subjects = slices.DeleteFunc(subjects, func(s *inventory.Subject) bool { return s.APIVersion == inventory.FactVersion })
	at := map[*inventory.Subject]said{}
	all := make([]said, len(subjects))
	for i, s := range subjects {
		all[i] = said{}
		at[s] = all[i]
	}
	for user, plan := range j {
		result, err := plan.Judge(context.Background(), &inventory.Inventory{Subjects: subjects})
		if err != nil {
			return nil, err
		}
		for _, f := range result.Findings {
			name := user
			if user == asIs {
				name = f.Control + ".0"
			}
			if f.Outcome == assessment.Fail || f.Outcome == assessment.Error {
				at[f.Object][name] = append(at[f.Object][name], f.Message)
			}
		}
	}
	for _, one := range all {
		for _, messages := range one {
			slices.Sort(messages)
		}
	}
	return all, nil
}

// scan judges an object in one of these namespaces.
func (j judges) scan(o object, namespaces []object) (said, error) {
	var text []byte
	for _, one := range append([]object{o}, namespaces...) {
		part, err := yaml.Marshal(one)
		if err != nil {
			return nil, err
		}
		text = append(append(text, "---\n"...), part...)
	}
	all, err := j.scanText(text)
	if err != nil || len(all) != 1+len(namespaces) {
		return nil, fmt.Errorf("scan the object: %d of %d seen: %w", len(all), 1+len(namespaces), err)
	}
	return all[0], nil
}
