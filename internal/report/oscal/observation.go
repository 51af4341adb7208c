package oscal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// observe makes the observations: an answer is an INTERVIEW, a piece of evidence was EXAMINEd, and what
// a scan shows of an item is a TEST.
func (b *builder) observe() {
	for _, item := range b.View.Items {
		for _, asked := range item.Questions {
			b.answer(item, asked.Question.ID, asked.Question.Text, asked)
		}
		b.answer(item, item.Item.ID, item.Item.Text, &review.Asked{Answer: b.state.Answers[review.IDOf(b.View.Plan.ID, item.Item.ID)]})
		b.test(item)
	}
}

// saw adds an observation once, and notes that it is of the item.
func (b *builder) saw(item *review.ItemView, one observation) {
	if id := item.Item.ID; !slices.Contains(b.observedFor[id], one.UUID) {
		b.observedFor[id] = append(b.observedFor[id], one.UUID)
	}
	if !b.known[one.UUID] {
		b.known[one.UUID] = true
		b.observations = append(b.observations, one)
	}
}

func (b *builder) answer(item *review.ItemView, key, text string, asked *review.Asked) {
	answer := asked.Answer
	if answer == nil {
		return
	}
	if answer.Reply != nil {
		b.saw(item, b.interview(key, text, asked))
	}
	for _, attached := range answer.Attached {
		if evidence := b.state.Evidence[attached.Evidence]; evidence != nil {
			b.saw(item, b.examined(evidence))
		}
	}
}

func (b *builder) interview(key, text string, asked *review.Asked) observation {
	answer, reply := asked.Answer, asked.Answer.Reply
	one := observation{UUID: b.uuid("answer", key), Title: titled(key + ": " + text), Description: prose(b.said(reply)),
		Methods: []string{"INTERVIEW"}, Types: []string{"control-objective"}, Origins: b.origins(reply.By),
		Collected: moment(reply.At), Expires: end(asked.Until),
		Props: props(prop("question", key), prop("stage", string(answer.Stage)), prop("revision", strconv.Itoa(answer.Revision)), prop("answer-result", string(asked.Result)),
			prop("judged", string(reply.Judged)), prop("stale", asked.Stale), prop("contradicted", asked.Contradicted), seq(reply.Written), prop("content-digest", reply.Digest))}
	for _, attached := range answer.Attached {
		if evidence := b.state.Evidence[attached.Evidence]; evidence != nil {
			one.Evidence = append(one.Evidence, b.rests(evidence))
		}
	}
	return one
}

func seq(entry int64) property { return prop("ledger-seq", strconv.FormatInt(entry, 10)) }

// said is an answer as text.
func (b *builder) said(reply *review.Reply) string {
	written, parts := b.state.Written(reply), []string{}
	if reply.NotApplicable {
		parts = append(parts, "It does not apply.")
	}
	if len(reply.Values) > 0 {
		parts = append(parts, strings.Join(reply.Values, ", "))
	}
	for _, text := range []string{written.Text, written.Comment} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if reply.Digest != "" && written == (review.AnswerText{}) {
		parts = append(parts, "The text was erased; its digest in the ledger still proves it.")
	}
	return strings.Join(parts, "\n\n")
}

func (b *builder) rests(from *review.Evidence) evidence {
	about := b.state.AboutOf(from)
	if about.Title == "" {
		about.Title = from.ID
	}
	return evidence{Href: "#" + b.evidenceResource(from), Description: prose(about.Title)}
}

func (b *builder) examined(from *review.Evidence) observation {
	rests := b.rests(from)
	return observation{UUID: b.uuid("evidence", from.ID), Title: titled("Evidence " + from.ID), Description: rests.Description,
		Methods: []string{"EXAMINE"}, Types: []string{"control-objective"}, Origins: b.origins(from.By), Evidence: []evidence{rests},
		Collected: begin(from.Collected), Expires: end(from.Expires),
		Props: props(prop("evidence-id", from.ID), prop("period-from", from.From), prop("period-to", from.To), seq(from.Written))}
}

// test is what scans that count show of an item; nothing if none looked at it.
func (b *builder) test(item *review.ItemView) {
	if item.Machine == nil || item.Machine.Outcomes.Total() == 0 {
		return
	}
	one := observation{UUID: b.uuid("test", item.Item.ID), Title: titled("Controls of " + item.Item.ID), Description: prose(item.Machine.Reason),
		Methods: []string{"TEST"}, Types: []string{"control-objective"}, Origins: b.tool()}
	oldest := time.Time{}
	for _, scan := range b.View.Scans {
		if scan.IsStale(b.View.Plan, b.View.Now) || !judged(scan, item.Item.Controls) {
			continue
		}
		if oldest.IsZero() || scan.Made.Before(oldest) {
			oldest = scan.Made
		}
		one.Evidence = append(one.Evidence, evidence{Href: "#" + b.scanResource(scan), Description: titled("Scan of " + b.state.ScannedOf(scan).Name)})
		if at := (subject{UUID: b.uuid("environment", scan.Environment), Type: "inventory-item"}); !slices.Contains(one.Subjects, at) {
			one.Subjects = append(one.Subjects, at)
		}
	}
	if oldest.IsZero() {
		return
	}
	n := item.Machine.Outcomes
	one.Collected, one.Expires = moment(oldest), moment(oldest.AddDate(0, 0, b.View.Plan.ScanFresh))
	one.Props = props(prop("machine-state", string(item.Machine.State)), prop("pass", strconv.Itoa(n.Pass)), prop("fail", strconv.Itoa(n.Fail)), prop("accepted", strconv.Itoa(n.Accepted)),
		prop("unknown", strconv.Itoa(n.Unknown)), prop("error", strconv.Itoa(n.Error)), prop("not-applicable", strconv.Itoa(n.NotApplicable)), prop("controls", strings.Join(item.Item.Controls, " ")))
	b.saw(item, one)
}

func judged(scan *review.Scan, controls []string) bool {
	for _, id := range controls {
		if scan.Seen.Controls[id].Outcomes.Total() > 0 {
			return true
		}
	}
	return false
}
