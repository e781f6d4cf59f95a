package workflow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drydock/internal/finding"
)

func parse(t *testing.T, name, src string) *Pipeline {
	t.Helper()
	p, err := Parse(name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func cut(t *testing.T, src string, s finding.Span) string {
	t.Helper()
	if s.Start < 0 || s.End < s.Start || s.End > len(src) {
		t.Fatalf("span %v of %d bytes", s, len(src))
	}
	return src[s.Start:s.End]
}

// outline shows triggers, jobs and their commands, each as its bytes spell it.
func outline(t *testing.T, src string, p *Pipeline) string {
	var b strings.Builder
	for _, trigger := range p.Triggers {
		fmt.Fprintf(&b, "on %s at %s\n", trigger.Event, firstLine(cut(t, src, trigger.Span)))
	}
	for _, c := range p.Crons {
		fmt.Fprintf(&b, "cron %s at %s\n", c.Spec, cut(t, src, c.Span))
	}
	for i := range p.Jobs {
		j := &p.Jobs[i]
		cut(t, src, j.Span)
		cut(t, src, j.IDSpan)
		fmt.Fprintf(&b, "job %s", j.ID)
		for _, more := range []struct{ name, value string }{{"stage", j.Stage}, {"image", j.Image.Name}, {"env", j.Environment}} {
			if more.value != "" {
				fmt.Fprintf(&b, " %s=%s", more.name, more.value)
			}
		}
		for _, n := range j.Needs {
			fmt.Fprintf(&b, " needs=%s", cut(t, src, n.Span))
		}
		for _, s := range j.Services {
			cut(t, src, s.Span)
			fmt.Fprintf(&b, " service=%s:%s", s.Name, s.Image.Name)
		}
		if j.Template {
			b.WriteString(" template")
		}
		b.WriteString("\n")
		for _, s := range j.Steps {
			cut(t, src, s.Span)
			if s.Uses != "" {
				fmt.Fprintf(&b, "  uses %s\n", cut(t, src, s.UsesSpan))
			}
			for _, c := range s.Commands() {
				fmt.Fprintf(&b, "  %s at %q\n", c, cut(t, src, s.SpanOf(c.Start, c.End)))
			}
		}
	}
	return b.String()
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

const github = `name: CI
on:
  push: {branches: [main]}
  pull_request:
  schedule:
    - cron: '5 4 * * *' # nightly
permissions:
  contents: read
  packages: "write"
env: {A: 1}
jobs:
  test:
    runs-on: [self-hosted, linux]
    needs: build
    environment: {name: staging}
    continue-on-error: true
    services:
      db:
        image: postgres:16
        env:
          POSTGRES_PASSWORD: hunter
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - name: Test
        if: always()
        shell: bash
        continue-on-error: true
        run: |
          npm ci # install
          # npm run never
          npm test -- --ci && \
            npm run build
      - run: "pytest \"a b\""
  deploy:
    uses: ./.github/workflows/deploy.yml
    permissions: write-all
`

func TestGitHubWorkflow(t *testing.T) {
	for _, src := range []string{github, strings.ReplaceAll(github, "\n", "\r\n"), "\ufeff" + strings.TrimSuffix(github, "\n")} {
		p := parse(t, ".github/workflows/ci.yml", src)
		want := `on push at push
on pull_request at pull_request
on schedule at schedule
cron 5 4 * * * at '5 4 * * *'
job test env=staging needs=build service=db:postgres:16
  uses actions/checkout@v4
  npm ci at "npm ci"
  npm test -- --ci at "npm test -- --ci"
  npm run build at "npm run build"
  pytest a b at "pytest \\\"a b\\\""
job deploy
`
		if diff := cmp.Diff(want, outline(t, src, p)); diff != "" {
			t.Error(diff)
		}
		test := p.Job("test")
		if !test.ContinueOnError || len(test.RunsOn) != 2 || len(test.Services[0].Env) != 1 || test.Permissions != nil {
			t.Errorf("test: %+v", test)
		}
		if v := test.Services[0].Env[0]; cut(t, src, v.ValueSpan) != "hunter" || cut(t, src, v.Span) != "POSTGRES_PASSWORD: hunter" {
			t.Errorf("password: %+v", v)
		}
		checkout, run := test.Steps[0], test.Steps[1]
		if name, version := checkout.Action(); name != "actions/checkout" || version != "v4" || checkout.Input("persist-credentials") != "false" {
			t.Errorf("checkout: %+v", checkout)
		}
		if run.Name != "Test" || run.If != "always()" || run.Shell != "bash" || !run.ContinueOnError || !strings.HasPrefix(cut(t, src, run.RunSpan), "|") {
			t.Errorf("run: %+v", run)
		}
		if !p.Permissions.Writes("packages") || p.Permissions.Writes("contents") || !p.Job("deploy").Permissions.Writes("contents") {
			t.Error("permissions")
		}
		if trigger, ok := p.On("pull_request"); !ok || trigger.Node != nil {
			t.Error("pull_request has no filters")
		}
	}
}

func TestPipelinesOfOtherSystems(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{".github/workflows/a.yaml", "on: [push, workflow_dispatch]\njobs: {}\n", "on push at push\non workflow_dispatch at workflow_dispatch\n"},
		{"x/action.yml", "runs:\n  using: composite\n  steps:\n  - run: make\n    shell: bash\n", "job runs\n  make at \"make\"\n"},
		{".gitlab-ci.yml", `stages: [test]
image: {name: "node:22"}
services: [{name: postgres:16, alias: db}]
before_script: &setup
  - npm ci
include: [{local: /a.yml}, b.yml]
.base:
  script: [make base]
test:
  extends: .base
  stage: test
  needs: [{job: lint}, build]
  script:
    - *setup
    - npm test
    - [a, [b]]
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
deploy:
  before_script: []
  script: ./deploy.sh
  environment: production
`, `on merge_request at $CI_PIPELINE_SOURCE == "merge_request_event"
job .base service=db:postgres:16 template
  npm ci at "npm ci"
  make base at "make base"
job test stage=test image=node:22 needs=lint needs=build service=db:postgres:16
  npm ci at "npm ci"
  npm ci at "npm ci"
  npm test at "npm test"
  a at "a"
  b at "b"
job deploy image=node:22 env=production service=db:postgres:16
  ./deploy.sh at "./deploy.sh"
`},
		{".circleci/config.yml", `jobs:
  build:
    docker: [{image: cimg/node:20}, {image: redis:7}]
    steps:
      - checkout
      - run: npm ci
      - run: {name: t, command: "npm test"}
      - node/install: {v: 1}
workflows:
  nightly:
    triggers: [{schedule: {cron: "0 0 * * *"}}]
`, `on schedule at {schedule: {cron: "0 0 * * *"}}
cron 0 0 * * * at "0 0 * * *"
job build image=cimg/node:20 service=redis:redis:7
  uses checkout
  npm ci at "npm ci"
  npm test at "npm test"
  uses node/install
`},
		{"azure-pipelines.yml", `trigger: [main]
pr: none
stages:
- stage: Build
  jobs:
  - job: b
    steps:
    - script: npm ci
    - task: NodeTool@0
  - deployment: d
    environment: prod
    strategy: {runOnce: {deploy: {steps: [{bash: ./go.sh}]}}}
`, `on push at trigger
job b stage=Build
  npm ci at "npm ci"
  uses NodeTool@0
job d stage=Build env=prod
  ./go.sh at "./go.sh"
`},
		{"bitbucket-pipelines.yml", "pipelines:\n  default:\n  - step: {script: [npm test]}\n  branches:\n    main:\n    - parallel:\n      - step: {script: [make], deployment: prod}\n", "on push at default\non push at branches\njob default\n  npm test at \"npm test\"\njob branches/main env=prod\n  make at \"make\"\n"},
		{".travis.yml", "install: npm ci\nscript:\n- npm test\n", "job build\n  npm ci at \"npm ci\"\n  npm test at \"npm test\"\n"},
		{".woodpecker/test.yml", "when: {event: push}\nsteps:\n  t:\n    image: golang\n    commands: [go test ./...]\n", "on push at push\njob t image=golang\n  go test ./... at \"go test ./...\"\n"},
		{".drone.yml", "kind: pipeline\nsteps:\n- name: t\n  image: node\n  commands: [npm test]\n---\nkind: secret\n", "job t image=node\n  npm test at \"npm test\"\n"},
		{"Jenkinsfile", "// sh 'no'\npipeline {\n triggers { cron('H 4 * * *') }\n stages { stage('Test') { steps {\n  sh 'npm ci'\n  sh(script: \"\"\"make\nmake test\"\"\", label: 'x')\n  echo \"sh 'no'\"\n } } }\n}", "on schedule at 'H 4 * * *'\ncron H 4 * * * at 'H 4 * * *'\njob Test\n  npm ci at \"npm ci\"\n  make at \"make\"\n  make test at \"make test\"\n"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, outline(t, tt.src, parse(t, tt.name, tt.src))); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestCommandsKnowTheirJob(t *testing.T) {
	p := parse(t, ".github/workflows/ci.yml", github)
	var got []string
	for c := range p.Commands() {
		got = append(got, c.Job.ID+": "+c.Name()+" at "+cut(t, github, c.Span))
		if len(got) == 4 {
			break
		}
	}
	if diff := cmp.Diff([]string{"test: npm at npm ci", "test: npm at npm test -- --ci", "test: npm at npm run build", `test: pytest at pytest \"a b\"`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSniff(t *testing.T) {
	for name, want := range map[string]Kind{
		"a/.github/workflows/x.yml": GitHub, ".github/workflows/sub/x.yml": "", ".github/dependabot.yml": "", ".gitlab-ci.yaml": GitLab, "ci/build.gitlab-ci.yml": GitLab,
		"Jenkinsfile": Jenkins, "docker-compose.yml": "", ".github/workflows/readme.md": "", ".circleci/config.yml": CircleCI,
	} {
		if got := Sniff(name); got != want {
			t.Errorf("Sniff(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestBrokenPipelines(t *testing.T) {
	for src, want := range map[string]string{
		"on: push\njobs:\n  a: [":      "line 3: ",
		"a: b\x00":                     "line 1: ",
		strings.Repeat("[", 100_000):   "line 1: ",
		"on: push\non: pull_request\n": "line 2: the key \"on\" is defined twice, at lines 1 and 2",
	} {
		if _, err := Parse(".github/workflows/a.yml", []byte(src)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.30q: %v, want %s", src, err, want)
		}
	}
	for _, src := range []string{"", "- a\n", "jobs: 3\n", "jobs: {a: null, b: [x]}\n", "on: null\n"} {
		if _, err := Parse(".github/workflows/a.yml", []byte(src)); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestSmallFileCannotAskForMoreThanMemoryHolds(t *testing.T) {
	var b strings.Builder
	b.WriteString("before_script:\n" + strings.Repeat("- a\n", 9_000))
	for i := range 20_000 {
		fmt.Fprintf(&b, "j%d: {script: a}\n", i)
	}
	p, err := Parse(".gitlab-ci.yml", []byte(b.String()))
	if err == nil || !strings.Contains(err.Error(), "more than 100000 steps") || len(p.Jobs) > 20 {
		t.Errorf("%d jobs, %v", len(p.Jobs), err)
	}
}
