package browser

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// told is the name by which pages reach hear: what violates the policy, and scripts that should never run.
const told = "kubeproofTold"

// early runs on each page before anything of it: policies that were violated are told, and so is a call
// of what hostile text would call.
const early = `
addEventListener("securitypolicyviolation", (event) => kubeproofTold("policy: " + event.violatedDirective + " " + event.blockedURI + " at " + event.sourceFile + ":" + event.lineNumber));
globalThis.probe = (n) => kubeproofTold("script: " + n);
for (const name of ["alert", "confirm", "prompt", "print"]) globalThis[name] = (text) => { kubeproofTold("script: " + name + " " + text); };
`

// watch has the browser tell of everything that goes wrong on a page.
func (v *visitor) watch() {
	v.t.Helper()
	for _, err := range []error{
		command(v, log.Enable, cdp.Empty{}), command(v, audits.Enable, cdp.Empty{}), command(v, network.Enable, network.EnableParams{}), command(v, page.Enable, page.EnableParams{}),
		command(v, runtime.AddBinding, runtime.AddBindingParams{Name: told}),
		command(v, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: early}),
	} {
		if err != nil {
			v.t.Fatal(err)
		}
	}
}

func command[P, R any](v *visitor, one cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(v.ctx, one, params)
	return err
}

// hear takes in what the browser tells. It must not ask the browser anything.
func (v *visitor) hear(event any) {
	switch e := event.(type) {
	case *page.EventLoadEventFired:
		v.loaded <- true
	case *runtime.EventBindingCalled:
		v.note("%s", e.Payload)
	case *page.EventJavascriptDialogOpening:
		v.note("script: opens a dialog: %s", e.Message)
	case *runtime.EventConsoleAPICalled:
		v.note("console: %s %s", e.Type, argument(e.Args))
	case *runtime.EventExceptionThrown:
		v.note("exception: %s", e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		v.logged(e.Entry)
	case *audits.EventIssueAdded:
		v.note("issue: %s %s", e.Issue.Code, issueAbout(e.Issue))
	case *network.EventRequestWillBeSent:
		v.asked(e)
	case *network.EventResponseReceived:
		v.answered(e)
	case *network.EventLoadingFailed:
		v.failed(e)
	}
}

func argument(args []*runtime.RemoteObject) string {
	if len(args) == 0 {
		return ""
	}
	return string(args[0].Value)
}

// logged notes what the browser itself says. Answers that are errors are noted where they come.
func (v *visitor) logged(entry *log.Entry) {
	if entry.Source != log.EntrySourceNetwork {
		v.note("log: %s %s %s", entry.Level, entry.Source, entry.Text)
	}
}

func issueAbout(issue *audits.InspectorIssue) string {
	if csp := issue.Details.ContentSecurityPolicyIssueDetails; csp != nil {
		return csp.ViolatedDirective + " " + csp.BlockedURL
	}
	if other := issue.Details.GenericIssueDetails; other != nil {
		return fmt.Sprint(other.ErrorType)
	}
	return ""
}

// asked notes a request, and one that goes elsewhere as trouble.
func (v *visitor) asked(e *network.EventRequestWillBeSent) {
	v.lock.Lock()
	v.requests[string(e.RequestID)] = e.Request.URL
	v.lock.Unlock()
	if !strings.HasPrefix(e.Request.URL, v.base+"/") && !strings.HasPrefix(e.Request.URL, "data:") && e.Request.URL != v.base {
		v.note("elsewhere: %s %s", e.Request.Method, e.Request.URL)
	}
}

// answered notes what a page is made of and could not be had. The page itself may be an error: tests look at it.
func (v *visitor) answered(e *network.EventResponseReceived) {
	if e.Response.Status >= 400 && e.Type != network.ResourceTypeDocument {
		v.note("answer: %d %s", e.Response.Status, e.Response.URL)
	}
}

// failed notes what got no answer, but for downloads, which end the way of a page.
func (v *visitor) failed(e *network.EventLoadingFailed) {
	if e.Type == network.ResourceTypeDocument && e.Canceled || e.ErrorText == "net::ERR_ABORTED" {
		return
	}
	v.lock.Lock()
	url := v.requests[string(e.RequestID)]
	v.lock.Unlock()
	v.note("request: %s %s %s", url, e.ErrorText, e.BlockedReason)
}

func (v *visitor) note(format string, args ...any) {
	v.lock.Lock()
	defer v.lock.Unlock()
	if one := fmt.Sprintf(format, args...); !slices.Contains(v.troubles, one) {
		v.troubles = append(v.troubles, one)
	}
}

// complaints gives what went wrong since it was asked last.
func (v *visitor) complaints() []string {
	v.lock.Lock()
	defer v.lock.Unlock()
	all := v.troubles
	v.troubles = nil
	return all
}

// untroubled fails if the browser complained.
func (v *visitor) untroubled() {
	v.t.Helper()
	for _, one := range v.complaints() {
		v.t.Errorf("%s on %s: %s", v.name, v.path(), one)
	}
}

// size gives the window a size in pixels.
func (v *visitor) size(width, height int64) {
	v.t.Helper()
	if err := command(v, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}); err != nil {
		v.fail("size the window: %v", err)
	}
}

// theme is what the system prefers: light or dark.
func (v *visitor) theme(name string) {
	v.t.Helper()
	if err := command(v, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
		v.fail("prefer %s: %v", name, err)
	}
}

// flagged reports whether a flag of go test was given.
func flagged(name string) bool {
	one := flag.Lookup(name)
	return one != nil && one.Value.String() != "" && one.Value.String() != "false"
}
