package repo

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEntriesOfFrameworks(t *testing.T) {
	s := open(t, archived(`
-- rr/package.json --
{"dependencies": {"@react-router/node": "7"}}
-- rr/app/root.tsx --
export default 1
-- rr/app/routes.ts --
import { route, layout, type RouteConfig } from "@react-router/dev/routes";
export default [layout("./shell.tsx", [route("login", "./login.tsx")])] satisfies RouteConfig;
-- rr/app/shell.tsx --
export default 1
-- rr/app/login.tsx --
export default 1
-- rr/app/forgotten.tsx --
export default 1
-- kit/package.json --
{"devDependencies": {"@sveltejs/kit": "2"}}
-- kit/src/routes/+page.svelte --
<script>import "$lib/used"</script>
-- kit/src/lib/used.ts --
export const a = 1
-- kit/src/lib/unused.ts --
export const b = 1
-- lib/package.json --
{"name": "lib"}
-- lib/tsup.config.ts --
export default defineConfig({ entry: ["src/index.ts", "src/cli.ts"] })
-- lib/src/index.ts --
export const c = 1
-- lib/src/cli.ts --
export const d = 1
-- nest/nest-cli.json --
{"projects": {"jobs": {"type": "application", "sourceRoot": "apps/jobs/src", "entryFile": "main"}}}
-- nest/apps/jobs/src/main.ts --
export const e = 1
-- py/pyproject.toml --
[project]
name = "py"
[project.scripts]
tool = "tool.cli:main"
-- py/tool/cli.py --
x = 1
-- py/tool/other.py --
x = 1
-- dj/manage.py --
from django.core.management import execute_from_command_line
-- dj/site/settings/base.py --
MIDDLEWARE = ["site.mw.Timing"]
INSTALLED_APPS = ["django.contrib.admin"] + LOCAL
LOCAL = ["shop"]
LOCAL_APPS = ["cart.apps.CartConfig"]
INSTALLED_APPS += LOCAL_APPS
ROOT_URLCONF = "site.urls"
-- dj/site/settings/production.py --
from .base import *
DEBUG = False
-- dj/site/mw.py --
x = 1
-- dj/site/urls.py --
from django.urls import include, path
urlpatterns = [path("c/", include("cart.urls"))]
-- dj/site/celery.py --
app.autodiscover_tasks()
-- dj/cart/apps.py --
x = 1
-- dj/cart/models.py --
x = 1
-- dj/cart/urls.py --
x = 1
-- dj/cart/tasks.py --
x = 1
-- dj/cart/management/commands/sweep.py --
x = 1
-- dj/cart/unused.py --
x = 1
`))
	var dead []string
	for _, src := range s.Sources() {
		if _, live := s.Graph().Live(src.File); !live {
			dead = append(dead, src.Path)
		}
	}
	want := []string{"dj/cart/unused.py", "dj/site/celery.py", "kit/src/lib/unused.ts", "py/tool/other.py", "rr/app/forgotten.tsx"}
	if diff := cmp.Diff(want, dead); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"kit/src/routes/+page.svelte": "routed by SvelteKit", "rr/app/login.tsx": "routed by React Router", "lib/src/cli.ts": "built as lib/tsup.config.ts says",
		"dj/cart/tasks.py": "found by autodiscover_tasks in dj/site/celery.py", "py/tool/cli.py": "entry tool of py/pyproject.toml",
	} {
		if why, _ := s.Graph().Live(s.File(name)); why != want {
			t.Errorf("%s is live because %q, want %q", name, why, want)
		}
	}
	var got []string
	for _, d := range s.DjangoSettings() {
		line := fmt.Sprintf("%s env=%q apps=%t", path.Base(d.Path), d.Env, d.Complete("INSTALLED_APPS"))
		for _, list := range [][]DjangoName{d.Middleware, d.Apps, d.Named} {
			for _, n := range list {
				line += " " + n.Name + n.Op
			}
			line += " |"
		}
		for _, f := range d.Imports {
			line += " " + path.Base(f.Path)
		}
		got = append(got, line)
	}
	wantSettings := []string{
		`base.py env="" apps=false site.mw.Timing= | django.contrib.admin= cart.apps.CartConfig+= | cart.apps.CartConfig= site.urls= |`,
		`production.py env="production" apps=false | | | base.py`,
	}
	if diff := cmp.Diff(wantSettings, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlatRoutes(t *testing.T) {
	for name, want := range map[string]string{
		"_index": "/", "users.$id.edit": "/users/:id/edit", "_auth.login": "/login", "sitemap[.]xml": "/sitemap.xml", "$": "/*",
		"app+/t.$team+/_layout": "/app/t/:team layout", "about/route": "/about", "(lang).faq": "/lang?/faq", "users_.new": "/users/new",
	} {
		at, layout := flatPath(strings.Split(name, "/"))
		if layout {
			at += " layout"
		}
		if at != want {
			t.Errorf("%s: %s, want %s", name, at, want)
		}
	}
}

func TestEntriesOfImages(t *testing.T) {
	s := open(t, archived(`
-- .env --
AGENT_FILE=src/agent/Dockerfile
-- compose.yaml --
services:
  agent: {build: {context: ./, dockerfile: "${AGENT_FILE}"}}
  api: {build: {context: ., dockerfile: api/Dockerfile}}
  fn: {build: {context: ., dockerfile: fn/Dockerfile}}
-- src/agent/Dockerfile --
FROM python:3.13
WORKDIR /app
COPY src/agent/src src
COPY src/shared/tools.py src/agents
COPY src/agent/run.py .
CMD ["python", "run.py"]
-- src/agent/run.py --
from src.agents.core import Agent
-- src/agent/src/agents/core.py --
class Agent: pass
-- src/agent/forgotten.py --
x = 1
-- src/shared/tools.py --
def tool(): pass
-- api/Dockerfile --
FROM node:22 AS build
WORKDIR /src
COPY api/ ./
RUN npm run build
FROM node:22
WORKDIR /app
COPY --from=build /src/dist ./dist
CMD ["node", "dist/main"]
-- api/src/main.ts --
export const a = 1
-- api/src/other.ts --
export const b = 1
-- fn/Dockerfile --
FROM public.ecr.aws/lambda/python:3.13
WORKDIR /var/task
COPY fn/jobs jobs
CMD ["jobs.worker.handler"]
-- fn/jobs/__init__.py --
import os
-- fn/jobs/worker.py --
def handler(): pass
-- lib/pyproject.toml --
[project]
name = "the-lib"
[build-system]
build-backend = "hatchling.build"
-- lib/the_lib/__init__.py --
VERSION = 1
-- lib/the_lib/v2/__init__.py --
VERSION = 2
-- lib/setup_helper.py --
x = 1
-- py/app/main.py --
LAZY = Lazy("app.graph.unions.Kind")
OTHER = Lazy("other.gone")
-- py/app/__init__.py --
import os
-- py/app/graph/unions.py --
class Kind: pass
-- py/app/graph/gone.py --
class Kind: pass
-- py/Procfile --
web: python -m app.main
-- emb/package.json --
{"name": "emb"}
-- emb/tsup.config.ts --
const options = [{ entry: { embed: "src/a.ts" } }, { entry: ["src/b.ts"] }]
export default defineConfig(options)
-- emb/src/a.ts --
export const a = 1
-- emb/src/b.ts --
export const a = 1
-- emb/src/c.ts --
export const a = 1
-- app/package.json --
{"name": "app", "main": "index.ts"}
-- app/index.ts --
import { c } from "./colour"
-- app/colour.ts --
export const c = 1
-- app/colour.web.ts --
export const c = 2
-- app/shade.web.ts --
export const c = 2
`))
	want := map[string]bool{
		"src/agent/run.py": true, "src/agent/src/agents/core.py": true, "src/agent/forgotten.py": false, "src/shared/tools.py": true,
		"api/src/main.ts": true, "api/src/other.ts": false, "fn/jobs/worker.py": true, "fn/jobs/__init__.py": true,
		"lib/the_lib/v2/__init__.py": true, "lib/setup_helper.py": false, "app/colour.web.ts": true, "app/shade.web.ts": false,
		"py/app/graph/unions.py": true, "py/app/graph/gone.py": false, "emb/src/a.ts": true, "emb/src/b.ts": true, "emb/src/c.ts": false,
	}
	for name, live := range want {
		if why, got := s.Graph().Live(s.File(name)); got != live {
			t.Errorf("%s lives: %v (%s), want %v", name, got, why, live)
		}
	}
}
