package oscal

// What is written of OSCAL's models, in their order. Times are texts of RFC 3339 with a zone. Lists are
// left out where they are empty: the schemas want at least one member in each.

type assessmentResults struct {
	UUID             string       `json:"uuid"`
	Metadata         metadata     `json:"metadata"`
	ImportAP         reference    `json:"import-ap"`
	LocalDefinitions *definitions `json:"local-definitions,omitempty"`
	Results          []result     `json:"results"`
	BackMatter       *backMatter  `json:"back-matter,omitempty"`
}

type plan struct {
	UUID             string        `json:"uuid"`
	Metadata         metadata      `json:"metadata"`
	SystemID         systemID      `json:"system-id"`
	LocalDefinitions *assets       `json:"local-definitions,omitempty"`
	Observations     []observation `json:"observations,omitempty"`
	Risks            []risk        `json:"risks,omitempty"`
	Findings         []finding     `json:"findings,omitempty"`
	Items            []planItem    `json:"poam-items"`
	BackMatter       *backMatter   `json:"back-matter,omitempty"`
}

type systemID struct {
	Type string `json:"identifier-type"`
	ID   string `json:"id"`
}

type metadata struct {
	Title        string     `json:"title"`
	LastModified string     `json:"last-modified"`
	Version      string     `json:"version"`
	OSCALVersion string     `json:"oscal-version"`
	Props        []property `json:"props,omitempty"`
	Roles        []role     `json:"roles,omitempty"`
	Parties      []party    `json:"parties,omitempty"`
	Remarks      string     `json:"remarks,omitempty"`
}

type role struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type party struct {
	UUID  string     `json:"uuid"`
	Type  string     `json:"type"`
	Name  string     `json:"name,omitempty"`
	Props []property `json:"props,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	NS    string `json:"ns,omitempty"`
	Value string `json:"value"`
}

type reference struct {
	Href string `json:"href"`
}

type definitions struct {
	Objectives []objective `json:"objectives-and-methods,omitempty"`
}

type objective struct {
	ControlID string `json:"control-id"`
	Parts     []part `json:"parts"`
}

type part struct {
	ID    string `json:"id,omitempty"`
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	Prose string `json:"prose,omitempty"`
}

type result struct {
	UUID             string         `json:"uuid"`
	Title            string         `json:"title"`
	Description      string         `json:"description"`
	Start            string         `json:"start"`
	End              string         `json:"end,omitempty"`
	Props            []property     `json:"props,omitempty"`
	LocalDefinitions *assets        `json:"local-definitions,omitempty"`
	ReviewedControls reviewed       `json:"reviewed-controls"`
	Attestations     []attestation  `json:"attestations,omitempty"`
	AssessmentLog    *assessmentLog `json:"assessment-log,omitempty"`
	Observations     []observation  `json:"observations,omitempty"`
	Risks            []risk         `json:"risks,omitempty"`
	Findings         []finding      `json:"findings,omitempty"`
}

type assets struct {
	InventoryItems []inventoryItem `json:"inventory-items,omitempty"`
	Assets         *platforms      `json:"assessment-assets,omitempty"`
}

type inventoryItem struct {
	UUID        string     `json:"uuid"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
}

type platforms struct {
	Components []component `json:"components,omitempty"`
	Platforms  []platform  `json:"assessment-platforms"`
}

type component struct {
	UUID        string     `json:"uuid"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
	Status      status     `json:"status"`
}

type platform struct {
	UUID  string `json:"uuid"`
	Title string `json:"title,omitempty"`
	Uses  []uses `json:"uses-components,omitempty"`
}

type uses struct {
	Component string `json:"component-uuid"`
}

type reviewed struct {
	Controls   []selection          `json:"control-selections"`
	Objectives []objectiveSelection `json:"control-objective-selections,omitempty"`
}

type selection struct {
	Description string          `json:"description,omitempty"`
	Include     []selectControl `json:"include-controls,omitempty"`
}

type selectControl struct {
	ControlID string `json:"control-id"`
}

type objectiveSelection struct {
	Include []selectObjective `json:"include-objectives,omitempty"`
}

type selectObjective struct {
	ObjectiveID string `json:"objective-id"`
}
