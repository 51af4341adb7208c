package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// scripts lets scripts of pages run, or not.
func (v *visitor) scripts(run bool) {
	v.t.Helper()
	if err := command(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}); err != nil {
		v.fail("turn scripts on or off: %v", err)
	}
}

// TestWithoutScripts: people without JavaScript sign in, answer and hand in, and read on every page what others read.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	v := filled(t, contributor)
	v.open("/")
	v.follow("header", "Sign out")
	v.scripts(false)
	v.signIn(v.name, v.password)
	for _, path := range v.crawl(2) {
		v.scripts(true)
		v.open(path)
		with := v.main()
		v.scripts(false)
		v.open(path)
		if without := v.main(); without != with || len(without) < 20 {
			t.Errorf("%s reads otherwise without scripts:\n%.2000s\nand with them:\n%.2000s", path, without, with)
		}
	}
	v.open("/checklists/requirements")
	v.keys("j")
	if at := v.at(); at.What != "" {
		v.fail("scripts run: j leads to %s", at.What)
	}
	v.open("/items/S4.039")
	if !ask[bool](v, `[...document.querySelectorAll("#q-backups details[open] > summary")].some((one) => one.innerText.startsWith("Discussion"))`) {
		v.click("#q-backups", "Discussion")
	}
	v.fill("#q-backups", "Say something", "said without scripts")
	v.follow("#q-backups", "Say")
	v.sees("said without scripts")
	v.follow("footer", "dark")
	if theme := ask[string](v, "document.documentElement.dataset.theme"); theme != "dark" {
		v.fail("the look is %s after dark was chosen", theme)
	}
	v.untroubled()
}

// main is what the page says, without what frames it.
func (v *visitor) main() string {
	v.t.Helper()
	return ask[string](v, `document.querySelector("h1").innerText && document.querySelector("main").innerText`)
}
