package oscal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

func spoken(state review.ItemState) string { return strings.ReplaceAll(string(state), "-", " ") }

// finding is an item: OSCAL knows satisfied and not satisfied only, so everything that is not satisfied
// is said to be not, with our own state as a property and in the remarks.
func (b *builder) finding(item *review.ItemView) finding {
	one := finding{UUID: b.uuid("finding", item.Item.ID), Title: titled(item.Item.ID + ": " + spoken(item.State)), Description: prose(item.Item.Text),
		Props: props(prop("item", item.Item.ID), prop("checklist", item.List.ID), prop("state", string(item.State)), prop("weight", strconv.Itoa(item.Weight))),
		Target: target{Type: "objective-id", ID: objectiveOf(item.Item.ID), Status: status{State: "not-satisfied", Reason: "other",
			Remarks: prose(spoken(item.State) + ": " + item.Reason)}}}
	switch item.State {
	case review.ItemSatisfied:
		one.Target.Status.State, one.Target.Status.Reason = "satisfied", "pass"
		one.Target.Implementation = &status{State: "implemented"}
	case review.ItemPartly:
		one.Target.Implementation = &status{State: "partial"}
	case review.ItemNotSatisfied, review.ItemContradicted:
		one.Target.Status.Reason = "fail"
	case review.ItemNotApplicable:
		one.Target.Implementation = &status{State: "not-applicable"}
	}
	for _, id := range b.observedFor[item.Item.ID] {
		one.Observations = append(one.Observations, relatedObservation{id})
	}
	for _, id := range b.risksFor[item.Item.ID] {
		one.Risks = append(one.Risks, relatedRisk{id})
	}
	return one
}

// objectives define each item as an objective: checklists are published nowhere as OSCAL catalogues.
func (b *builder) objectives() *definitions {
	if len(b.View.Items) == 0 {
		return nil
	}
	all := &definitions{}
	for _, item := range b.View.Items {
		all.Objectives = append(all.Objectives, objective{ControlID: token(item.Item.ID), Parts: []part{
			{ID: objectiveOf(item.Item.ID), Name: "assessment-objective", Prose: prose(item.Item.Text)}}})
	}
	return all
}

// result is the one result of the document: the review as it stands.
func (b *builder) result() result {
	score := b.View.Score
	one := result{UUID: b.uuid("result", b.moment()), Title: titled("Review " + b.title()), Start: moment(b.start()), End: b.moment(),
		Description: prose(fmt.Sprintf("%d of %d applicable items are satisfied, %d percent; weighted by risk %d percent. What is open, unreviewed, stale or accepted counts as not satisfied.",
			score.Satisfied, score.Applicable, score.Percent(), score.WeightedPercent())),
		Props: props(b.resultProps()...), LocalDefinitions: b.assets(), ReviewedControls: b.reviewed(), Attestations: b.attestations(), AssessmentLog: b.log(),
		Observations: b.observations, Risks: b.risks}
	for _, item := range b.View.Items {
		one.Findings = append(one.Findings, b.finding(item))
	}
	return one
}

func (b *builder) resultProps() []property {
	score := b.View.Score
	all := append(b.ledgerProps(), prop("score", strconv.Itoa(score.Percent())), prop("weighted-score", strconv.Itoa(score.WeightedPercent())))
	for _, state := range review.ItemStates {
		all = append(all, prop("items-"+string(state), strconv.Itoa(score.States[state])))
	}
	return all
}

// start is when the oldest of what the result rests on was seen or said.
func (b *builder) start() time.Time {
	oldest := b.View.Now
	earlier := func(t time.Time) {
		if !t.IsZero() && t.Before(oldest) {
			oldest = t
		}
	}
	for _, scan := range b.View.Scans {
		earlier(scan.Made)
	}
	for _, asked := range b.View.Asked {
		if asked.Answer != nil && asked.Answer.Reply != nil {
			earlier(asked.Answer.Reply.At)
		}
	}
	return oldest
}

// assets are the environments, and the program that scans.
func (b *builder) assets() *assets {
	program := component{UUID: b.uuid("component", "kubeproof"), Type: "software", Title: "Kubeproof", Description: "Judges Kubernetes configuration by controls, and keeps the review.",
		Props: props(prop("version", b.Program)), Status: status{State: "operational"}}
	all := &assets{Assets: &platforms{Components: []component{program},
		Platforms: []platform{{UUID: b.uuid("platform", "kubeproof"), Title: "Kubeproof", Uses: []uses{{program.UUID}}}}}}
	for _, environment := range b.View.Plan.Environments {
		all.InventoryItems = append(all.InventoryItems, inventoryItem{UUID: b.uuid("environment", environment), Description: prose("The environment " + environment + "."),
			Props: props(prop("environment", environment))})
	}
	return all
}

func (b *builder) reviewed() reviewed {
	all := reviewed{}
	objectives := objectiveSelection{}
	for _, list := range b.View.Lists {
		one := selection{Description: titled(list.List.Title + " (" + list.List.Source + ")")}
		for i := range list.List.Items {
			id := list.List.Items[i].ID
			one.Include = append(one.Include, selectControl{token(id)})
			objectives.Include = append(objectives.Include, selectObjective{objectiveOf(id)})
		}
		all.Controls = append(all.Controls, one)
	}
	if len(all.Controls) == 0 {
		return reviewed{Controls: []selection{{Description: "None: this version knows no checklist of the review."}}}
	}
	all.Objectives = []objectiveSelection{objectives}
	return all
}
