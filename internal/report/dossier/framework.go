package dossier

import (
	"github.com/kubeproof/kubeproof/internal/review"
)

// Framework is a standard with the items that give evidence for its requirements.
type Framework struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Short       string       `json:"short"`
	URL         string       `json:"url,omitempty"`
	Supported   int          `json:"supported"` // requirements with at least one item
	Identifiers []Identifier `json:"identifiers"`
	// Note is what to know of the standard itself.
	Note string `json:"note,omitempty"`
}

// Identifier is one requirement of a standard, with the items of which the state is evidence.
type Identifier struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Items []string `json:"items"`
	Score Score    `json:"score"`
}

// fffs is the framework whose number was mistaken in older copies of the checklist.
const (
	fffs     = "fffs-2014-5"
	fffsNote = "FFFS 2014:5 (listed as 2014:7 in older copies); DORA applies since 2025-01-17."
)

func (g *gatherer) frameworks() []Framework {
	all := []Framework{}
	for _, from := range g.View.Frameworks {
		one := Framework{ID: from.Framework.ID, Title: from.Framework.Title, Short: from.Framework.Short, URL: from.Framework.URL, Identifiers: []Identifier{}}
		if one.ID == fffs {
			one.Note = fffsNote
		}
		for _, identifier := range from.Identifiers {
			if len(identifier.Items) > 0 {
				one.Supported++
			}
			one.Identifiers = append(one.Identifiers, Identifier{identifier.ID, identifier.Title, ids(identifier.Items), score(identifier.Score)})
		}
		all = append(all, one)
	}
	return all
}

func ids(items []*review.ItemView) []string {
	all := []string{}
	for _, item := range items {
		all = append(all, item.Item.ID)
	}
	return all
}
