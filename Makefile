.PHONY: build test check torture bench fuzz

build: ## one static binary
	CGO_ENABLED=0 go build -trimpath -o drydock .

test: ## the tests
	go test ./...

check: ## everything main is held to
	.ci/run

torture: ## 4,000 kills and 10,000 undos of the journal: some ten minutes
	go test ./remediation/journal -timeout 1h -run 'Killed|AnyFailed' -kills=4000
	go test ./remediation/journal -timeout 1h -run UndoIsIdentity -rapid.checks=10000
	go test ./remediation -timeout 1h -run AppliedFixes -rapid.checks=200

bench: build ## times and memory beside a parallel read and other programs: make bench PROJECTS="dir dir"
	go run ./internal/bench/compare -drydock ./drydock $(PROJECTS)

FUZZTIME ?= 20s
fuzz: ## every fuzz target for FUZZTIME, one after the other; 10m is the long form
	@for pkg in $$(go list ./...); do for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
		echo "$$pkg $$target"; go test $$pkg -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -parallel=1 || exit 1; \
	done; done
