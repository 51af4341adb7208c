#!/usr/bin/env bash
# Installs what the tests in a browser need: Chromium from Debian's packages where it is missing, and axe-core
# from the npm registry into the user's cache, proved by its digest.
set -euo pipefail
version=4.14.1
digest=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubeproof/axe-core-$version

have() { command -v "$1" >/dev/null; }

install() {
	local root=""
	[ "$(id -u)" = 0 ] || root=sudo
	if ! have apt-get || { [ -n "$root" ] && ! have sudo; }; then
		echo "install $* for the tests in a browser" >&2
		exit 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	$root apt-get update -qq && $root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

have chromium || have chromium-browser || have google-chrome || install chromium fonts-dejavu-core

proved() { echo "$digest  $cache/axe-core-$version.tgz" | sha512sum --check --quiet --status 2>/dev/null; }

if ! proved; then
	have npm || install npm
	mkdir -p "$cache"
	(cd "$cache" && npm pack --silent "axe-core@$version" >/dev/null)
	proved || { echo "axe-core $version is not the one that was chosen: its digest differs" >&2; exit 1; }
fi
tar -xzf "$cache/axe-core-$version.tgz" -C "$cache" --strip-components 1 package/axe.min.js package/LICENSE
