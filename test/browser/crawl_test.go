package browser

import (
	"cmp"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// How much of a site is looked at. Pages of one kind are many: of those whose address differs in one part
// only, a few stand for all.
const (
	mostPages = 600 // that are read in all
	mostAlike = 25  // that are read, of one kind
	fewAlike  = 4   // that are looked at in the browser, of one kind
)

// crawler reads a site from its start, link by link, as whoever is signed in.
type crawler struct {
	t      *testing.T
	client *http.Client
	base   string
	cookie string
	seen   map[string]bool
	alike  map[string][]string // kind → the pages of it, in the order in which they were found
	read   int
}

// crawled are the sites that were read, by address and who read them: several tests look at one.
var crawled = struct {
	sync.Mutex
	alike map[string]map[string][]string
}{alike: map[string]map[string][]string{}}

// crawl gives the pages that links lead to from the overview, so many of each kind. A link that leads
// nowhere is an error.
func (v *visitor) crawl(alike int) []string {
	v.t.Helper()
	crawled.Lock()
	defer crawled.Unlock()
	site := v.base + " " + v.name
	if crawled.alike[site] == nil {
		c := &crawler{t: v.t, client: &http.Client{}, base: v.base, cookie: v.cookie(), seen: map[string]bool{"/": true}, alike: map[string][]string{}}
		for queue := []string{"/"}; len(queue) > 0 && c.read < mostPages; queue = queue[1:] {
			queue = append(queue, c.visit(queue[0])...)
		}
		crawled.alike[site] = c.alike
	}
	return some(crawled.alike[site], alike)
}

// cookie is what shows who is signed in.
func (v *visitor) cookie() string {
	v.t.Helper()
	got, err := chromedp.Call(v.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		v.fail("read cookies: %v", err)
	}
	var all []string
	for _, one := range got.Cookies {
		all = append(all, one.Name+"="+one.Value)
	}
	return strings.Join(all, "; ")
}

var linked = regexp.MustCompile(`(?s)<a\s[^>]*?href="([^"]*)"`)

// visit reads a page, and gives the pages that it leads to and that were not seen yet.
func (c *crawler) visit(path string) (next []string) {
	c.t.Helper()
	c.read++
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		c.t.Fatalf("a link leads to %q: %v", path, err)
	}
	request.Header.Set("Cookie", c.cookie)
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		c.t.Errorf("a link leads to %s, which gives %s", path, response.Status)
		return nil
	}
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") || response.Header.Get("Content-Disposition") != "" {
		return nil // a file
	}
	kind := kindOf(path)
	c.alike[kind] = append(c.alike[kind], path)
	for _, found := range linked.FindAllSubmatch(text, -1) {
		if to, ours := c.target(path, html.UnescapeString(string(found[1]))); ours {
			next = append(next, to)
		}
	}
	return next
}

// target is where a link leads, if that is a page here which was not seen, and of which kind few were.
func (c *crawler) target(from, link string) (string, bool) {
	base, err := url.Parse(c.base + from)
	if err != nil {
		return "", false
	}
	to, err := base.Parse(link)
	if err != nil || !strings.HasPrefix(to.String(), c.base+"/") || to.Query().Has("plan") {
		return "", false
	}
	to.Fragment, to.RawFragment = "", ""
	path := to.RequestURI()
	if c.seen[path] || len(c.seen) > 20000 {
		return "", false
	}
	c.seen[path] = true
	return path, len(c.alike[kindOf(path)]) < mostAlike
}

// kindOf is what pages have in common of which only the last part of the address, or the values of its query, differ.
func kindOf(path string) string {
	address, query, _ := strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(address, "/"), "/")
	for i := range parts {
		if i%2 == 1 {
			parts[i] = "*"
		}
	}
	values, _ := url.ParseQuery(query)
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(parts, "/") + "?" + strings.Join(names, "&")
}

// some chooses pages of each kind, as different as their places among the others allow. Of one page
// with several filters one is enough.
func some(kinds map[string][]string, alike int) []string {
	var chosen []string
	for kind, pages := range kinds {
		most := alike
		if !strings.HasSuffix(kind, "?") {
			most = max(1, alike/4)
		}
		for i := range min(most, len(pages)) {
			chosen = append(chosen, pages[i*len(pages)/min(most, len(pages))])
		}
	}
	slices.SortFunc(chosen, func(a, b string) int { return cmp.Or(strings.Compare(kindOf(a), kindOf(b)), strings.Compare(a, b)) })
	return chosen
}
