#!/usr/bin/env bash
# Builds etcd, kube-apiserver and kube-controller-manager from their Go modules into test/cluster/bin.
# Nothing is rebuilt while go.mod, go.sum and the mains stay as they are.
set -euo pipefail
cd "$(dirname "$0")"
version=$(sed -n 's/^require k8s.io\/kubernetes //p; s/^\tk8s.io\/kubernetes \(v[0-9.]*\).*/\1/p' go.mod | head -1)
stamp=$(cat go.mod go.sum build.sh cmd/*/main.go | sha256sum | cut -d' ' -f1)
[ "$(cat bin/stamp 2>/dev/null)" != "$stamp" ] || exit 0
mkdir -p bin
# Without these the server calls itself v0.0.0-master, and clients refuse it.
minor=$(echo "$version" | cut -d. -f2)
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	flags="$flags -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$minor"
	flags="$flags -X $package.gitCommit=0000000000000000000000000000000000000000 -X $package.gitTreeState=clean"
	flags="$flags -X $package.buildDate=2026-01-01T00:00:00Z"
done
echo "building the Kubernetes control plane $version for the tests (some minutes the first time)" >&2
CGO_ENABLED=0 go build -trimpath -ldflags "$flags" -o bin/ ./cmd/...
echo "$stamp" > bin/stamp
