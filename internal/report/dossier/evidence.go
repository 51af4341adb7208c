package dossier

import (
	"maps"
	"slices"

	"github.com/kubeproof/kubeproof/internal/review"
)

// Evidence is what was handed in at an answer of the review.
type Evidence struct {
	ID    string              `json:"id"`
	Kind  review.EvidenceKind `json:"kind"`
	Title string              `json:"title,omitempty"`
	Name  string              `json:"name,omitempty"` // of the file
	URL   string              `json:"url,omitempty"`
	Note  string              `json:"note,omitempty"`
	Media string              `json:"media,omitempty"`
	Size  int64               `json:"size,omitempty"` // bytes
	// SHA256 is that of the file, in hexadecimal; Redacted counts secret values that were masked in it.
	SHA256   string `json:"sha256,omitempty"`
	Redacted int    `json:"redacted,omitempty"`
	review.Period
	// Over says that its last day has passed.
	Over bool `json:"over,omitempty"`
	// Erased says that what was written of it was taken away; Digest is that of this text.
	Erased bool   `json:"erased,omitempty"`
	Digest string `json:"digest,omitempty"`
	Signed
	// Answers are the questions and items that it is attached to.
	Answers []string `json:"answers"`
}

// Label is what to call it: its title, else its file, address or id.
func (e *Evidence) Label() string {
	for _, name := range []string{e.Title, e.Name, e.URL} {
		if name != "" {
			return name
		}
	}
	return e.ID
}

// evidence gives what is attached to answers of the plan, in the order of ids.
func (g *gatherer) evidence() []*Evidence {
	all := []*Evidence{}
	for _, id := range slices.Sorted(maps.Keys(g.used)) {
		from := g.state.Evidence[id]
		if from == nil {
			continue
		}
		about := g.state.AboutOf(from)
		all = append(all, &Evidence{ID: id, Kind: from.Kind, Title: about.Title, Name: about.Name, URL: about.URL, Note: about.Note,
			Media: from.Media, Size: from.Size, SHA256: about.SHA256, Redacted: about.Redacted, Period: from.Period,
			Over:   from.Expires != "" && from.Expires < g.today(),
			Erased: from.Digest != "" && about == review.EvidenceText{}, Digest: from.Digest,
			Signed: g.signed(from.By, from.At), Answers: g.used[id]})
	}
	return all
}

// Exception is a risk that is taken, was taken, or is asked to be.
type Exception struct {
	ID      string                `json:"id"`
	Item    string                `json:"item,omitempty"`
	Control string                `json:"control,omitempty"`
	Subject string                `json:"subject,omitempty"` // of the control
	State   review.ExceptionState `json:"state"`
	// Expires is the last day that is asked for or approved; Until the last day that it counts, "" if
	// it does not count today.
	Expires      string    `json:"expires"`
	Until        string    `json:"until,omitempty"`
	Soon         bool      `json:"soon,omitempty"` // that day is near
	Reason       string    `json:"reason,omitempty"`
	Compensation string    `json:"compensation,omitempty"`
	Owner        string    `json:"owner,omitempty"`
	Erased       bool      `json:"erased,omitempty"`
	Revision     int       `json:"revision"`
	Requested    Signed    `json:"requested"`
	Decision     *Decision `json:"decision,omitempty"`
}

// Standing is the state in words: an approval whose last day has passed does not hold.
func (e *Exception) Standing() string {
	switch {
	case e.State == review.ExceptionApproved && e.Until == "":
		return "over"
	case e.State == review.ExceptionRequested && e.Until != "":
		return "approved until " + e.Until + ", longer asked for"
	case e.State == review.ExceptionRejected && e.Until != "":
		return "approved until " + e.Until + ", not longer"
	}
	return string(e.State)
}

func (g *gatherer) exceptions() []*Exception {
	all := []*Exception{}
	warned := g.View.Now.UTC().AddDate(0, 0, g.View.Plan.Warn).Format(review.Day)
	for _, from := range g.View.Exceptions {
		written := g.state.ReasonOf(from)
		until := from.Until(g.View.Now)
		all = append(all, &Exception{ID: from.ID, Item: from.Item, Control: from.Control, Subject: written.Subject, State: from.State,
			Expires: from.Expires, Until: until, Soon: until != "" && until < warned,
			Reason: written.Reason, Compensation: written.Compensation, Owner: written.Owner,
			Erased: from.Digest != "" && written == review.ExceptionText{}, Revision: from.Revision,
			Requested: g.signed(from.Requested.By, from.Requested.At), Decision: g.decision(from.Decision)})
	}
	return all
}
