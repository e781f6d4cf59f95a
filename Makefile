.PHONY: build test check

build: ## one static binary
	CGO_ENABLED=0 go build -trimpath -o drydock .

test: ## the tests
	go test ./...

check: ## everything main is held to
	.ci/run
