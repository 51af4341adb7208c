package report

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
)

// imageJSON is an image in the JSON report. What is absent is not known.
type imageJSON struct {
	Name     string         `json:"name"`
	File     string         `json:"file,omitempty"`
	Digest   string         `json:"digest,omitempty"`
	Platform string         `json:"platform,omitempty"`
	Created  string         `json:"created,omitempty"`
	Bytes    *int           `json:"bytes,omitempty"` // as stored
	Size     *int           `json:"size,omitempty"`  // content of all layers
	Waste    *int           `json:"waste,omitempty"` // the part of it that is not seen in the end
	Layers   *int           `json:"layers,omitempty"`
	Files    *int           `json:"files,omitempty"`
	Packages *int           `json:"packages,omitempty"`
	ByType   map[string]int `json:"packageCounts,omitempty"`
	User     string         `json:"user,omitempty"` // USER as written
	Root     bool           `json:"root"`
	// Vulnerabilities counts by severity those that VEX does not answer; Fixable are those of them that
	// a newer version mends. Both are absent if nobody looked.
	Vulnerabilities map[string]int `json:"vulnerabilities,omitzero"`
	Fixable         map[string]int `json:"fixable,omitzero"`
	// Signed and Origin are the states of the signatures and of the provenance: verified, invalid,
	// present (which was not verified), absent, unknown.
	Signed string `json:"signed,omitempty"`
	Origin string `json:"origin,omitempty"`
	Unread int    `json:"unread,omitempty"` // parts that were not read
}

func (r *Report) imagesJSON() []imageJSON {
	var all []imageJSON
	for _, f := range r.images() {
		all = append(all, newImageJSON(f))
	}
	return all
}

func newImageJSON(f imageFact) imageJSON {
	j := imageJSON{Name: f.name(), File: f.file, Digest: f.text("digest"), Platform: f.text("platform"), Created: f.text("created"),
		User: f.text("config", "user"), Signed: stateOf(f.root.Get("signed")), Origin: stateOf(f.root.Get("origin")), Unread: f.root.Get("unread").Len()}
	_, _, j.Root = f.user()
	for _, field := range []struct {
		name string
		into **int
	}{{"bytes", &j.Bytes}, {"size", &j.Size}, {"waste", &j.Waste}, {"files", &j.Files}} {
		if n, known := f.amount(field.name); known {
			*field.into = &n
		}
	}
	if layers := f.root.Get("layers"); layers != nil {
		j.Layers = new(layers.Len())
	}
	if byType, total, known := f.packages(); known {
		j.Packages, j.ByType = &total, byType
	}
	if open, _, looked := f.vulnerabilities(); looked {
		j.Vulnerabilities, j.Fixable = map[string]int{}, map[string]int{}
		for _, one := range open {
			j.Vulnerabilities[one.Severity] = one.Open
			if one.Fixable > 0 {
				j.Fixable[one.Severity] = one.Fixable
			}
		}
	}
	return j
}

// stateOf is the state of a verdict; "unknown" for a word that is none, "" without a verdict.
func stateOf(verdict *document.Node) string {
	state := verdict.Get("state").Text()
	if verdict == nil || slices.Contains([]string{"verified", "invalid", "present", "absent"}, state) {
		return state
	}
	return "unknown"
}
