package dockerfile

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

func mustParse(t *testing.T, src string) *File {
	t.Helper()
	f, err := Parse("Dockerfile", []byte(src))
	if err != nil {
		t.Fatalf("%q: %v", src, err)
	}
	return f
}

func TestUser(t *testing.T) {
	tests := []struct{ name, src, want, at string }{
		{"no USER", "FROM node:22-slim\nCMD [\"node\"]\n", "root implicit", "FROM node:22-slim"},
		{"named", "FROM node:22\nUSER node\n", "node", "USER node"},
		{"last wins", "FROM a\nUSER app\nRUN x\nUSER root\n", "root", "USER root"},
		{"number", "FROM a\nUSER 0\n", "root:0", "USER 0"},
		{"root with group", "FROM a\nUSER root:root\n", "root", "USER root:root"},
		{"number with group", "FROM a\nUSER 1000:0\n", "1000", "USER 1000:0"},
		{"argument with default", "FROM a\nARG UID=1000\nUSER ${UID}\n", "1000", "USER ${UID}"},
		{"argument with root as default", "FROM a\nARG UID=0\nUSER $UID\n", "root:0", "USER $UID"},
		{"argument without default", "FROM a\nARG UID\nUSER ${UID}:app\n", "unknown UID", "USER ${UID}:app"},
		{"default in place", "FROM a\nUSER ${UID:-1000}\n", "1000", "USER ${UID:-1000}"},
		{"global argument", "ARG U=app\nFROM a\nARG U\nUSER $U\n", "app", "USER $U"},
		{"global argument not taken over", "ARG U=app\nFROM a\nUSER $U\n", "unknown U", "USER $U"},
		{"ENV", "FROM a\nENV U=app:grp\nUSER $U\n", "app", "USER $U"},
		{"other stages do not count", "FROM a AS build\nUSER app\nFROM b\nCOPY --from=build /x /x\n", "root implicit", "FROM b"},
		{"continued stage", "FROM a AS base\nUSER app\nFROM base\nRUN x\n", "app", "USER app"},
		{"continued chain", "FROM a AS one\nARG U=u\nUSER $U\nFROM one AS two\nFROM TWO\n", "u", "USER $U"},
		{"distroless by tag", "FROM gcr.io/distroless/nodejs22:nonroot\n", "nonroot implicit", "FROM gcr.io/distroless/nodejs22:nonroot"},
		{"known image", "FROM nginxinc/nginx-unprivileged:1.27\n", "nginx implicit", "FROM nginxinc/nginx-unprivileged:1.27"},
		{"vendor", "FROM docker.io/bitnami/node:22\n", "1001 implicit", "FROM docker.io/bitnami/node:22"},
		{"chainguard", "FROM cgr.dev/chainguard/node\n", "nonroot implicit", "FROM cgr.dev/chainguard/node"},
		{"base from argument", "ARG TAG=nonroot\nFROM gcr.io/distroless/static:${TAG}\n", "nonroot implicit", "FROM gcr.io/distroless/static:${TAG}"},
		{"unknown base", "ARG BASE\nFROM $BASE\n", "unknown BASE implicit", "FROM $BASE"},
		{"word in a comment", "FROM a\n# USER app\nRUN echo \\\n # USER app\n  x\n", "root implicit", "FROM a"},
		{"lower case, CRLF", "from a\r\nuser app\r\n", "app", "user app"},
		{"values that double", "FROM a\nENV A=xy\n" + strings.Repeat("ENV A=$A$A\n", 60) + "USER $A\n", "unknown A", "USER $A"},
		{"scratch", "FROM scratch\n", "root implicit", "FROM scratch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := mustParse(t, tt.src).FinalStage().User()
			got := u.Name
			switch {
			case u.Unknown():
				got = "unknown " + u.Arg
			case u.IsRoot() && u.Name != "root":
				got = "root:" + u.Name
			}
			if u.Implicit {
				got += " implicit"
			}
			if got != tt.want || u.IsRoot() != strings.HasPrefix(tt.want, "root") {
				t.Errorf("user %q (root %v), want %q", got, u.IsRoot(), tt.want)
			}
			if at := tt.src[u.Span.Start:u.Span.End]; at != tt.at {
				t.Errorf("at %q, want %q", at, tt.at)
			}
		})
	}
}

const sample = "\ufeff# syntax=docker/dockerfile:1\n" +
	"ARG NODE=22\n" +
	"FROM --platform=linux/amd64 node:${NODE}-slim AS build\n" +
	"WORKDIR /app\n" +
	"COPY --chown=node:node package.json \\\n  # the lock\n  package-lock.json ./\n" +
	"RUN npm ci && \\\n    npm run build\n" +
	"RUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n" +
	"\n" +
	"FROM gcr.io/distroless/nodejs22@sha256:abc\n" +
	"COPY --from=build [\"/app/dist\", \"/app\"]\n" +
	"COPY --from=0 /x /y\n" +
	"ENV A=1 B=\"two words\" \\\n    SECRET=s3cret\n" +
	"ENV OLD the old form\n" +
	"LABEL org.opencontainers.image.source=\"x\"\n" +
	"EXPOSE 3000 53/udp\n" +
	"HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1\n" +
	"ENTRYPOINT [\"/bin/sh\", \"-c\", \"alembic upgrade head && exec node server.js\"]\n" +
	"CMD node server.js"

func cut(s finding.Span) string { return sample[s.Start:s.End] }

func TestInstructionsKnowTheirBytes(t *testing.T) {
	f := mustParse(t, sample)
	if len(f.Stages) != 2 || f.Stages[0].Name != "build" || f.Target("build") != f.Stages[0] || f.Target("1") != f.Stages[1] || f.Target("none") != nil {
		t.Fatalf("stages %+v", f.Stages)
	}
	build, final := f.Stages[0], f.FinalStage()
	copies := final.Copies()
	env := final.Env()
	for _, tt := range []struct {
		name string
		span finding.Span
		want string
	}{
		{"FROM", build.From.Span, "FROM --platform=linux/amd64 node:${NODE}-slim AS build"},
		{"base", build.Base.Span, "node:${NODE}-slim"},
		{"continued RUN", build.Runs()[0].Span, "RUN npm ci && \\\n    npm run build"},
		{"heredoc", build.Runs()[1].Span, "RUN <<EOF\napt-get update\napt-get install -y curl\nEOF"},
		{"COPY", build.Copies()[0].Span, "COPY --chown=node:node package.json \\\n  # the lock\n  package-lock.json ./"},
		{"source behind a comment", build.Copies()[0].Sources[1].Span, "package-lock.json"},
		{"JSON source", copies[0].Sources[0].Span, `"/app/dist"`},
		{"variable", env[1].Span, `"two words"`},
		{"variable's name", env[2].KeySpan, "SECRET"},
		{"continued variable", env[2].Span, "s3cret"},
		{"old form", env[3].Span, "the old form"},
		{"label", final.Labels()[0].Span, `"x"`},
		{"port", final.Exposed()[1].Span, "53/udp"},
		{"healthcheck", final.Healthcheck().Span, "HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1"},
		{"last line without end", final.Cmd().Span, "CMD node server.js"},
		{"stage", final.Span(), sample[strings.Index(sample, "FROM gcr"):]},
	} {
		if got := cut(tt.span); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	got := fmt.Sprint(build.Base.Name, build.Base.Tag, build.Base.Platform, final.Base.Digest, copies[0].FromStage == build, copies[1].FromStage == build,
		copies[0].Dest, build.Copies()[0].Chown, env[1].Value, env[3].Value, build.Workdir(), final.Healthcheck().Text, build.Runs()[1].Commands()[1].Words)
	want := "node22-slimlinux/amd64sha256:abctrue true /appnode:nodetwo wordsthe old form/appcurl -f http://localhost || exit 1[apt-get install -y curl]"
	if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("values\n%s\nwant\n%s", got, want)
	}
	var commands []string
	for _, c := range final.Entrypoint().Commands() {
		commands = append(commands, c.String())
	}
	if strings.Join(commands, "|") != "alembic upgrade head|exec node server.js" {
		t.Errorf("commands %q", commands)
	}
}

func TestEntrypointHidesTheCommandOfWhatItContinues(t *testing.T) {
	f := mustParse(t, "FROM a AS base\nCMD [\"x\"]\nHEALTHCHECK CMD y\nFROM base\nENTRYPOINT [\"e\"]\nHEALTHCHECK NONE\n")
	final := f.FinalStage()
	if final.Cmd().Present || !final.Entrypoint().JSON || !final.Healthcheck().Disabled {
		t.Errorf("cmd %+v, entrypoint %+v, healthcheck %+v", final.Cmd(), final.Entrypoint(), final.Healthcheck())
	}
	if base := f.Stages[0]; base.Cmd().Text != "x" || base.Healthcheck().Text != "y" {
		t.Errorf("base %+v", base.Cmd())
	}
}

func TestBrokenFilesSayWhere(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		line      int
		msg       string
	}{
		{"empty", "", 1, "no instructions"},
		{"only comments", "# x\n\n", 2, "no instructions"},
		{"no FROM", "RUN x\n", 1, "before the first FROM"},
		{"unknown instruction", "FROM a\nRUNN x\n", 2, "unknown instruction: RUNN"},
		{"bad instruction", "FROM a\n\nCOPY x\n", 3, "COPY"},
		{"unterminated heredoc", "FROM a\nRUN <<EOF\nx\n", 2, "heredoc"},
		{"stages without end", strings.Repeat("FROM a\n", MaxStages+1), MaxStages + 1, "stages"},
		{"NUL", "FROM a\nRUN \x00\n", 2, "control character"},
	} {
		f, err := Parse("Dockerfile", []byte(tt.src))
		var e *Error
		if !errors.As(err, &e) || e.Line != tt.line || !strings.Contains(e.Msg, tt.msg) {
			t.Errorf("%s: %v, want line %d with %q", tt.name, err, tt.line, tt.msg)
		}
		if f.FinalStage().User().IsRoot() && tt.name == "empty" {
			t.Error("no stage runs as root")
		}
	}
	f, _ := Parse("Dockerfile", []byte("FROM a\nRUNN x\nUSER app\n"))
	if f.FinalStage().User().Name != "app" {
		t.Error("what stands behind an error is lost")
	}
}

func TestSniff(t *testing.T) {
	for name, want := range map[string]bool{
		"Dockerfile": true, "a/dockerfile": true, "Dockerfile.prod": true, "api.Dockerfile": true, "Containerfile": true, "Dockerfile-dev": true,
		"Dockerfile.dockerignore": false, "Dockerfile.md": false, "dockerfile.go": false, "Dockerfile.j2": false, "Dockerfiles": false, "my_dockerfile_x": false,
	} {
		if Sniff(name) != want {
			t.Errorf("Sniff(%s) = %v", name, !want)
		}
	}
}

func FuzzSpansStayInside(f *testing.F) {
	f.Add([]byte(sample))
	for _, s := range []string{"FROM a\r\nRUN \\\r\n\r\n x\r\n", "# escape=`\nFROM a\nCOPY a `\n b\n", "FROM a\nENV A=\\\n", "FROM ${A:-${B}}\nUSER ${A+x}:$B\n",
		"FROM a\nCMD [\"\\\n", "ONBUILD ONBUILD FROM x", "FROM a\nCOPY <<A <<B /\nA\nB\n", "FROM \xff\xfe", "FROM a\nENV", "FROM a AS 0\nCOPY --from=0 . ."} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, _ := Parse("Dockerfile", src)
		check := func(s finding.Span) {
			if s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("%v of %d bytes", s, len(src))
			}
		}
		check(file.Syntax.Span)
		file.With([]BuildArg{{"A", "x", true}, {"B", "", false}}).FinalStage().User()
		for _, r := range ParseIgnore(src).Rules {
			check(r.Span)
		}
		ParseIgnore(src).Match("a/b/c")
		for _, s := range file.Stages {
			check(s.Span())
			check(s.Base.Span)
			check(s.User().Span)
			check(s.Cmd().Span)
			check(s.Healthcheck().Span)
			for _, r := range append(s.Runs(), s.Cmd(), s.Entrypoint()) {
				check(r.Span)
				for _, c := range r.Located() {
					check(c.Span)
				}
			}
			for _, c := range s.Copies() {
				for _, w := range c.Sources {
					check(w.Span)
				}
				for _, p := range c.Paths {
					check(p.Span)
				}
			}
			for _, in := range s.OnBuilds() {
				check(in.Span)
			}
			for _, w := range s.Volumes() {
				check(w.Span)
			}
			s.Effective()
			s.WorkingDir()
			for _, v := range append(append(s.Env(), s.Args()...), s.Labels()...) {
				check(v.Span)
				check(v.KeySpan)
			}
			for _, p := range s.Exposed() {
				check(p.Span)
			}
		}
	})
}
