package install

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Packages finds packages by the names in the parameter "packages", which may hold *, that are in
// the image: installed in a stage that reaches it and not removed. One finding for each package.
// Scope object:Dockerfile.
func Packages(in assessment.Input) []assessment.Verdict {
	b := of(in)
	if why := b.unproductive(in.Values.Strings("notProduction")); why != "" {
		return assessment.Skipped(why)
	}
	var verdicts []assessment.Verdict
	b.installs(false, func(k *call) {
		for _, p := range b.wanted(k, in) {
			verdicts = append(verdicts, assessment.Failed(k.called()+" puts "+p.name+" into the image", p.node))
		}
	})
	return verdicts
}

// PackageSets is Packages with one finding for each call.
func PackageSets(in assessment.Input) []assessment.Verdict {
	b := of(in)
	if why := b.unproductive(in.Values.Strings("notProduction")); why != "" {
		return assessment.Skipped(why)
	}
	var verdicts []assessment.Verdict
	b.installs(false, func(k *call) {
		if found := b.wanted(k, in); len(found) > 0 {
			verdicts = append(verdicts, assessment.Failed(k.called()+" puts "+listed(found)+" into the image", found[0].node))
		}
	})
	return verdicts
}

// wanted are the packages of a call that the parameters name and that stay.
func (b *build) wanted(k *call, in assessment.Input) []pkg {
	if !slices.Contains(append(systems, "tidy", "conda"), k.grammar.family) {
		return nil
	}
	names, exempt := in.Values.Strings("packages"), in.Values.Strings("accepted")
	var found []pkg
	for _, p := range k.packages {
		p.name = strings.TrimPrefix(p.name, "@")
		if among(p.name, names) && !among(p.name, exempt) && b.stays(k, p) {
			found = append(found, p)
		}
	}
	return found
}

// unproductive says why an image is none that production runs, if its file, folder or stage is
// named so; "" if it is not.
func (b *build) unproductive(marks []string) string {
	if name := b.Final.Name; name != "" && markedBy(name, marks) {
		return "the stage " + name + " is none for production, by its name"
	}
	if b.Subject.Source == nil {
		return ""
	}
	file := b.Subject.Source.File
	if name := path.Base(file); markedBy(name, marks) {
		return name + " is none for production, by its name"
	}
	// a folder build holds what is built for production, too
	marks = slices.DeleteFunc(slices.Clone(marks), func(mark string) bool { return mark == "build" })
	if folder := path.Base(path.Dir(file)); markedBy(folder, marks) {
		return folder + " is none for production, by its name"
	}
	return ""
}

// markedBy reports whether one of the words of a name is a mark.
func markedBy(name string, marks []string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("._-/ ", r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(marks, w) })
}

// servers are programs that let people in from outside.
var servers = set(`sshd dropbear telnetd in.telnetd utelnetd vncserver Xvnc Xtigervnc x11vnc tightvncserver tigervncserver x0vncserver
	xrdp xrdp-sesman teamviewer teamviewerd anydesk rustdesk shellinaboxd ttyd gotty wetty ngrok cockpit-ws webmin miniserv.pl`)

// RemoteAdmin finds servers for remote administration: packages named in the parameter "packages"
// and programs that are started, in stages that reach the image. Scope object:Dockerfile.
func RemoteAdmin(in assessment.Input) []assessment.Verdict {
	b, names, exempt := of(in), in.Values.Strings("packages"), in.Values.Strings("accepted")
	var verdicts []assessment.Verdict
	b.installs(false, func(k *call) {
		for _, p := range k.packages {
			name := path.Base(p.name)
			if name == "openssh" && k.grammar.family == "yum" || name == "ssh" && k.grammar.family != "apt" { // parts without the server
				continue
			}
			if among(name, names) && !among(name, exempt) && (b.stays(k, p) || k.grammar.family == "npm" || k.grammar.family == "go") {
				verdicts = append(verdicts, assessment.Failed(k.called()+" puts "+withServer(name)+" into the image", p.node))
			}
		}
	})
	dockerfile.Each(b.image, func(i *dockerfile.Instruction) {
		if i.Name != "RUN" && i.Name != "CMD" && i.Name != "ENTRYPOINT" {
			return
		}
		for _, c := range i.Commands {
			if name := started(c); name != "" && !among(name, exempt) {
				verdicts = append(verdicts, assessment.Failed(i.Name+" starts "+name, c.Words[0]))
			}
		}
	})
	return verdicts
}

// withServer names a package; those that look like a mere client with what they hold.
func withServer(name string) string {
	if name == "openssh" || name == "ssh" {
		return name + " with its server"
	}
	return name
}
