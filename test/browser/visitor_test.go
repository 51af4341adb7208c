package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long something may take before it is taken for broken.
const patience = 20 * time.Second

//go:embed find.js
var find string

// visitor is somebody with a browser of his own: no cookie is shared.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	base string
	name string
	// password is known of those who sign in again.
	password string

	loaded chan bool
	lock   sync.Mutex
	// troubles is what the browser complained of.
	troubles []string
	requests map[string]string
}

// newVisitor opens a window on what a house serves.
func (h *house) newVisitor(t *testing.T, name string) *visitor {
	t.Helper()
	return openWindow(t, h.url, name)
}

func openWindow(t *testing.T, base, name string) *visitor {
	t.Helper()
	ctx, cancel := chromedp.NewContext(theStage(t).browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	v := &visitor{t: t, ctx: ctx, base: base, name: name, loaded: make(chan bool, 100), requests: map[string]string{}}
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		t.Fatal(err)
	}
	v.watch()
	v.size(1280, 900)
	v.theme("light")
	return v
}

// steps does something in the browser, or the test ends.
func (v *visitor) steps(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.fail("%s: %v", what, err)
	}
}

// ask evaluates an expression on the page and decodes what it gives.
func ask[T any](v *visitor, expression string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.fail("evaluate %.80s: %v", expression, err)
	}
	return got
}

// call calls a function that is written in JavaScript.
func call[T any](v *visitor, function string, args ...any) T {
	v.t.Helper()
	var texts []string
	for _, one := range args {
		text, err := json.Marshal(one)
		if err != nil {
			v.t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return ask[T](v, "("+strings.TrimSpace(withoutComment(function))+")("+strings.Join(texts, ", ")+")")
}

// withoutComment takes the lines before the function away.
func withoutComment(function string) string {
	for strings.HasPrefix(function, "//") {
		_, function, _ = strings.Cut(function, "\n")
	}
	return function
}

// open goes to a path, or to a whole address of the house.
func (v *visitor) open(path string) {
	v.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = v.base + path
	}
	v.steps("open "+path, chromedp.Navigate(path))
	v.drain()
}

func (v *visitor) drain() {
	for len(v.loaded) > 0 {
		<-v.loaded
	}
}

// through does something that leads to another page, and waits until that has come.
func (v *visitor) through(what string, do func()) {
	v.t.Helper()
	v.drain()
	do()
	select {
	case <-v.loaded:
	case <-time.After(patience):
		v.fail("%s leads to no other page", what)
	}
}

type spot struct {
	X, Y               float64
	Tag, Type, Problem string
}

// look finds something by its words; scope is a selector, or "" for the whole page.
func (v *visitor) look(scope, kind, words string) spot {
	v.t.Helper()
	found := call[spot](v, find, scope, kind, words)
	if found.Problem != "" {
		v.fail("%s", found.Problem)
	}
	return found
}

// click clicks on a link, a button or what opens more, without leaving the page.
func (v *visitor) click(scope, words string) {
	v.t.Helper()
	at := v.look(scope, "press", words)
	v.steps("click on "+words, chromedp.MouseClickXY(at.X, at.Y))
}

// follow clicks on what leads to another page, and waits for it.
func (v *visitor) follow(scope, words string) {
	v.t.Helper()
	v.through("click on "+words, func() { v.click(scope, words) })
}

// fill writes into a field as somebody who types, and puts days and choices in as the browser's own
// pickers would.
func (v *visitor) fill(scope, label, text string) {
	v.t.Helper()
	at := v.look(scope, "field", label)
	if at.Type == "date" || at.Tag == "select" {
		call[string](v, `(text) => { const field = document.querySelector("[data-found]"); field.value = text; field.dispatchEvent(new Event("change", {bubbles: true})); return field.value }`, text)
		return
	}
	v.steps("click on "+label, chromedp.MouseClickXY(at.X, at.Y))
	call[bool](v, `() => { const field = document.querySelector("[data-found]"); if (field.select) field.select(); return document.activeElement === field }`)
	if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		v.fail("type into %s: %v", label, err)
	}
}

// tick clicks on a radio button or a box.
func (v *visitor) tick(scope, label string) {
	v.t.Helper()
	at := v.look(scope, "field", label)
	v.steps("tick "+label, chromedp.MouseClickXY(at.X, at.Y))
	if !ask[bool](v, `document.querySelector("[data-found]").checked`) {
		v.fail("%s is not ticked after a click on it", label)
	}
}

// text is what can be read on the page.
func (v *visitor) text() string {
	v.t.Helper()
	return ask[string](v, "document.body.innerText")
}

// path is where the visitor is.
func (v *visitor) path() string {
	v.t.Helper()
	return ask[string](v, "location.pathname + location.search")
}

// sees fails unless the page says all of it.
func (v *visitor) sees(words ...string) {
	v.t.Helper()
	text := squeezed(v.text())
	for _, one := range words {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(squeezed(one))) {
			v.fail("%s does not read %q on %s", v.name, one, v.path())
		}
	}
}

// misses fails if the page says one of it.
func (v *visitor) misses(words ...string) {
	v.t.Helper()
	text := squeezed(v.text())
	for _, one := range words {
		if strings.Contains(text, one) {
			v.fail("%s reads %q on %s", v.name, one, v.path())
		}
	}
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

// picture is what the window shows.
func (v *visitor) picture() ([]byte, error) {
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err != nil {
		return nil, err
	}
	return shot.Data, nil
}

// fail ends the test, and keeps the picture and the text of the page for whoever looks into it.
func (v *visitor) fail(format string, args ...any) {
	v.t.Helper()
	v.t.Fatalf("%s: %s\n%s", v.name, fmt.Sprintf(format, args...), v.keep())
}

// keep writes down what the visitor sees, and says where.
func (v *visitor) keep() string {
	folder := v.t.ArtifactDir()
	if kept := flagged("test.artifacts"); !kept {
		var err error
		if folder, err = os.MkdirTemp("", "kubeproof-browser-failed-"); err != nil {
			return err.Error()
		}
	}
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n\n" + document.body.innerText`))
	if err == nil {
		text += "\n\n" + strings.Join(v.complaints(), "\n")
		err = os.WriteFile(filepath.Join(folder, "page.txt"), []byte(text), 0o600)
	}
	if shot, shotErr := v.picture(); shotErr == nil {
		err = os.WriteFile(filepath.Join(folder, "page.png"), shot, 0o600)
	}
	if err != nil {
		return "the page could not be kept: " + err.Error()
	}
	return "the page is kept in " + folder
}
