package oscal

import "time"

type observation struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
	Methods     []string   `json:"methods"`
	Types       []string   `json:"types,omitempty"`
	Origins     []origin   `json:"origins,omitempty"`
	Subjects    []subject  `json:"subjects,omitempty"`
	Evidence    []evidence `json:"relevant-evidence,omitempty"`
	Collected   string     `json:"collected"`
	Expires     string     `json:"expires,omitempty"`
	Remarks     string     `json:"remarks,omitempty"`
}

type evidence struct {
	Href        string `json:"href,omitempty"`
	Description string `json:"description"`
}

type origin struct {
	Actors []actor `json:"actors"`
}

type actor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

type subject struct {
	UUID string `json:"subject-uuid"`
	Type string `json:"type"`
}

type finding struct {
	UUID         string               `json:"uuid"`
	Title        string               `json:"title"`
	Description  string               `json:"description"`
	Props        []property           `json:"props,omitempty"`
	Target       target               `json:"target"`
	Observations []relatedObservation `json:"related-observations,omitempty"`
	Risks        []relatedRisk        `json:"related-risks,omitempty"`
}

type target struct {
	Type           string  `json:"type"`
	ID             string  `json:"target-id"`
	Title          string  `json:"title,omitempty"`
	Status         status  `json:"status"`
	Implementation *status `json:"implementation-status,omitempty"`
}

// status is a state of components, targets and implementations.
type status struct {
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"`
	Remarks string `json:"remarks,omitempty"`
}

type relatedObservation struct {
	UUID string `json:"observation-uuid"`
}

type relatedRisk struct {
	UUID string `json:"risk-uuid"`
}

type relatedFinding struct {
	UUID string `json:"finding-uuid"`
}

type risk struct {
	UUID              string               `json:"uuid"`
	Title             string               `json:"title"`
	Description       string               `json:"description"`
	Statement         string               `json:"statement"`
	Props             []property           `json:"props,omitempty"`
	Status            string               `json:"status"`
	Origins           []origin             `json:"origins,omitempty"`
	Characterizations []characterization   `json:"characterizations,omitempty"`
	Mitigating        []mitigation         `json:"mitigating-factors,omitempty"`
	Deadline          string               `json:"deadline,omitempty"`
	Remediations      []response           `json:"remediations,omitempty"`
	Log               *riskLog             `json:"risk-log,omitempty"`
	Observations      []relatedObservation `json:"related-observations,omitempty"`
}

type characterization struct {
	Origin origin  `json:"origin"`
	Facets []facet `json:"facets"`
}

type facet struct {
	Name   string `json:"name"`
	System string `json:"system"`
	Value  string `json:"value"`
}

type mitigation struct {
	UUID        string `json:"uuid"`
	Description string `json:"description"`
}

type response struct {
	UUID        string `json:"uuid"`
	Lifecycle   string `json:"lifecycle"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Tasks       []task `json:"tasks,omitempty"`
}

type task struct {
	UUID   string           `json:"uuid"`
	Type   string           `json:"type"`
	Title  string           `json:"title"`
	Timing *timing          `json:"timing,omitempty"`
	Roles  []responsibility `json:"responsible-roles,omitempty"`
}

type timing struct {
	OnDate onDate `json:"on-date"`
}

type onDate struct {
	Date string `json:"date"`
}

type responsibility struct {
	Role    string   `json:"role-id"`
	Parties []string `json:"party-uuids,omitempty"`
}

type riskLog struct {
	Entries []riskEntry `json:"entries"`
}

type riskEntry struct {
	logEntry
	StatusChange string `json:"status-change,omitempty"`
}

type assessmentLog struct {
	Entries []logEntry `json:"entries"`
}

type logEntry struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Start       string     `json:"start"`
	Props       []property `json:"props,omitempty"`
	LoggedBy    []loggedBy `json:"logged-by,omitempty"`

	at time.Time // Start, to sort by
}

type loggedBy struct {
	Party string `json:"party-uuid"`
}

type attestation struct {
	Responsible []responsibility `json:"responsible-parties,omitempty"`
	Parts       []attestedPart   `json:"parts"`
}

type attestedPart struct {
	UUID  string     `json:"uuid"`
	Name  string     `json:"name"`
	NS    string     `json:"ns"`
	Title string     `json:"title,omitempty"`
	Prose string     `json:"prose,omitempty"`
	Props []property `json:"props,omitempty"`
}

type planItem struct {
	UUID         string               `json:"uuid"`
	Title        string               `json:"title"`
	Description  string               `json:"description"`
	Props        []property           `json:"props,omitempty"`
	Origins      []origin             `json:"origins,omitempty"`
	Findings     []relatedFinding     `json:"related-findings,omitempty"`
	Observations []relatedObservation `json:"related-observations,omitempty"`
	Risks        []relatedRisk        `json:"related-risks,omitempty"`
	Remarks      string               `json:"remarks,omitempty"`
}

type backMatter struct {
	Resources []resource `json:"resources,omitempty"`
}

type resource struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Props       []property `json:"props,omitempty"`
	Rlinks      []rlink    `json:"rlinks,omitempty"`
}

type rlink struct {
	Href   string     `json:"href"`
	Media  string     `json:"media-type,omitempty"`
	Hashes []fileHash `json:"hashes,omitempty"`
}

type fileHash struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
}
