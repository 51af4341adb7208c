package install

import "strings"

// languageManagers install what the community of a language publishes.
func languageManagers() map[string]*grammar {
	python := set(`-r -c -e -t -i -f -d -w --requirement --constraint --editable --target --index-url --extra-index-url --find-links --platform
		--python-version --implementation --abi --root --prefix --src --upgrade-strategy --no-binary --only-binary --global-option --install-option
		--build-option --config-settings -C --progress-bar --log --proxy --retries --timeout --default-timeout --exists-action --trusted-host --cert
		--client-cert --cache-dir --python -p --use-feature --use-deprecated --report --root-user-action --keyring-provider --index --default-index
		--with --group --extra --override --build-constraint --exclude-newer --resolution --prerelease --index-strategy --link-mode --pip-args --suffix`)
	node := set(`--prefix -C --registry --loglevel --cache --userconfig --globalconfig -w --workspace --omit --include --fetch-retries --fetch-timeout
		--fetch-retry-mintimeout --fetch-retry-maxtimeout --network-timeout --network-concurrency --maxsockets --jobs --tag --python --target --arch
		--platform --target_arch --scope --audit-level --cache-folder --modules-folder --cwd --mutex --store-dir --filter -F --only --dist-url
		--cache-min --global-dir --node-linker --reporter --depth --dir --install-strategy`)
	return map[string]*grammar{
		"pip": {family: "pip", bundled: true, pkg: pipPackage, valued: python,
			verbs: verbs(map[action]string{install: "install", remove: "uninstall", clean: "cache_purge"})},
		"uv": {family: "uv", pkg: pipPackage, valued: python,
			verbs: verbs(map[action]string{install: "pip_install tool_install add", remove: "pip_uninstall", clean: "cache_clean"})},
		"pipx": {family: "uv", pkg: pipPackage, valued: python,
			verbs: verbs(map[action]string{install: "install"})},
		"npm": {family: "npm", booleans: true, pkg: npmPackage, valued: node,
			verbs: verbs(map[action]string{install: "install i in add ci clean-install install-clean", remove: "uninstall remove rm un", clean: "cache_clean cache_rm"})},
		"yarn": {family: "yarn", booleans: true, pkg: npmPackage, valued: node,
			verbs: verbs(map[action]string{install: ". install add global_add", remove: "remove", clean: "cache_clean"})},
		"pnpm": {family: "pnpm", booleans: true, pkg: npmPackage, valued: node,
			verbs: verbs(map[action]string{install: "install i add", remove: "remove rm", clean: "store_prune"})},
		"gem": {family: "gem", bundled: true, ends: true, pkg: gemPackage, splits: true,
			verbs:  verbs(map[action]string{install: "install i", remove: "uninstall", clean: "cleanup"}),
			valued: set("-v -i -n -s -P -u --version --install-dir --bindir --source --trust-policy --build-root --platform")},
		"bundle bundler": {family: "bundle", pkg: gemPackage,
			verbs:  verbs(map[action]string{install: "install"}),
			valued: set("--jobs -j --retry --path --without --with --gemfile --binstubs --shebang --trust-policy")},
		"go": {family: "go", pkg: goPackage,
			verbs:  verbs(map[action]string{install: "install get"}),
			valued: set("-ldflags -tags -o -mod -gcflags -asmflags -p -modfile -overlay -toolexec -C -buildmode -pkgdir -installsuffix -compiler -gccgoflags -coverpkg -exec")},
		"cargo": {family: "cargo", pkg: cargoPackage,
			verbs: verbs(map[action]string{install: "install binstall", remove: "uninstall"}),
			valued: set(`--version --vers --git --branch --tag --rev --path --root --features -F --target --target-dir --profile -j --jobs --index
				--registry --bin --example --config -Z --color --message-format`)},
		"composer composer.phar": {family: "composer", compose: composerWords, pkg: composerPackage,
			verbs:  verbs(map[action]string{install: "require req global_require global_req", remove: "remove", clean: "clear-cache clearcache"}),
			valued: set("-d --working-dir --ignore-platform-req --minimum-stability --repository")},
		"conda mamba micromamba": {family: "conda", bundled: true, pkg: condaPackage,
			verbs:  verbs(map[action]string{install: "install create", upgrade: "update upgrade", remove: "remove uninstall", clean: "clean"}),
			valued: set("-c -n -p -f -r --channel --name --prefix --file --root-prefix --solver --subdir --repodata-fn --revision")},
		"dotnet": {family: "dotnet", pkg: npmPackage,
			verbs:  verbs(map[action]string{install: "tool_install add_package"}),
			valued: set("--version --tool-path --add-source --configfile --framework -f -v --verbosity --source -s --arch -a --package-directory")},
	}
}

// composerWords joins a package with the version that is the next word.
func composerWords(words []word) []word {
	var all []word
	for _, w := range words {
		if len(all) > 0 && !strings.Contains(w.text, "/") && !isUnknown(w.text) && !strings.HasPrefix(w.text, "ext-") {
			all[len(all)-1].text += ":" + w.text
			continue
		}
		all = append(all, w)
	}
	return all
}
