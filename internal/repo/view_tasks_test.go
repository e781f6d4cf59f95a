package repo

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"drydock/internal/repo/shell"
)

// openTxtar opens a project written as a txtar archive.
func tasksOf(t *testing.T, files string) *Snapshot {
	t.Helper()
	s, err := Open(context.Background(), NewTxtar(txtar.Parse([]byte(files))), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const taskProject = `
-- package.json --
{"name": "root", "scripts": {"build": "turbo run build", "test": "npm run unit && make -C api check", "all": "run-s build:*", "build:a": "tsc", "build:b": "vite build", "pretest": "eslint ."}}
-- web/package.json --
{"name": "@x/web", "scripts": {"build": "next build", "unit": "vitest run"}}
-- web/src/a.ts --
export const a = 1
-- Makefile --
include mk/*.mk
PKG = ./...
.PHONY: test lint later
test: build lint
	cd web && pnpm run unit
	go test $(PKG)
build:
	@echo $@
out/%.o: %.c
	cc $<
-- mk/lint.mk --
lint:
	golangci-lint run
-- api/Makefile --
-include local.mk
check:
	$(MAKE) -C .. lint
	pytest
-- gen/Makefile --
$(eval $(call rules))
all:
	true
-- Taskfile.yml --
includes: {docs: ./docs}
tasks:
  default: [echo hi]
  'run:*': {cmds: [echo x]}
-- docs/Taskfile.yml --
tasks:
  serve: {deps: [deps], cmds: [mkdocs serve]}
  deps: pip install mkdocs
-- pyproject.toml --
[tool.poe.tasks]
types = "mypy ."
-- composer.json --
{"scripts": {"t": "phpunit"}}
-- noxfile.py --
import nox
@nox.session
def tests(session):
    session.run("pytest")
-- Procfile.dev --
web: rails s
-- Procfile --
web: gunicorn app
`

func TestTaskCallsFindWhatTheyStart(t *testing.T) {
	s := tasksOf(t, taskProject)
	for _, tt := range []struct{ dir, line, want string }{
		{".", "npm test", "npm test → package.json:test"},
		{".", "npm run nope", "npm nope → missing nope"},
		{".", "npm run nope --if-present", "none"},
		{"web", "yarn unit", "npm unit → web/package.json:unit"},
		{"web", "yarn eslint .", "none"},
		{"web/src", "pnpm run lint", "npm lint → missing lint"},
		{".", "npm run build --prefix web", "npm build → web/package.json:build"},
		{".", "npm run build -w @x/web", "npm build → web/package.json:build"},
		{".", "pnpm --filter @x/web run nope", "npm nope → missing nope"},
		{".", "pnpm -w run build", "npm build → package.json:build"},
		{".", "pnpm -r build", "npm build → package.json:build web/package.json:build"},
		{".", "yarn workspace @x/web build", "npm build → web/package.json:build"},
		{".", "npx turbo run build --filter=web", "npm build → web/package.json:build"},
		{".", "npm ci", "none"},
		{".", "npm install", "none"},
		{".", "npm run", "none"},
		{".", "npm run $X", "npm → "},
		{".", "make", "make → Makefile:test"},
		{".", "make -j 4 lint V=1", "make lint → mk/lint.mk:lint"},
		{".", "make -C api nope", "make nope → missing nope"},
		{".", "make nope", "make nope → missing nope"},
		{".", "make out/a.o", "make out/a.o → "},
		{".", "make web", "make web → "},
		{".", "make later", "make later → "},
		{"gen", "make nope", "make nope → "},
		{"web", "make nope", "make nope → "},
		{".", "make -f other.mk nope", "none"},
		{".", "task", "task default → Taskfile.yml:default"},
		{"web", "task docs:serve", "task docs:serve → docs/Taskfile.yml:docs:serve"},
		{".", "task run:web nope", "task run:web nope → Taskfile.yml:run:* missing nope"},
		{".", "poetry run poe types --x", "poe types → pyproject.toml:types"},
		{".", "poe nope", "poe nope → missing nope"},
		{".", "composer t", "composer t → composer.json:t"},
		{".", "composer install", "none"},
		{".", "composer run-script nope", "composer nope → missing nope"},
		{".", "nox -s tests-3.12 lint", "nox tests lint → noxfile.py:tests missing lint"},
		{".", "nox -s nope", "nox nope → missing nope"},
		{".", "sudo -E env A=b make lint", "make lint → mk/lint.mk:lint"},
	} {
		cmd := Command{Command: shell.Commands(tt.line)[0], Dir: tt.dir, File: s.File("Makefile")}
		got := "none"
		if call, ok := s.TaskCall(cmd); ok {
			got = string(call.Runner) + " " + strings.Join(call.Names, " ")
			got = strings.TrimSpace(got) + " → "
			for _, task := range call.Tasks {
				got += task.Path + ":" + task.Name + " "
			}
			if len(call.Missing) > 0 {
				got += "missing " + strings.Join(call.Missing, " ")
			}
		}
		if strings.TrimSpace(got) != strings.TrimSpace(tt.want) {
			t.Errorf("in %s, %s: %s, want %s", tt.dir, tt.line, got, tt.want)
		}
	}
}

func TestReachedFollowsTasksThroughRunners(t *testing.T) {
	s := tasksOf(t, taskProject)
	cmd := Command{Command: shell.Commands("npm test")[0], Dir: ".", File: s.File("package.json")}
	var got []string
	for _, c := range s.Reached(cmd) {
		got = append(got, c.Dir+": "+c.String())
	}
	want := ".: npm test, .: npm run unit, .: make -C api check, .: eslint ., api: make -C .. lint, api: pytest, .: golangci-lint run"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
	got = nil
	for _, task := range s.Tasks() {
		if task.Name == "docs:serve" || task.Runner == Make && task.Name == "test" {
			for _, c := range s.ReachedBy(task) {
				got = append(got, fmt.Sprintf("%s %s %s: %s", c.Source, c.Owner, c.Dir, c.String()))
			}
		}
	}
	want = `make test .: cd web
make test web: pnpm run unit
make test .: go test ./...
make build .: echo build
make lint .: golangci-lint run
script unit web: vitest run
task docs:serve .: mkdocs serve
task docs:deps .: pip install mkdocs`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
}

func TestCommandsNameTheirTaskAndPlace(t *testing.T) {
	s := tasksOf(t, taskProject)
	for _, c := range s.Commands() {
		if c.String() == "golangci-lint run" {
			if at := c.At(); c.Task() == nil || c.Task().Name != "lint" || at.Path != "mk/lint.mk" || at.Line != 2 {
				t.Errorf("%+v at %v", c, at)
			}
			return
		}
	}
	t.Error("the recipe of an included makefile is no command")
}

func TestACallBehindAnUnknownDirectoryIsNotMissing(t *testing.T) {
	s := tasksOf(t, `
-- package.json --
{"scripts": {"a": "cd $X && npm run nope", "b": "cd sub; npm run nope", "c": "(cd sub) && npm run nope", "d": "npm run nope"}}
-- sub/package.json --
{"scripts": {"x": "true"}}
-- compose.yaml --
services: {web: {image: node, command: npm run nope}}
-- .github/workflows/ci.yml --
on: push
jobs:
  moved: {steps: [{run: "cd sub\nnpm run x\nnpm run nope"}]}
  stays: {steps: [{run: npm run gone}, {run: npm run nope, working-directory: "${{ inputs.dir }}"}]}
`)
	var got []string
	for _, c := range s.Commands() {
		if call, ok := s.TaskCall(c); ok && len(call.Missing) > 0 {
			got = append(got, c.Owner+" "+strings.Join(call.Missing, " ")+" in "+call.Dir)
		}
	}
	if want := "b nope in sub, d nope in ., stays gone in ."; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProcfilesOfOtherEnvironmentsStartNothing(t *testing.T) {
	s := tasksOf(t, taskProject)
	if n := len(s.Procfiles()); n != 2 {
		t.Errorf("%d Procfiles", n)
	}
	for _, c := range s.Commands() {
		if c.Source == FromProcfile && c.File.Name() != "Procfile" {
			t.Errorf("%s starts %s", c.File.Path, c)
		}
	}
}
