package review

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// EvidenceKind says what a piece of evidence is.
type EvidenceKind string

// The kinds of evidence.
const (
	EvidenceFile   EvidenceKind = "file"
	EvidenceLink   EvidenceKind = "link"
	EvidenceNote   EvidenceKind = "note"
	EvidenceScan   EvidenceKind = "scan"   // a scan of Kubeproof
	EvidenceReport EvidenceKind = "report" // a report of another tool
)

// Evidence is what was handed in to show that an answer is true. One piece may serve many answers.
type Evidence struct {
	ID   string       `json:"id"`
	Kind EvidenceKind `json:"kind"`
	// Media is the type that the content itself shows, as "application/pdf"; "" without a file.
	Media string `json:"media,omitempty"`
	Size  int64  `json:"size,omitempty"` // bytes of the file
	Period
	By string    `json:"by"`
	At time.Time `json:"at"` // when it was handed in
	// Written is the entry that holds title, name and address; Digest is that of this text, which
	// names the file's SHA-256, so that it commits to the file too.
	Written int64  `json:"written"`
	Digest  string `json:"digest"`
}

// Period says what time a piece of evidence speaks of; all days are as 2027-01-31.
type Period struct {
	Collected string `json:"collected"`         // when it was made
	From      string `json:"from,omitempty"`    // the first day that it speaks of
	To        string `json:"to,omitempty"`      // the last day that it speaks of
	Expires   string `json:"expires,omitempty"` // the last day that it counts; "" if the question's freshness decides
}

// EvidenceText is what can be erased of evidence.
type EvidenceText struct {
	Title  string `json:"title,omitempty"`
	Name   string `json:"name,omitempty"`   // of the file
	URL    string `json:"url,omitempty"`    // of a link
	Note   string `json:"note,omitempty"`   // of a note: its text
	SHA256 string `json:"sha256,omitempty"` // of the file, in hexadecimal
	// Redacted counts secret values that were masked before the file was kept.
	Redacted int `json:"redacted,omitempty"`
}

// AboutOf gives what was written of a piece of evidence; empty if it was erased.
func (s *State) AboutOf(e *Evidence) EvidenceText {
	text := EvidenceText{}
	s.text(e.Written, &text)
	return text
}

// AddEvidence hands something in. Files are kept under the SHA-256 in its text.
type AddEvidence struct {
	ID           string       `json:"id"`
	Kind         EvidenceKind `json:"kind"`
	Media        string       `json:"media,omitempty"`
	Size         int64        `json:"size,omitempty"`
	Period       Period       `json:"period"`
	EvidenceText `json:"-"`
}

// Name is evidence.add.
func (*AddEvidence) Name() string { return "evidence.add" }

// Text is title, names and digest.
func (a *AddEvidence) Text() any { return &a.EvidenceText }

func (a *AddEvidence) check(s *State, m Mark) error {
	if err := s.need(m, "attach evidence", Contributor); err != nil {
		return err
	}
	if err := checkSlug("attach evidence", "id", a.ID); err != nil {
		return err
	}
	if s.Evidence[a.ID] != nil {
		return fmt.Errorf("attach evidence: %s exists already", a.ID)
	}
	if !slices.Contains([]EvidenceKind{EvidenceFile, EvidenceLink, EvidenceNote, EvidenceScan, EvidenceReport}, a.Kind) {
		return fmt.Errorf("attach evidence: kind %q is unknown", a.Kind)
	}
	if a.Size < 0 || a.Media != "" && (!mediaType.MatchString(a.Media) || len(a.Media) > longestMedia) {
		return fmt.Errorf("attach evidence: type %q or size %d is none: take the file in again", a.Media, a.Size)
	}
	return a.Period.check(m.At)
}

var mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$`)

const longestMedia = 127

func (*AddEvidence) mustSay() bool { return true }

// check finds days that are none, that stand in the wrong order, or that have not come.
func (p Period) check(now time.Time) error {
	var days [4]time.Time
	var wrong []error
	for i, one := range []struct{ name, text string }{{"collected", p.Collected}, {"from", p.From}, {"to", p.To}, {"expires", p.Expires}} {
		date, err := day("attach evidence", one.name, one.text)
		days[i], wrong = date, append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	collected, from, to, expires := days[0], days[1], days[2], days[3]
	tomorrow := now.UTC().AddDate(0, 0, 1)
	switch {
	case p.Collected == "":
		return errors.New("attach evidence: say when it was collected")
	case collected.After(tomorrow):
		return fmt.Errorf("attach evidence: collected on %s, which has not come: nothing can be collected ahead of time", p.Collected)
	case !from.IsZero() && !to.IsZero() && to.Before(from):
		return fmt.Errorf("attach evidence: it speaks of %s to %s, which ends before it begins", p.From, p.To)
	case !expires.IsZero() && expires.Before(collected):
		return fmt.Errorf("attach evidence: it expires on %s, before it was collected", p.Expires)
	}
	return nil
}

func (a *AddEvidence) valid(_ *State, _ Catalogue, m Mark) error {
	what := "attach evidence"
	if a.Period.Expires != "" && over(a.Period.Expires, m.At) {
		return fmt.Errorf("%s: it expired on %s: hand in what counts today", what, a.Period.Expires)
	}
	for _, one := range []struct{ name, text string }{{"title", a.Title}, {"name", a.EvidenceText.Name}, {"note", a.Note}, {"address", a.URL}} {
		if err := bounded(what, one.name, one.text); err != nil {
			return err
		}
	}
	switch a.Kind {
	case EvidenceLink:
		return checkLink(a.URL)
	case EvidenceNote:
		return reasoned(what, a.Note, "what you saw")
	}
	if !hexDigest.MatchString(a.SHA256) {
		return fmt.Errorf("%s: the file's digest is missing", what)
	}
	return nil
}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checkLink never repeats the address: it may hold a password.
func checkLink(text string) error {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		return errors.New("attach evidence: the address is none of a page: begin it with https:// or http://")
	case address.User != nil:
		return errors.New("attach evidence: the address holds a user or a password: take it out")
	}
	return nil
}

func (a *AddEvidence) apply(s *State, m Mark) {
	s.Evidence[a.ID] = &Evidence{ID: a.ID, Kind: a.Kind, Media: a.Media, Size: a.Size, Period: a.Period,
		By: m.Actor, At: m.At, Written: m.Seq, Digest: s.digests[m.Seq]}
	s.touch("evidence", a.ID)
}

// Link attaches evidence to answers. It is a new revision of each.
type Link struct {
	Evidence string   `json:"evidence"`
	Plan     string   `json:"plan"`
	Keys     []string `json:"keys"`
}

// Name is evidence.link.
func (*Link) Name() string { return "evidence.link" }

// Text is nil.
func (*Link) Text() any { return nil }

func (a *Link) check(s *State, m Mark) error {
	if err := s.need(m, "attach evidence", Contributor); err != nil {
		return err
	}
	if err := s.needPlan("attach evidence", a.Plan); err != nil {
		return err
	}
	if s.Evidence[a.Evidence] == nil {
		return fmt.Errorf("attach evidence: %q is unknown", a.Evidence)
	}
	if len(a.Keys) == 0 {
		return errors.New("attach evidence: name at least one item or question")
	}
	for i, key := range a.Keys {
		if err := checkKey("attach evidence", key); err != nil {
			return err
		}
		if slices.Contains(a.Keys[:i], key) || s.Answers[IDOf(a.Plan, key)].holds(a.Evidence) {
			return fmt.Errorf("attach evidence: %s is at %s already", a.Evidence, key)
		}
	}
	return nil
}

func (a *Link) valid(s *State, c Catalogue, _ Mark) error {
	for _, key := range a.Keys {
		if _, err := s.subjectOf(c, a.Plan, key); err != nil {
			return err
		}
	}
	return nil
}

func (a *Link) apply(s *State, m Mark) {
	for _, key := range a.Keys {
		answer := s.answer(a.Plan, key)
		s.revise(answer, m)
		answer.Attached = append(answer.Attached, Attachment{a.Evidence, m.Actor})
		s.addAuthors(answer) // who handed the evidence in
	}
}

func (a *Answer) holds(evidence string) bool {
	return a != nil && slices.ContainsFunc(a.Attached, func(attached Attachment) bool { return attached.Evidence == evidence })
}

// Unlink takes evidence away from an answer. The evidence itself stays.
type Unlink struct {
	Evidence string `json:"evidence"`
	Plan     string `json:"plan"`
	Key      string `json:"key"`
}

// Name is evidence.unlink.
func (*Unlink) Name() string { return "evidence.unlink" }

// Text is nil.
func (*Unlink) Text() any { return nil }

func (a *Unlink) check(s *State, m Mark) error {
	if err := s.need(m, "detach evidence", Contributor); err != nil {
		return err
	}
	if !s.Answers[IDOf(a.Plan, a.Key)].holds(a.Evidence) {
		return fmt.Errorf("detach evidence: %s is not at %s", a.Evidence, a.Key)
	}
	return nil
}

func (a *Unlink) apply(s *State, m Mark) {
	answer := s.answer(a.Plan, a.Key)
	s.revise(answer, m)
	answer.Attached = slices.DeleteFunc(answer.Attached, func(attached Attachment) bool { return attached.Evidence == a.Evidence })
}

// Comment is a word on an answer that changes nothing.
type Comment struct {
	Signed
	Written int64 `json:"written"`
}

// AddComment says something about an answer.
type AddComment struct {
	Plan       string `json:"plan"`
	Key        string `json:"key"`
	ReasonText `json:"-"`
}

// Name is comment.add.
func (*AddComment) Name() string { return "comment.add" }

// Text is the comment.
func (a *AddComment) Text() any { return &a.ReasonText }

func (*AddComment) mustSay() bool { return true }

func (a *AddComment) check(s *State, m Mark) error {
	if err := s.needPlan("comment", a.Plan); err != nil {
		return err
	}
	if err := checkKey("comment", a.Key); err != nil {
		return err
	}
	return s.need(m, "comment", Contributor, Reviewer, Administrator)
}

func (a *AddComment) valid(s *State, c Catalogue, _ Mark) error {
	if _, err := s.subjectOf(c, a.Plan, a.Key); err != nil {
		return err
	}
	return reasoned("comment on "+a.Key, a.Reason, "something")
}

func (a *AddComment) apply(s *State, m Mark) {
	id := IDOf(a.Plan, a.Key)
	s.Comments[id] = append(s.Comments[id], Comment{Signed{m.Actor, m.At}, m.Seq})
	s.touch("comments", string(id))
}

// Said gives the text of a comment; "" if it was erased.
func (s *State) Said(c Comment) string {
	text := ReasonText{}
	s.text(c.Written, &text)
	return text.Reason
}
