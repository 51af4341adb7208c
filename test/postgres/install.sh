#!/usr/bin/env bash
# Installs PostgreSQL for the tests from Debian's packages where it is missing and may be installed.
set -euo pipefail
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null && exit 0
command -v postgres >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null
	exit 0
fi
echo "install PostgreSQL for the tests: apt-get install postgresql" >&2
exit 1
