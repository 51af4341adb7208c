package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/kubeproof/kubeproof/internal/ask"
)

// counter is a server with inventories, which is asked beside the commands.
type counter struct {
	*office
	client         *http.Client
	address, token string
	files          map[string]string // saved inventories, by label
}

func newCounter(t *testing.T, targets map[string]string) *counter {
	p := newOffice(t)
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	c := &counter{office: p, files: map[string]string{}}
	c.token = regexp.MustCompile(`kpt_\S+`).FindString(p.run(0, "serve", "token", "add", "ci", "--scope", "scan,read"))
	address, printed := p.serve()
	c.address, p.env["KUBEPROOF_TOKEN"] = address, c.token
	for label, target := range targets {
		c.files[label] = filepath.Join(t.TempDir(), label+".json.gz")
		c.ran("scan", target, "--fail-on", "never", "--save-inventory", c.files[label], "--upload", address, "--upload-to", "main/production/"+label)
	}
	c.client = p.signIn(regexp.MustCompile(`half an hour: (\S+)`).FindStringSubmatch(printed.String())[1], address)
	return c
}

// command asks a saved inventory by a command.
func (c *counter) command(label string, into any, args ...string) {
	c.t.Helper()
	text := c.ran(append(args, "--in", "inventory:"+c.files[label], "-o", "json")...)
	if err := json.Unmarshal([]byte(text), into); err != nil {
		c.t.Fatal(err, text)
	}
}

// ran runs a command, though something may be unknown, and gives what it answered.
func (c *counter) ran(args ...string) string {
	c.t.Helper()
	var out, errs bytes.Buffer
	if code := Main(c.t.Context(), args, c.streams(&out, &errs)); code != exitClean && code != exitPartial {
		c.t.Fatalf("%v ends with %d: %s", args, code, errs.String())
	}
	return out.String()
}

// api asks the server's API about a cluster.
func (c *counter) api(label, path string, into any) {
	c.t.Helper()
	request, err := http.NewRequest("GET", c.address+"/api/v1/clusters/main/production/"+label+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := http.DefaultClient.Do(request)
	status, text := read(c.t, response, err)
	if status != http.StatusOK || json.Unmarshal([]byte(text), into) != nil {
		c.t.Fatalf("%s gives %d: %s", path, status, text)
	}
}

// table gives the cells of the tables of a page whose region has a name, by row.
func (c *counter) table(label, path string, query url.Values, region string) [][]string {
	c.t.Helper()
	query.Set("cluster", "main/production/"+label)
	response, err := c.client.Get(c.address + path + "?" + query.Encode())
	status, text := read(c.t, response, err)
	root, wrong := html.Parse(strings.NewReader(text))
	if status != http.StatusOK || wrong != nil {
		c.t.Fatalf("%s gives %d: %s", path, status, text)
	}
	var rows [][]string
	for n := range root.Descendants() {
		if n.Data != "div" || attribute(n, "aria-label") != region && region != "" || attribute(n, "role") != "region" {
			continue
		}
		for row := range n.Descendants() {
			if row.Data != "tr" || row.Parent.Data != "tbody" {
				continue
			}
			var cells []string
			for cell := range row.ChildNodes() {
				if cell.Data == "td" || cell.Data == "th" {
					cells = append(cells, strings.Join(strings.Fields(words(cell)), " "))
				}
			}
			rows = append(rows, cells)
		}
	}
	return rows
}

func attribute(n *html.Node, name string) string {
	for _, one := range n.Attr {
		if one.Key == name {
			return one.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	text := ""
	for child := range n.ChildNodes() {
		text += words(child) + " "
	}
	return text
}

// TestPagesAnswerAsCommandsDo asks commands, pages and the API the same questions about the same inventories.
func TestPagesAnswerAsCommandsDo(t *testing.T) {
	c := newCounter(t, map[string]string{"cluster": "../../examples/cluster", "shop": "../../examples/shop", "rich": "../collect/cluster/testdata/rich.yaml"})
	for label := range c.files {
		t.Run(label, func(t *testing.T) {
			c.t = t
			c.compareRights(label)
			c.compareNetwork(label)
		})
	}
}

func (c *counter) compareRights(label string) {
	c.t.Helper()
	for _, question := range [][2]string{{"get", "secrets"}, {"create", "pods"}, {"list", "configmaps"}, {"*", "*"}, {"impersonate", "users"}, {"get", "/metrics"}} {
		var said ask.WhoCan
		var told struct {
			Answers []ask.Access
			Notes   []string
		}
		c.command(label, &said, "rbac", "who-can", question[0], question[1])
		query := url.Values{"verb": {question[0]}, "resource": {question[1]}}
		c.api(label, "/rbac/who-can?"+query.Encode(), &told)
		if !reflect.DeepEqual(said.Answers, told.Answers) || !reflect.DeepEqual(said.Notes, told.Notes) {
			c.t.Errorf("%s who can %v: the command says %+v, the API %+v", label, question, said, told)
		}
		rows := c.table(label, "/rbac/who-can", query, "")
		if len(rows) != len(said.Answers) {
			c.t.Errorf("%s who can %v: the command says %d, the page %d", label, question, len(said.Answers), len(rows))
		}
		for _, one := range said.Answers {
			if !holds(rows, one.Subject.FullName()+" "+one.Subject.Kind, one.Role.String(), one.Binding.String()) {
				c.t.Errorf("%s who can %v: the page lacks %+v: %v", label, question, one, rows)
			}
		}
	}
	var said ask.SubjectList
	c.command(label, &said, "rbac", "subjects")
	rows := c.table(label, "/rbac", url.Values{}, "Subjects")
	if len(rows) != len(said.Subjects) {
		c.t.Errorf("%s: the command lists %d subjects, the page %d", label, len(said.Subjects), len(rows))
	}
	for _, one := range said.Subjects {
		c.compareSubject(label, one, rows)
	}
	var ways ask.Paths
	c.command(label, &ways, "rbac", "paths")
	for _, goal := range ways.Goals {
		rows := c.table(label, "/rbac/ways", url.Values{}, "Take away first, to "+goal.Goal)
		if own := goal.Own(); len(rows) != min(len(own), 10) {
			c.t.Errorf("%s to %s: the command says what to take away %d times, the page %d", label, goal.Goal, len(own), len(rows))
		}
	}
}

func (c *counter) compareSubject(label string, one ask.ListedSubject, rows [][]string) {
	c.t.Helper()
	if !holds(rows, one.FullName()+" "+one.Kind+", "+one.Who, one.Where(), one.Access) {
		c.t.Errorf("%s: the page lacks %+v", label, one)
	}
	var said ask.SubjectAnswer
	c.command(label, &said, "rbac", "subject", one.Typed())
	lines := 0
	rights := c.table(label, "/rbac/subject", url.Values{"subject": {one.Typed()}}, "Rights")
	for _, grant := range said.Grants {
		all := ask.RightLines(grant.Rights)
		lines += max(1, len(all))
		for _, line := range all {
			if !holds(rights, line.Verbs, line.What, grant.Binding.String(), grant.Role.String()) {
				c.t.Errorf("%s, %s: the page lacks %+v of %s", label, one.Typed(), line, grant.Binding)
			}
		}
	}
	if len(rights) != lines {
		c.t.Errorf("%s, %s: the command says %d, the page %d", label, one.Typed(), lines, len(rights))
	}
}

func (c *counter) compareNetwork(label string) {
	c.t.Helper()
	var said, told ask.Matrix
	c.command(label, &said, "network", "matrix")
	c.api(label, "/network/matrix", &told)
	told.Schema, told.Gaps = said.Schema, said.Gaps
	if !reflect.DeepEqual(said, told) {
		c.t.Errorf("%s: the command says %+v, the API %+v", label, said, told)
	}
	spaces := map[string]bool{}
	for _, group := range said.Groups {
		if group.Namespace != "" {
			spaces[group.Namespace] = true
		}
	}
	for space := range spaces {
		c.compareSpace(label, space)
	}
	var ways ask.Exposed
	c.command(label, &ways, "network", "exposed")
	rows := c.table(label, "/network/exposed", url.Values{}, "Ways from outside")
	if len(rows) != len(ways.Ways) {
		c.t.Errorf("%s: the command says %d ways from outside, the page %d", label, len(ways.Ways), len(rows))
	}
	for _, way := range ways.Ways {
		if !holds(rows, way.By.String(), way.Way, strings.Join(way.At, ", "), way.Isolated) {
			c.t.Errorf("%s: the page lacks %+v", label, way)
		}
	}
}

// compareSpace reads the matrix of a namespace cell by cell.
func (c *counter) compareSpace(label, space string) {
	c.t.Helper()
	var said ask.Matrix
	c.command(label, &said, "network", "matrix", "-n", space)
	flows := map[[2]string]ask.Flow{}
	for _, flow := range said.Flows {
		flows[[2]string{flow.From, flow.To}] = flow
	}
	rows := c.table(label, "/network/namespace", url.Values{"namespace": {space}}, "Matrix of workloads")
	if len(rows) != len(said.Groups) {
		c.t.Fatalf("%s, %s: the command has %d rows, the page %d", label, space, len(said.Groups), len(rows))
	}
	for i, from := range said.Groups {
		for k, to := range said.Groups {
			want := "none"
			if flow, open := flows[[2]string{from.Name, to.Name}]; open {
				want = flow.String()
			}
			if from.Namespace == "" && to.Namespace == "" {
				want = "no pair ·"
			}
			if got := rows[i][k+1]; got != want {
				c.t.Errorf("%s, %s to %s: the command says %q, the page %q", label, from.Name, to.Name, want, got)
			}
		}
	}
}

// holds reports whether a row has all the texts, each in a cell of its own or beside others.
func holds(rows [][]string, texts ...string) bool {
	for _, row := range rows {
		line, all := strings.Join(row, " | "), true
		for _, text := range texts {
			all = all && strings.Contains(line, text)
		}
		if all {
			return true
		}
	}
	return false
}
