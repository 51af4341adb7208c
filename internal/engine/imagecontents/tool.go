package imagecontents

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// tools fails if the image has programs of the kinds or names in the parameters "kinds" and
// "names", but for the names in "accepted".
func tools(in assessment.Input) []assessment.Verdict {
	kinds, names, exempt := in.Values.Strings("kinds"), in.Values.Strings("names"), in.Values.Strings("accepted")
	list := in.Element.Get("tools")
	var found []string
	for _, tool := range list.Children() {
		name := tool.Get("name").Text()
		if (slices.Contains(kinds, tool.Get("kind").Text()) || slices.Contains(names, name)) && !slices.Contains(exempt, name) {
			found = append(found, nameAndPath(tool))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return failed(list, "image has %s: %s", in.Values.String("about"), named(found, 0))
}

func nameAndPath(entry *document.Node) string {
	name, file := entry.Get("name").Text(), entry.Get("path").Text()
	if file == "" {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, file)
}

// shells fails if a shell is in the image.
func shells(in assessment.Input) []assessment.Verdict {
	list := in.Element.Get("shells")
	var found []string
	for _, shell := range list.Children() {
		found = append(found, nameAndPath(shell))
	}
	if len(found) == 0 {
		return nil
	}
	return failed(list, "image has %s: %s", counted(len(found), "shell", "shells"), named(found, 0))
}

// packageManagers fails if a manager of packages is in the image, of the system or of a language.
func packageManagers(in assessment.Input) []assessment.Verdict {
	list := in.Element.Get("managers")
	var found []string
	for _, manager := range list.Children() {
		found = append(found, nameAndPath(manager))
	}
	if len(found) == 0 {
		return nil
	}
	return failed(list, "image has %s: %s", counted(len(found), "package manager", "package managers"), named(found, 0))
}

// servers are programs that let people in from outside, and serverPackages what brings them.
var (
	servers = strings.Fields(`sshd sshd-session dropbear dropbearmulti tinysshd telnetd in.telnetd utelnetd rlogind in.rlogind rshd in.rshd rexecd in.rexecd
		vncserver Xvnc Xtigervnc Xtightvnc x11vnc x0vncserver tigervncserver tightvncserver vncserver-x11 wayvnc
		xrdp xrdp-sesman gnome-remote-desktop-daemon teamviewer teamviewerd anydesk rustdesk nxserver cockpit-ws shellinaboxd ttyd gotty wetty webmin miniserv.pl`)
	serverPackages = strings.Fields(`openssh-server openssh-server-pam dropbear dropbear-bin tinysshd telnetd inetutils-telnetd telnet-server rsh-server rsh-redone-server
		tightvncserver tigervnc-standalone-server tigervnc-server tigervnc x11vnc xrdp teamviewer anydesk cockpit-ws shellinabox ttyd webmin`)
)

// remoteControl fails for every program in the image that lets people in from outside. The
// telnetd that is one name of busybox counts only where the image starts it.
func remoteControl(in assessment.Input) []assessment.Verdict {
	exempt := in.Values.Strings("accepted")
	var verdicts []assessment.Verdict
	tell := func(n *document.Node, format string, args ...any) {
		verdicts = append(verdicts, failed(n, format, args...)...)
	}
	seen := map[string]bool{}
	for _, program := range in.Element.Get("executables").Children() {
		if name := path.Base(fileOf(program)); isServer(name, exempt) {
			seen[name] = true
			tell(program, "image starts %s by %s", name, origin(program))
		}
	}
	packages := map[string]bool{}
	for _, tool := range in.Element.Get("tools").Children() {
		name := tool.Get("name").Text()
		if isServer(name, exempt) && !seen[name] && !isApplet(in.Element, tool) {
			packages[tool.Get("package").Text()] = true
			tell(tool, "image has %s, which lets people in from outside: %s", name, tool.Get("path").Text())
		}
	}
	for _, pkg := range in.Element.Get("packages").Children() {
		name := pkg.Get("name").Text()
		if system(pkg) && slices.Contains(serverPackages, name) && !packages[name] && !slices.Contains(exempt, name) && len(seen) == 0 {
			tell(pkg, "package %s is installed, which lets people in from outside", name)
		}
	}
	return verdicts
}

func isServer(name string, exempt []string) bool {
	return slices.Contains(servers, name) && !slices.Contains(exempt, name)
}

// isApplet reports whether a tool is one of the names of busybox. Those of busybox-extras were
// installed on purpose.
func isApplet(root, tool *document.Node) bool {
	return tool.Get("package").Text() == "busybox" || root.Get("base").Text() == "busybox" && tool.Get("package") == nil
}

// system reports whether a package belongs to the operating system.
func system(pkg *document.Node) bool {
	return slices.Contains([]string{"deb", "rpm", "apk"}, pkg.Get("type").Text())
}
