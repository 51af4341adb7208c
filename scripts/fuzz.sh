#!/usr/bin/env bash
# Runs every fuzz target of the module for the time given (30s if none).
set -euo pipefail
cd "$(dirname "$0")/.."
duration=${1:-30s}
grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do
  grep -oE '^func Fuzz[A-Za-z0-9_]*' "$file" | sed 's/^func //' | while read -r target; do
    echo "$target in $(dirname "$file")"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$duration" -fuzzminimizetime 10x "$(dirname "$file")"
  done
done
