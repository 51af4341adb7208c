.PHONY: build test bench faults generate lint fuzz

build: ## the program, as ./kubeproof
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o kubeproof ./cmd/kubeproof

test: ## all tests, those against a real API server, a real PostgreSQL, a real OpenID provider and a real browser too (the first build takes some minutes)
	test/postgres/install.sh
	test/browser/install.sh
	test/cluster/build.sh
	KUBEPROOF_CLUSTER_TESTS=require KUBEPROOF_POSTGRES_TESTS=require KUBEPROOF_OSCAL_TESTS=require KUBEPROOF_OIDC_TESTS=require go test ./...
	cd test/browser && go vet . && KUBEPROOF_BROWSER_TESTS=require go test -count=1 .

bench: ## benchmarks: costs as ratios within one run
	go test -run '^$$' -bench . -benchmem ./internal/... ./test/bench/...

faults: ## the server killed, cut off, out of disk, and under half a GiB of report: some minutes
	KUBEPROOF_FAULT_TESTS=1 KUBEPROOF_POSTGRES_TESTS=require go test -v -timeout 30m ./test/fault

generate: ## files that are made from others and checked in
	go generate ./...

lint: ## what CI checks beside the tests
	gofmt -l . && go vet ./...

fuzz: ## every fuzz target for half a minute
	./scripts/fuzz.sh 30s
