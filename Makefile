# `make help` lists what there is. The steps of `make test` stand in test/run/steps.go.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# How long one fuzzer runs in `make test`, in seconds.
FUZZ_SECONDS ?= 2
# Steps that `make test` runs, comma separated; all if empty. TEST_FLAGS=-k goes on after a failure.
STEPS ?=
TEST_FLAGS ?=
GO_TEST_FLAGS ?= -timeout 10m
# A program with the race detector sleeps for a second before it ends, to let other threads say what
# they found. Tests of the command line start some eighty of them.
GORACE ?= atexit_sleep_ms=50

# What links no C. Without cgo it is compiled once for all of vet, lint, bin/hob and e2e: with it,
# a third time, beside the race detector's.
WITHOUT_C = $$(go list -tags e2e -f '{{.Dir}}' ./... | grep -v '/firmware/virtual')

GOLANGCI_VERSION := v2.15.0
LINT := .tools/golangci-lint
LINT_DONE := $(LINT)-$(GOLANGCI_VERSION).done
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

NPM := npm --prefix web
NPM_DONE := web/node_modules/.package-lock.json
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' \
	-not -path 'web/e2e/*' -not -name '*.go' 2>/dev/null)

##@ Use

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## build, then run the sample house on virtual boards
	bin/hob demo

.PHONY: build
build: setup web/dist/index.html bin/hob bin/hob-board ## bin/hob and bin/hob-board; installs what is missing

.PHONY: core
core: setup ## the firmware core for hob-board and Go tests: run it after an edit in C
	@scripts/core-lib.sh -q

.PHONY: fmt
fmt: ## format the Go sources
	gofmt -w $(GO_DIRS)

.PHONY: clean
clean: ## remove what was built (downloaded tools and npm packages stay)
	rm -rf bin build
	find web/dist -mindepth 1 -not -name .keep -delete 2>/dev/null || true
	find firmware/virtual -name core_lib_gen.go -delete 2>/dev/null || true

##@ Test

.PHONY: test
test: setup-test $(NPM_DONE) $(LINT_DONE) core ## every check and test; under 12 minutes on 2 cores
	go run ./test/run -only '$(STEPS)' $(TEST_FLAGS)

.PHONY: campaign
campaign: export HOB_CAMPAIGN := 1
campaign: setup-test $(NPM_DONE) core ## the long versions of the tests; hours
	$(MAKE) build
	FUZZ_SECONDS=300 GO_TEST_FLAGS='-count=1 -timeout 2h' \
	  go run ./test/run -k -once -limit 6h -logs build/campaign -only c,riscv,go,fuzz-c,fuzz-go,web,e2e,e2e-web

.PHONY: bench
bench: build ## measure against our own floor programs and peers; see docs/performance.md
	@scripts/setup build bench
	go run ./test/bench

##@ One step of make test

.PHONY: check-fmt
check-fmt: ## Go sources are formatted
	@bad=$$(gofmt -l $(GO_DIRS)); \
	if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi

.PHONY: check-tree
check-tree: ## the tree is as CONTRIBUTING.md promises
	@scripts/check-tree

.PHONY: check-scripts
check-scripts: ## shellcheck
	@grep -lE '^#!.*\<(ba)?sh\>' .ci/* scripts/* | xargs shellcheck

.PHONY: vet
vet: core ## go vet
	CGO_ENABLED=0 go vet -tags e2e $(WITHOUT_C)
	go vet ./firmware/virtual/...

.PHONY: lint
lint: $(LINT_DONE) core ## golangci-lint
	CGO_ENABLED=0 $(LINT) run --allow-parallel-runners --build-tags e2e $(WITHOUT_C)
	$(LINT) run --allow-parallel-runners ./firmware/virtual/...

.PHONY: test-c
test-c: ## the firmware core under sanitizers
	$(MAKE) -C firmware/test test

.PHONY: lint-c
lint-c: ## clang-tidy, gcc and cppcheck
	@$(MAKE) -C firmware/test lint 2>&1 | { grep -vE '^[0-9]+ warnings? generated\.$$' || true; }

.PHONY: test-riscv
test-riscv: ## the firmware core on 32-bit RISC-V, its size and stack against the budgets
	$(MAKE) -C firmware/test riscv size stack

.PHONY: check-web
check-web: $(NPM_DONE) ## types of the dashboard
	$(NPM) run check

.PHONY: test-web
test-web: $(NPM_DONE) ## unit tests of the dashboard
	$(NPM) test

.PHONY: test-go
# Four at a time on two cores, since many wait for real processes most of the time.
test-go: core bin/hob-board ## all Go tests, with the race detector; ONLY='^(TestA|TestB)$$' PACKAGES=./x runs these
	@GORACE='$(GORACE)' go test -json -race -p 4 -run '$(ONLY)' $(GO_TEST_FLAGS) $(or $(PACKAGES),./...)

.PHONY: fuzz-c
fuzz-c: ## every C fuzzer for FUZZ_SECONDS
	@$(MAKE) -C firmware/test fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) | \
	  awk '{ print; fflush() } /: nothing found in/ { p++ } /: FAILED$$/ { f++ } \
	    END { printf "%d passed, %d failed\n", p, f }'

.PHONY: fuzz-go
fuzz-go: core ## every Go fuzzer for FUZZ_SECONDS
	scripts/fuzz-go $(FUZZ_SECONDS)

.PHONY: e2e
e2e: build ## real processes; ONLY='^(TestA|TestB)$$' runs these
	@CGO_ENABLED=0 go test -json -count=1 -parallel 8 -tags e2e -run '$(ONLY)' $(GO_TEST_FLAGS) $(or $(PACKAGES),./test/e2e/...)

.PHONY: e2e-web
e2e-web: build ## a real browser
	$(NPM) run e2e

# What the targets above are made of.

# Directories with Go sources of ours: the top level itself, and all but what was installed or built.
GO_DIRS = *.go config firmware internal server test web/*.go

.PHONY: setup
setup:
	@scripts/setup build

.PHONY: setup-test
setup-test:
	@scripts/setup build test

.PHONY: bin/hob
bin/hob: web/dist/index.html
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./server

.PHONY: bin/hob-board
bin/hob-board: core
	go build -trimpath -o $@ ./firmware/virtual

$(NPM_DONE): web/package.json web/package-lock.json | setup
	@echo "installing the dashboard's npm packages (web/package-lock.json)"
	$(NPM) ci
	@touch $@

# Vite empties dist; .keep is committed, so that a clean clone can be vetted.
web/dist/index.html: $(NPM_DONE) $(WEB_SOURCES)
	$(NPM) run build
	@touch web/dist/.keep $@

$(LINT_DONE):
	@echo "installing golangci-lint $(GOLANGCI_VERSION) into .tools (a few minutes, once)"
	GOBIN=$(CURDIR)/.tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@touch $@
