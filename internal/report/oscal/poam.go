package oscal

import (
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/review"
)

// poam is what has to be done: each item that is partly, not satisfied, contradicted, accepted or
// stale, with the observations and risks that belong to it.
func (b *builder) poam() *plan {
	document := &plan{UUID: b.uuid("poam", b.moment()), Metadata: b.metadata("Plan of action of the review " + b.title()), LocalDefinitions: b.assets(),
		SystemID: systemID{Type: "http://ietf.org/rfc/rfc4122", ID: b.uuid("system", b.View.Plan.ID)}}
	observed, risky := map[string]bool{}, map[string]bool{}
	for _, item := range b.View.Items {
		if !slices.Contains(troubled, item.State) {
			continue
		}
		finding := b.finding(item)
		document.Findings = append(document.Findings, finding)
		document.Items = append(document.Items, b.planItem(item, finding))
		for _, one := range finding.Observations {
			observed[one.UUID] = true
		}
		for _, one := range finding.Risks {
			risky[one.UUID] = true
		}
	}
	for _, one := range b.risks {
		if risky[one.UUID] {
			document.Risks = append(document.Risks, one)
		}
	}
	for _, one := range b.observations {
		if observed[one.UUID] {
			document.Observations = append(document.Observations, one)
		}
	}
	b.keepReferred(document)
	return document
}

// keepReferred leaves out of back matter and parties what only other items refer to: who has nothing
// to do with the plan is not named in it.
func (b *builder) keepReferred(document *plan) {
	referred := map[string]bool{}
	for _, one := range document.Observations {
		for _, evidence := range one.Evidence {
			referred[evidence.Href] = true
		}
	}
	for id, one := range b.resources {
		if !referred["#"+one.UUID] {
			delete(b.resources, id)
		}
	}
	document.BackMatter = b.backMatter()
	encoded := references(document)
	document.Metadata.Parties = slices.DeleteFunc(b.parties(), func(p party) bool { return !encoded[p.UUID] })
}

func (b *builder) planItem(item *review.ItemView, from finding) planItem {
	owner, due := b.duty(item)
	name := ""
	if owner != "" {
		name = b.state.NameOf(owner)
	}
	one := planItem{UUID: b.uuid("poam-item", item.Item.ID), Title: titled(item.Item.ID + ": " + item.Item.Text), Description: prose(item.Reason),
		Findings: []relatedFinding{{from.UUID}}, Observations: from.Observations, Risks: from.Risks, Origins: b.tool(),
		Props: props(prop("item", item.Item.ID), prop("checklist", item.List.ID), prop("state", string(item.State)), prop("weight", strconv.Itoa(item.Weight)), prop("owner", name), prop("due", due))}
	if item.Exception != nil {
		one.Props = append(one.Props, props(prop("accepted-until", item.Exception.Until(b.View.Now)))...)
	}
	if owner != "" {
		one.Origins = append(one.Origins, b.origins(owner)...)
	}
	return one
}

// references are the parties that a plan names.
func references(document *plan) map[string]bool {
	named := map[string]bool{}
	origins := func(all []origin) {
		for _, one := range all {
			for _, actor := range one.Actors {
				named[actor.UUID] = true
			}
		}
	}
	for _, one := range document.Observations {
		origins(one.Origins)
	}
	for _, one := range document.Items {
		origins(one.Origins)
	}
	for _, one := range document.Risks {
		origins(one.Origins)
		riskParties(one, named)
	}
	return named
}

func riskParties(one risk, named map[string]bool) {
	if one.Log != nil {
		for _, entry := range one.Log.Entries {
			for _, by := range entry.LoggedBy {
				named[by.Party] = true
			}
		}
	}
	for _, response := range one.Remediations {
		for _, task := range response.Tasks {
			for _, role := range task.Roles {
				for _, id := range role.Parties {
					named[id] = true
				}
			}
		}
	}
}
