# The checks, and the runs that are too long for them. `make` lists the targets.

# The one place that names the linter's version.
GOLANGCI_LINT_VERSION := v2.15.0

ARGS      ?=
BENCHTIME ?= 200ms
FUZZTIME  ?= 30s
RESULTS   ?= bench/results

# Versioned, so that a new version is a new file; bin/ is ignored by git.
LINT := bin/golangci-lint-$(GOLANGCI_LINT_VERSION)

# All of them: what other libraries need stays out of the first.
MODULES := . bench examples/prometheus

heading = @printf '\n== %s\n' '$(1)'

.DEFAULT_GOAL := help
# The steps of a check report in order, with -j too.
.NOTPARALLEL:
.PHONY: help test demo check vet lint tidy fmt cover bench bench-full bench-report benchstat fuzz repeat peers examples mutants redis cc

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: redis cc check ## everything a change must pass; installs redis-server if it is missing
	$(call heading,go test -race)
	@REPRISE_REQUIRE_REDIS=1 go test -race ./...
	@$(MAKE) --no-print-directory peers
	@$(MAKE) --no-print-directory examples

demo: ## run the demo; ARGS="-seed 7" passes flags
	@go run ./cmd/reprise demo $(ARGS)

check: vet ## gofmt, go mod tidy, go vet and the linters, without the tests
	$(call heading,gofmt)
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then \
		printf 'not formatted, run "make fmt":\n%s\n' "$$files"; exit 1; fi
	$(call heading,go mod tidy)
	@for dir in $(MODULES); do (cd $$dir && go mod tidy -diff) || { \
		echo 'go.mod or go.sum is not tidy, run "make tidy"'; exit 1; }; done
	@$(MAKE) --no-print-directory lint

vet:
	$(call heading,go vet)
	@go vet ./...

lint: $(LINT) ## run golangci-lint
	$(call heading,golangci-lint $(GOLANGCI_LINT_VERSION))
	@$(LINT) run

$(LINT):
	$(call heading,building golangci-lint $(GOLANGCI_LINT_VERSION) once (about two minutes))
	@GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	@mv bin/golangci-lint $@

tidy: ## go mod tidy, in every module of the repository
	@for dir in $(MODULES); do (cd $$dir && go mod tidy) || exit 1; done

fmt: $(LINT) ## format every Go file
	@$(LINT) fmt

cover: redis ## test coverage: a total here, the functions in bin/cover.txt
	@mkdir -p bin
	@REPRISE_REQUIRE_REDIS=1 go test -coverpkg=./... -coverprofile=bin/cover.out ./...
	@go tool cover -func=bin/cover.out >bin/cover.txt
	@tail -n 1 bin/cover.txt

bench: ## the benchmarks in some minutes: the packages' own, BENCHTIME each, then beside other libraries
	$(call heading,the packages)
	@go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...
	$(call heading,other libraries and growth)
	@scripts/bench.sh 3 50ms bin/bench
	@$(MAKE) --no-print-directory benchstat RESULTS=bin/bench

bench-full: ## all of docs/performance.md anew, in about half an hour on an idle machine
	@scripts/bench.sh 10 300ms $(RESULTS)
	@for p in waiting storm; do [ ! -d bench/$$p ] || (cd bench && go run ./$$p) >$(RESULTS)/$$p.md || exit 1; done
	@$(MAKE) --no-print-directory benchstat >/dev/null
	@$(MAKE) --no-print-directory bench-report

bench-report: ## docs/performance.md from the results that are there
	@cd bench && go run ./report -page ../docs/performance.md -plots ../docs/performance $(abspath $(RESULTS))/*.txt

# The first column is what the others are compared with: the loop by hand, and not the bare operation. Works with columns of
# their own come apart.
benchstat:
	@cd bench && for f in $(abspath $(RESULTS))/*.txt; do \
		for works in '-/lib:bare -.name:(Cancel OR Classify OR RedisGet)' .name:Cancel .name:Classify .name:RedisGet; do \
			go tool benchstat -col /lib -filter "$$works" "$$f" || exit 1; \
		done >"$${f%.txt}.benchstat"; \
		cat "$${f%.txt}.benchstat"; done

fuzz: ## every fuzz target, FUZZTIME each
	@scripts/fuzz.sh $(FUZZTIME)

repeat: ## the tests of the property-test kit 200 times, in about an hour; ARGS="-count 20" for fewer
	@go test -count 200 -timeout 0 $(ARGS) ./proptest

peers: ## hold other libraries to the laws of loops and strategies; ARGS=-write writes docs/peers.md
	$(call heading,other libraries)
	@cd bench && go vet ./... && go test ./... $(ARGS)
	@cd bench && go test -run '^$$' -bench . -benchtime 1x ./... >/dev/null # each benchmark runs

examples: $(LINT) ## vet, lint and test the example programs, which are modules of their own
	$(call heading,examples)
	@cd examples/prometheus && go vet ./... && $(CURDIR)/$(LINT) run && go test -race ./...

mutants: redis ## break the code in many small ways, and see the tests notice; ARGS="-file gate" for some
	@go run ./internal/mutants $(ARGS)

redis:
	$(call heading,redis-server)
	@scripts/install.sh redis-server
	@redis-server --version

cc:
	@scripts/install.sh cc
