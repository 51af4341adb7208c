// Package catalog holds the data of Kubeproof: controls, checklists, frameworks, questions and
// the table of supported releases.
package catalog

import "embed"

// FS has the folders controls, checklists, frameworks and questions.
//
//go:embed controls checklists frameworks questions
var FS embed.FS

// NewControl is the text that a new control begins with; NEW-ID stands for its id.
//
//go:embed newcontrol.yaml
var NewControl string

// Versions is the table of supported releases, as YAML; its date says how new it is.
//
//go:embed versions.yaml
var Versions []byte
