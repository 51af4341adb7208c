package install

import "strings"

// grammar is how one package manager is called.
type grammar struct {
	// family is shared by managers that do the same: yum, dnf.
	family string
	verbs  map[string]action
	// valued are options that take the next word.
	valued map[string]bool
	// bundled short options may stand behind one dash: -yqq.
	bundled bool
	// booleans are options before true and false.
	booleans bool
	// splits is true if no package has a space in its name, so that "a b" are two.
	splits bool
	// ends is true if what follows -- is for somebody else.
	ends bool
	// always is the action of programs that have no verb.
	always action
	// byOption reads the action of a manager whose verbs are options.
	byOption func(k *call, named bool)
	// compose joins words that are one package.
	compose func([]word) []word
	pkg     func(word) pkg
}

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// verbs makes a table of lines such as "install: add i"; _ joins two words to one verb, . is no verb.
func verbs(lines map[action]string) map[string]action {
	all := map[string]action{}
	for act, words := range lines {
		for _, w := range strings.Fields(words) {
			all[strings.ReplaceAll(strings.TrimPrefix(w, "."), "_", " ")] = act
		}
	}
	return all
}

// managers are the package managers by the names of their programs.
var managers = programs()

func programs() map[string]*grammar {
	all := map[string]*grammar{}
	for names, g := range grammars() {
		for _, name := range strings.Fields(names) {
			all[name] = g
		}
	}
	return all
}

func grammars() map[string]*grammar {
	all := systemManagers()
	for names, g := range languageManagers() {
		all[names] = g
	}
	return all
}

// systemManagers install what a distribution packs.
func systemManagers() map[string]*grammar {
	return map[string]*grammar{
		"apt-get apt aptitude apt-fast": {family: "apt", bundled: true, splits: true, pkg: aptPackage,
			verbs: verbs(map[action]string{install: "install reinstall satisfy build-dep", update: "update", upgrade: "upgrade dist-upgrade full-upgrade safe-upgrade",
				remove: "remove purge autoremove auto-remove autopurge", clean: "clean autoclean distclean dist-clean"}),
			valued: set("-t -o -c -a -P --target-release --default-release --option --config-file --host-architecture --build-profiles")},
		// scripts of some base images that update, install and clean up
		"install_packages clean-install": {family: "tidy", splits: true, always: install, pkg: aptPackage},
		"apk": {family: "apk", bundled: true, splits: true, pkg: apkPackage,
			verbs:  verbs(map[action]string{install: "add", update: "update", upgrade: "upgrade", remove: "del", clean: "cache_clean cache_purge"}),
			valued: set("-t -X -p --virtual --repository --root --keys-dir --arch --cache-dir --cache-max-age --repositories-file --wait --timeout --progress-fd")},
		"yum dnf dnf5 microdnf tdnf": {family: "yum", bundled: true, splits: true, pkg: rpmPackage,
			verbs: verbs(map[action]string{install: "install in localinstall reinstall builddep groupinstall group_install module_install",
				update: "makecache", upgrade: "update upgrade up update-minimal upgrade-minimal distro-sync distrosync dsync dist-sync",
				remove: "remove erase rm autoremove", clean: "clean"}),
			valued: set(`-c -x -d -e -R --config --exclude --excludepkgs --enablerepo --disablerepo --repo --repoid --releasever --installroot --setopt --forcearch
				--color --comment --disableplugin --enableplugin --rpmverbosity --sec-severity --advisory --cve --bz --bugzilla --downloaddir --destdir --repofrompath --errorlevel --debuglevel`)},
		"zypper": {family: "zypper", bundled: true, splits: true, pkg: zypperPackage,
			verbs: verbs(map[action]string{install: "install in source-install si", update: "refresh ref",
				upgrade: "update up dup dist-upgrade patch", remove: "remove rm", clean: "clean cc"}),
			valued: set("-t -r -R -p -C -D -c --type --repo --root --installroot --plus-repo --from --capability --reposd-dir --cache-dir --raw-cache-dir --config --releasever --name --download --catalog")},
		"pacman": {family: "pacman", bundled: true, splits: true, pkg: pacmanPackage, byOption: pacmanAction,
			valued: set("-b -r --dbpath --root --cachedir --config --gpgdir --hookdir --logfile --arch --ignore --ignoregroup --overwrite --color --print-format --assume-installed")},
		"rpm dpkg": {family: "local", bundled: true, splits: true, pkg: pacmanPackage, byOption: localAction},
		"brew": {family: "brew", splits: true, pkg: pacmanPackage,
			verbs: verbs(map[action]string{install: "install reinstall", update: "update", upgrade: "upgrade", remove: "uninstall remove rm", clean: "cleanup"})},
		"choco": {family: "choco", splits: true, pkg: chocoPackage,
			verbs:  verbs(map[action]string{install: "install", upgrade: "upgrade", remove: "uninstall"}),
			valued: set(`--version -version -s --source --params --package-parameters --ia --installargs --install-arguments --timeout --execution-timeout -u --user -p --password --x86`)},
	}
}

// pacmanAction reads -S, -R and the like.
func pacmanAction(k *call, named bool) {
	sync := k.find("-S", "--sync")
	switch {
	case k.find("-R", "--remove") != nil:
		k.action, k.verb = remove, k.find("-R", "--remove").node
	case k.find("-U", "--upgrade") != nil:
		k.action, k.verb = install, k.find("-U", "--upgrade").node
	case sync == nil, k.has("-s", "--search", "-i", "--info", "-l", "--list", "-g", "--groups"):
	case k.has("-c", "--clean"):
		k.action, k.verb = clean, sync.node
	case named:
		k.action, k.verb = install, sync.node
	case k.has("-u", "--sysupgrade"):
		k.action, k.verb = upgrade, sync.node
	case k.has("-y", "--refresh"):
		k.action, k.verb = update, sync.node
	}
}

// localAction reads what rpm and dpkg remove; what they install lies in files.
func localAction(k *call, _ bool) {
	names := []string{"-e", "--erase"}
	if k.Name == "dpkg" {
		names = []string{"-r", "-P", "--remove", "--purge"}
	}
	if o := k.find(names...); o != nil {
		k.action, k.verb = remove, o.node
	}
}
