VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X sluice/internal/cli.Version=$(VERSION)
TOOL    := go tool -modfile=tools/go.mod

export CGO_ENABLED ?= 0

.PHONY: build test check bench oracle docs example clean need clients

build: ## bin/sluice, static
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/sluice ./cmd/sluice

test: need ## every test
	SLUICE_LONG=1 go test ./...

check: need ## what a change must pass
	@unformatted=$$($(TOOL) gofumpt -l cmd internal conformance examples bench); \
	if [ -n "$$unformatted" ]; then echo "gofumpt -w:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(TOOL) staticcheck ./...
	go test -run 'TestLayers|TestDoc|TestOnlyCLI' ./internal
	CGO_ENABLED=1 go test -race ./...
	@tools/vuln ./...

clients: ## nf-core, MultiQC and others with the program in the place of nextflow (NFTEST_JAR=path adds nf-test)
	tools=$$(tools/need-clients) && SLUICE_CLIENTS=$$tools go test ./cmd/sluice -run 'TestClients$$' -v -count=1

bench: build ## a table of ratios, ours beside the original
	go run ./bench $(BENCH)

oracle: ## record the conformance cases with the original engine (ORACLE=path, CASES=prefix)
	go run ./conformance/record -update $(CASES)

docs: ## docs/reference, from the tables
	go test ./internal/reference -run TestPages -count=1 -update

example: build ## the pipeline of examples/kmers, results in results/
	bin/sluice run examples/kmers/main.nf

clean:
	rm -rf bin coverage.out results

# What tests run in tasks; nothing is installed when it is there.
need:
	@tools/need bash:bash awk:mawk gzip:gzip ps:procps git:git mount:mount modulecmd:environment-modules ch-run:charliecloud-runtime
	@tools/need-azure
	@tools/need-podman
	@tools/need-sshd
