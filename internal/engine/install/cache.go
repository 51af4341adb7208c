package install

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// leaving is what a family leaves behind, and how not to.
type leaving struct {
	what    string
	folders []string
	// by are the actions that leave it.
	by []action
	// options keep a call from leaving it, texts are configuration that does.
	options, texts []string
	// cleaned is true if the manager's own action cleans it.
	cleaned bool
}

var leavings = map[string]leaving{
	"apt": {what: "the package lists", folders: []string{"/var/lib/apt/lists"}, by: []action{update}},
	"apk": {what: "the package index", folders: []string{"/var/cache/apk", "/etc/apk/cache"}, by: []action{update, install, upgrade},
		options: []string{"--no-cache"}, cleaned: true},
	"yum": {what: "metadata and packages", folders: []string{"/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf"}, by: []action{update, install, upgrade},
		options: []string{"--installroot", "--no-cache"}, cleaned: true},
	"zypper": {what: "metadata and packages", folders: []string{"/var/cache/zypp"}, by: []action{update, install, upgrade},
		options: []string{"--root", "--installroot", "-R"}, cleaned: true},
	"pip": {what: "what it downloaded", folders: []string{"/root/.cache/pip"}, by: []action{install},
		options: []string{"--no-cache-dir", "--no-cache", "--cache-dir", "--no-index", "--target", "-t"}, texts: []string{"pip_no_cache_dir", "pip.conf", "no-cache-dir", "pip_cache_dir", "xdg_cache_home"}, cleaned: true},
	"yarn": {what: "what it downloaded", folders: []string{"/usr/local/share/.cache"}, by: []action{install},
		options: []string{"--cache-folder"}, texts: []string{"yarn_cache_folder", "cache-folder"}, cleaned: true},
	"npm": {what: "what it downloaded", folders: []string{"/root/.npm"}, by: []action{install},
		options: []string{"--cache", "--no-cache"}, texts: []string{"npm_config_cache", "set cache"}, cleaned: true},
}

// Cache finds RUN instructions in stages that reach the image in which a package manager leaves its
// cache; one finding for each manager. Scope object:Dockerfile.
func Cache(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	b.runs(b.image, func(i *dockerfile.Instruction, calls []*call) {
		seen := map[string]bool{}
		for _, k := range calls {
			l, known := leavings[k.grammar.family]
			if !known || seen[k.grammar.family] || !b.leaves(k, l) {
				continue
			}
			seen[k.grammar.family] = true
			verdicts = append(verdicts, assessment.Failed(k.called()+" leaves "+l.what+" in the image", k.verb))
		}
	})
	return verdicts
}

func (b *build) leaves(k *call, l leaving) bool {
	i := k.In
	if !slices.Contains(l.by, k.action) || k.has(l.options...) || k.has("--help", "-h") || k.allLocal() && len(k.packages) > 0 && k.grammar.family == "npm" {
		return false
	}
	if mounted(i, l.folders...) || cacheMounted(i, k.grammar.family) || len(l.texts) > 0 && b.says(i.Stage, l.texts...) {
		return false
	}
	return !b.cleanedBehind(k, l)
}

// cacheMounted reports whether a cache is mounted whose folder is named after the manager: homes
// differ.
func cacheMounted(i *dockerfile.Instruction, family string) bool {
	for _, m := range i.Get("mounts").Children() {
		target := m.Get("target").Text()
		if kind := m.Get("type").Text(); (kind == "cache" || kind == "tmpfs") && (strings.Contains(target, family) || strings.Contains(target, ".cache")) {
			return true
		}
	}
	return false
}

// cleanedBehind reports whether a later command of the same RUN takes away what a call leaves.
func (b *build) cleanedBehind(k *call, l leaving) bool {
	behind, inside := false, false
	for _, c := range k.In.Commands {
		if c == k.Command {
			behind = true
			continue
		}
		if !behind {
			continue
		}
		if c.Name == "cd" || c.Name == "pushd" {
			inside = holds(c.Words[1:], l.folders) || inside
		}
		switch {
		case (c.Name == "rm" || c.Name == "find" || c.Name == "unlink" || c.Name == "rimraf" || c.Name == "mv") && (inside || holds(c.Words[1:], l.folders)):
			return true
		case strings.Contains(strings.ToLower(c.Name), "clean") || strings.Contains(c.Name, "purge"):
			return true
		}
		if other := b.byCommand[c]; other != nil && other.action == clean && other.grammar.family == k.grammar.family && (l.cleaned || strings.HasPrefix(other.verb.Text(), "dist")) {
			return true
		}
	}
	return false
}

// holds reports whether one of some words is a path that holds one of the folders, or what is named
// as caches of homes are.
func holds(words []*document.Node, folders []string) bool {
	for _, w := range words {
		for _, text := range braces(w.Text(), 0) {
			if strings.HasPrefix(text, "-") {
				continue
			}
			for _, folder := range folders {
				if strings.HasPrefix(text, "/") && covers(text, folder) || strings.HasPrefix(text, folder+"/") {
					return true
				}
				if strings.HasPrefix(folder, "/root/") && (strings.Contains(text, ".cache") || strings.Contains(text, ".npm") || text == "/root") {
					return true
				}
				if strings.Contains(folder, "share/.cache") && (strings.Contains(text, "cache") || strings.Contains(text, "yarn")) {
					return true
				}
			}
		}
	}
	return false
}
