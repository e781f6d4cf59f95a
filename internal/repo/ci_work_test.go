package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorkOfCI(t *testing.T) {
	s := openText(t, `
-- .github/workflows/ci.yml --
on: [push]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: ./.github/actions/setup
      - run: npm run check
      - run: pnpm test
      - run: echo "pytest" && make all
      - run: docker compose run --rm api pytest --cov=app || true
      - {uses: aquasecurity/trivy-action@0.28.0, with: {image-ref: "acme/api", exit-code: "1"}}
      - {uses: aquasecurity/trivy-action@0.28.0, with: {scan-type: fs}, continue-on-error: true}
  ship:
    runs-on: ubuntu-24.04
    environment: production
    steps:
      - {uses: docker/build-push-action@v6, with: {push: "${{ github.ref == 'refs/heads/main' }}"}}
      - run: ssh deploy@acme.example "cd /srv && docker compose up -d"
      - run: ./scripts/smoke.sh
      - run: curl -fsSL https://acme.example/install | sh
      - run: curl --fail https://acme.example/health
-- .github/actions/setup/action.yml --
runs:
  using: composite
  steps:
    - uses: gitleaks/gitleaks-action@v2
    - {run: "python -m pip_audit", shell: bash}
-- package.json --
{"scripts": {"check": "eslint . && vitest run --coverage"}}
-- Makefile --
all:
	go test ./...
-- scripts/smoke.sh --
curl http://localhost:3000
-- tests/.github/workflows/x.yml --
on: push
jobs: {a: {steps: [{run: pytest}]}}
`)
	var got strings.Builder
	for _, w := range s.CIWork() {
		soft := ""
		if w.Soft {
			soft = " (soft)"
		}
		fmt.Fprintf(&got, "%s:%d %d %s: %s%s\n", w.Job.Job.ID, w.At.Line, w.Step, w.Kind, w.What, soft)
	}
	want := `test:4 0 secret scan: gitleaks/gitleaks-action
test:11 5 image scan: aquasecurity/trivy-action
test:12 6 dependency scan: aquasecurity/trivy-action (soft)
test:12 6 secret scan: aquasecurity/trivy-action (soft)
test:5 -1 dependency scan: pip_audit
test:7 1 lint: eslint .
test:7 1 tests: vitest run --coverage
test:7 1 coverage: vitest run --coverage
test:9 3 tests: go test ./...
test:10 4 tests: docker compose run (soft)
test:10 4 coverage: docker compose run (soft)
ship:17 0 image build: docker/build-push-action
ship:17 0 image push: docker/build-push-action
ship:18 1 deployment: ssh deploy@acme.example
ship:19 2 check of what runs: ./scripts/smoke.sh
ship:21 4 check of what runs: curl --fail https://acme.example/health
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}
