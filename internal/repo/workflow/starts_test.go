package workflow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runs shows what each job runs and on what occasions.
func runs(t *testing.T, src string, p *Pipeline) string {
	var b strings.Builder
	for i := range p.Jobs {
		j := &p.Jobs[i]
		fmt.Fprintf(&b, "%s", j.ID)
		for _, more := range []struct{ name, value string }{{"image", j.Image.Name}, {"env", j.Environment}, {"uses", j.Uses}, {"timeout", j.Timeout}} {
			if more.value != "" {
				fmt.Fprintf(&b, " %s=%s", more.name, more.value)
			}
		}
		for _, n := range j.Needs {
			fmt.Fprintf(&b, " needs=%s", n.Name)
		}
		for _, s := range p.Starts(j) {
			fmt.Fprintf(&b, " | %s", s.On)
			for _, branch := range s.Branches {
				fmt.Fprintf(&b, " %s", branch)
			}
			if s.Maybe {
				b.WriteString(" ?")
			}
			if s.Gate {
				b.WriteString(" gate")
			}
		}
		b.WriteString("\n")
		for c := range j.Commands() {
			if c.Span.Len() > 0 && c.Span == c.Step.SpanOf(c.Start, c.End) && c.Step.run != nil {
				cut(t, src, c.Span)
			}
			fmt.Fprintf(&b, "  $ %s", c)
			if c.Step.Dir != "" {
				fmt.Fprintf(&b, " in %s", c.Step.Dir)
			}
			if c.Step.ContinueOnError || c.Step.Tolerates(c.Command) {
				b.WriteString(" tolerated")
			}
			b.WriteString("\n")
		}
		for _, s := range j.Steps {
			if s.Uses != "" {
				fmt.Fprintf(&b, "  uses %s\n", s.Uses)
			}
			if s.Computed {
				b.WriteString("  computed\n")
			}
		}
	}
	return b.String()
}

func TestWhatRunsWhen(t *testing.T) {
	tests := []struct{ name, path, src, want string }{
		{"filters and conditions of GitHub", ".github/workflows/a.yml", `on:
  push: {branches: [main, 'release/*']}
  pull_request: {branches: [main]}
  schedule: [{cron: '0 0 * * *'}]
  workflow_dispatch:
defaults: {run: {working-directory: app}}
jobs:
  all: {runs-on: x, steps: [{run: "make || true"}, {run: "make 2>&1 | tee log", working-directory: other}]}
  main: {if: "github.ref == 'refs/heads/main' && github.event_name == 'push'", steps: [{run: "make ||\n  exit 1"}]}
  pulls: {if: "${{ github.event_name == 'pull_request' }}", steps: []}
  after: {needs: [main, all], steps: []}
  never: {if: false, steps: []}
  maybe: {if: "vars.X == 'y'", steps: []}
  always: {needs: main, if: always(), steps: []}
`, `all | push main release/* | pull request main | schedule | manual
  $ make in app tolerated
  $ true in app
  $ make in other
  $ tee log in other
main | push main
  $ make in app
  $ exit 1 in app
pulls | pull request main
after needs=main needs=all | push main
never
maybe | push main release/* ? | pull request main ? | schedule ? | manual ?
always needs=main | push main release/* | pull request main | schedule | manual
`},
		{"tags of GitHub", ".github/workflows/a.yml", "on: {push: {tags: [v*]}, release: {types: [published]}}\njobs:\n  a: {steps: []}\n  b: {if: \"startsWith(github.ref, 'refs/tags/v')\", steps: []}\n  c: {if: github.ref_type == 'branch', steps: []}\n",
			"a | tag | release\nb | tag ? | release ?\nc\n"},
		{"steps beside others and other languages", ".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps:\n    - parallel: [{run: one}, {run: two}]\n    - {run: import os, shell: python}\n    - {run: three, shell: 'bash -e {0}'}\n",
			"a | push | tag\n  $ one\n  $ two\n  $ three\n"},
		{"rules of GitLab", ".gitlab-ci.yml", `default: {image: node, before_script: [npm ci]}
stages: [test, deploy]
.setup: {script: [one, two]}
.base:
  variables: {A: 1, B: 2}
  rules: [{if: '$CI_PIPELINE_SOURCE == "merge_request_event"'}, {if: '$CI_COMMIT_BRANCH == "main"', when: manual}]
plain: {script: ['!reference [.setup, script]', !reference [.setup, script], three], inherit: {default: [image]}}
ruled: {extends: [.base], script: x, variables: {B: 3}}
tagged: {script: x, rules: [{if: $CI_COMMIT_TAG}, {when: never}]}
changed: {script: x, rules: [{changes: [a/*]}]}
only: {script: x, only: [main, merge_requests], except: [schedules], environment: {name: live, url: u}, timeout: 1h}
hand: {script: x, when: manual, resource_group: r}
after: {script: x, needs: [hand]}
weekly: {script: x, rules: [{if: '$CI_PIPELINE_SOURCE == "schedule"'}]}
child: {trigger: {project: a/b}}
`, `.setup
  $ npm ci
  $ one
  $ two
.base
  $ npm ci
plain image=node | push | tag | schedule | manual | other
  $ !reference [.setup, script]
  $ one
  $ two
  $ three
ruled image=node uses=.base | push main gate | pull request | schedule main gate | manual main gate | other ?
  $ npm ci
  $ x
tagged image=node | tag | manual ? | other ?
  $ npm ci
  $ x
changed image=node | push ? | tag ? | pull request ? | schedule ? | manual ? | other ?
  $ npm ci
  $ x
only image=node env=live timeout=1h | push main | pull request | manual main
  $ npm ci
  $ x
hand image=node | push gate | tag gate | schedule gate | manual gate | other gate
  $ npm ci
  $ x
after image=node needs=hand | push gate | tag gate | schedule gate | manual gate | other gate
  $ npm ci
  $ x
weekly image=node | schedule | other ?
  $ npm ci
  $ x
child image=node uses=a/b | push | tag | schedule | manual | other
  $ npm ci
`},
		{"workflow rules of GitLab", ".gitlab-ci.yml", "workflow: {rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}\na: {script: x}\nb: {script: x, rules: [{when: always}]}\n",
			"a | push $CI_DEFAULT_BRANCH | schedule $CI_DEFAULT_BRANCH | manual $CI_DEFAULT_BRANCH | other ?\n  $ x\nb | push $CI_DEFAULT_BRANCH | pull request | schedule $CI_DEFAULT_BRANCH | manual $CI_DEFAULT_BRANCH | other ?\n  $ x\n"},
		{"CircleCI", ".circleci/config.yml", `orbs: {node: circleci/node@5, own: {commands: {hello: {steps: [{run: echo own}]}}}}
executors: {small: {docker: [{image: cimg/node:22}], working_directory: web}}
commands:
  install:
    parameters: {how: {type: string, default: ci}}
    steps: [{run: npm << parameters.how >>}]
jobs:
  test:
    executor: small
    parameters: {script: {type: string, default: test}, extra: {type: steps, default: []}}
    steps: [checkout, {install: {how: i}}, install, {run: {name: t, command: npm run << parameters.script >>, working_directory: sub}}, own/hello, node/install, {when: {condition: x, steps: [{run: inside}]}}]
  unused: {docker: [{image: a}], steps: [{run: never}]}
workflows:
  version: 2
  main:
    jobs:
    - test: {script: ci, filters: {branches: {only: main}}, extra: [{run: given}]}
    - hold: {type: approval, requires: [test]}
    - node/deploy: {requires: [hold], filters: {tags: {only: /v.*/}, branches: {ignore: /.*/}}}
`, `test image=cimg/node:22 | push main
  $ npm i in web
  $ npm ci in web
  $ npm run ci in sub
  $ echo own in web
  $ inside in web
  $ given
  uses checkout
  uses node/install
unused image=a
  $ never
hold needs=test | push gate
node/deploy uses=node/deploy needs=hold | tag gate
`},
		{"Azure", "azure-pipelines.yml", `trigger: {branches: {include: [main]}}
pr: none
stages:
- stage: Build
  jobs:
  - job: a
    pool: {vmImage: ubuntu-latest}
    steps:
    - ${{ if eq(parameters.x, true) }}:
      - bash: make
        workingDirectory: src
    - task: Bash@3
      inputs: {targetType: inline, script: make task}
- stage: Deploy
  condition: eq(variables['Build.SourceBranch'], 'refs/heads/main')
  jobs:
  - deployment: d
    environment: {name: prod}
    strategy: {runOnce: {deploy: {steps: [{script: ship}]}}}
  - job: wait
    steps: [{task: ManualValidation@0}]
  - {job: pulls, condition: "eq(variables['Build.Reason'], 'PullRequest')", steps: []}
- template: t.yml
  parameters: {jobs: [{job: handed, steps: [{script: given}]}]}
`, `a | push main
  $ make in src
  $ make task
  uses Bash@3
d env=prod | push main
  $ ship
wait | push main gate
  uses ManualValidation@0
pulls
handed | push main
  $ given
`},
		{"Jenkins", "Jenkinsfile", `@Library('shared') _
pipeline {
  agent { docker { image 'node:22' } }
  triggers { cron('@daily') }
  environment { A = 'b' }
  stages {
    stage('Test') { steps { dir('web') { sh 'npm test' }
      sh(script: """make ${X}
make 'two'""", returnStatus: true) } }
    stage('Parallel') { parallel {
      stage('One') { steps { script { if (x ==~ /it's/) { sh "one" } } } }
      stage('Two') { when { not { branch 'main' } } steps { bat 'two' } }
    } }
    stage('Deploy') {
      when { allOf { branch 'main'; expression { return x =~ /a'b/ } } }
      input { message 'go?' }
      steps { sh command; sh 'deploy' }
    }
    stage('After') { steps { sh 'it\'s' } }
  }
}
`, `Test image=node:22 | push | pull request | tag ? | schedule
  $ npm test in web
  $ make ${X} tolerated
  $ make two tolerated
Parallel image=node:22 | push | pull request | tag ? | schedule
One image=node:22 | push | pull request | tag ? | schedule
  $ one
Two image=node:22 | push ? | pull request | tag ? | schedule ?
  $ two
Deploy image=node:22 | push main ? gate | schedule main ? gate
  $ deploy
  computed
After image=node:22 | push gate | pull request gate | tag ? gate | schedule gate
  $ its
`},
		{"Bitbucket", "bitbucket-pipelines.yml", "image: node\ndefinitions: {services: {db: {image: postgres}}}\npipelines:\n  branches:\n    main:\n    - step: {script: [test], services: [db]}\n    - step: {trigger: manual, deployment: production, script: [{pipe: a/deploy:1}]}\n  pull-requests: {'**': [{step: {script: [check]}}]}\n",
			"branches/main image=node | push main\n  $ test\nbranches/main image=node env=production | push main gate\n  uses a/deploy:1\npull-requests/** image=node | pull request\n  $ check\n"},
		{"Woodpecker", ".woodpecker.yml", "when: [{event: push, branch: main}, {event: tag}]\nsteps:\n  a: {image: x, commands: [one]}\n  b: {image: plug, when: {event: tag}, settings: {k: v}, depends_on: [a]}\n",
			"a image=x | push main | tag\n  $ one\nb image=plug needs=a | tag\n  uses plug\n"},
		{"Buildkite", ".buildkite/pipeline.yml", "steps:\n- {label: t, key: t, command: make test}\n- wait\n- {block: sure}\n- group: g\n  steps: [{label: d, commands: [ship], depends_on: t, if: build.branch == \"main\"}]\n",
			"t | push | pull request | tag\n  $ make test\nd needs=t | push main gate | pull request main gate | tag main gate\n  $ ship\n"},
		{"AppVeyor", "appveyor.yml", "install:\n- ps: Install-It\n- npm ci\ntest_script: npm test\ndeploy: {provider: NuGet}\n", "build | push | pull request\n  $ Install-It\n  $ npm ci\n  $ npm test\n  uses deploy:NuGet\n"},
		{"Tekton", ".tekton/a.yaml", "apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata: {name: r, annotations: {pipelinesascode.tekton.dev/on-event: '[pull_request]', pipelinesascode.tekton.dev/on-target-branch: '[main]'}}\nspec:\n  pipelineSpec:\n    tasks:\n    - name: a\n      taskSpec: {steps: [{script: \"#!/usr/bin/env bash\\ngo test ./...\"}, {command: [make], args: [a b]}, {command: [sh, -c], args: [inner]}, {script: \"#!/usr/bin/python\\nimport x\"}]}\n    - {name: b, taskRef: {name: push}, runAfter: [a]}\n",
			"a | pull request main\n  $ go test ./...\n  $ make a b\n  $ inner\nb uses=push needs=a | pull request main\n"},
		{"TeamCity", ".teamcity/settings.kts", "object A : BuildType({\n  name = \"Tests\"\n  steps {\n    script { name = \"x\"; scriptContent = \"\"\"npm ci\nnpm test\"\"\" }\n    maven { goals = \"verify\" }\n  }\n  triggers { vcs { } }\n})\n", "Tests | push | tag\n  $ npm ci\n  $ npm test\n  $ mvn verify\n"},
		{"Cloud Build", "cloudbuild.yaml", "steps:\n- {name: gcr.io/cloud-builders/docker, args: [build, .], dir: web}\n- {name: node, entrypoint: bash, args: [-c, npm test]}\n", "build | push ? | pull request ?\n  $ docker build . in web\n  $ npm test\n  uses gcr.io/cloud-builders/docker\n  uses node\n"},
		{"CodeBuild", "buildspec.yml", "phases: {install: {commands: [npm ci]}, build: {commands: [npm test]}}\n", "build | push ?\n  $ npm ci\n  $ npm test\n"},
		{"Travis", ".travis.yml", "script: make\ndeploy: {provider: script, script: ./ship}\nbranches: {only: [main]}\n", "build | push main | pull request | tag\n  $ make\n  $ ./ship\n  uses deploy:script\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, runs(t, tt.src, parse(t, tt.path, tt.src))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJobsThatNoWorkflowRunsAreIdle(t *testing.T) {
	p := parse(t, ".circleci/config.yml", "jobs: {a: {steps: [checkout]}, b: {steps: [checkout]}}\nworkflows: {w: {jobs: [a]}}\n")
	if p.Job("a").Idle || !p.Job("b").Idle {
		t.Error("b is in no workflow")
	}
}

func TestHostilePipelinesEnd(t *testing.T) {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	for name, tt := range map[string]struct{ path, src string }{
		"extends in a circle": {".gitlab-ci.yml", "a: {extends: b, script: x}\nb: {extends: [a, b], script: y}\n.r: {script: [!reference [.r, script], !reference [.r, script]]}\nc: {script: !reference [.r, script]}\n"},
		"extends that multiply": {".gitlab-ci.yml", many(60, func(i int) string {
			return fmt.Sprintf("j%d: {extends: [j%d, j%d, j%d], script: x}\n", i, i+1, i+2, i+3)
		})},
		"commands in a circle": {".circleci/config.yml", "commands:\n  a: {steps: [b, b, b, b, b, b, b, b, b, b]}\n  b: {steps: [a, a, a, a, a, a, a, a, a, a]}\njobs: {j: {steps: [a]}}\n"},
		"needs that multiply": {".github/workflows/a.yml", "on: push\njobs:\n" + many(300, func(i int) string {
			return fmt.Sprintf("  j%d: {if: vars.x, needs: [j%d, j%d, j%d]}\n", i, i+1, i+2, i+3)
		})},
		"blocks":   {"Jenkinsfile", strings.Repeat("stage('x') { when { not { branch 'a' ", 20_000)},
		"brackets": {"Jenkinsfile", strings.Repeat("sh((", 50_000)},
		"parameters that grow": {".circleci/config.yml", "commands:\n" + many(12, func(i int) string {
			return fmt.Sprintf("  c%d: {parameters: {p: {default: x}}, steps: [{c%d: {p: \"<< parameters.p >><< parameters.p >><< parameters.p >><< parameters.p >>\"}}]}\n", i, i+1)
		}) + "  c12: {parameters: {p: {}}, steps: [{run: << parameters.p >>}]}\njobs: {j: {steps: [c0]}}\n"},
	} {
		p, _ := Parse(tt.path, []byte(tt.src))
		for i := range p.Jobs {
			p.Starts(&p.Jobs[i])
		}
		t.Log(name, len(p.Jobs))
	}
}
