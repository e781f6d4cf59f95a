package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/repo/workflow"
)

const ciProject = `
-- .github/workflows/main.yml --
on: {push: {branches: [main]}, pull_request: , workflow_dispatch: }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: ./.github/actions/setup
        with: {greeting: "${{ github.event.pull_request.title }}", unknown: 1}
      - run: npm test
        working-directory: web
  deploy:
    needs: test
    if: github.ref == 'refs/heads/main' && github.event_name == 'push'
    uses: ./.github/workflows/deploy.yml
    with: {target: production, title: "${{ github.head_ref }}"}
  broken:
    uses: ./.github/workflows/nosuch.yml
  wrong:
    uses: ./.github/workflows/deploy.yml
    with: {title: x, extra: 1}
-- .github/workflows/deploy.yml --
on: {workflow_call: {inputs: {target: {type: string, required: true}, title: {type: string}}, secrets: {TOKEN: {required: true}}}}
jobs:
  ship:
    runs-on: ubuntu-latest
    environment: ${{ inputs.target }}
    steps:
      - run: ./deploy.sh
      - {uses: ./.github/actions/setup, with: {greeting: "${{ inputs.title }}"}}
-- .github/actions/setup/action.yml --
inputs: {greeting: {required: true}, other: {required: true, default: x}}
runs:
  using: composite
  steps:
    - {run: "echo ${{ inputs.greeting }}", shell: bash}
    - {run: npm ci, shell: bash}
    - {run: "echo ${{ inputs.other }}", shell: bash}
-- deploy.sh --
kubectl apply -f k8s
-- .gitlab-ci.yml --
include: [{local: /ci/*.yml}, {remote: "https://example.com/x.yml"}]
.base:
  before_script: [npm ci]
  rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
child:
  trigger: {include: {local: other/pipeline.yml}}
-- ci/deploy.yml --
ship:
  extends: .base
  script: [./deploy.sh]
  environment: {name: live}
  when: manual
-- other/pipeline.yml --
own:
  script: [make own]
-- azure-pipelines.yml --
trigger: none
jobs:
- template: build/job.yml
- template: remote.yml@elsewhere
-- build/job.yml --
jobs:
- job: built
  steps: [{script: make azure}]
`

func ciSnapshot(t *testing.T) *Snapshot {
	t.Helper()
	return tree(t, ciProject)
}

func TestJobsOfAllFilesOfAPipeline(t *testing.T) {
	s := ciSnapshot(t)
	var b strings.Builder
	for _, j := range s.CIJobs() {
		fmt.Fprintf(&b, "%s %s %v gated=%v\n", j.Pipeline.Path, j.Job.ID, j.Environments, j.Gated())
		for _, start := range j.Starts {
			fmt.Fprintf(&b, "  on %s %v maybe=%v\n", start.On, start.Branches, start.Maybe)
		}
		for _, c := range j.Commands() {
			at := c.At()
			fmt.Fprintf(&b, "  $ %s in %s (%s:%d)\n", c, c.Dir, at.Path, at.Line)
		}
	}
	want := `.github/workflows/deploy.yml ship [production] gated=false
  on push [main] maybe=false
  on pull request [] maybe=false
  on manual [] maybe=false
  $ ./deploy.sh in . (.github/workflows/deploy.yml:7)
  $ kubectl apply -f k8s in . (deploy.sh:1)
  $ echo ${{ inputs.greeting }} in . (.github/actions/setup/action.yml:5)
  $ npm ci in . (.github/actions/setup/action.yml:6)
  $ echo ${{ inputs.other }} in . (.github/actions/setup/action.yml:7)
.github/workflows/main.yml test [] gated=false
  on push [main] maybe=false
  on pull request [] maybe=false
  on manual [] maybe=false
  $ echo ${{ inputs.greeting }} in . (.github/actions/setup/action.yml:5)
  $ npm ci in . (.github/actions/setup/action.yml:6)
  $ echo ${{ inputs.other }} in . (.github/actions/setup/action.yml:7)
  $ npm test in web (.github/workflows/main.yml:8)
.github/workflows/main.yml deploy [] gated=false
  on push [main] maybe=false
.github/workflows/main.yml broken [] gated=false
  on push [main] maybe=false
  on pull request [] maybe=false
  on manual [] maybe=false
.github/workflows/main.yml wrong [] gated=false
  on push [main] maybe=false
  on pull request [] maybe=false
  on manual [] maybe=false
.gitlab-ci.yml child [] gated=false
  on push [] maybe=false
  on tag [] maybe=false
  on schedule [] maybe=false
  on manual [] maybe=false
  on other [] maybe=false
build/job.yml built [] gated=false
  on pull request [] maybe=false
  $ make azure in . (build/job.yml:3)
ci/deploy.yml ship [live] gated=true
  on push [$CI_DEFAULT_BRANCH] maybe=false
  on schedule [$CI_DEFAULT_BRANCH] maybe=false
  on manual [$CI_DEFAULT_BRANCH] maybe=false
  on other [] maybe=true
  $ npm ci in . (ci/deploy.yml:2)
  $ ./deploy.sh in . (ci/deploy.yml:3)
  $ kubectl apply -f k8s in . (deploy.sh:1)
other/pipeline.yml own [] gated=false
  on push [] maybe=false
  on tag [] maybe=false
  on schedule [] maybe=false
  on manual [] maybe=false
  on other [] maybe=false
  $ make own in . (other/pipeline.yml:2)
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTextsOfOutsidersAcrossFiles(t *testing.T) {
	var b strings.Builder
	for _, f := range ciSnapshot(t).WorkflowFlows() {
		at := f.File.At(f.Span)
		fmt.Fprintf(&b, "%s:%d %d %s from %s:%d through %v\n", at.Path, at.Line, f.By, f.Source, f.Entry.Path, f.EntryAt.Line, f.Through)
	}
	want := `.github/actions/setup/action.yml:5 3 github.event.pull_request.title from .github/workflows/main.yml:7 through [.github/actions/setup/action.yml greeting]
.github/actions/setup/action.yml:5 3 github.head_ref from .github/workflows/main.yml:14 through [.github/workflows/deploy.yml title .github/actions/setup/action.yml greeting]
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsOfCallsWithinTheProject(t *testing.T) {
	s := ciSnapshot(t)
	var b strings.Builder
	for _, w := range s.Workflows() {
		problems, err := w.Problems()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			fmt.Fprintf(&b, "%s %v %s <%s>\n", w.Name(), p.Fatal, p.Message, w.Text(p.Span))
		}
	}
	want := `main.yml false .github/actions/setup/action.yml has no input unknown <unknown>
main.yml true .github/workflows/deploy.yml wants the secret TOKEN <./.github/workflows/deploy.yml>
main.yml true the workflow .github/workflows/nosuch.yml does not exist <./.github/workflows/nosuch.yml>
main.yml true .github/workflows/deploy.yml wants the input target <./.github/workflows/deploy.yml>
main.yml true .github/workflows/deploy.yml wants the secret TOKEN <./.github/workflows/deploy.yml>
main.yml true .github/workflows/deploy.yml has no input extra <extra>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestIncludedFilesKnowTheirPipeline(t *testing.T) {
	got := map[string]string{}
	for _, p := range ciSnapshot(t).Pipelines() {
		if p.Spec.Kind == workflow.GitHub || p.Spec.Kind == workflow.Action {
			continue
		}
		for _, by := range p.IncludedBy {
			got[p.Path] += by.Path
		}
	}
	want := map[string]string{"ci/deploy.yml": ".gitlab-ci.yml", "other/pipeline.yml": ".gitlab-ci.yml", "build/job.yml": "azure-pipelines.yml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGlobsOfIncludes(t *testing.T) {
	for text, want := range map[string]bool{
		"ci/*.yml ci/a.yml": true, "ci/*.yml ci/b/a.yml": false, "ci/**/*.yml ci/b/c/a.yml": true, "ci/**/*.yml ci/a.yml": true, "ci/**.yml ci/b/a.yml": true, "ci/**/*.yml x/a.yml": false, "[ [": false,
	} {
		pattern, name, _ := strings.Cut(text, " ")
		if got := globMatch(pattern, name); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
