package dockerfile

import (
	"fmt"
	"strings"
	"testing"
)

func TestBuildArgumentsDecide(t *testing.T) {
	const src = "ARG TAG=22\nARG REG\nFROM ${REG:-docker.io}/node:$TAG AS base\nARG TAG\nARG OWNER=root\nUSER $OWNER\nCOPY conf-$TAG.json /\nFROM base\n"
	f := mustParse(t, src)
	say := func(f *File) string {
		s := f.FinalStage()
		c := f.Stages[0].Copies()[0].Paths[0]
		return fmt.Sprint(s.Image().Name, ":", s.Image().Tag, " ", s.Image().Arg, " ", s.User(), " ", c.Path, c.Arg)
	}
	for _, tt := range []struct {
		args []BuildArg
		want string
	}{
		{nil, "docker.io/node:22  root conf-22.json"},
		{[]BuildArg{{"TAG", "24", true}, {"OWNER", "app", true}}, "docker.io/node:24  app conf-24.json"},
		{[]BuildArg{{"TAG", "", false}, {"REG", "ghcr.io", true}}, "ghcr.io/node: TAG root conf-.jsonTAG"},
		{[]BuildArg{{"UNUSED", "x", true}}, "docker.io/node:22  root conf-22.json"},
	} {
		if got := say(f.With(tt.args)); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.args, got, tt.want)
		}
	}
	if say(f) != "docker.io/node:22  root conf-22.json" {
		t.Error("the file itself has changed")
	}
	if f.With([]BuildArg{{"TAG", "24", true}}).FinalStage().BaseStage == f.Stages[0] {
		t.Error("stages are shared")
	}
}

func TestWhatTheImageIsInTheEnd(t *testing.T) {
	f := mustParse(t, `# syntax=docker/dockerfile:1.7
# check=skip=JSONArgsRecommended
FROM a AS base
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV A=1 B=$A
WORKDIR /srv
LABEL x=1 y=2
VOLUME /data ["/not/json"]
ONBUILD RUN --mount=type=cache,target=/x npm ci
FROM base
ARG D
ENV A=2 C=$B-$D
WORKDIR app
LABEL x=3
VOLUME ["/cache"]
STOPSIGNAL SIGQUIT
RUN a | b
RUN ["c"]
SHELL ["sh"]
RUN d
`)
	s := f.FinalStage()
	var env, labels, volumes, shells []string
	for _, v := range s.Effective() {
		env = append(env, v.Name+"="+v.Resolved+v.Arg)
	}
	for _, v := range s.EffectiveLabels() {
		labels = append(labels, v.Name+"="+v.Resolved)
	}
	for _, v := range s.Volumes() {
		volumes = append(volumes, v.Text)
	}
	for _, r := range s.Runs() {
		shells = append(shells, strings.Join(r.Shell, " "))
	}
	dir, arg, _ := s.WorkingDir()
	on := s.OnBuilds()[0]
	got := fmt.Sprint(env, labels, volumes, dir, arg, s.StopSignal(), strings.Join(shells, "|"), f.Syntax.Value, f.Checks.Value, on.Cmd, on.Args, on.Flags)
	want := `[A=2 B= C=-D] [x=3 y=2] [/data ["/not/json"] /cache]/srv/appSIGQUIT/bin/bash -o pipefail -c||shdocker/dockerfile:1.7skip=JSONArgsRecommendedRUN[npm ci] [--mount=type=cache,target=/x]`
	want = strings.Replace(want, "B= C=-D", "B=A C=-B", 1) // what one line sets is not seen by the same line
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	n := 0
	for range f.All() {
		n++
	}
	if n != 18 {
		t.Errorf("%d instructions", n)
	}
}

func TestCommandsOfRunKnowTheirBytes(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"continued", "FROM a\nRUN --mount=type=cache,target=/x apt-get update \\\n  # the tools\n\n  && apt-get install -y \\\n    curl && \\\n  true\n", "apt-get update|apt-get install -y \\\n    curl|true"},
		{"one line", "FROM a\nRUN a; b\n", "a|b"},
		{"heredoc", "FROM a\nRUN <<EOF\nset -e\ncurl x | sh\nEOF\n", "set -e|curl x|sh"},
		{"heredoc for another program", "FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nimport x; y\nEOF\n", ""},
		{"heredoc for a shell", "FROM a\nRUN <<EOF\n#!/bin/bash\nx\nEOF\n", "x"},
		{"other escape", "# escape=`\nFROM a\nRUN a `\n  && b\n", "a|b"},
		{"json", "FROM a\nRUN [\"a\", \"b\"]\n", "RUN [\"a\", \"b\"]"},
	} {
		var got []string
		for _, run := range mustParse(t, tt.src).FinalStage().Runs() {
			for _, c := range run.Located() {
				got = append(got, tt.src[c.Span.Start:c.Span.End])
			}
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}

func TestCopies(t *testing.T) {
	f := mustParse(t, "FROM a AS b\nFROM c\nARG DIR=src\nCOPY --link --chmod=755 --parents --exclude=*.md --exclude=x $DIR/a ${DIR}/b /to/\nCOPY --from=b /x /y\nCOPY --from=nginx:1 /x /y\nADD https://x/y.tgz z.tar.gz /\nCOPY <<E f /\nx\nE\n")
	var got []string
	for _, c := range f.FinalStage().Copies() {
		line := fmt.Sprintf("%s link=%v parents=%v chmod=%s exclude=%v stage=%v image=%s", c.Cmd, c.Link, c.Parents, c.Chmod, c.Exclude, c.FromStage != nil, c.FromImage.Name)
		for _, p := range c.Paths {
			line += fmt.Sprintf(" %s(%v)", p.Path, p.Remote)
		}
		got = append(got, line)
	}
	want := strings.Join([]string{
		"COPY link=true parents=true chmod=755 exclude=[*.md x] stage=false image= src/a(false) src/b(false)",
		"COPY link=false parents=false chmod= exclude=[] stage=true image= /x(false)",
		"COPY link=false parents=false chmod= exclude=[] stage=false image=nginx /x(false)",
		"ADD link=false parents=false chmod= exclude=[] stage=false image= https://x/y.tgz(true) z.tar.gz(false)",
		"COPY link=false parents=false chmod= exclude=[] stage=false image= f(false)",
	}, "\n")
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestIgnore(t *testing.T) {
	ig := ParseIgnore([]byte("\ufeff# comment\n\nnode_modules\n/dist/\n**/*.log\n  docs/**  \n!docs/keep.md\r\na/*/b\n.git*\n!\n"))
	for name, want := range map[string]bool{
		"node_modules": true, "node_modules/x/y": true, "src/node_modules": false, "dist/a": true, "x.log": true, "a/b/x.log": true, "docs/x": true, "docs/keep.md": false,
		"a/x/b": true, "a/b": false, "a/x/b/c": true, ".gitignore": true, "README.md": false, "comment": false,
	} {
		if got, rule := ig.Match(name); got != want {
			t.Errorf("%s: %v by %+v", name, got, rule)
		}
	}
	if !ig.Keeps() || ParseIgnore([]byte("*")).Keeps() {
		t.Error("Keeps")
	}
	if all, _ := ParseIgnore([]byte("*\n!src\n")).Match("x/y"); !all {
		t.Error("a star leaves out what lies below")
	}
	if all, _ := ParseIgnore([]byte("*\n!src\n")).Match("src/y"); all {
		t.Error("what lies below is taken in with it")
	}
	for range 3 {
		ParseIgnore([]byte(strings.Repeat("a*\n", 200_000))).Match(strings.Repeat("a/", 150) + "b")
	}
}
