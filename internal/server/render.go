package server

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/posture"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

//go:embed page
var pageFiles embed.FS

// frame is what the layout shows around a page.
type frame struct {
	Title, Path, Theme, Version string
	Person                      string
	ID                          string // of the person
	Roles                       []review.Role
	Plans                       []planLink
	Plan                        string
	Review                      string // the title of the plan
	Flash                       string
	Bad                         bool
	Demonstration               bool
	Nav                         []navLink
	Data                        any
}

type planLink struct {
	ID, Title string
	Current   bool
}

type navLink struct {
	To, Text string
	Current  bool
}

// menu is the way through the pages.
var menu = []struct{ to, text string }{
	{"/", "Overview"}, {"/mywork", "My work"}, {"/checklists", "Checklists"}, {"/clusters", "Clusters"}, {"/scans", "Scans"}, {"/findings", "Findings"}, {"/rbac", "RBAC"}, {"/network", "Network"}, {"/exceptions", "Exceptions"}, {"/access", "Access"},
	{"/frameworks", "Frameworks"}, {"/controls", "Controls"}, {"/ledger", "Ledger"}, {"/audit", "Audit"}, {"/exports", "Exports"}, {"/people", "People"},
}

// loadPages reads the layout with each page.
func (s *Server) loadPages() (map[string]*template.Template, error) {
	base, err := template.New("layout.html").Funcs(s.funcs()).ParseFS(pageFiles, "page/layout.html", "page/parts.html", "page/clusterparts.html", "page/charts.html")
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	names, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		one, err := template.Must(base.Clone()).ParseFS(pageFiles, name)
		if err != nil {
			return nil, fmt.Errorf("read pages: %w", err)
		}
		pages[strings.TrimPrefix(name, "page/")] = one
	}
	return pages, nil
}

// show answers with a page.
func (v *visit) show(name, title string, data any) error {
	return v.page(http.StatusOK, name, title, data)
}

// page writes a whole page or nothing. Characters that nobody sees, or that turn the direction of
// reading, are shown instead of obeyed, wherever they stand: see escape.Lines.
func (v *visit) page(status int, name, title string, data any) error {
	var text bytes.Buffer
	if err := v.s.pages[name].Execute(&text, v.frame(title, data)); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	if v.Method == http.MethodHead {
		return nil
	}
	_, _ = v.w.Write([]byte(escape.Lines(text.String()))) // who does not listen any more needs no answer
	return nil
}

func (v *visit) frame(title string, data any) *frame {
	v.takeFlash()
	f := &frame{Title: title, Path: here(v.URL.EscapedPath(), v.URL.Query()), Theme: themeOf(v.Request), Version: v.s.Version, Flash: v.flash, Bad: v.bad, Demonstration: v.s.Demonstration, Data: data}
	if v.Method != http.MethodGet || v.URL.Path == callbackPath { // a code is for nobody's eyes
		f.Path = "/"
	}
	if v.person == nil {
		return f
	}
	f.Person, f.ID, f.Roles, f.Plan = v.state.NameOf(v.person.ID), v.person.ID, v.person.Roles, v.plan
	for _, id := range slices.Sorted(maps.Keys(v.state.Plans)) {
		about := v.state.Describe(v.state.Plans[id])
		f.Plans = append(f.Plans, planLink{id, about.Title, id == v.plan})
		if id == v.plan {
			f.Review = about.Title
		}
	}
	for _, one := range menu {
		if one.to == "/people" && !v.has(review.Administrator) || one.to == "/audit" && !v.has(audits.roles...) {
			continue
		}
		current := v.URL.Path == one.to || one.to != "/" && strings.HasPrefix(v.URL.Path, one.to+"/") || one.to == "/checklists" && strings.HasPrefix(v.URL.Path, "/items/") || one.to == "/clusters" && v.URL.Path == "/compare"
		f.Nav = append(f.Nav, navLink{one.to, one.text, current})
	}
	return f
}

// funcs are what templates may call. None of them marks anything as safe.
func (s *Server) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":  func(name string) (string, error) { return s.assetPath(name) },
		"spoken": func(word any) string { return strings.ReplaceAll(fmt.Sprint(word), "-", " ") },
		"day":    func(t time.Time) string { return moment(t, review.Day) },
		"minute": func(t time.Time) string { return moment(t, "2006-01-02 15:04 UTC") },
		"stamp":  func(t time.Time) string { return moment(t, time.RFC3339) },
		"count":  count, "number": number, "bars": bars, "ring": func(percent int) int { return 10 * percent },
		"address": escape.Link, "clip": escape.Clip, "has": func(all []string, one string) bool { return slices.Contains(all, one) },
		"link": func(path string, pairs ...string) string { return path + "?" + queryOf(pairs) }, "level": level, "paragraphs": paragraphs, "spans": spans,
		"join": strings.Join, "sentence": sentence, "looks": func() []string { return []string{"auto", "light", "dark"} }, "results": func() []checklist.Result { return checklist.Results },
		"stateword": func(state string) string { return stateWords[state] }, "outcomes": func() []string { return findingOutcomes }, "outcomeword": outcomeWord,
		"scanplace": func(source string) string {
			label, environment := placeOfScan(source)
			return label + ", " + environment
		},
		"pair": func(a, b any) pair { return pair{a, b} }, "scope": scopeName,
		"less":  func(a, b int) int { return a - b },
		"score": score, "arrow": arrow, "failed": failed, "changes": func() []posture.Change { return posture.Changes },
	}
}

// pair gives two things to a part of a page.
type pair struct{ A, B any }

func moment(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

// queryOf writes name and value pairs as a query, without those that are empty.
func queryOf(pairs []string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return values.Encode()
}
