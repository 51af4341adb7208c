package running

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// searched are programs, and the folders in which those who read images look for them (programKinds and
// programFolders of internal/collect/image): only of these the fact tells that one is not there.
var (
	searched = strings.Fields("sh bash dash ash zsh ksh csh tcsh fish curl wget nc ncat netcat socat telnet nslookup dig")
	folders  = strings.Fields("/bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /busybox /usr/libexec /usr/local/go/bin " +
		"/usr/local/cargo/bin /root/.cargo/bin /opt/conda/bin /opt/java/openjdk/bin /usr/local/openjdk/bin /opt/bin /app/bin")
)

// defaultPath is where runtimes search programs if nothing sets PATH.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// call is a program that a container is told to start.
type call struct {
	by, word string
	inShell  bool // by a line of shell, so that it may be a part of the shell
	node     *document.Node
}

// programs fails for every program that a probe, a hook or the command of a container calls and that the
// image surely does not have.
func programs(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	calls := callsOf(in.Element)
	switch {
	case len(calls) == 0:
		return assessment.Skipped("no probe, hook or command starts a program")
	case windows(in, fact):
		return assessment.Skipped("images for Windows are not searched for programs")
	}
	var verdicts []assessment.Verdict
	present, broken := false, map[string]bool{}
	for _, c := range calls {
		has, sure := has(in, fact, c)
		present = present || has
		if sure && !has && !broken[c.by] {
			broken[c.by] = true
			verdicts = append(verdicts, failed(c.node, "%s of %s calls %s, which %s does not have", c.by, title(in), path.Base(c.word), u.title())...)
		}
	}
	if len(verdicts) == 0 && !present {
		return assessment.Skipped("what its probes, hooks and command call is nothing that images are searched for")
	}
	return verdicts
}

// callsOf lists what a container's command, probes and hooks start.
func callsOf(container *document.Node) []call {
	all := callsIn("command", container.Get("command"))
	for _, probe := range []string{"startupProbe", "livenessProbe", "readinessProbe"} {
		all = append(all, callsIn(probe, container.Get(probe, "exec", "command"))...)
	}
	for _, hook := range []string{"postStart", "preStop"} {
		all = append(all, callsIn(hook, container.Get("lifecycle", hook, "exec", "command"))...)
	}
	return all
}

func callsIn(by string, command *document.Node) []call {
	words := command.Children()
	if len(words) == 0 || words[0].Text() == "" {
		return nil
	}
	calls := []call{{by: by, word: words[0].Text(), node: words[0]}}
	shell := path.Base(words[0].Text())
	if len(words) < 3 || !slices.Contains(searched[:slices.Index(searched, "curl")], shell) || !strings.HasPrefix(words[1].Text(), "-") || !strings.HasSuffix(words[1].Text(), "c") {
		return calls
	}
	// The first command of a script runs in any case.
	script := strings.Fields(strings.TrimPrefix(strings.TrimSpace(words[2].Text()), "exec "))
	if len(script) > 0 {
		calls = append(calls, call{by: by, word: strings.TrimRight(script[0], ";"), inShell: true, node: words[2]})
	}
	return calls
}

// has reports whether the image has a program, and whether that is sure: nothing may hide what was
// seen, nor lie where nobody looked.
func has(in assessment.Input, fact *document.Node, c call) (has, sure bool) {
	name := path.Base(c.word)
	if !slices.Contains(searched, name) {
		return false, false
	}
	shells, tools := fact.Get("shells"), fact.Get("tools")
	if contains(shells, name) || contains(tools, name) {
		return true, true
	}
	complete := fact.Get("files") != nil && shells != nil && tools != nil && shells.Len() < mostListed && tools.Len() < mostListed
	if !complete || c.inShell && contains(shells, "busybox") {
		return false, false
	}
	for _, folder := range foldersOf(in, fact, c.word) {
		if !slices.Contains(folders, folder) || mountedAt(in.Element, folder) {
			return false, false
		}
	}
	return false, true
}

// mostListed is how long lists of programs in facts may be (internal/collect/image).
const mostListed = 1000

func contains(list *document.Node, name string) bool {
	return slices.ContainsFunc(list.Children(), func(n *document.Node) bool { return n.Get("name").Text() == name })
}

// foldersOf lists where a program is looked for: in its own folder, else in those of PATH.
func foldersOf(in assessment.Input, fact *document.Node, word string) []string {
	if strings.Contains(word, "/") {
		return []string{path.Dir(word)}
	}
	search := defaultPath
	for _, list := range [][]*document.Node{fact.Get("config", "env").Children(), in.Element.Get("env").Children()} {
		for _, variable := range list {
			if variable.Get("name").Text() == "PATH" {
				search = cmp.Or(variable.Get("value").Text(), "unknown")
			}
		}
	}
	return strings.Split(search, ":")
}

// mountedAt reports whether a volume may bring programs into a folder.
func mountedAt(container *document.Node, folder string) bool {
	return slices.ContainsFunc(container.Get("volumeMounts").Children(), func(n *document.Node) bool {
		at := clean(n.Get("mountPath").Text())
		return at == "/" || at == folder || strings.HasPrefix(folder, at+"/") || strings.HasPrefix(at, folder+"/")
	})
}
