package install

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Version finds calls that install packages of the distribution without their versions, one finding
// for each call. The parameter "snapshots" lists texts, as hosts of snapshot mirrors, that make a
// stage's packages the same every time. Scope object:Dockerfile.
func Version(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b, snapshots := of(in), in.Values.Strings("snapshots")
	b.installs(true, func(k *call) {
		if !slices.Contains([]string{"apt", "tidy", "apk", "yum", "zypper", "choco"}, k.grammar.family) {
			return
		}
		var open []pkg
		for _, p := range k.packages {
			if p.kind == named && p.version == "" {
				open = append(open, p)
			}
		}
		if len(open) == 0 || k.has("--version", "-version") || b.says(k.In.Stage, snapshots...) {
			return
		}
		verdicts = append(verdicts, assessment.Failed(k.called()+" names no version of "+listed(open), open[0].node))
	})
	return verdicts
}

// LanguageVersion finds calls that install packages of a language without fixing their versions, one
// finding for each call. Scope object:Dockerfile.
func LanguageVersion(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	of(in).installs(true, func(k *call) {
		fixed, known := fixes[k.grammar.family]
		if !known {
			return
		}
		var open []pkg
		for _, p := range k.packages {
			if p.kind == named && !fixed(k, p) {
				open = append(open, p)
			}
		}
		if len(open) > 0 {
			verdicts = append(verdicts, assessment.Failed(k.called()+" fixes no version of "+listed(open), open[0].node))
		}
	})
	return verdicts
}

// fixes tell for each family whether a package gets a version that the next build gets too, or one
// of a range with an end.
var fixes = map[string]func(*call, pkg) bool{
	"pip": func(k *call, p pkg) bool { return pythonFixed(k, p) },
	"uv":  func(k *call, p pkg) bool { return pythonFixed(k, p) },
	"npm": nodeFixed, "yarn": nodeFixed, "pnpm": nodeFixed,
	"gem": func(k *call, p pkg) bool {
		return p.version != "" || k.has("-v", "--version", "--local", "-l", "-g", "--file")
	},
	"go": goFixed,
	"cargo": func(k *call, p pkg) bool {
		return p.version != "" || k.has("--version", "--vers", "--path", "--git", "--rev", "--tag")
	},
	"composer": func(_ *call, p pkg) bool {
		return p.version != "" && p.version != "*" && !strings.HasPrefix(p.version, "dev-")
	},
	"conda":  condaFixed,
	"dotnet": func(k *call, p pkg) bool { return p.version != "" || k.has("--version", "-v") },
}

var pythonUpper = regexp.MustCompile(`==|~=|<|@|^=`)

func pythonFixed(k *call, p pkg) bool {
	if k.has("-c", "--constraint", "--no-index", "--require-hashes") {
		return true
	}
	return pythonUpper.MatchString(p.version) || isUnknown(p.version)
}

// nodeTags are names that point at another version with every release.
var nodeTags = set("latest next beta alpha canary rc stable nightly lts dev *")

func nodeFixed(k *call, p pkg) bool {
	if p.version == "" || nodeTags[p.version] || strings.HasPrefix(p.version, ">") && !strings.Contains(p.version, "<") {
		return k.grammar.family != "npm" && k.verb.Text() == "install"
	}
	return true
}

// goFixed: go install without a version builds what the module in the folder requires.
func goFixed(k *call, p pkg) bool {
	switch p.version {
	case "":
		return k.verb.Text() != "get" || strings.HasSuffix(p.name, "...")
	case "latest", "master", "main", "upgrade", "HEAD", "develop":
		return false
	}
	return true
}

// condaFixed: the channels' own tools are named in the environment, not in versions.
func condaFixed(k *call, p pkg) bool {
	return strings.ContainsAny(p.version, "=<") || isUnknown(p.version) || k.has("-f", "--file", "--clone") || p.name == ""
}

// lockFile is a file that fixes versions, and the call that goes by it.
type lockFile struct {
	family string
	file   string
	// loose are verbs that change it where it does not fit, unless one of the options is given.
	loose   string
	options []string
	instead string
}

var lockFiles = []lockFile{
	{"npm", "package-lock.json", " install i ", nil, "npm ci"},
	{"npm", "npm-shrinkwrap.json", " install i ", nil, "npm ci"},
	{"yarn", "yarn.lock", " install yarn ", []string{"--frozen-lockfile", "--immutable", "--pure-lockfile", "--immutable-cache"}, "yarn install --frozen-lockfile"},
}

// LockFile finds calls that may leave what a copied lock file fixes. Scope object:Dockerfile.
func LockFile(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	b := of(in)
	b.installs(true, func(k *call) {
		for _, lock := range lockFiles {
			if lock.family != k.grammar.family || len(k.packages) > 0 || !strings.Contains(lock.loose, " "+k.verb.Text()+" ") || k.has("-g", "--global", "--location") {
				continue
			}
			if k.has(lock.options...) || k.opaque || !copied(k, lock.file) || b.says(k.In.Stage, "frozen_lockfile", "enable_immutable", "frozen-lockfile") {
				continue
			}
			verdicts = append(verdicts, assessment.Failed(k.called()+" may change what "+lock.file+" fixes: "+lock.instead+" does not", k.verb))
			return
		}
	})
	return verdicts
}

// copied reports whether a file is named by a COPY before a call.
func copied(k *call, file string) bool {
	found := false
	for _, s := range chain(k.In.Stage) {
		for _, i := range s.Instructions {
			if i == k.In {
				return found
			}
			found = found || (i.Name == "COPY" || i.Name == "ADD") && names(i, file)
		}
		if found {
			return true
		}
	}
	return false
}

func names(i *dockerfile.Instruction, file string) bool {
	for _, source := range i.Get("sources").Children() {
		if strings.HasSuffix(source.Text(), file) {
			return true
		}
	}
	return false
}
