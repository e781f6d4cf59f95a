package taskfile

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
	"drydock/internal/repo/manifest"
)

// lines writes the tasks of a file, one a line.
func lines(f *File) string {
	var out []string
	for _, t := range f.Tasks {
		line := string(t.Runner) + " " + t.Name
		for _, a := range t.Aliases {
			line += "=" + a
		}
		if t.Dir != "" {
			line += " in " + t.Dir
		}
		for _, n := range t.Needs {
			line += " +" + n.Value
		}
		for _, c := range t.Commands {
			line += " <" + c.Text + strings.Join(c.Words, "_") + ">"
		}
		if t.Private {
			line += " private"
		}
		if t.Dynamic {
			line += " dynamic"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestTasksAreRead(t *testing.T) {
	for _, tt := range []struct {
		kind      Runner
		src, want string
		open      bool
	}{
		{GoTask, `
includes:
  docs: ./docs
  lib: {taskfile: ../lib/Taskfile.yml, dir: lib, flatten: true}
tasks:
  one: echo 1
  two: [a, b]
  build:
    dir: web
    aliases: [b]
    deps: [one, {task: two}]
    cmds:
      - npm ci
      - cmd: npm run build
      - task: :lib:x
      - defer: rm x
  hidden: {internal: true, cmds: []}
`, `task one <echo 1>
task two <a> <b>
task build=b in web +one +two +lib:x <npm ci> <npm run build> <rm x>
task hidden private`, false},
		{Just, `set shell := ["bash", "-c"]
version := "1"
text := """
fake: line
"""
alias b := build
export A := "x"
# comment: no
default: build (test "a") && after
    @echo {{version}}
    -rm x \
      y
build target="a:b" *args:
	cargo build
[private]
gen:
  #!/usr/bin/env python3
  print()
_x:
sh:
    #!/bin/bash
    set -e
    make all
import 'other.just'
`, `just default +build +test +after <echo {{version}}> <rm x \
      y>
just build=b <cargo build>
just gen private dynamic
just _x private
just sh <set -e
    make all>`, true},
		{Tox, `[tox]
envlist = py{310,311},lint
[testenv]
deps = pytest
commands =
    py311: coverage erase
    pytest {posargs} \
        --cov
    - flake8
[testenv:lint]
changedir = {toxinidir}/src
commands = {[testenv]commands}
`, `tox testenv <coverage erase> <pytest {posargs} --cov> <flake8>
tox lint in src +testenv`, true},
		{Nox, `import nox
@nox.session(python=["3.11"], name="unit")
def tests(session):
    session.install(".")
    session.run("pytest", "-q", *session.posargs)
@nox.session
def lint(session):
    session.run("ruff", "check")
    session.notify("unit")
def helper(session):
    session.run("rm")
`, `nox unit <pytest_-q>
nox lint +unit <ruff_check>`, false},
		{Composer, `{"scripts": {"test": ["@lint", "@php artisan test", "phpunit"], "lint": "pint", "x": "App\\Y::z"}}`, `composer test +lint <php artisan test> <phpunit>
composer lint <pint>
composer x dynamic`, false},
		{Cargo, "[alias]\nb = \"build --release\"\nt = [\"test\", \"--all\"]\n", "cargo b <cargo build --release>\ncargo t <cargo_test_--all>", false},
		{Deno, `{"tasks": {"dev": "deno run main.ts", "all": {"command": "x", "dependencies": ["dev"]}}} // c`, "deno dev <deno run main.ts>\ndeno all +dev <x>", false},
	} {
		f, err := Parse(tt.kind, []byte(tt.src))
		if err != nil {
			t.Errorf("%s: %v", tt.kind, err)
		}
		if got := lines(f); got != tt.want || f.Open != tt.open {
			t.Errorf("%s (open %v)\n%s\nwant\n%s", tt.kind, f.Open, got, tt.want)
		}
		for _, task := range f.Tasks {
			if task.Runner != Tox && task.Runner != Nox && tt.src[task.NameSpan.Start:task.NameSpan.End] != task.Name && strings.Trim(tt.src[task.NameSpan.Start:task.NameSpan.End], `"`) != task.Name {
				t.Errorf("the name %q is said to be %q", task.Name, tt.src[task.NameSpan.Start:task.NameSpan.End])
			}
		}
	}
	f, _ := Parse(GoTask, []byte("includes:\n  docs: ./docs\n  lib: {taskfile: ../l.yml, dir: lib, flatten: true}\n"))
	if got := fmt.Sprintf("%s %s|%s %s %s", f.Includes[0].Prefix, f.Includes[0].Path, f.Includes[1].Prefix, f.Includes[1].Path, f.Includes[1].Dir); got != "docs ./docs| ../l.yml lib" {
		t.Error(got)
	}
}

func TestToolTablesOfPyProject(t *testing.T) {
	root, err := manifest.ParseTOML([]byte(`
[tool.poe.tasks]
test = "pytest"
_all.sequence = ["test", { cmd = "ruff check" }, { ref = "test -v" }]
fn = { script = "pkg:main" }
sh.shell = "a && b"
[tool.pdm.scripts]
_.env = {A = "b"}
lint = {cmd = ["ruff", "check"]}
all = {composite = ["lint", "pytest -q"]}
[tool.hatch.envs.default.scripts]
cov = ["a", "b"]
[tool.taskipy.tasks]
x = { cmd = "y", cwd = "z" }
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `poe test <pytest>
poe _all +test +test <ruff check> private
poe fn dynamic
poe sh <a && b>
pdm lint <ruff_check>
pdm all +lint +pytest <lint> <pytest -q>
taskipy x in z <y>
hatch default:cov <a> <b>`
	if got := lines(PyProject(root)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if root, _ := manifest.ParseTOML([]byte("[tool.black]\n")); PyProject(root) != nil {
		t.Error("tasks where there are none")
	}
}

func TestKind(t *testing.T) {
	for name, want := range map[string]Runner{"a/Taskfile.yml": GoTask, ".cargo/config.toml": Cargo, "config.toml": "", "x/justfile": Just, "tox.ini": Tox, "noxfile.py": Nox} {
		if got := Kind(name); got != want {
			t.Errorf("Kind(%s) = %q", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"tasks: {a: [b, {task: c}]}", "a: b\n  c \\\n", "a b='x:y': (c \"d\")\n\t#!sh\n\tx\n", "[testenv]\ncommands = a: b \\\n  c\n", "@nox.session\ndef a(s):\n  s.run('x')", `{"scripts":{"a":["@b"]}}`, "alias a := b\nx := \"\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, kind := range []Runner{GoTask, Just, Tox, Nox, Composer, Cargo, Deno} {
			file, _ := Parse(kind, src)
			for _, task := range file.Tasks {
				spans := []finding.Span{task.Span, task.NameSpan}
				for _, c := range task.Commands {
					spans = append(spans, c.Span)
				}
				for _, n := range task.Needs {
					spans = append(spans, n.Span)
				}
				for _, s := range spans {
					if s.Start < 0 || s.End < s.Start || s.End > len(src) {
						t.Fatalf("%s: %v of %d bytes", kind, s, len(src))
					}
				}
			}
		}
	})
}
