package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// TestFirstRun: from nothing to the overview by the link that serve prints, and in again by the password.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	h, anna := begun(t)
	anna.sees("the shop platform", "0 of", "Anna Berg", "No scan was recorded")
	anna.untroubled()

	anna.follow("header", "Sign out")
	if anna.path() != "/login" {
		anna.fail("who signs out comes to %s", anna.path())
	}
	other := h.newVisitor(t, "somebody")
	other.open(h.link)
	other.sees("This link is not good any more")
	other.open("/mywork")
	other.sees("Sign in")
	other.signIn("anna", "correct horse batterz")
	other.sees("Name or password are wrong")
	other.misses("correct horse")
	other.signIn("anna", password)
	if other.path() != "/mywork" {
		other.fail("who signs in comes to %s, not to the page that was asked for", other.path())
	}
	other.sees("My work", "Nothing waits for you")
}

// TestSignOut: nothing of what was seen can be seen again, by going back or by its address.
func TestSignOut(t *testing.T) {
	t.Parallel()
	_, anna := begun(t)
	anna.open("/people")
	anna.open("/items/S4.039")
	anna.sees("Are production clusters backed up regularly?")
	anna.follow("header", "Sign out")
	for range 2 {
		anna.back()
		anna.misses("backed up", "Anna Berg")
		anna.sees("Sign in")
	}
	anna.open("/items/S4.039")
	anna.sees("Sign in")
}

// back goes one page back, from wherever the browser keeps that.
func (v *visitor) back() {
	v.t.Helper()
	ask[bool](v, `(history.back(), true)`)
	v.steps("go back", chromedp.Sleep(400*time.Millisecond))
	ask[bool](v, `new Promise((done) => document.readyState === "complete" ? done(true) : addEventListener("load", () => done(true)))`)
}

// TestScanComesIn: a machine hands a scan in with its token, and people read what it found.
func TestScanComesIn(t *testing.T) {
	t.Parallel()
	h, anna := begun(t)
	token := strings.TrimSpace(h.run(0, "serve", "token", "add", "ci", "--scope", "scan,read"))
	h.env = append(h.env, "KUBEPROOF_TOKEN="+token)
	h.run(1, "scan", "examples/shop", "--upload", h.url, "--upload-to", "main/production/shop")

	anna.open("/")
	anna.follow("nav", "Findings")
	anna.untroubled()
	finding := ask[string](anna, `document.querySelector("main a[data-row]").innerText`)
	anna.follow("main", finding)
	anna.sees(finding)
	control := ask[string](anna, `document.querySelector("main a[href^='/controls/']").innerText`)
	anna.follow("main .card:has(a[href^='/controls/'])", control)
	anna.sees("How to mend it", "Not like this")
	anna.open("/")
	anna.sees("Scans that count", "shop")
	anna.misses("No scan was recorded")
	anna.untroubled()
}

// TestAnswerIsReviewed: an answer with its evidence goes to another person, back, and is approved.
func TestAnswerIsReviewed(t *testing.T) {
	t.Parallel()
	h, anna := begun(t)
	ben := h.joined(t, anna, "Ben Okafor", "reviewer")
	anna.answersBackups(t)

	ben.open("/mywork")
	ben.sees("To review", "backups")
	ben.follow("main", "backups")
	ben.sees("Anna Berg answered", "every night, to another region", "schedule.md")
	ben.misses("Change the answer")
	ben.fill("#q-backups", "What you looked at, or what has to change", "Which night did it last work?")
	ben.follow("#q-backups", "Request changes")
	ben.sees("Sent back, with your reason")
	ben.click("#q-backups", "Discussion")
	ben.fill("#q-backups", "Say something", "The log of the last night would do.")
	ben.follow("#q-backups", "Say")
	ben.sees("The log of the last night would do.")

	anna.open("/mywork")
	anna.sees("Changes requested", "Which night did it last work?")
	anna.follow("main", "backups")
	anna.misses("Approve revision")
	anna.fill("#q-backups", "What is to be said beside it", "every night, last on 29 November")
	anna.follow("#q-backups", "Save and submit")

	ben.open("/items/S4.039")
	ben.sees("last on 29 November")
	ben.fill("#q-backups", "What you looked at", "the schedule, and the log")
	ben.follow("#q-backups", "Approve revision")
	ben.sees("Approved.", "approved by Ben Okafor", "the schedule, and the log")
	anna.untroubled()
	ben.untroubled()
}

// answersBackups says yes to the question, attaches a file, and hands both in.
func (v *visitor) answersBackups(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "schedule.md")
	if err := os.WriteFile(file, []byte("# Schedule\n\nevery night at two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.open("/items/S4.039")
	v.tick("#q-backups", "Yes")
	v.fill("#q-backups", "What is to be said beside it", "every night, to another region")
	v.follow("#q-backups", "Save")
	v.sees("answered", "every night, to another region")
	v.click("#q-backups", "Attach evidence")
	v.steps("choose a file", chromedp.SetUploadFiles(chromedp.CSS("#q-backups input[type=file]"), []string{file}))
	v.fill("#q-backups", "Title", "schedule.md of the backups")
	v.follow("#q-backups", "Attach")
	v.sees("schedule.md of the backups", "SHA-256")
	v.follow("#q-backups", "Submit for review")
	v.sees("Submitted: it waits for a reviewer")
}

// TestRiskIsAccepted: one asks, another decides, and the item is accepted, not satisfied.
func TestRiskIsAccepted(t *testing.T) {
	t.Parallel()
	h, anna := begun(t)
	ben := h.joined(t, anna, "Ben Okafor", "reviewer")
	anna.open("/items/S0.034")
	anna.follow("main", "Ask to accept the risk")
	anna.fill("#ask", "Last day", time.Now().AddDate(0, 3, 0).Format(time.DateOnly))
	anna.fill("#ask", "Why the risk is taken", "the firewall arrives in spring")
	anna.fill("#ask", "What is done instead", "rules on the hosts")
	anna.follow("#ask", "Ask")
	anna.sees("requested", "the firewall arrives in spring", "rules on the hosts")
	anna.misses("What you looked at")

	ben.open("/mywork")
	ben.sees("Accept the risk of S0.034")
	ben.open("/exceptions")
	ben.fill("main", "What you looked at", "the order, and the rules")
	ben.follow("main", "Approve")
	ben.sees("approved by Ben Okafor")
	anna.open("/items/S0.034")
	anna.sees("accepted", "approved")
	anna.untroubled()
	ben.untroubled()
}

// TestBundleIsProved: the bundle that the page makes is whole, offline and on the page Ledger.
func TestBundleIsProved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := filepath.Join(h.folder, "ledger.vkey")
	public := h.run(0, "review", "init", "--name", "Anna Berg", "--checklist", "requirements")
	if err := os.WriteFile(key, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	h.serve()
	anna := h.newVisitor(t, "Anna")
	anna.setPassword(h.link, "anna")
	anna.open("/exports")
	folder := t.TempDir()
	anna.downloadsInto(folder)
	anna.click("main", "Make the bundle")
	bundle := arrived(anna, folder)
	h.run(0, "ledger", "verify", bundle, "--key", key)
	anna.open("/ledger")
	anna.sees(strings.Fields(public)[0])
	anna.follow("main", "Verify now")
	anna.sees("The ledger is whole.")

	whole, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bundle, append(whole[:len(whole)/2], whole[len(whole)/2+64:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := h.codeOf("ledger", "verify", bundle, "--key", key); code == 0 {
		t.Error("a bundle that lacks a part is proved")
	}
	anna.untroubled()
}

// codeOf runs a command and gives the code with which it ends.
func (h *house) codeOf(args ...string) int {
	command := h.command(args...)
	_ = command.Run() // its code tells
	return command.ProcessState.ExitCode()
}

// downloadsInto has the browser keep what it downloads in a folder.
func (v *visitor) downloadsInto(folder string) {
	v.t.Helper()
	params := browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(v.ctx).BrowserContextID, DownloadPath: folder}
	if _, err := chromedp.CallBrowser(v.ctx, browser.SetDownloadBehavior, params); err != nil {
		v.fail("keep downloads: %v", err)
	}
}

// arrived waits for the one file of the folder.
func arrived(v *visitor, folder string) string {
	v.t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		files, _ := filepath.Glob(filepath.Join(folder, "*"))
		if len(files) == 1 && filepath.Ext(files[0]) == ".zip" {
			return files[0]
		}
	}
	v.fail("no download has arrived")
	return ""
}
