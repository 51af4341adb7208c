package oscal

import (
	"maps"
	"slices"

	"github.com/kubeproof/kubeproof/internal/review"
)

// attestations are the approvals: of answers in the order of their keys, then of exceptions.
func (b *builder) attestations() []attestation {
	var all []attestation
	for _, id := range b.answers() {
		answer := b.state.Answers[id]
		if answer.Decision != nil && answer.Decision.Approved {
			all = append(all, b.attested("answer", answer.Key, answer.Decision))
		}
	}
	for _, exception := range b.View.Exceptions {
		if exception.Decision != nil && exception.Decision.Approved {
			all = append(all, b.attested("exception", exception.ID, exception.Decision))
		}
	}
	return all
}

// answers are the ids of those of the plan, sorted.
func (b *builder) answers() []review.AnswerID {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.state.Answers)), func(id review.AnswerID) bool { return id.Plan() != b.View.Plan.ID })
}

func (b *builder) attested(kind, id string, decision *review.Decision) attestation {
	text := "The " + kind + " " + id + " is approved exactly as its snapshot has it."
	if note := b.state.Note(decision); note != "" {
		text += "\n\n" + note
	}
	return attestation{Responsible: []responsibility{{"reviewer", []string{b.party(decision.By)}}},
		Parts: []attestedPart{{UUID: b.uuid("approval of "+kind, id), Name: "approval", NS: namespace, Title: titled("Approval of " + kind + " " + id), Prose: prose(text),
			Props: props(prop(kind, id), prop("approved", moment(decision.At)), prop("snapshot-sha256", decision.Snapshot), prop("signer", decision.Signer), seq(decision.Written))}}}
}

// log tells what happened, the oldest first; nil if nothing did.
func (b *builder) log() *assessmentLog {
	var all []logEntry
	add := func(name, id string, by review.Signed, more ...property) {
		all = append(all, logEntry{UUID: b.uuid("log", name+" "+id), Title: titled(name + " " + id), Start: moment(by.At), at: by.At, LoggedBy: b.logged(by.By), Props: props(more...)})
	}
	for _, id := range b.answers() {
		b.logAnswer(b.state.Answers[id], add)
	}
	for _, scan := range b.View.Scans {
		add("Scan recorded:", scan.ID, review.Signed{By: scan.By, At: scan.At}, seq(scan.Written))
	}
	for _, exception := range b.View.Exceptions {
		add("Exception asked for:", exception.ID, exception.Requested, seq(exception.Asked))
		if decision := exception.Decision; decision != nil {
			add("Exception decided:", exception.ID, decision.Signed, seq(decision.Written), prop("exception-state", string(exception.State)))
		}
	}
	for _, access := range b.View.Access {
		add("Access review begun:", access.ID, access.Begun, seq(access.Listed))
		if access.Done != nil {
			add("Access review done:", access.ID, *access.Done, prop("next-due", access.Due))
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b logEntry) int { return a.at.Compare(b.at) })
	return &assessmentLog{Entries: all}
}

func (b *builder) logAnswer(answer *review.Answer, add func(name, id string, by review.Signed, more ...property)) {
	for _, attached := range answer.Attached {
		if from := b.state.Evidence[attached.Evidence]; from != nil && !b.known["log "+from.ID] {
			b.known["log "+from.ID] = true
			add("Evidence handed in:", from.ID, review.Signed{By: from.By, At: from.At}, seq(from.Written))
		}
	}
	if reply := answer.Reply; reply != nil {
		add("Answered:", answer.Key, review.Signed{By: reply.By, At: reply.At}, seq(reply.Written))
	}
	if answer.Submitted != nil {
		add("Submitted:", answer.Key, *answer.Submitted)
	}
	if decision := answer.Decision; decision != nil {
		word := "Changes requested:"
		if decision.Approved {
			word = "Approved:"
		}
		add(word, answer.Key, decision.Signed, seq(decision.Written), prop("snapshot-sha256", decision.Snapshot))
	}
}
