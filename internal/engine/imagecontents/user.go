package imagecontents

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// startsAsRoot tells why the image runs as root: USER is not set, is root, or names a user of
// UID 0; "" if it does not. A name that was not resolved is not root.
func startsAsRoot(root *document.Node) string {
	spec := root.Get("config", "user").Text()
	name, _, _ := strings.Cut(spec, ":")
	if forWindows(root) {
		if strings.EqualFold(name, "ContainerAdministrator") {
			return fmt.Sprintf("USER is %q, the administrator", spec)
		}
		return ""
	}
	uid, err := strconv.Atoi(name)
	user := root.Get("user")
	switch {
	case name == "":
		return "USER is not set"
	case name == "root", err == nil && uid == 0:
		return fmt.Sprintf("USER is %q", spec)
	case user.Get("root").Bool():
		return fmt.Sprintf("USER %q has UID 0 in /etc/passwd", spec)
	}
	return ""
}

// forWindows reports whether the image is for Windows, which has no UIDs.
func forWindows(root *document.Node) bool {
	return strings.HasPrefix(root.Get("platform").Text(), "windows/")
}

// userRoot fails if the image runs as root unless whoever starts it says otherwise.
func userRoot(in assessment.Input) []assessment.Verdict {
	why := startsAsRoot(in.Element)
	switch {
	case why == "" && forWindows(in.Element) && in.Element.Get("config", "user").Text() == "":
		return assessment.Skipped("as whom an image for Windows starts without USER depends on its base")
	case why == "":
		return nil
	}
	if with := dropper(in.Element); with != "" {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("image starts as root, until %s drops it: %s", with, why), in.Element, "config", "user")}
	}
	return []assessment.Verdict{assessment.Failed("image runs as root: "+why, in.Element, "config", "user")}
}

// userKnown fails if USER names a user or a group that the image does not have: no runtime
// starts it. Numbers need no entry.
func userKnown(in assessment.Input) []assessment.Verdict {
	spec := in.Element.Get("config", "user").Text()
	switch {
	case in.Element.Get("config") == nil:
		return unknown(in.Element, "the configuration of the image was not read")
	case spec == "":
		return assessment.Skipped("USER is not set")
	case forWindows(in.Element):
		return assessment.Skipped("users of Windows do not stand in /etc/passwd")
	}
	name, group, _ := strings.Cut(spec, ":")
	known := in.Element.Get("user", "known")
	switch {
	case isNumber(name) || name == "":
	case in.Element.Get("users") == nil:
		return nil // not read
	case in.Element.Get("users").Len() == 0:
		return failed(in.Element.Get("config", "user"), "USER %q is a name, and the image has no /etc/passwd", spec)
	case known != nil && !known.Bool(), known == nil && !has(in.Element.Get("users"), name):
		return failed(in.Element.Get("config", "user"), "USER %q: /etc/passwd has no user %q", spec, name)
	}
	if group != "" && !isNumber(group) && in.Element.Get("groups") != nil && !has(in.Element.Get("groups"), group) {
		return failed(in.Element.Get("config", "user"), "USER %q: /etc/group has no group %q", spec, group)
	}
	return nil
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err == nil
}

// has reports whether a list of users or groups has one of the name.
func has(list *document.Node, name string) bool {
	return slices.ContainsFunc(list.Children(), func(n *document.Node) bool { return n.Get("name").Text() == name })
}

// droppers are programs that start another one as another user.
var droppers = []string{"gosu", "su-exec", "setpriv", "setuidgid", "s6-setuidgid", "chpst", "runuser", "su", "capsh"}

// dropper names the program by which the entrypoint drops root; "" if none was seen.
func dropper(root *document.Node) string {
	if drops := root.Get("drops"); drops.Len() > 0 {
		return drops.Children()[0].Text()
	}
	for _, list := range []string{"entrypoint", "cmd"} {
		for _, word := range words(root.Get("config", list)) {
			for _, part := range strings.Fields(word) {
				if name := path.Base(part); slices.Contains(droppers, name) {
					return name
				}
			}
		}
	}
	return ""
}

// userDrops judges images that start as root: the script of the entrypoint should go on as
// somebody else. Whether a program does so by itself cannot be seen from outside.
func userDrops(in assessment.Input) []assessment.Verdict {
	if startsAsRoot(in.Element) == "" || forWindows(in.Element) {
		return assessment.Skipped("the image does not start as root")
	}
	if with := dropper(in.Element); with != "" {
		return passed("the image starts as root and drops it by %s", with)
	}
	started := in.Element.Get("executables").Children()
	if len(started) == 0 {
		if in.Element.Get("config", "entrypoint").Len()+in.Element.Get("config", "cmd").Len() == 0 {
			return assessment.Skipped("the image names no program to start")
		}
		return unknown(in.Element, "image starts as root, and what it starts was not read")
	}
	for _, program := range started {
		if script := program.Get("script").Text(); script != "" {
			return failed(program, "image starts as root, and its script %s calls nothing that drops it, as gosu, su-exec or setpriv", program.Get("path").Text())
		}
	}
	return assessment.Skipped("whether the program that starts as root drops it by itself cannot be seen: image-user-root judges it")
}

// arbitraryUser fails if files of the image serve only the UID that it runs as, so that it
// breaks under another one, as OpenShift chooses.
func arbitraryUser(in assessment.Input) []assessment.Verdict {
	uid := in.Element.Get("user", "uid")
	switch {
	case in.Element.Get("config") == nil:
		return unknown(in.Element, "the configuration of the image was not read")
	case startsAsRoot(in.Element) != "":
		return assessment.Skipped("the image starts as root")
	case forWindows(in.Element):
		return assessment.Skipped("Windows has no UIDs")
	case uid == nil:
		return unknown(in.Element.Get("config", "user"), "which UID USER %q has was not seen", in.Element.Get("config", "user").Text())
	}
	for _, owned := range in.Element.Get("owned").Children() {
		if private := number(owned.Get("privateDirs")); owned.Get("uid").Text() == uid.Text() && private > 0 {
			return failed(owned, "only UID %s may write or read %s of the image; it owns %s", uid.Text(), counted(private, "file or folder", "files or folders"), owned.Get("sample").Text())
		}
	}
	return nil
}
