package repo

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"drydock/internal/repo/compose"
)

// openText opens the files of a txtar archive.
func openText(t *testing.T, archive string) *Snapshot {
	t.Helper()
	return open(t, NewTxtar(txtar.Parse([]byte(archive))))
}

func TestCommandsSayWhichComposeFilesBelongTogether(t *testing.T) {
	s := openText(t, `
-- compose.yml --
services: {a: {image: x}}
-- compose.full.yml --
# docker compose -f compose.yml \
#                -f compose.full.yml [-f more.yml] up
services: {b: {image: x}}
-- compose.obs.yml --
services: {c: {image: x}}
-- compose.extra.yml --
services: {d: {image: x}}
-- deploy/compose.prod.yml --
services: {a: {image: x}}
-- deploy/compose.tls.yml --
services: {e: {image: x}}
-- Makefile --
DC ?= docker compose
FILES = -f compose.yml
FILES += -f compose.obs.yml
up:
	$(DC) --env-file .env.obs $(FILES) --profile x up
-- scripts/run.sh --
here=$(dirname "$0")
file="${FILE:-$REPO_ROOT/compose.extra.yml}"
docker compose -f "$ROOT/compose.yml" -f "$file" up
docker compose -f "$INSTALL_DIR/compose.yml" -f compose.tls.yml up
-- deploy/.env.example --
COMPOSE_FILE=compose.prod.yml:compose.tls.yml
-- .devcontainer/devcontainer.json --
{
  // both
  "dockerComposeFile": ["../compose.yml", "compose.yml"]
}
-- .devcontainer/compose.yml --
services: {a: {tty: true}}
`)
	var got []string
	for _, p := range s.ComposeProjects() {
		line := p.Env.String()
		for _, f := range p.Files {
			line += " " + f.Path
		}
		for _, r := range p.Runs {
			f := s.File(r.Path)
			at, _ := f.Position(r.Span.Start)
			line += fmt.Sprintf(" [%s:%d %s %v %v]", r.Path, at, r.Command, r.EnvFiles, r.Profiles)
		}
		got = append(got, line)
	}
	want := `development compose.yml .devcontainer/compose.yml [.devcontainer/devcontainer.json:3  [] []]
base compose.yml compose.extra.yml [scripts/run.sh:3 up [] []]
base compose.full.yml
base compose.yml compose.obs.yml [Makefile:5 up [.env.obs] [x]]
development compose.yml
production deploy/compose.prod.yml deploy/compose.tls.yml [deploy/.env.example:1  [] []]`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}

func TestComposeVariablesKnowTheirValues(t *testing.T) {
	s := openText(t, `
-- app/compose.yml --
x-image: &image "app:${TAG}"
services:
  api:
    image: *image
    env_file: api.env
    environment:
      A: ${A:?set it}
      B: "${B:-${C}}"
    ports: ["${PORT}:80"]
-- app/.env --
PORT=80
A=
-- app/api.env --
A=1
-- .env.example --
A=x
TAG=latest
-- other/.env.example --
TAG=1
-- app/run.sh --
export TAG=$(git rev-parse HEAD)
docker compose -f compose.yml up
-- .github/workflows/ci.yml --
on: push
jobs:
  a:
    runs-on: x
    env: {C: c}
    steps: [{run: make}]
`)
	names := map[ValueSource]string{DotEnv: ".env", EnvOption: "option", FromShell: "shell", FromCI: "ci", ServiceEnv: "service", EnvTemplate: "template", OtherEnvFile: "other"}
	var got []string
	for _, v := range s.ComposeVariables(s.ComposeProjects()[0]) {
		u := v.Uses[0]
		line := fmt.Sprintf("%s %s:%d %s/%s nested=%v required=%v given=%v", v.Name, u.File.Path, u.At().Line, u.Service, u.Key, u.Nested, v.Required(), v.Given())
		for _, value := range v.Values {
			line += fmt.Sprintf(" %s(%s:%d)", names[value.Source], value.File.Path, value.At().Line)
			if value.Blank {
				line += "blank"
			}
		}
		got = append(got, line)
	}
	want := `A app/compose.yml:7 api/environment nested=false required=true given=false .env(app/.env:2)blank service(app/api.env:1) template(.env.example:1)
B app/compose.yml:8 api/environment nested=false required=false given=false
C app/compose.yml:8 api/environment nested=true required=false given=true ci(.github/workflows/ci.yml:5)
PORT app/compose.yml:9 api/ports nested=false required=false given=true .env(app/.env:1)
TAG app/compose.yml:1 /x-image nested=false required=false given=true shell(app/run.sh:1) template(.env.example:2) other(other/.env.example:1)`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}

func TestComposeProblemsHoldInEveryProject(t *testing.T) {
	s := openText(t, `
-- compose.yml --
services:
  a: {image: x, networks: [n], port: 1}
  b: {image: x, depends_on: [gone], environment: }
-- compose.prod.yml --
services:
  a: {environment: }
-- tests/compose.yml --
services: {a: {image: x, restart: maybe}}
-- api/compose.yml --
services: {a: {image: x, networks: [edge, none]}}
-- edge/compose.net.yml --
# docker compose -f api/compose.yml -f edge/compose.net.yml up
services: {e: {image: x}}
networks: {edge: }
`)
	var got []string
	for _, p := range s.ComposeProblems() {
		got = append(got, fmt.Sprintf("%s:%d %s", p.File.Path, p.File.At(p.Span).Line, p.Msg))
	}
	want := `api/compose.yml:1 the service a uses the network none, which is not defined
compose.yml:2 the service a uses the network n, which is not defined
compose.yml:2 services.a.port is not a key of a service; ports is
compose.yml:3 the service b depends on gone, which is not defined
compose.yml:3 services.b.environment is empty and has to be a mapping or a list
tests/compose.yml:1 services.a.restart is "maybe": a policy is no, always, unless-stopped, on-failure or on-failure:3`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}

func TestDotenvFillsComposeIn(t *testing.T) {
	s := openText(t, `
-- deploy/compose.yml --
services: {a: {image: "${REG}/a:${TAG}", build: {context: "${CTX}", dockerfile: "${FILE:-Dockerfile}", args: [BASE, "V=${NOT}"]}}}
-- deploy/.env --
REG=ghcr.io/${ORG}
ORG=x
CTX='../src'
FILE=web.Dockerfile
BASE=node:22
-- src/web.Dockerfile --
ARG BASE
FROM ${BASE}
`)
	svc := s.ComposeProjects()[0].Services()[0]
	image, known := s.ImageOf(svc)
	if image.Raw != "ghcr.io/x/a:" || known {
		t.Errorf("image %q %v", image.Raw, known)
	}
	b := s.ImageBuilds()
	if len(b) != 1 || b[0].Context != "src" || b[0].Stage.Base.Tag != "22" || len(b[0].Args) != 2 || b[0].Args[1].Known {
		t.Errorf("builds %+v", b)
	}
	if b[0].Env() != compose.Base || b[0].Dockerfile.Variant != "web" {
		t.Errorf("env %v variant %q", b[0].Env(), b[0].Dockerfile.Variant)
	}
}

func TestBuildsAndWhatTheyCopy(t *testing.T) {
	s := openText(t, `
-- api/Dockerfile.prod --
FROM a AS deps
COPY package.json lib/*.js gone.txt /
FROM a AS run
ARG DIR
COPY --from=deps /x /y
COPY . $DIR/x secrets/key.pem docs assets secrets src/** ../up /to/
ADD https://x/y /z
-- api/package.json --
{"scripts": {"image": "docker build --target deps -f Dockerfile.prod --build-arg DIR=src -t x . $MORE"}}
-- api/lib/a.js --
x
-- api/secrets/key.pem --
x
-- api/docs/a.md --
x
-- api/src/x --
x
-- api/.dockerignore --
secrets
docs/*
!docs/keep
src/x
assets
!assets/keep
-- api/assets/keep --
x
-- web/Dockerfile --
FROM b
COPY x /
-- web/Dockerfile.dockerignore --
x
-- web/x --
-- web/.dockerignore --
-- .github/workflows/build.yml --
on: push
jobs:
  a:
    runs-on: x
    steps:
      - uses: docker/build-push-action@v6
        with: {context: ./web, target: none, build-args: "A=1\nB=${{ github.sha }}\n"}
-- Makefile --
img:
	@docker buildx build --platform linux/amd64 -f web/Dockerfile $(FLAGS) web
`)
	states := []string{"unknown", "found", "excluded", "missing"}
	var got []string
	for _, b := range s.ImageBuilds() {
		line := fmt.Sprintf("%s in %s by %s:%d %v %v env=%v", b.Dockerfile.Path, b.Context, b.File.Path, b.At().Line, b.Args, b.Stage != nil, b.Env())
		for _, stage := range b.Spec.Stages {
			for _, c := range s.CopySources(b, stage) {
				line += fmt.Sprintf("\n  %s %s", c.Name, states[c.State])
			}
		}
		got = append(got, line)
	}
	want := `api/Dockerfile.prod in api by api/package.json:1 [{DIR src true}] true env=production
  api/package.json found
  api/lib/*.js found
  api/gone.txt missing
  api found
  api/src/x excluded
  api/secrets/key.pem excluded
  api/docs found
  api/assets found
  api/secrets found
  api/src/** excluded
   unknown
   unknown
web/Dockerfile in web by Makefile:2 [] true env=base
  web/x excluded
web/Dockerfile in web by .github/workflows/build.yml:6 [{A 1 true} {B ${{ github.sha }} false}] false env=base
  web/x excluded`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
	if len(s.BuildsOf(s.Dockerfiles()[1])) != 2 || len(s.BuildsOf(s.Dockerfiles()[0])) != 1 {
		t.Error("BuildsOf")
	}
}

func TestEnvFilesSayWhoseTheyAre(t *testing.T) {
	s := openText(t, `
-- api/package.json --
{}
-- api/config/.env.production --
URL=http://${HOST}:${PORT:-1}/\$X
HOST='$NO'
-- api/.env.example --
-- staging/worker.env --
`)
	var got []string
	for _, f := range s.EnvFiles() {
		line := fmt.Sprintf("%s %s %q %s %v", f.Path, f.Env, f.Variant, f.Unit, f.Template)
		for _, r := range f.Refs() {
			line += fmt.Sprintf(" %s=%s:%v", r.Name, f.Text(r.Span), f.Known(r))
		}
		got = append(got, line)
	}
	want := `api/.env.example base "" api true
api/config/.env.production production "" api false HOST=${HOST}:true PORT=${PORT:-1}:false
staging/worker.env staging "worker" . false`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}
