package install

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Upgrade finds calls that renew all that is installed. Scope object:Dockerfile.
func Upgrade(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	for _, k := range b.calls {
		if k.renewsAll() {
			verdicts = append(verdicts, assessment.Failed(k.called()+k.whatRenewed(), k.verb))
		}
	}
	dockerfile.EachCommand(b.Stages, func(c *dockerfile.Command) {
		if strings.HasPrefix(c.Name, "unattended-upgrade") && !slices.ContainsFunc(c.Words, func(w *document.Node) bool { return w.Text() == "--dry-run" }) {
			verdicts = append(verdicts, assessment.Failed(c.Name+" renews all packages that have security fixes", c.Words[0]))
		}
	})
	return verdicts
}

// systems are the families that install what a distribution packs.
var systems = []string{"apt", "apk", "yum", "zypper", "pacman", "brew", "choco"}

func (k *call) renewsAll() bool {
	family := k.grammar.family
	if k.action != upgrade || !slices.Contains(systems, family) || k.has("-s", "--simulate", "--dry-run", "--just-print", "--no-act", "--recon", "--downloadonly", "--download-only") {
		return false
	}
	if family == "choco" {
		return len(k.packages) == 1 && k.packages[0].name == "all"
	}
	// apt-get upgrade renews everything whatever it names; so does dist-upgrade of zypper
	return len(k.packages) == 0 || family == "apt" || family == "zypper" && strings.HasPrefix(k.verb.Text(), "d")
}

func (k *call) whatRenewed() string {
	if k.has("--security", "--sec-severity") || k.verb.Text() == "patch" {
		return " renews all packages that have fixes"
	}
	return " renews all packages of the image"
}

// UpdateAlone finds RUN instructions that fetch lists of packages and install none. Scope object:Dockerfile.
func UpdateAlone(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	b.runs(b.Stages, func(i *dockerfile.Instruction, calls []*call) {
		at := slices.IndexFunc(calls, func(k *call) bool { return k.action == update })
		if at < 0 || mounted(i, "/var/lib/apt/lists", "/var/cache/apk", "/var/cache/dnf", "/var/cache/yum", "/var/cache/zypp") {
			return
		}
		k := calls[at]
		if k.grammar.family == "brew" || usesLists(calls) || !plain(i) {
			return
		}
		verdicts = append(verdicts, assessment.Failed(k.called()+" stands in a RUN that installs nothing", k.verb))
	})
	return verdicts
}

// usesLists reports whether calls install or upgrade, or take the lists away again.
func usesLists(calls []*call) bool {
	return slices.ContainsFunc(calls, func(k *call) bool {
		return slices.Contains(append(systems, "tidy", "local"), k.grammar.family) && (k.action == install || k.action == upgrade || k.action == other)
	})
}

// harmless are programs that install nothing by themselves; any other may.
var harmless = set(`rm echo cat set export cd mkdir true : printf ls sed ln cp mv chmod chown touch date locale-gen dpkg-reconfigure apt-mark useradd
	groupadd adduser addgroup find tar unzip tee gpg apt-key debconf-set-selections add-apt-repository yum-config-manager dpkg grep awk cut tr head
	tail sort uname whoami id pwd exit test [ [[ wget curl lsb_release update-ca-certificates ldconfig sleep read local which type
	pip pip3 npm yarn gem go cargo apt-get apt aptitude apk yum dnf microdnf zypper pacman apt-cache update-alternatives install ln git`)

// plain reports whether all that a RUN calls is known to install no package of the system.
func plain(i *dockerfile.Instruction) bool {
	for _, c := range i.Commands {
		if c.Name != "" && (!harmless[c.Name] || len(c.Words) > 0 && strings.Contains(c.Words[0].Text(), "$")) {
			return false
		}
	}
	return true
}

// Apt finds RUN instructions that call apt, which is made for people. Scope object:Dockerfile.
func Apt(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	b.runs(b.Stages, func(_ *dockerfile.Instruction, calls []*call) {
		for _, k := range calls {
			if k.Name == "apt" && k.action != other {
				verdicts = append(verdicts, assessment.Failed("RUN calls "+k.called(), k.Words[0]))
				return
			}
		}
	})
	return verdicts
}

// answers are, for each family, the options by which a call does not ask, and texts in configuration
// that do the same.
var answers = map[string]struct {
	options []string
	texts   []string
	key     string
}{
	"apt":    {[]string{"-y", "--yes", "--assume-yes", "--force-yes"}, []string{"assume-yes"}, "APT::Get::Assume-Yes"},
	"yum":    {[]string{"-y", "--assumeyes", "--yes", "--noconfirm"}, []string{"assumeyes", "alwaysprompt"}, "assumeyes"},
	"zypper": {[]string{"-y", "-n", "--non-interactive", "--no-confirm"}, []string{"zypp_non_interactive"}, ""},
	"pacman": {[]string{"--noconfirm"}, nil, ""},
	"conda":  {[]string{"-y", "--yes"}, []string{"always_yes", "conda_always_yes", "mamba_always_yes"}, ""},
}

// AssumeYes finds calls that would ask. Scope object:Dockerfile.
func AssumeYes(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	for _, k := range b.calls {
		answer, found := answers[k.grammar.family]
		if !found || !k.asks() || k.has(answer.options...) || k.Step > 0 || k.Get("input") != nil {
			continue
		}
		if _, set := k.sets(answer.key); set || len(answer.texts) > 0 && b.says(k.In.Stage, answer.texts...) {
			continue
		}
		verdicts = append(verdicts, assessment.Failed(k.called()+" is called without "+answer.options[0], k.verb))
	}
	return verdicts
}

// asks reports whether a call of its kind asks before it acts.
func (k *call) asks() bool {
	switch k.action {
	case install, upgrade, remove:
	default:
		return false
	}
	if k.opaque || k.Name == "microdnf" || k.Name == "micromamba" || k.has("-s", "--simulate", "--dry-run", "-h", "--help", "--version", "--print-uris", "--downloadonly", "--assumeno") {
		return false
	}
	// apt is quiet enough at -qq, and asks only where it does more than it was told
	return k.grammar.family != "apt" || k.quiet() < 2
}

func (k *call) quiet() int {
	level := 0
	for _, o := range k.options {
		switch {
		case o.name != "-q" && o.name != "--quiet":
		case o.value != "":
			level = int(o.value[0] - '0')
		default:
			level++
		}
	}
	return level
}

// Recommended finds calls of apt and dnf that install what packages merely recommend, in stages that
// reach the image. Scope object:Dockerfile.
func Recommended(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	b.installs(false, func(k *call) {
		if len(k.packages) > 0 && !k.opaque && b.takesRecommended(k) {
			verdicts = append(verdicts, assessment.Failed(k.called()+" installs recommended packages", k.verb))
		}
	})
	return verdicts
}

func (b *build) takesRecommended(k *call) bool {
	switch {
	case k.grammar.family == "apt":
		value, found := k.sets("APT::Install-Recommends")
		return !k.has("--no-install-recommends", "-R", "--without-recommends") && !(found && isOff(value)) && !k.allLocal() &&
			!b.says(k.In.Stage, "install-recommends \"", "install-recommends=", "install-recommends false", "install-recommends 0", "apt.conf.d", "/etc/apt/apt.conf")
	case k.Name == "dnf" || k.Name == "dnf5":
		value, found := k.sets("install_weak_deps")
		return k.verb.Text() == "install" && !(found && isOff(value)) && !b.says(k.In.Stage, "install_weak_deps", "/etc/dnf/dnf.conf")
	}
	return false
}

func (k *call) allLocal() bool {
	return !slices.ContainsFunc(k.packages, func(p pkg) bool { return p.kind != local })
}

func isOff(value string) bool {
	switch value {
	case "0", "false", "no", "off":
		return true
	}
	return false
}
