package oscal

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/review"
)

// troubled are the states of items that are a risk, and that a plan of action names.
var troubled = []review.ItemState{review.ItemNotSatisfied, review.ItemPartly, review.ItemContradicted, review.ItemAccepted, review.ItemStale}

// takeRisks makes a risk of each exception, whatever its state, and of each item that is not satisfied
// and that no exception asks to accept.
func (b *builder) takeRisks() {
	for _, exception := range b.View.Exceptions {
		one := b.taken(exception)
		b.risks = append(b.risks, one)
		if exception.Item != "" {
			b.risksFor[exception.Item] = append(b.risksFor[exception.Item], one.UUID)
		}
	}
	for _, item := range b.View.Items {
		if slices.Contains(troubled, item.State) && !b.deviates(item.Item.ID) {
			one := b.open(item)
			b.risks = append(b.risks, one)
			b.risksFor[item.Item.ID] = append(b.risksFor[item.Item.ID], one.UUID)
		}
	}
}

// deviates reports whether an exception stands, or is asked for, that covers an item.
func (b *builder) deviates(item string) bool {
	return slices.ContainsFunc(b.View.Exceptions, func(e *review.Exception) bool {
		status := b.statusOf(e)
		return e.Item == item && (status == "deviation-requested" || status == "deviation-approved")
	})
}

// statusOf says what an exception is today: an approval whose last day has passed leaves the risk open.
func (b *builder) statusOf(e *review.Exception) string {
	switch {
	case e.Until(b.View.Now) != "":
		return "deviation-approved"
	case e.State == review.ExceptionRequested:
		return "deviation-requested"
	case e.State == review.ExceptionWithdrawn:
		return "closed"
	}
	return "open"
}

func (b *builder) taken(e *review.Exception) risk {
	text, what := b.state.ReasonOf(e), cmp.Or(e.Item, e.Control)
	one := risk{UUID: b.uuid("exception", e.ID), Title: titled("Exception " + e.ID + " from " + what), Description: prose(text.Reason), Status: b.statusOf(e),
		Statement: prose("The risk is taken that " + what + " is not satisfied."), Origins: b.origins(e.Requested.By),
		Deadline: end(cmp.Or(e.Until(b.View.Now), e.Expires)), Log: &riskLog{Entries: []riskEntry{b.asked(e)}},
		Props: props(prop("exception-id", e.ID), prop("exception-state", string(e.State)), prop("item", e.Item), prop("control", e.Control), prop("subject", text.Subject),
			prop("risk-owner", text.Owner), prop("revision", strconv.Itoa(e.Revision)), seq(e.Asked), prop("content-digest", e.Digest))}
	if text.Reason == "" {
		one.Description = "The text was erased; its digest in the ledger still proves it."
	}
	if text.Subject != "" {
		one.Statement = prose("The risk is taken that " + what + " fails on " + text.Subject + ".")
	}
	if text.Compensation != "" {
		one.Mitigating = []mitigation{{UUID: b.uuid("compensation", e.ID), Description: prose(text.Compensation)}}
	}
	for _, id := range b.observedFor[e.Item] {
		one.Observations = append(one.Observations, relatedObservation{id})
	}
	if item := b.View.Item(e.Item); item != nil {
		one.Characterizations = b.weight(item, one.Origins[0])
	}
	if e.Decision != nil {
		one.Log.Entries = append(one.Log.Entries, b.decided(e))
	}
	return one
}

func (b *builder) asked(e *review.Exception) riskEntry {
	return riskEntry{StatusChange: "deviation-requested", logEntry: logEntry{UUID: b.uuid("asked", e.ID), Title: titled("Exception " + e.ID + " was asked for"),
		Start: moment(e.Requested.At), Props: props(seq(e.Asked)), LoggedBy: b.logged(e.Requested.By)}}
}

func (b *builder) decided(e *review.Exception) riskEntry {
	word, change := "rejected", "open"
	switch {
	case e.Decision.Approved:
		word, change = "approved", "deviation-approved"
	case e.State == review.ExceptionWithdrawn:
		word, change = "withdrawn", "closed"
	}
	return riskEntry{StatusChange: change, logEntry: logEntry{UUID: b.uuid("decided", e.ID), Title: titled("Exception " + e.ID + " was " + word),
		Description: noted(b.state.Note(e.Decision)), Start: moment(e.Decision.At), LoggedBy: b.logged(e.Decision.By),
		Props: props(seq(e.Decision.Written), prop("snapshot-sha256", e.Decision.Snapshot), prop("signer", e.Decision.Signer))}}
}

func (b *builder) logged(person string) []loggedBy { return []loggedBy{{b.party(person)}} }

// open is the risk of an item that is not satisfied.
func (b *builder) open(item *review.ItemView) risk {
	owner, due := b.duty(item)
	one := risk{UUID: b.uuid("risk", item.Item.ID), Title: titled(item.Item.ID + " is " + spoken(item.State)), Description: prose(item.Item.Text), Statement: prose(item.Reason),
		Status: "open", Origins: b.tool(), Characterizations: b.weight(item, b.tool()[0]), Deadline: end(due),
		Props: props(prop("item", item.Item.ID), prop("state", string(item.State)))}
	for _, id := range b.observedFor[item.Item.ID] {
		one.Observations = append(one.Observations, relatedObservation{id})
	}
	if due != "" {
		milestone := task{UUID: b.uuid("milestone", item.Item.ID), Type: "milestone", Title: titled("Mend " + item.Item.ID), Timing: &timing{onDate{end(due)}}}
		if owner != "" {
			milestone.Roles = []responsibility{{"owner", []string{b.party(owner)}}}
		}
		one.Remediations = []response{{UUID: b.uuid("remediation", item.Item.ID), Lifecycle: "planned", Title: titled("Mend " + item.Item.ID), Description: prose(item.Item.Text), Tasks: []task{milestone}}}
	}
	return one
}

func (b *builder) weight(item *review.ItemView, from origin) []characterization {
	return []characterization{{Origin: from, Facets: []facet{{Name: "weight", System: namespace, Value: strconv.Itoa(item.Weight)}}}}
}

// duty is who has to do something about an item, and by when: of its answers the one that is due first.
func (b *builder) duty(item *review.ItemView) (owner, due string) {
	answers := []*review.Answer{b.state.Answers[review.IDOf(b.View.Plan.ID, item.Item.ID)]}
	for _, asked := range item.Questions {
		answers = append(answers, asked.Answer)
	}
	for _, answer := range answers {
		if answer == nil || answer.Owner == "" && answer.Due == "" {
			continue
		}
		if sooner := answer.Due != "" && (due == "" || answer.Due < due); sooner || owner == "" && due == "" {
			owner, due = answer.Owner, answer.Due
		}
	}
	return owner, due
}
