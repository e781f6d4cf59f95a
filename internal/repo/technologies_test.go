package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is one technology a line: id, version, evidence.
func shown(s *Snapshot) []string {
	var out []string
	for _, t := range s.Technologies() {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s:%d", t.ID, t.Version, t.At.Path, t.At.Line)))
	}
	return out
}

func TestTechnologiesNameWhatManifestsSay(t *testing.T) {
	s := tree(t, `
-- web/package.json --
{
  "packageManager": "pnpm@9.1.0+sha512.abc",
  "engines": {"node": ">=20"},
  "dependencies": {
    "next": "^15.0.0",
    "react": "19.0.0",
    "@sentry/nextjs": "^8"
  },
  "devDependencies": {
    "typescript": "5.6.2", "vitest": "git+https://token123456789@host/v.git", "mongoose": "8"
  }
}
-- web/package-lock.json --
{"packages": {
"": {"dependencies": {"next": "^15.0.0"}},
"node_modules/a/node_modules/next": {"version": "14.0.0"},
"node_modules/next": {"version": "15.1.2"}}}
-- web/app/page.tsx --
export default 1
-- api/pyproject.toml --
[project]
name = "api"
requires-python = ">=3.12"
dependencies = [
  "FastAPI[standard]>=0.115",
  "sqlalchemy",
  "psycopg==3.2",
]
[tool.ruff]
line-length = 100
-- api/uv.lock --
[[package]]
name = "fastapi"
version = "0.115.6"
[[package]]
name = "sqlalchemy"
version = "2.0.1"
-- api/main.py --
# flask, django, celery
x = "redis"
-- gw/go.mod --
module gw

go 1.23

require (
	github.com/labstack/echo/v4 v4.12.0
	github.com/gin-gonic/gin v1.10.0 // indirect
)
-- compose.yml --
services:
  db:
    image: postgres:16-alpine
  cache:
    image: redis:${TAG}
  own:
    build: .
    image: me/rabbitmq:1
-- Dockerfile --
FROM python:3.12-slim AS build
FROM build
-- .gitlab-ci.yml --
test: {script: [make]}
-- prisma/schema.prisma --
datasource db {
  provider = "sqlite"
}
-- examples/package.json --
{"dependencies": {"vue": "3"}}
-- tests/requirements.txt --
flask
`)
	want := []string{
		"go 1.23 gw/go.mod:3", "python 3.12-slim Dockerfile:1", "typescript 5.6.2 web/package.json:10",
		"nodejs >=20 web/package.json:3",
		"echo v4.12.0 gw/go.mod:6", "fastapi 0.115.6 api/pyproject.toml:5", "nextjs 15.1.2 web/package.json:5", "react 19.0.0 web/package.json:6",
		"mongodb  web/package.json:10", "postgresql 16-alpine compose.yml:3", "redis  compose.yml:5", "sqlite  prisma/schema.prisma:2",
		"mongoose 8 web/package.json:10", "prisma  prisma/schema.prisma:1", "sqlalchemy 2.0.1 api/pyproject.toml:6",
		"vitest  web/package.json:10", "ruff  api/pyproject.toml:9",
		"npm  web/package-lock.json:1", "pnpm 9.1.0 web/package.json:2", "uv  api/uv.lock:1",
		"gitlab-ci  .gitlab-ci.yml:1", "docker  Dockerfile:1", "docker-compose  compose.yml:1", "sentry ^8 web/package.json:7",
	}
	if diff := cmp.Diff(want, shown(s)); diff != "" {
		t.Error(diff)
	}
}

func TestVersionsAreNoAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"^15.0.0": "^15.0.0", ">=0.115,<1": ">=0.115,<1", "==3.2": "3.2", "~=1.4": "~=1.4", "v1.2.3-rc.1": "v1.2.3-rc.1", "18 || 20": "18 || 20", "": "",
		"git+https://tok@h/x": "", "workspace:*": "", "latest": "", "1.2 tok@h": "", "file:../x": "", "1" + strings.Repeat("0", 60): "",
	} {
		if got := plainVersion(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestEverySignNamesOneTechnology(t *testing.T) {
	ids, signs := map[string]bool{}, map[string]string{}
	for _, tech := range technologies {
		if ids[tech.id] {
			t.Errorf("%s is listed twice", tech.id)
		}
		ids[tech.id] = true
		for _, s := range strings.Split(tech.signs, ", ") {
			if other, twice := signs[s]; twice && s != "" {
				t.Errorf("%s stands for %s and %s", s, other, tech.id)
			}
			signs[s] = tech.id
			if s != "" && !strings.Contains(s, ":") {
				t.Errorf("%s: the sign %q names no ecosystem", tech.id, s)
			}
		}
	}
}
